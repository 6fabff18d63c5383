"""Random faults of a disk and of the clock in a real program; run by test_faults.py.

    LD_PRELOAD=faulty.so python campaign.py FOLDER COUNT SEED

This process loads the program once and is copied (os.fork) for each case, which meets one fault;
what it leaves on the disk is then looked at, and used again, without faults. The last line is a
JSON object: the number of cases of each kind and what went wrong.
"""

import ctypes
import json
import os
import random
import shutil
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from studio.cli.app import run
from studio.core.errors import UserError
from studio.paths import user_folders
from studio.runs.execution.kernels import start_kernels, wait_for_kernels
from studio.sessions import SessionFile

ROOT = Path(__file__).parents[2]
OLD_SESSIONS = ROOT / "tests" / "old_sessions"
KINDS = ("fails once", "fails", "is full once", "is full", "tears", "kills", "power cut")
KILLING = {"tears", "kills", "power cut"}
TEN_YEARS = 10 * 365 * 86400
COMPARE = (
    "compare", "adding", "--data-option", "length=6", "--data-option", "examples=60",
    "--epochs", "6", "--seeds", "2", "--hidden-size", "3", "--batch-size", "30",
    "--threads", "1", "--device", "cpu", "--out", "s.gates",
)  # fmt: skip
RESUME = ("compare", "s.gates", "--resume")
EXPORT = (
    "export", "s.gates", "--contender", "GRU", "--format", "safetensors", "--out", "m.safetensors",
)  # fmt: skip

FAULTS = ctypes.CDLL(None)


@dataclass(frozen=True)
class Fault:
    """What happens to a case, and when.

    Attributes:
        kind: One of KINDS, or "" for none.
        at: The number of the operation on the disk.
        seed: Of what a power cut leaves.
        clock_at: The number of the reading at which the clock jumps, or 0.
        clock_jump: By how many seconds.
    """

    kind: str = ""
    at: int = 0
    seed: int = 0
    clock_at: int = 0
    clock_jump: float = 0.0


@dataclass
class Outcome:
    """How a case ended."""

    status: int
    output: str
    operations: int = 0


