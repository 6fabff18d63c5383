"""What to do about data that is too small for one division to say much."""

from studio.core.task import TaskSpec
from studio.data.dataset import Dataset, ExampleSet
from studio.data.dividing import NO_GROUP, group_of

FEW_EXAMPLES = 1000
_FOLDS, _REPEATS = 5, 3


def folds_advice(dataset: Dataset, task: TaskSpec | None = None) -> str:
    """A sentence that proposes repeated folds where examples are few, or "".

    Nothing is proposed for one long series, where the parts are given, or where folds are set.

    Args:
        dataset: What was loaded.
        task: What was asked for so far.
    """
    asked = task or TaskSpec()
    if not isinstance(dataset, ExampleSet) or dataset.in_test is not None:
        return ""
    if len(dataset) >= FEW_EXAMPLES or len(dataset) < 2 * _FOLDS or asked.folds is not None:
        return ""
    group = group_of(dataset, asked.group)
    options = f"--folds {_FOLDS} --repeats {_REPEATS}"
    how = ""
    if group != NO_GROUP:
        options, how = f"{options} --group {group}", f", no {group} on both sides of any"
    return (
        f"of {len(dataset):,} examples one division tests too few to say much; repeated folds "
        f"test each of them{how}: {options}"
    )
