"""The fused engine's kernels, compiled once in the background.

Nothing here imports torch or Numba into the calling thread.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from studio.core.durations import format_duration
from studio.nn.engines.fused.kernel_cache import KERNELS
from studio.nn.engines.fused.kernel_files import is_compiled, missing_package


@dataclass(frozen=True)
class KernelsState:
    """The compilation state of the fused engine.

    Attributes:
        sentence: A sentence, such as "Compiling the fused engine, once, about 20 s".
        share: Share of the kernels that are ready, 0 to 1.
        is_over: Whether nothing is being compiled.
        problem: Why the engine is not available, a clause, or "".
    """

    sentence: str
    share: float
    is_over: bool
    problem: str


def start_kernels(cache: Path) -> None:
    """Loads the kernels from the cache folder, or compiles them into it; returns immediately.

    Calling it again has no effect. Training with the fused engine waits for its cell.
    """
    KERNELS.start(cache)


def kernels_state() -> KernelsState:
    """The state of the kernels; never waits."""
    progress = KERNELS.progress()
    if progress.problem:
        sentence = f"The fused engine is not available: {progress.problem}."
    elif progress.is_over:
        sentence = "The fused engine is ready."
    else:
        sentence = (
            f"Compiling the fused engine, once, about {format_duration(progress.seconds_left)}"
        )
    return KernelsState(sentence, progress.share, progress.is_over, progress.problem)


def wait_for_kernels(seconds: float | None = None, cells: Collection[str] = ()) -> bool:
    """Waits until none of these cells, or no cell at all, is being compiled; False on timeout.

    Args:
        seconds: Timeout, or None to wait without limit.
        cells: Names of cells as in specs; all cells if empty.
    """
    return KERNELS.wait(seconds, cells)


def stop_compiling() -> None:
    """Cancels compilation for the rest of this process; ready kernels remain."""
    if not KERNELS.progress().is_over:
        KERNELS.close()


def describe_kernels(cache: Path) -> str:
    """The state of the kernels, without starting to compile."""
    missing = missing_package()
    if missing:
        return f"not available: the package {missing} is not installed"
    if is_compiled(cache):
        return "compiled for this processor"
    return "compiled at its first use"