@dataclass
class Campaign:
    """Cases in a folder of their own; what every case begins with is made first."""

    folder: Path
    chance: random.Random
    problems: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def run(self, count: int) -> None:
        self._prepare()
        scenarios: dict[str, Callable[[Path, Fault], list[str]]] = {
            "compare": self._compare, "resume": self._resume, "save as": self._save_as,
            "migrate": self._migrate, "export": self._export,
        }  # fmt: skip
        operations = {name: self._operations_of(name, scenarios[name]) for name in scenarios}
        for number in range(count):
            name = list(scenarios)[number % len(scenarios)]
            fault = self._drawn(operations[name])
            problems = in_fork(scenarios[name], self._disk(f"case-{number}"), fault)
            self.counts[f"{name}, disk {fault.kind}"] += 1
            self.counts["clock jumps"] += bool(fault.clock_at)
            self.problems += [f"{number} {name} {fault}: {problem}" for problem in problems]
            if not problems:
                shutil.rmtree(self.folder / f"case-{number}")

    def cut_exports(self) -> int:
        """Cuts the power at every operation of an export; returns how many there are."""
        self._prepare()
        operations = self._operations_of("export", self._export)
        for at in range(1, operations + 1):
            for seed in range(2):  # without and with an older file
                fault = Fault("power cut", at, seed)
                found = in_fork(self._export, self._disk(f"cut-{at}-{seed}"), fault)
                self.problems += [f"{fault}: {problem}" for problem in found]
        return operations

    def _drawn(self, operations: int) -> Fault:
        jumps = self.chance.random() < 0.3
        return Fault(
            kind=self.chance.choice(KINDS),
            at=self.chance.randint(1, operations),
            seed=self.chance.randrange(1 << 30),
            clock_at=self.chance.randint(1, 400) if jumps else 0,
            clock_jump=self.chance.choice((-TEN_YEARS, -3600, 3600, TEN_YEARS)),
        )

    def _disk(self, name: str) -> Path:
        disk = self.folder / name / "disk"
        disk.mkdir(parents=True)
        return disk

    def _operations_of(self, name: str, scenario: Callable[[Path, Fault], list[str]]) -> int:
        """How many operations on the disk a scenario takes without faults."""
        disk = self._disk(f"count {name}")
        problems = in_fork(scenario, disk, Fault())
        assert not problems, problems
        return int((disk.parent / "operations").read_text())

    def _prepare(self) -> None:
        disk = self._disk("made")
        made = command(disk, COMPARE)
        assert made.status == 0, made.output
        self.done = disk / "s.gates"
        self.reference = in_fork(losses, self.done)
        assert command(disk, EXPORT).status == 0
        self.exported = {path.name: path.read_bytes() for path in disk.glob("m.*")}
        stopped = self._disk("stopped")
        killed = command(stopped, COMPARE, Fault("kills", made.operations * 6 // 10))
        assert killed.status == -signal.SIGKILL, killed
        self.stopped = stopped / "s.gates"
        self.kept = in_fork(losses, self.stopped)

    def _compare(self, disk: Path, fault: Fault) -> list[str]:
        outcome = command(disk, COMPARE, fault)
        return self._after_training(disk, fault, outcome, {})

    def _resume(self, disk: Path, fault: Fault) -> list[str]:
        for path in self.stopped.parent.iterdir():
            shutil.copy(path, disk)
        return self._after_training(disk, fault, command(disk, RESUME, fault), self.kept)

    def _after_training(
        self, disk: Path, fault: Fault, outcome: Outcome, before: Mapping[str, Any]
    ) -> list[str]:
        problems = ending_problems(fault, outcome)
        session = disk / "s.gates"
        found = in_fork(losses, session) if session.exists() else {}
        if isinstance(found, str):
            return [*problems, f"the session cannot be read: {found}"]
        finished = {
            ": ".join(line.split(":")[:1])
            for line in outcome.output.splitlines()
            if ": finished after epoch" in line
        }
        for name, epochs in before.items():
            if (
                found.get(name, {"losses": []})["losses"][: len(epochs["losses"])]
                != epochs["losses"]
            ):
                problems.append(f"{name} lost an epoch that was saved")
        for name in finished:
            if not found.get(name, {}).get("is_finished"):
                problems.append(f"{name} was reported as finished and is lost")
        if outcome.status == 0 and found != self.reference:
            problems.append("it ended well, with another result")
        again = command(disk, RESUME if found else COMPARE)
        if again.status:
            return [*problems, f"it cannot be resumed: {again.output}"]
        if in_fork(losses, session) != self.reference:
            problems.append("resumed, it has another result")
        return [*problems, *left_over(disk, {"s.gates"})]

    def _save_as(self, disk: Path, fault: Fault) -> list[str]:
        shutil.copy(self.done, disk / "s.gates")
        had_target = bool(fault.seed % 2)
        if had_target:
            shutil.copy(OLD_SESSIONS / "v2.1.gates", disk / "copy.gates")
        older = in_fork(losses, disk / "copy.gates") if had_target else None
        outcome = forked(disk, lambda: save_as(disk), fault)
        problems = ending_problems(fault, outcome)
        if in_fork(losses, disk / "s.gates") != self.reference:
            problems.append("the original has changed")
        target = disk / "copy.gates"
        found = in_fork(losses, target) if target.exists() else None
        if found not in (self.reference, older):
            problems.append(f"the target is neither old nor new: {found}")
        if outcome.status == 0 and found != self.reference:
            problems.append("it was reported as saved and is not")
        again = forked(disk, lambda: save_as(disk))
        if again.status or in_fork(losses, target) != self.reference:
            problems.append(f"it cannot be saved afterwards: {again.output}")
        return [*problems, *left_over(disk, {"s.gates", "copy.gates"})]

    def _migrate(self, disk: Path, fault: Fault) -> list[str]:
        name = ("v1.0.gates", "v2.0.gates")[fault.seed % 2]
        shutil.copy(OLD_SESSIONS / name, disk / "s.gates")
        before = in_fork(losses, disk / "s.gates")
        outcome = forked(disk, lambda: migrate(disk), fault)
        problems = ending_problems(fault, outcome)
        again = forked(disk, lambda: migrate(disk))
        if again.status:
            problems.append(f"it cannot be opened afterwards: {again.output}")
        elif in_fork(losses, disk / "s.gates") != before:
            problems.append("it has changed")
        return [*problems, *left_over(disk, {"s.gates"})]

    def _export(self, disk: Path, fault: Fault) -> list[str]:
        shutil.copy(self.done, disk / "s.gates")
        older = {"m.safetensors": b"older"} if fault.seed % 2 else {}
        for name, content in older.items():
            (disk / name).write_bytes(content)
        outcome = command(disk, EXPORT, fault)
        problems = ending_problems(fault, outcome)
        for path in disk.glob("m.*"):
            if path.read_bytes() not in (self.exported.get(path.name), older.get(path.name)):
                problems.append(f"{path.name} is neither old nor new")
        again = command(disk, EXPORT)
        if again.status:
            problems.append(f"it cannot be exported afterwards: {again.output}")
        elif {path.name: path.read_bytes() for path in disk.glob("m.*")} != self.exported:
            problems.append("exported afterwards, it is something else")
        return [*problems, *left_over(disk, {"s.gates", *self.exported})]


def ending_problems(fault: Fault, outcome: Outcome) -> list[str]:
    """What is wrong with the way in which a case ended."""
    if outcome.status == -signal.SIGKILL and fault.kind in KILLING:
        return []
    problems = ["a traceback"] if "Traceback" in outcome.output else []
    if outcome.status not in {0, 1}:
        problems.append(f"status {outcome.status}: {outcome.output}")
    if outcome.status == 1 and "Error: " not in outcome.output and "failed" not in outcome.output:
        problems.append(f"it failed without a message: {outcome.output}")
    return problems


def left_over(disk: Path, expected: set[str]) -> list[str]:
    names = {path.name for path in disk.iterdir()} - expected
    return [f"{sorted(names)} were left"] if names else []


def command(disk: Path, arguments: tuple[str, ...], fault: Fault = Fault()) -> Outcome:
    """A command of the terminal in a copy of this process."""

    def work() -> None:
        sys.argv = ["gate-studio", *arguments]
        run()

    return forked(disk, work, fault)


def save_as(disk: Path) -> None:
    try:
        with SessionFile.open(disk / "s.gates", locks()) as session:
            session.save_as(disk / "copy.gates")
    except UserError as error:
        sys.exit(f"Error: {error}")


def migrate(disk: Path) -> None:
    try:
        with SessionFile.open(disk / "s.gates", locks()):
            pass
    except UserError as error:
        sys.exit(f"Error: {error}")


def locks() -> Path:
    return Path(os.environ["HOME"]) / "locks"


def losses(path: Path) -> Any:  # noqa: ANN401 - what can be written as JSON
    """The losses of each run of a session and whether it has finished, or why it cannot be read."""
    if not path.stat().st_size:
        return {}
    try:
        with SessionFile.open(path, locks(), read_only=True) as session:
            comparisons = session.comparisons()
            if not comparisons:
                return {}
            history = session.history(comparisons[-1].id)
    except UserError as error:
        return str(error)
    return {
        f"{contender.name}, seed {run.run.seed}": {
            "losses": [record.train_loss for record in run.epochs],
            "is_finished": run.result is not None,
        }
        for contender in history.contenders
        for run in contender.runs
        if run.epochs
    }


def forked(disk: Path, work: Callable[[], None], fault: Fault = Fault()) -> Outcome:
    """Does something in a copy of this process, in the folder of the disk, with a fault."""
    output, counted = disk.parent / "output", disk.parent / "operations"
    process = os.fork()
    if not process:
        status = 1
        try:
            os.chdir(disk)
            descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(descriptor, 1)
            os.dup2(descriptor, 2)
            kind = KINDS.index(fault.kind) + 1 if fault.kind else KINDS.index("kills") + 1
            at = fault.at if fault.kind else 1 << 40
            FAULTS.faults_clock(ctypes.c_long(fault.clock_at), ctypes.c_double(fault.clock_jump))
            FAULTS.faults_arm(bytes(disk), kind, ctypes.c_long(at), ctypes.c_uint(fault.seed))
            work()
            status = 0
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else int(bool(end.code))
            if isinstance(end.code, str):
                print(end.code, flush=True)  # noqa: T201 - to the file of outputs
        except BaseException:  # noqa: BLE001 - looked at in the output
            traceback.print_exc()
        finally:
            with suppress(OSError):
                sys.stdout.flush()
                sys.stderr.flush()
            number = FAULTS.faults_counted()
            FAULTS.faults_arm(b"", 0, ctypes.c_long(0), ctypes.c_uint(0))
            counted.write_text(str(number))
            os._exit(status)
    _, ended = os.waitpid(process, 0)
    status = -os.WTERMSIG(ended) if os.WIFSIGNALED(ended) else os.WEXITSTATUS(ended)
    number = int(counted.read_text()) if counted.exists() else 0
    return Outcome(status, output.read_text(errors="replace"), number)


def in_fork(work: Callable[..., Any], *arguments: object) -> Any:  # noqa: ANN401 - as JSON
    """What a function returns in a copy of this process; nothing of it stays here."""
    reader, writer = os.pipe()
    process = os.fork()
    if not process:
        try:
            answer = work(*arguments)
        except BaseException:  # noqa: BLE001 - a defect of the check is a problem of the case
            answer = [traceback.format_exc()]
        with os.fdopen(writer, "w") as pipe:
            json.dump(answer, pipe)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        answer = json.load(pipe)
    os.waitpid(process, 0)
    return answer


def load_program() -> None:
    """Loads what every case needs, so that its copies begin at once."""
    torch.set_num_threads(1)
    start_kernels(user_folders().cache)
    wait_for_kernels()


def main() -> None:
    folder, count, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    load_program()
    campaign = Campaign(folder.resolve(), random.Random(seed))
    if count:
        campaign.run(count)
    else:
        campaign.counts["cuts"] = campaign.cut_exports()
    print(json.dumps({"counts": campaign.counts, "problems": campaign.problems}))  # noqa: T201


if __name__ == "__main__":
    main()
