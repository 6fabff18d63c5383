"""The worker processes of one machine: started, and started again when they were lost."""

import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from studio.runs.workers.worker_facts import LEFT

_POLL_SECONDS = 0.1
_PAUSES = (1.0, 2.0, 5.0, 10.0)
_STEADY_SECONDS = 60.0


@dataclass
class _Member:
    command: Sequence[str]
    process: "subprocess.Popen[bytes]"
    begun: float
    failures: int = 0
    due: float | None = None


class Members:
    """Worker processes that end with this one.

    Args:
        commands: The command of each.
        say: Told when one was lost.
    """

    def __init__(self, commands: Sequence[Sequence[str]], say: Callable[[str], None]) -> None:
        self._say = say
        self._members = [_Member(each, _start(each), time.monotonic()) for each in commands]

    def keep(self) -> None:
        """Keeps them running until the cluster is stopped."""
        try:
            while self._members:
                for member in list(self._members):
                    self._look_after(member)
                time.sleep(_POLL_SECONDS)
        finally:
            for member in self._members:
                member.process.kill()
                member.process.wait()

    def _look_after(self, member: _Member) -> None:
        status, now = member.process.poll(), time.monotonic()
        if status is None:
            return
        if status == LEFT:
            self._members.remove(member)
            return
        if member.due is None:
            was_steady = now - member.begun > _STEADY_SECONDS
            member.failures = 0 if was_steady else member.failures + 1
            pause = _PAUSES[min(member.failures, len(_PAUSES)) - 1] if member.failures else 0.0
            member.due = now + pause
            if member.failures <= 1:
                self._say("A worker has lost the cluster, or has ended; it is started again.")
        if now >= member.due:
            member.process, member.begun, member.due = _start(member.command), now, None


def _start(command: Sequence[str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 - this program
