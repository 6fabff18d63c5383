"""Pairs of TRAIN and TEST files."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Integers
from studio.core.decisions import ReadingDecision
from studio.core.errors import DatasetError
from studio.data.dataset import Column, ExampleSet, Tags

_PART = re.compile(r"(?P<stem>.*)_(?P<part>train|test)(?P<suffix>\.\w+)", re.IGNORECASE)
_OTHER = {"train": "test", "test": "train"}
_MOST_NAMED = 4


def find_pair(path: Path) -> tuple[Path, Path] | None:
    """The TRAIN and the TEST file, if path is one and the other is in the same folder."""
    match = _PART.fullmatch(path.name)
    if match is None:
        return None
    try:
        beside = sorted(path.parent.iterdir())
    except OSError:
        return None
    part = match["part"].lower()
    counterpart = f"{match['stem']}_{_OTHER[part]}{match['suffix']}".lower()
    for file in beside:
        if file.name.lower() == counterpart and file.is_file():
            return (path, file) if part == "train" else (file, path)
    return None


def stem_of(path: Path) -> str:
    """The common name of the two files of a pair."""
    match = _PART.fullmatch(path.name)
    return match["stem"] if match else path.stem


def join_pair(train: ExampleSet, test: ExampleSet) -> ExampleSet:
    """All examples with a given test set; those of the training file come first.

    Raises:
        DatasetError: Channels, steps, tags or labels of the two differ.
    """
    _refuse_unlike(train, test)
    test = _in_order_of(train, test)
    names, recoded = _common_classes(train, test)
    symbols, tokens = _common_symbols(train, test)
    groups = _common_groups(train, test)
    return replace(
        train,
        symbols=symbols,
        columns=_without_lost(_add_missing(train.columns, test), groups),
        channels=_add_missing(train.channels, test),
        values=np.concatenate([train.values, tokens]),
        lengths=np.concatenate([train.lengths, test.lengths]),
        labels=np.concatenate([train.labels, recoded]),
        class_names=names,
        in_test=np.repeat([False, True], [len(train), len(test)]),
        groups=groups,
        tags=_common_tags(train, test),
        notes=tuple(dict.fromkeys(train.notes + test.notes)),
        problems=tuple(dict.fromkeys(train.problems + test.problems)),
        decisions=_common_decisions(train, test),
    )


def join_parts(train: ExampleSet, valid: ExampleSet, test: ExampleSet) -> ExampleSet:
    """All examples with given validation and test sets.

    Raises:
        DatasetError: Channels, steps or labels differ.
    """
    first = join_pair(train, valid)
    both = join_pair(first, test)
    assert first.in_test is not None  # noqa: S101 - join marks the second
    later = np.zeros(len(test), dtype=np.bool_)
    return replace(both, in_validation=np.concatenate([first.in_test, later]))


def _refuse_unlike(train: ExampleSet, test: ExampleSet) -> None:
    what = None
    if len(train.channels) != len(test.channels):
        what = f"have {len(train.channels)} and {len(test.channels)} channels"
    elif train.row_per_example and len(train.features) != len(test.features):
        what = f"have {len(train.features)} and {len(test.features)} steps"
    elif (train.symbols is None) != (test.symbols is None):
        what = "hold text and numbers"
    elif {*_names_read(train)} != {*_names_read(test)}:
        columns = " and ".join(_list_names(_names_read(dataset)) for dataset in (train, test))
        what = f"have the columns {columns}"
    elif _kind_of_labels(train) != _kind_of_labels(test):
        what = "have different kinds of labels"
    if what is not None:
        where = test.source if test.source == train.source else f"{test.source} and {train.source}"
        raise DatasetError(what, where=where, remedy="Use two files of the same dataset")


def _names_read(dataset: ExampleSet) -> tuple[str, ...]:
    """The names of the numeric inputs, none for text."""
    if dataset.symbols is not None:
        return ()
    read = dataset.features if dataset.row_per_example else dataset.channels
    return tuple(column.name for column in read)


def _list_names(names: tuple[str, ...]) -> str:
    return ", ".join(names[:_MOST_NAMED]) + ", ..." * (len(names) > _MOST_NAMED)


def _kind_of_labels(dataset: ExampleSet) -> tuple[bool, bool, int]:
    """Whether there are tags, whether there are classes, and the number of values."""
    count = 0 if dataset.class_names is not None else dataset.labels.shape[1]
    return dataset.tags is not None, dataset.class_names is not None, count


def _in_order_of(train: ExampleSet, test: ExampleSet) -> ExampleSet:
    """The test set with its numeric inputs in the order of the training set."""
    names, wanted = _names_read(test), _names_read(train)
    if names == wanted:
        return test
    order = [names.index(name) for name in wanted]
    return replace(
        test, values=test.values.reshape(-1, len(names))[:, order].reshape(test.values.shape)
    )


def _common_classes(
    train: ExampleSet, test: ExampleSet
) -> tuple[tuple[str, ...] | None, np.ndarray]:
    if train.class_names is None or test.class_names is None:
        return None, test.labels
    names, recoding = _common_names(train.class_names, test.class_names)
    return names, recoding[test.labels.astype(np.int64)]


def _common_tags(train: ExampleSet, test: ExampleSet) -> Tags | None:
    if train.tags is None or test.tags is None:
        return None
    names, recoding = _common_names(train.tags.names, test.tags.names)
    return Tags(np.concatenate([train.tags.codes, recoding[test.tags.codes]]), names)


def _common_names(
    train: tuple[str, ...], test: tuple[str, ...]
) -> tuple[tuple[str, ...], Integers]:
    """All names, and the common code for each code of the test set; the last is for -1."""
    names = tuple(dict.fromkeys(train + test))
    return names, np.array([names.index(name) for name in test] + [-1], dtype=np.int64)


def _common_decisions(train: ExampleSet, test: ExampleSet) -> tuple[ReadingDecision, ...]:
    """The decisions of both files; of two that agree, the one that is less sure."""
    found: dict[tuple[str, str], ReadingDecision] = {}
    for decision in (*train.decisions, *test.decisions):
        earlier = found.setdefault((decision.name, decision.value), decision)
        if decision.sure < earlier.sure:
            found[decision.name, decision.value] = decision
    return tuple(found.values())


def _common_symbols(
    train: ExampleSet, test: ExampleSet
) -> tuple[tuple[str, ...] | None, np.ndarray]:
    if train.symbols is None or test.symbols is None:
        return None, test.values
    symbols = tuple(dict.fromkeys(train.symbols + test.symbols))
    index = {symbol: at for at, symbol in enumerate(symbols)}
    recoded = np.array([index[symbol] for symbol in test.symbols], dtype=np.float64)
    return symbols, recoded[test.values.astype(np.int64)]


def _common_groups(train: ExampleSet, test: ExampleSet) -> Mapping[str, NDArray[np.str_]]:
    common = [name for name in train.groups if name in test.groups]
    return {name: np.concatenate([train.groups[name], test.groups[name]]) for name in common}


def _without_lost(
    columns: tuple[Column, ...], groups: Mapping[str, NDArray[np.str_]]
) -> tuple[Column, ...]:
    """The columns, where a group that only one file has is ignored."""
    return tuple(
        replace(column, role="ignored")
        if column.role == "group" and column.name not in groups
        else column
        for column in columns
    )


def _add_missing(columns: tuple[Column, ...], test: ExampleSet) -> tuple[Column, ...]:
    by_name = {column.name: column for column in (*test.columns, *test.channels)}
    return tuple(_with_missing_of(column, by_name.get(column.name)) for column in columns)


def _with_missing_of(column: Column, other: Column | None) -> Column:
    if other is None or not other.missing:
        return column
    first = column.first_missing or other.first_missing
    return replace(column, missing=column.missing + other.missing, first_missing=first)
