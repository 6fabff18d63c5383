"""How much memory there is, and what is refused because it would not fit."""

import sys
from pathlib import Path

import psutil

from studio.core.errors import DatasetError, MachineError

_CONTROL_GROUP = Path("/sys/fs/cgroup")
_USABLE = 0.8
_FOR_TRAINING = 400_000_000
_ADDRESSES_FOR_TRAINING = 1_300_000_000
"""What loading PyTorch takes: memory, and addresses where a limit is set on them."""


def available_memory() -> int:
    """Bytes that this process can still take before the system would have to swap or kill.

    The least of what the machine, the control group of a container and the limit of the process
    (`ulimit -v`) leave.
    """
    free: list[int] = [psutil.virtual_memory().available]
    free += [left for left in (_left_in_control_group(), _left_in_limit()) if left is not None]
    return max(0, min(free))


def refuse_beyond_memory(needed: int, where: str, remedy: str) -> None:
    """Refuses to read what would not fit, before memory is taken.

    Args:
        needed: Bytes, an estimate.
        where: The file.
        remedy: What to do about it.

    Raises:
        DatasetError: Less than that is available.
    """
    available = available_memory()
    if needed > _USABLE * available:
        raise DatasetError(
            f"needs about {gigabytes(needed)} of memory to read, "
            f"and {gigabytes(available)} are available",
            where=where,
            remedy=remedy,
        )


def refuse_training_without_memory() -> None:
    """Raises MachineError where PyTorch could not even be loaded."""
    left = _left_in_limit()
    if left is not None and left < _ADDRESSES_FOR_TRAINING:
        needed, available = _ADDRESSES_FOR_TRAINING, left
    else:
        needed, available = _FOR_TRAINING, available_memory()
    if available < needed:
        raise MachineError(
            f"there is not enough memory to load PyTorch: it takes about {gigabytes(needed)}, "
            f"and {gigabytes(available)} are available",
            remedy="Close other programs, or raise the limit of this process",
        )


def gigabytes(size: int) -> str:
    """A number of bytes as people read it."""
    return f"{size / 1e9:.1f} GB" if size >= 1e8 else f"{size / 1e6:.0f} MB"  # noqa: PLR2004


def _left_in_control_group() -> int | None:
    try:
        most = int((_CONTROL_GROUP / "memory.max").read_text())
        taken = int((_CONTROL_GROUP / "memory.current").read_text())
        cached = _reclaimable((_CONTROL_GROUP / "memory.stat").read_text())
    except (OSError, ValueError):  # no control group, or one without a limit
        return None
    return most - taken + cached


def _reclaimable(statistics: str) -> int:
    """Bytes of files that the kernel keeps in memory and can give up."""
    rows = (line.split() for line in statistics.splitlines())
    return sum(int(row[1]) for row in rows if row[0] in {"inactive_file", "active_file"})


def _left_in_limit() -> int | None:
    if sys.platform == "win32":
        return None
    import resource  # noqa: PLC0415 - Windows has none

    most, _ = resource.getrlimit(resource.RLIMIT_AS)
    if most == resource.RLIM_INFINITY:
        return None
    return int(most) - int(psutil.Process().memory_info().vms)
