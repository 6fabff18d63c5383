"""The fused engine's kernels: compiled in the background, once, and watched by whoever likes.

Nothing here imports torch or Numba into the thread that asks.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from studio.core.durations import in_words
from studio.nn.fused.compilation import KERNELS
from studio.nn.fused.files import are_compiled, what_is_missing


@dataclass(frozen=True)
class KernelsState:
    """How far the fused engine is.

    Attributes:
        sentence: For people, such as "Compiling the fused engine, once, about 20 s".
        share: Of the kernels that are ready, 0 to 1.
        is_over: Whether nothing is being compiled.
        problem: Why the engine cannot serve, a clause, or "".
    """

    sentence: str
    share: float
    is_over: bool
    problem: str


def start_kernels(cache: Path) -> None:
    """Loads the kernels from the cache folder, or compiles them into it; returns at once.

    Calling it again changes nothing. Training that takes the fused engine waits for its cell.
    """
    KERNELS.start(cache)


def kernels_state() -> KernelsState:
    """How far the kernels are; never waits."""
    now = KERNELS.progress()
    if now.problem:
        sentence = f"The fused engine cannot serve: {now.problem}."
    elif now.is_over:
        sentence = "The fused engine is ready."
    else:
        sentence = f"Compiling the fused engine, once, about {in_words(now.seconds_left)}"
    return KernelsState(sentence, now.share, now.is_over, now.problem)


def wait_for_kernels(seconds: float | None = None, cells: Collection[str] = ()) -> bool:
    """Waits until no cell (of these, where any are named) is being compiled; whether that is so.

    Args:
        seconds: The longest to wait, or None for as long as it takes.
        cells: Names of cells as in specs.
    """
    return KERNELS.wait(seconds, cells)


def stop_compiling() -> None:
    """Ends what is being compiled, for good in this process; what is ready stays."""
    if not KERNELS.progress().is_over:
        KERNELS.close()


def describe_kernels(cache: Path) -> str:
    """What is there, without starting anything."""
    missing = what_is_missing()
    if missing:
        return f"cannot serve: the package {missing} is not installed"
    if are_compiled(cache):
        return "compiled for this processor"
    return "compiled at its first use"
