"""Advice on data that is too small for a single split to be informative."""

from studio.core.specs.task_spec import TaskSpec
from studio.data.dataset import Dataset, ExampleSet
from studio.data.splitting.split_examples import NO_GROUP, group_column

FEW_EXAMPLES = 1000
_FOLDS, _REPEATS = 5, 3


def proposed_folds(dataset: Dataset, task: TaskSpec | None = None) -> TaskSpec | None:
    """The task with repeated cross-validation where examples are few, or None.

    Nothing is proposed for one long series, for a given split, or where folds are set.

    Args:
        dataset: The dataset.
        task: The task as set so far.
    """
    task = task or TaskSpec()
    if not isinstance(dataset, ExampleSet) or dataset.in_test is not None:
        return None
    if len(dataset) >= FEW_EXAMPLES or len(dataset) < 2 * _FOLDS or task.folds is not None:
        return None
    group = group_column(dataset, task.group)
    update = {"folds": _FOLDS, "repeats": _REPEATS}
    return task.model_copy(update=update if group == NO_GROUP else {**update, "group": group})


def folds_advice(dataset: Dataset, task: TaskSpec | None = None) -> str:
    """Proposes repeated folds with their options, or ""; see proposed_folds."""
    proposed = proposed_folds(dataset, task)
    if proposed is None:
        return ""
    options = f"--folds {proposed.folds} --repeats {proposed.repeats}"
    if _has_groups(proposed):
        options += f" --group {proposed.group}"
    return f"{why_folds(len(dataset), proposed)}: {options}"


def why_folds(examples: int, proposed: TaskSpec) -> str:
    """Why folds are proposed, without a full stop."""
    groups = f", with each {proposed.group} in one set only" if _has_groups(proposed) else ""
    return (
        f"with {examples:,} examples a single split has too small a test set; repeated folds test "
        f"every example{groups}"
    )


def _has_groups(task: TaskSpec) -> bool:
    return task.group not in {None, NO_GROUP}
