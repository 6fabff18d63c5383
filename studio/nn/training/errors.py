"""Failures of one run; the other runs continue."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


class TrainingFailed(Exception):  # noqa: N818 - an outcome of a run
    """A run cannot continue.

    Args:
        reason: What happened, a sentence without its full stop.
        remedy: What to do about it, likewise.
    """

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason, remedy)
        self.reason, self.remedy = reason, remedy


_OUT_OF_MEMORY = "out of memory"
_OUT_OF_MEMORY_SIGNS = ("allocate memory", "alloc_cpu", "out of memory", "ALLOC_FAILED")
_NOT_DETERMINISTIC = "does not have a deterministic implementation"
_SMALLER = "Choose a smaller batch size, hidden size or window"


@contextmanager
def training_failures() -> Iterator[None]:
    """Converts out-of-memory errors and missing deterministic algorithms to TrainingFailed."""
    try:
        yield
    except torch.OutOfMemoryError:
        torch.cuda.empty_cache()
        raise TrainingFailed(f"CUDA is {_OUT_OF_MEMORY}", _SMALLER) from None
    except MemoryError:
        raise TrainingFailed(_OUT_OF_MEMORY, _SMALLER) from None
    except RuntimeError as error:
        if any(sign in str(error) for sign in _OUT_OF_MEMORY_SIGNS):
            raise TrainingFailed(_OUT_OF_MEMORY, _SMALLER) from None
        if _NOT_DETERMINISTIC in str(error):
            operation = str(error).partition(_NOT_DETERMINISTIC)[0].strip()
            raise TrainingFailed(
                f"{operation} has no deterministic algorithm on CUDA", "Switch deterministic off"
            ) from None
        raise
