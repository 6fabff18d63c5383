"""Starts and stops the processes of a cluster, here and over ssh."""

import shlex
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from getpass import getuser
from pathlib import Path
from typing import Any

from studio.core.errors import MachineError
from studio.runs.workers.certificate import ClusterAddress, make_certificate
from studio.runs.workers.machines import probe

_START_SECONDS = 40.0
_POLL_SECONDS = 0.2
_REMOTE_FILE = ".gate-studio-cluster.pem"
_SSH_SECONDS = 60


class Starter:
    """Starts processes that go on after this one.

    Args:
        cluster: Where the cluster is to listen; its certificate is made if it is missing.
        program: How this program is started.
        logs: The folder of log files.
        say: Told what was started.
    """

    def __init__(
        self,
        cluster: ClusterAddress,
        program: Sequence[str],
        logs: Path,
        say: Callable[[str], None],
    ) -> None:
        self._cluster, self._program, self._logs, self._say = cluster, program, logs, say

    def start_scheduler(self, host: str, port: int) -> None:
        """Starts the scheduler and waits until it answers.

        Raises:
            MachineError: The address is taken, or it does not start.
        """
        from studio.runs.workers.dask_settings import libraries

        libraries()
        _refuse_taken(host, port)
        certificate = self._cluster.certificate
        if not certificate.exists():
            make_certificate(certificate)
        log = self._logs / "cluster.log"
        process = self._start(["cluster", "scheduler", host, str(port), str(certificate)], log)
        due = time.monotonic() + _START_SECONDS
        while True:
            try:
                probe(self._cluster)
            except MachineError:
                if process.poll() is not None or time.monotonic() > due:
                    raise MachineError(
                        "the cluster did not start", where=str(self._cluster), remedy=f"See {log}"
                    ) from None
                time.sleep(_POLL_SECONDS)
            else:
                _let_go(process)
                return

    def start_workers(self, options: Sequence[str]) -> None:
        """Starts the workers of this machine."""
        command = ["worker", self._cluster.address, "--certificate", str(self._cluster.certificate)]
        _let_go(self._start([*command, *options], self._logs / "worker.log"))

    def start_over_ssh(self, machine: str, remote: str, options: Sequence[str]) -> None:
        """Copies the certificate to another machine and starts its workers.

        Raises:
            MachineError: ssh is missing, or failed; its own message is told.
        """
        copy = f"umask 077; rm -f {_REMOTE_FILE}; cat > {_REMOTE_FILE}"
        _ssh(machine, copy, self._cluster.certificate.read_bytes())
        words = ["worker", self._cluster.address, "--certificate", _REMOTE_FILE, *options]
        start = f"nohup {remote} {shlex.join(words)} > gate-studio-worker.log 2>&1 < /dev/null &"
        _ssh(machine, start, b"")
        self._say(f"Workers are started on {machine}; their log is gate-studio-worker.log there.")

    def joining_line(self) -> str:
        """What to type on another machine."""
        host = str(self._cluster).rpartition(":")[0]
        file = shlex.quote(str(self._cluster.certificate))
        return (
            f"scp {getuser()}@{host}:{file} cluster.pem && chmod 600 cluster.pem && "
            f"gate-studio worker {self._cluster.address} --certificate cluster.pem"
        )

    def _start(self, arguments: Sequence[str], log: Path) -> "subprocess.Popen[bytes]":
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as file:
            return subprocess.Popen(  # noqa: S603 - this program
                [*self._program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )


def stop_cluster(client: Any) -> None:  # noqa: ANN401 - Dask's client
    """Ends all workers and the scheduler."""
    from studio.runs.workers.worker_facts import leave

    with suppress(OSError):
        client.run(leave, on_error="ignore")
    client.shutdown()


def _let_go(process: "subprocess.Popen[bytes]") -> None:
    """Nobody waits for a process that goes on; Python would warn of that."""
    process.returncode = 0


def _refuse_taken(host: str, port: int) -> None:
    import socket

    try:
        with socket.create_server((host, port)):
            return
    except OSError as error:
        raise MachineError(
            f"cannot listen there: {error.strerror}",
            where=f"{host}:{port}",
            remedy="Choose another --port, or an address of this machine with --host",
        ) from None


def _ssh(machine: str, command: str, given: bytes) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - the user names the machine
            ["ssh", "-o", "BatchMode=yes", "--", machine, command],  # noqa: S607 - theirs
            input=given,
            capture_output=True,
            check=False,
            timeout=_SSH_SECONDS,
        )
    except FileNotFoundError:
        raise MachineError("ssh is not installed", remedy="Install an OpenSSH client") from None
    except subprocess.TimeoutExpired:
        raise MachineError("does not answer over ssh", where=machine) from None
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise MachineError(
            f"ssh failed: {reason or done.returncode}",
            where=machine,
            remedy="Look whether ssh reaches it without a password",
        )
