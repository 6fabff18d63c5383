"""Complete tasks that are answered at every step: the next token, the next step, a tag."""

from studio.core.errors import DatasetError, SpecError
from studio.core.spec import TaskKind, TaskSpec
from studio.data.dataset import Dataset, Series
from studio.data.dividing import NO_GROUP
from studio.data.splits import check_split

_DEFAULT_PIECE = 64
_FEWEST_PIECES = 20


def complete_tokens(series: Series, task: TaskSpec) -> tuple[TaskSpec, list[str]]:
    """The task of one long text with everything filled in, and notes on what was chosen.

    Raises:
        SpecError: A setting does not fit a text.
        DatasetError: The text is shorter than a piece.
    """
    refuse_forecast_settings(task, "next-token")
    if task.longest is not None or task.group not in {None, NO_GROUP, ""}:
        raise SpecError(
            "longest and group belong to examples, and this is one long text",
            where="group" if task.longest is None else "longest",
            remedy="Leave them out",
        )
    notes, window = [], task.window
    if window is None:
        window = min(_DEFAULT_PIECE, max(2, len(series) // _FEWEST_PIECES))
        notes.append(f"the text is cut into pieces of {window} tokens because no window is given")
    if len(series) < window + 2:
        raise DatasetError(
            f"has {len(series):,} tokens, and a piece takes {window}",
            where=series.source,
            remedy="Choose a shorter window, or give more text",
        )
    names = tuple(column.name for column in series.channels)
    _refuse_columns(task, names)
    chosen = {
        "kind": "next-token",
        "target": names,
        "features": names,
        "window": window,
        "split": check_split(task.split, has_test=False),
        "scaling": "none",
    }
    return task.model_copy(update=chosen), notes


def refuse_forecast_settings(task: TaskSpec, kind: TaskKind) -> None:
    """Raises SpecError where a horizon, a stride or a calendar is set."""
    if (task.horizon, task.stride) != (1, 1):
        raise SpecError(
            f"horizon and stride belong to forecasts, and the task is {kind}",
            where="horizon" if task.horizon != 1 else "stride",
            remedy="Leave them out",
        )
    if task.calendar:
        raise SpecError(
            "the calendar belongs to forecasts", where="calendar", remedy="Leave it out"
        )


def _refuse_columns(task: TaskSpec, names: tuple[str, ...]) -> None:
    for where, given in (("target", task.target), ("features", task.features)):
        if given and set(given) != set(names):
            raise SpecError("a text has nothing to choose from", where=where, remedy="Leave it out")


def without_text(dataset: Dataset) -> SpecError:
    """The error of asking for the next token of numbers."""
    what = "one series of numbers" if isinstance(dataset, Series) else "sequences of numbers"
    return SpecError(
        f"the next token is that of a text, and this is {what}",
        where="task",
        remedy="Choose the task forecast or next-step, or give a text",
    )


__all__ = ["complete_tokens", "refuse_forecast_settings", "without_text"]
