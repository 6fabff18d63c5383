"""The class and the groups of each file, from its subfolders or from its name."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Literal

from studio.core.decisions import ReadingDecision, set_by_user
from studio.core.errors import SpecError
from studio.core.specs.dataset_spec import FileDataset
from studio.data.files.folders import FolderFile, name_parts
from studio.data.folders.name_patterns import LABEL, is_pattern, parse_pattern
from studio.data.folders.proposed_patterns import Proposal, group_name, propose_pattern

NO_LABEL = "none"
_SURE, _LIKELY, _EITHER = 1.0, 0.9, 0.6
_MOST_SINGLE = 20

Kind = Literal["audio", "text", "letters", "numbers"]
"""What the files of a folder hold; letters are biological sequences."""


@dataclass(frozen=True)
class FileLabels:
    """What the names of files say of them.

    Attributes:
        classes: The class of each file, or None where nothing suggests classes.
        groups: Further parts of the names, by column name.
        decisions: Where the classes come from, and where else they might.
    """

    classes: tuple[str, ...] | None
    groups: dict[str, list[str]] = field(default_factory=dict)
    decisions: tuple[ReadingDecision, ...] = ()


def label_files(
    files: Sequence[FolderFile], spec: FileDataset, where: str, kind: Kind = "numbers"
) -> FileLabels:
    """The classes of files: as the setting label says, by subfolder, or by what names suggest.

    Args:
        files: The files of one dataset.
        spec: Its settings.
        where: The folder, for messages.
        kind: What the files hold.

    Raises:
        DatasetError: The pattern that is set does not fit a name.
        SpecError: The pattern that is set has no part {label}, or is none.
    """
    labels = _labels(files, spec, where, kind)
    return replace(labels, groups=_wanted_groups(labels.groups, spec.group_column))


def _wanted_groups(groups: dict[str, list[str]], wanted: str | None) -> dict[str, list[str]]:
    """The groups, or only the one that the setting group names."""
    if wanted is None or not groups:
        return groups
    if wanted not in groups:
        raise SpecError(
            f"the names of the files have no part '{wanted}'",
            where="group_column",
            remedy=f"Choose one of {', '.join(groups)}",
            field="group_column",
        )
    return {wanted: groups[wanted]}


def _labels(files: Sequence[FolderFile], spec: FileDataset, where: str, kind: Kind) -> FileLabels:
    given = spec.label_column
    if given == NO_LABEL:
        return FileLabels(None, {}, (set_by_user(LABEL, given),))
    if given and not is_pattern(given):
        if kind != "numbers":
            raise _no_pattern(given)
        return FileLabels(None)  # a column of each file
    if given:
        labels = _by_pattern(files, given, where)
        return replace(labels, decisions=(set_by_user(LABEL, given),))
    labelled = _by_subfolder(files, where, kind)
    return labelled if labelled is not None else _by_name(files, where, kind)


def _by_pattern(files: Sequence[FolderFile], text: str, where: str) -> FileLabels:
    pattern = parse_pattern(text)
    if LABEL not in pattern.parts:
        raise _no_pattern(text)
    columns = pattern.columns([file.name for file in files], where)
    return FileLabels(tuple(columns.pop(LABEL)), columns)


def _no_pattern(text: str) -> SpecError:
    return SpecError(
        f"'{text}' has no part {{label}}",
        where="label_column",
        remedy="Write a pattern such as {label}_* or {label}/*, or none for data without classes",
        field="label_column",
    )


def _by_subfolder(files: Sequence[FolderFile], where: str, kind: Kind) -> FileLabels | None:
    """The classes by the subfolders, or None where these are no classes."""
    depth = min((len(file.levels) for file in files), default=0)
    levels = [tuple(file.levels[level] for file in files) for level in range(depth)]
    varied = [level for level, values in enumerate(levels) if len(set(values)) > 1]
    if not varied:
        return _one_class(files) if depth and kind != "numbers" else None
    named = [level for level in varied if not group_name(levels[level])]
    chosen = (named or varied)[0]
    if _names_recordings(levels[chosen]):
        return None
    others = [level for level in varied if level != chosen]
    found = _proposal(files, kind)
    sure = _EITHER if len(named) != 1 and others else _LIKELY if found.pattern else _SURE
    groups = {
        group_name(levels[level]) or f"folder {level + 1}": list(levels[level]) for level in others
    }
    decision = ReadingDecision(
        LABEL,
        _pattern_of_level(chosen),
        sure,
        f"the files of {where} are in {len(set(levels[chosen])):,} folders",
        (*map(_pattern_of_level, others), *filter(None, (found.pattern,)), NO_LABEL),
    )
    classes = levels[chosen]
    return FileLabels(classes, {**groups, **_groups(files, classes)}, (decision,))


def _one_class(files: Sequence[FolderFile]) -> FileLabels:
    classes = tuple(file.label for file in files)
    evidence = f"all files are in the folder {classes[0]}"
    decision = ReadingDecision(LABEL, "{label}/*", _EITHER, evidence, (NO_LABEL,))
    return FileLabels(classes, _groups(files, classes), (decision,))


def _names_recordings(values: tuple[str, ...]) -> bool:
    """Whether each file has a folder of its own, too many or too alike to be classes."""
    count = len(set(values))
    return count == len(values) and (count > _MOST_SINGLE or bool(group_name(values)))


def _pattern_of_level(level: int) -> str:
    return "*/" * level + "{label}/*"


def _by_name(files: Sequence[FolderFile], where: str, kind: Kind) -> FileLabels:
    found = _proposal(files, kind)
    if not found.pattern:
        decision = ReadingDecision(LABEL, NO_LABEL, _LIKELY, found.evidence, _others(found))
        return FileLabels(None, {}, (decision,))
    labels = _by_pattern(files, found.pattern, where)
    others = (*found.alternatives, NO_LABEL, *found.unlikely)
    decision = ReadingDecision(LABEL, found.pattern, found.sure, found.evidence, others)
    return replace(labels, decisions=(decision,))


def _others(found: Proposal) -> tuple[str, ...]:
    return (*found.alternatives, *found.unlikely)


def _proposal(files: Sequence[FolderFile], kind: Kind) -> Proposal:
    stems = [PurePosixPath(file.path.name).stem for file in files]
    return propose_pattern(stems, heard=kind == "audio")


def _groups(files: Sequence[FolderFile], classes: tuple[str, ...] | None) -> dict[str, list[str]]:
    """Words of the names that may be groups, other than the classes."""
    parts = name_parts([file.path for file in files])
    return {name: words for name, words in parts.items() if tuple(words) != classes}
