"""Kernels of the running program: found in the cache, or compiled in processes of their own."""

import atexit
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from studio.nn.fused.cells import FUSED_CELLS
from studio.nn.fused.files import file_of, folder_of, part_of, what_is_missing
from studio.nn.fused.kernel_names import names_of
from studio.nn.fused.library import Library, LibraryError, load_library
from studio.nn.fused.versions import claim, remove_others

_log = logging.getLogger(__name__)
_MOST_AT_ONCE = 4
_USUAL_SECONDS = 25.0
"""From a cold start to all cells on two quiet cores."""


@dataclass(frozen=True)
class Compiling:
    """How far the kernels are.

    Attributes:
        share: Of the kernels that are ready, 0 to 1.
        is_over: Whether nothing is being compiled, for better or worse.
        problem: Why there are no kernels, a clause without a full stop, or "".
        seconds_left: A guess; 0 when it is over.
    """

    share: float
    is_over: bool
    problem: str = ""
    seconds_left: float = 0.0


@dataclass
class _Cell:
    path: Path = Path()
    done: int = 0
    problem: str = ""
    ready: threading.Event = field(default_factory=threading.Event)
    library: Library | None = None


class Kernels:
    """The kernels of cells. Every method may be called from any thread.

    Args:
        names: Of which cells.
    """

    def __init__(self, names: Collection[str] = tuple(FUSED_CELLS)) -> None:
        self._names = names
        self._lock = threading.Lock()
        self._cells: dict[str, _Cell] = {}
        self._processes: list[subprocess.Popen[str]] = []
        self._problem = "no folder was named for its kernels"
        self._started = 0.0
        self._is_closed = False
        self._spare: Path | None = None

    def start(self, cache: Path) -> None:
        """Begins to compile, in the background, what the cache does not hold; returns at once.

        Args:
            cache: The user's cache folder; where it cannot be written, a temporary folder serves.
        """
        with self._lock:
            if self._cells:
                return
            missing = what_is_missing()
            self._problem = f"the package {missing} is not installed" if missing else ""
            if missing:
                return
            self._cells = {name: _Cell() for name in self._names}
            self._started = time.monotonic()
        threading.Thread(target=self._prepare, args=(cache,), name="kernels", daemon=True).start()

    def progress(self) -> Compiling:
        """How far they are."""
        cells = list(self._cells.values())
        if not cells:
            return Compiling(0.0, is_over=True, problem=self._problem)
        wholes = [len(names_of(name)) for name in self._names]
        done = sum(
            whole if cell.ready.is_set() else cell.done
            for whole, cell in zip(wholes, cells, strict=True)
        )
        share = done / sum(wholes)
        is_over = all(cell.ready.is_set() for cell in cells)
        problem = next((cell.problem for cell in cells if cell.problem), "")
        return Compiling(share, is_over, problem, 0.0 if is_over else self._left(share))

    def wait(self, seconds: float | None = None, cells: Collection[str] = ()) -> bool:
        """Waits until nothing is being compiled any more; whether that is so.

        Args:
            seconds: The longest to wait, or None for as long as it takes.
            cells: Only for these of the specs' cells; all if left out.
        """
        end = None if seconds is None else time.monotonic() + seconds
        return all(
            cell.ready.wait(None if end is None else max(0.0, end - time.monotonic()))
            for name, cell in list(self._cells.items())
            if not cells or name.partition("_")[0] in cells
        )

    def refusal(self, name: str) -> str:
        """Why a cell's kernels cannot be used, or ""; waits while they are being compiled."""
        cell = self._cells.get(name)
        if cell is None:
            return self._problem
        cell.ready.wait()
        return cell.problem

    def library(self, name: str) -> Library:
        """A cell's kernels; waits while they are being compiled.

        Raises:
            LibraryError: There are none.
        """
        problem = self.refusal(name)
        if problem:
            raise LibraryError(problem)
        library = self._cells[name].library
        assert library is not None  # noqa: S101 - a cell that is ready has one or a problem
        return library

    def close(self) -> None:
        """Ends what is being compiled and removes temporary files."""
        with self._lock:
            self._is_closed = True
            for process in self._processes:
                process.kill()
        if self._spare is not None:
            shutil.rmtree(self._spare, ignore_errors=True)

    def _prepare(self, cache: Path) -> None:
        """Loads what is there and compiles the rest, as many cells at once as there are cores."""
        try:
            folder = folder_of(cache)
            for name, cell in self._cells.items():
                cell.path = file_of(folder, name)
            claim(folder)
            queue = [name for name in self._cells if not self._load(name)]
            remove_others(folder)
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it
            _log.exception("kernels cannot be loaded")
            self._give_up(f"its kernels cannot be loaded: {error}")
            return
        if not queue:
            return
        atexit.register(self.close)
        cores = max(1, min(_MOST_AT_ONCE, os.cpu_count() or 1))
        others = [
            threading.Thread(target=self._work_off, args=(queue,), name="kernels", daemon=True)
            for _ in range(cores - 1)
        ]
        for other in others:
            other.start()
        self._work_off(queue)
        for other in others:
            other.join()

    def _work_off(self, queue: list[str]) -> None:
        while True:
            with self._lock:
                if not queue:
                    return
                name = queue.pop(0)
                is_closed = self._is_closed
            if is_closed:
                self._cells[name].problem = "its compilation was stopped"
                self._cells[name].ready.set()
            else:
                self._compile(name)

    def _give_up(self, problem: str) -> None:
        for cell in self._cells.values():
            cell.problem = problem
            cell.ready.set()

    def _load(self, name: str) -> bool:
        """Takes a cell's kernels from its file; a file that is no good is forgotten."""
        cell = self._cells[name]
        try:
            cell.library = load_library(cell.path)
        except FileNotFoundError:
            return False
        except LibraryError as error:
            _log.warning("compiled kernels are damaged and made again: %s", error)
            return False
        cell.ready.set()
        return True

    def _compile(self, name: str) -> None:
        cell = self._cells[name]
        try:
            cell.path = self._writable(cell.path)
            problem = self._run_compiler(name, cell)
            if not problem and not self._load(name):
                problem = "the compiled kernels cannot be read"
        except Exception as error:  # noqa: BLE001 - likewise
            _log.exception("the kernels of %s cannot be compiled", name)
            problem = f"its kernels cannot be compiled: {error}"
        cell.problem = problem
        cell.ready.set()

    def _writable(self, path: Path) -> Path:
        """The path, or one of the same name in a temporary folder where it cannot be written."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=path.parent):
                return path
        except OSError:
            with self._lock:
                if self._spare is None:
                    self._spare = Path(tempfile.mkdtemp(prefix="gate-studio-"))
            return self._spare / path.name

    def _run_compiler(self, name: str, cell: _Cell) -> str:
        """Why it failed, or "". The process ends when its input does: with this one, however."""
        with subprocess.Popen(  # noqa: S603 - our own module
            [*compiler_command(), name, str(cell.path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.PIPE,
            text=True,
        ) as process:
            self._processes.append(process)
            assert process.stdout is not None  # noqa: S101 - it is a pipe
            assert process.stderr is not None  # noqa: S101 - likewise
            for _ in process.stdout:
                cell.done += 1
            said = process.stderr.read().strip()
        if process.returncode:
            part_of(cell.path, process.pid).unlink(missing_ok=True)
            reason = said.splitlines()[-1] if said else f"its process ended ({process.returncode})"
            _log.warning("compiling the kernels of %s failed: %s", name, said)
            return f"its kernels cannot be compiled: {reason}"
        return ""

    def _left(self, share: float) -> float:
        passed = time.monotonic() - self._started
        if share < 0.1:  # noqa: PLR2004 - too early to extrapolate
            return max(1.0, _USUAL_SECONDS - passed)
        return passed * (1 - share) / share


def compiler_command() -> list[str]:
    """How the compiler's process is started; a bundle's own program knows the module too."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "compile-kernels"]
    return [sys.executable, "-m", "studio.nn.fused.compile"]


KERNELS = Kernels()
"""Those of this program."""
