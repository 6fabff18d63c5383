"""Kernels of the running program: loaded from the cache, or compiled in separate processes."""

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

from studio.nn.engines.fused.cells import FUSED_CELLS
from studio.nn.engines.fused.kernel_files import (
    file_of,
    folder_of,
    is_trusted,
    missing_package,
    part_of,
)
from studio.nn.engines.fused.kernel_names import names_of
from studio.nn.engines.fused.kernel_versions import claim, remove_others
from studio.nn.engines.fused.library import Library, LibraryError, load_library

_log = logging.getLogger(__name__)
_MOST_AT_ONCE = 4
_TYPICAL_SECONDS = 25.0
"""To compile all cells on two idle cores."""


@dataclass(frozen=True)
class CompileProcess:
    """Progress of the compilation.

    Attributes:
        share: Share of the kernels that are ready, 0 to 1.
        is_over: Whether compilation has ended, successfully or not.
        problem: Why there are no kernels, a clause without a full stop, or "".
        seconds_left: An estimate; 0 when it is over.
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
    """The kernels of some cells. Every method may be called from any thread.

    Args:
        names: The fused cells.
    """

    def __init__(self, names: Collection[str] = tuple(FUSED_CELLS)) -> None:
        self._names = names
        self._lock = threading.Lock()
        self._cells: dict[str, _Cell] = {}
        self._processes: list[subprocess.Popen[str]] = []
        self._problem = "its kernels have not been compiled yet"
        self._started = 0.0
        self._is_closed = False
        self._spare: Path | None = None

    def start(self, cache: Path) -> None:
        """Starts to compile kernels that are not in the cache, in the background.

        Args:
            cache: The user's cache folder; if it is not writable, a temporary folder is used.
        """
        with self._lock:
            if self._cells:
                return
            missing = missing_package()
            self._problem = f"the package {missing} is not installed" if missing else ""
            if missing:
                return
            self._cells = {name: _Cell() for name in self._names}
            self._started = time.monotonic()
        threading.Thread(target=self._prepare, args=(cache,), name="kernels", daemon=True).start()

    def progress(self) -> CompileProcess:
        cells = list(self._cells.values())
        if not cells:
            return CompileProcess(0.0, is_over=True, problem=self._problem)
        counts = [len(names_of(name)) for name in self._names]
        done = sum(
            count if cell.ready.is_set() else cell.done
            for count, cell in zip(counts, cells, strict=True)
        )
        share = done / sum(counts)
        is_over = all(cell.ready.is_set() for cell in cells)
        problem = next((cell.problem for cell in cells if cell.problem), "")
        return CompileProcess(
            share, is_over, problem, 0.0 if is_over else self._seconds_left(share)
        )

    def wait(self, seconds: float | None = None, cells: Collection[str] = ()) -> bool:
        """Waits until compilation has ended, and returns whether it has.

        Args:
            seconds: The maximum time to wait, or None for no limit.
            cells: Wait for these cells of the specs only; all if empty.
        """
        end = None if seconds is None else time.monotonic() + seconds
        return all(
            cell.ready.wait(None if end is None else max(0.0, end - time.monotonic()))
            for name, cell in list(self._cells.items())
            if not cells or name.partition("_")[0] in cells
        )

    def refusal(self, name: str) -> str:
        """Why a cell's kernels cannot be used, a clause, or ""; waits for their compilation."""
        cell = self._cells.get(name)
        if cell is None:
            return self._problem
        cell.ready.wait()
        return cell.problem

    def library(self, name: str) -> Library:
        """A cell's kernels; waits for their compilation.

        Raises:
            LibraryError: There are none.
        """
        problem = self.refusal(name)
        if problem:
            raise LibraryError(problem)
        library = self._cells[name].library
        assert library is not None  # noqa: S101 - a cell that is ready has a library or a problem
        return library

    def close(self) -> None:
        """Stops the compilation and removes temporary files."""
        with self._lock:
            self._is_closed = True
            for process in self._processes:
                process.kill()
        if self._spare is not None:
            shutil.rmtree(self._spare, ignore_errors=True)

    def _prepare(self, cache: Path) -> None:
        """Loads cached kernels and compiles the rest, in parallel on several cores."""
        try:
            folder = folder_of(cache)
            for name, cell in self._cells.items():
                cell.path = file_of(folder, name)
            claim(folder)
            queue = [name for name in self._cells if not self._load(name)]
            remove_others(folder)
        except Exception as error:  # noqa: BLE001 - waiting threads must be released
            _log.exception("kernels cannot be loaded")
            self._give_up(f"its kernels cannot be loaded: {error}")
            return
        if not queue:
            return
        atexit.register(self.close)
        cores = max(1, min(_MOST_AT_ONCE, os.cpu_count() or 1))
        helpers = [
            threading.Thread(
                target=self._compile_queued, args=(queue,), name="kernels", daemon=True
            )
            for _ in range(cores - 1)
        ]
        for helper in helpers:
            helper.start()
        self._compile_queued(queue)
        for helper in helpers:
            helper.join()

    def _compile_queued(self, queue: list[str]) -> None:
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
        """Loads a cell's kernels from its file; False if it is missing or damaged."""
        cell = self._cells[name]
        try:
            cell.library = load_library(cell.path, name)
        except FileNotFoundError:
            return False
        except LibraryError as error:
            _log.warning("compiled kernels are damaged and are compiled again: %s", error)
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
        """The path, or one with the same name in a temporary folder if it is not writable."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.parent.chmod(0o700)
            if not is_trusted(path.parent):
                raise PermissionError(path.parent)
            with tempfile.TemporaryFile(dir=path.parent):
                return path
        except OSError:
            with self._lock:
                if self._spare is None:
                    self._spare = Path(tempfile.mkdtemp(prefix="gate-studio-"))
            return self._spare / path.name

    def _run_compiler(self, name: str, cell: _Cell) -> str:
        """Why it failed, a clause, or "". The process ends with this one, when its input closes."""
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
            errors = process.stderr.read().strip()
        if process.returncode:
            part_of(cell.path, process.pid).unlink(missing_ok=True)
            last = errors.splitlines()[-1] if errors else f"exit status {process.returncode}"
            _log.warning("compiling the kernels of %s failed: %s", name, errors)
            return f"its kernels cannot be compiled: {last}"
        return ""

    def _seconds_left(self, share: float) -> float:
        passed = time.monotonic() - self._started
        if share < 0.1:  # noqa: PLR2004 - too early to extrapolate
            return max(1.0, _TYPICAL_SECONDS - passed)
        return passed * (1 - share) / share


def compiler_command() -> list[str]:
    """The command that starts the compiler; a bundled program has a command of its own."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "compile-kernels"]
    return [sys.executable, "-m", "studio.nn.engines.fused.compile"]


KERNELS = Kernels()
"""The kernels of this program."""
