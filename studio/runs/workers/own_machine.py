"""What a worker on another machine has of its own: folders for data and kernels, threads."""

from pathlib import Path

from studio.core.specs.comparison_spec import MachineSpec

_folders: dict[str, Path] = {}
_threads: list[int] = []


def use_own(tasks: Path, kernels: Path, threads: int) -> None:
    """Called when such a worker starts."""
    _folders.update(tasks=tasks, kernels=kernels)
    _threads[:] = [threads]


def folder_here(kind: str, given: Path | None) -> Path:
    """The worker's own folder of a kind, or the one that the coordinator has on this machine."""
    return _folders.get(kind) or given or Path()


def threads_of(asked: MachineSpec) -> MachineSpec:
    """The machine's settings with the worker's own threads, where none are asked for."""
    if asked.threads or not _threads:
        return asked
    return asked.model_copy(update={"threads": _threads[0]})
