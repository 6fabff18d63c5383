"""What to do about data that is too small for one division to say much."""

from studio.core.task import TaskSpec
from studio.data.dataset import Dataset, ExampleSet
from studio.data.dividing import NO_GROUP, group_of

FEW_EXAMPLES = 1000
_FOLDS, _REPEATS = 5, 3


def proposed_folds(dataset: Dataset, task: TaskSpec | None = None) -> TaskSpec | None:
    """The task with repeated folds where examples are few, or None.

    Nothing is proposed for one long series, where the parts are given, or where folds are set.

    Args:
        dataset: What was loaded.
        task: What was asked for so far.
    """
    asked = task or TaskSpec()
    if not isinstance(dataset, ExampleSet) or dataset.in_test is not None:
        return None
    if len(dataset) >= FEW_EXAMPLES or len(dataset) < 2 * _FOLDS or asked.folds is not None:
        return None
    group = group_of(dataset, asked.group)
    update = {"folds": _FOLDS, "repeats": _REPEATS}
    return asked.model_copy(update=update if group == NO_GROUP else {**update, "group": group})


def folds_advice(dataset: Dataset, task: TaskSpec | None = None) -> str:
    """A sentence that proposes repeated folds, with their options, or ""; see proposed_folds."""
    proposed = proposed_folds(dataset, task)
    if proposed is None:
        return ""
    options = f"--folds {proposed.folds} --repeats {proposed.repeats}"
    if _has_groups(proposed):
        options += f" --group {proposed.group}"
    return f"{why_folds(len(dataset), proposed)}: {options}"


def why_folds(examples: int, proposed: TaskSpec) -> str:
    """Why folds are proposed, without a full stop."""
    how = f", no {proposed.group} on both sides of any" if _has_groups(proposed) else ""
    return (
        f"of {examples:,} examples one division tests too few to say much; repeated folds test "
        f"each of them{how}"
    )


def _has_groups(task: TaskSpec) -> bool:
    return task.group not in {None, NO_GROUP}
