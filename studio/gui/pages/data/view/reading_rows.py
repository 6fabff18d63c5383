"""How the data was read, as rows to look through and to change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from studio.core.decisions import ReadingDecision
from studio.core.specs.dataset_spec import SHORT_NAMES, FileDataset
from studio.core.specs.task_spec import TaskSpec
from studio.gui.forms.value_labels import CHOICES

_WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "dates": {
            "day-first": "day first",
            "month-first": "month first",
            "year-first": "year first",
            "unix": "seconds since 1970",
            "unix-ms": "milliseconds since 1970",
            "excel": "days as Excel counts them",
            "none": "not dates",
        },
        "delimiter": {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "blanks"},
        "na_values": {"": "none but the usual"},
        "ignore": {"": "none"},
        "header_rows": {"0": "none", "1": "one", "2": "two", "3": "three", "4": "four"},
    }
)  # fmt: skip
_DETECTED = "detect it"
_TAKEN_BACK = frozenset(FileDataset.model_fields) | frozenset(SHORT_NAMES)
"""Settings that detection takes back over where they are left blank."""
_RESETS_ROLES = frozenset(
    {"layout", "header_rows", "header", "skip_rows", "id", "label", "axes", "sheet", "member"}
)


@dataclass(frozen=True)
class ReadingRow:
    """One decision as its row shows it.

    Attributes:
        setting: The name of the setting that overrules it.
        title: What was decided.
        evidence: Why, a sentence.
        choices: Values of the setting and their words, the one in force first.
        is_doubtful: Whether the user should look at it.
        is_set: Whether the user chose it.
    """

    setting: str
    title: str
    evidence: str
    choices: tuple[tuple[str, str], ...]
    is_doubtful: bool
    is_set: bool


def reading_rows(decisions: Iterable[ReadingDecision]) -> tuple[ReadingRow, ...]:
    """The decisions as rows, the least certain first."""
    by_certainty = sorted(decisions, key=lambda decision: (decision.is_set, decision.sure))
    return tuple(map(_row, by_certainty))


def _row(decision: ReadingDecision) -> ReadingRow:
    usual = ("",) if decision.is_set and decision.name in _TAKEN_BACK else ()
    values = dict.fromkeys((decision.value, *decision.alternatives, *usual))
    words = _WORDS.get(decision.name) or CHOICES.get(decision.name, {})
    evidence = decision.evidence[:1].upper() + decision.evidence[1:]
    return ReadingRow(
        setting=decision.name,
        title=_title(decision.name),
        evidence=f"{evidence}." if evidence else "",
        choices=tuple((value, words.get(value, value) or _DETECTED) for value in values),
        is_doubtful=decision.is_doubtful,
        is_set=decision.is_set,
    )


def _title(name: str) -> str:
    if name in TaskSpec.model_fields and name in {"task", "kind", "target"}:
        return TaskSpec.model_fields[name].title or name
    field = FileDataset.model_fields.get(SHORT_NAMES.get(name, name))
    return (field.title if field else None) or name.capitalize()


def with_choice(
    dataset: FileDataset, task: TaskSpec, setting: str, value: str
) -> tuple[FileDataset, TaskSpec]:
    """The dataset and the task after another choice.

    Args:
        dataset: How the data is read now.
        task: The task now.
        setting: The setting of a row.
        value: One of its choices.
    """
    if setting == "target":
        return dataset, task.model_copy(update={"target": (value,), "features": None})
    if setting == "task":
        return dataset, task.model_copy(update={"kind": value, "features": None})
    field = SHORT_NAMES.get(setting, setting)
    if setting == "ignore" and value and dataset.ignore:
        value = f"{dataset.ignore},{value}"
    taken_back = not value and setting in _TAKEN_BACK and setting != "ignore"
    changed = FileDataset.model_validate(
        {**dataset.model_dump(), field: None if taken_back else value}
    )
    if setting in _RESETS_ROLES:
        task = task.model_copy(update={"target": None, "features": None, "group": None})
    return changed, task
