"""Tasks of installed packages: another way to read data for a task of the program."""

from collections.abc import Callable
from dataclasses import dataclass

from studio.core.errors import SpecError
from studio.core.plugins import Registry, blaming, problem_sentence
from studio.core.specs.task_spec import TaskKind, TaskSpec
from studio.data.dataset import Dataset, ExampleSet, Series

_KINDS: tuple[TaskKind, ...] = ("classify", "regress", "forecast")


@dataclass(frozen=True)
class PluginTask:
    """A task of a package: what its examples are; loss, scores and baselines are the program's.

    Attributes:
        name: Its name, that of its entry point.
        label: Its name for users.
        kind: The task of the program that its examples are for: classify, regress or forecast.
        read: From the dataset as it was read, and the settings, to examples with their labels, or
            to a series; equal arguments must give equal data.
    """

    name: str
    label: str
    kind: TaskKind
    read: Callable[[Dataset, TaskSpec], Dataset]


def _problem(name: str, task: PluginTask) -> str:
    """What is wrong with the task of a package, a clause, or ""."""
    if name != task.name:
        return "its name is not that of its entry point"
    return "" if task.kind in _KINDS else f"its kind is none of {', '.join(_KINDS)}"


PLUGIN_TASKS: Registry[PluginTask] = Registry({}, "gate_studio.tasks", PluginTask, _problem)
"""The tasks of installed packages by name."""


def read_for_plugin_task(dataset: Dataset, task: TaskSpec) -> tuple[Dataset, TaskSpec]:
    """The dataset as the task of a package reads it, and the task of the program it is for.

    Raises:
        SpecError: It is not installed, cannot be used, or is for another task than `kind`.
        MachineError: The package failed.
    """
    name = task.plugin or ""
    found = PLUGIN_TASKS.get(name)
    if found is None:
        raise _missing(name)
    if task.kind not in {None, found.kind}:
        raise SpecError(
            f"{found.label} is for the task {found.kind}",
            field="kind",
            remedy="Leave the task out, or leave the package's task out",
        )
    with blaming(PLUGIN_TASKS, name):
        read = found.read(dataset, task)
        if not isinstance(read, Series | ExampleSet):
            raise TypeError(f"it gave a {type(read).__name__} and no dataset")
    return read, task.model_copy(update={"kind": found.kind})


def _missing(name: str) -> SpecError:
    broken = PLUGIN_TASKS.plugin(name)
    if broken is not None:
        return SpecError(problem_sentence(broken).removesuffix("."), field="plugin")
    known = ", ".join(PLUGIN_TASKS)
    return SpecError(
        f"the task {name} is not installed",
        field="plugin",
        remedy=f"Choose one of {known}" if known else "Install the package that provides it",
    )
