"""TRAIN and TEST files that belong together."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Integers
from studio.core.errors import DatasetError
from studio.data.dataset import Column, ExampleSet, Tags

_PART = re.compile(r"(?P<stem>.*)_(?P<part>train|test)(?P<suffix>\.\w+)", re.IGNORECASE)
_OTHER = {"train": "test", "test": "train"}
_MOST_NAMED = 4


def pair_of(path: Path) -> tuple[Path, Path] | None:
    """The TRAIN and the TEST file where path is one of them and the other is beside it."""
    found = _PART.fullmatch(path.name)
    if found is None:
        return None
    try:
        beside = sorted(path.parent.iterdir())
    except OSError:
        return None
    part = found["part"].lower()
    wanted = f"{found['stem']}_{_OTHER[part]}{found['suffix']}".lower()
    for other in beside:
        if other.name.lower() == wanted and other.is_file():
            return (path, other) if part == "train" else (other, path)
    return None


def stem_of(path: Path) -> str:
    """The name that both files of a pair have in common."""
    found = _PART.fullmatch(path.name)
    return found["stem"] if found else path.stem


def join(train: ExampleSet, test: ExampleSet) -> ExampleSet:
    """One set of examples whose test part is given; those of the training file come first.

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
    )


def join_parts(train: ExampleSet, valid: ExampleSet, test: ExampleSet) -> ExampleSet:
    """One set of examples whose validation and test parts are given.

    Raises:
        DatasetError: Channels, steps or labels differ.
    """
    first = join(train, valid)
    both = join(first, test)
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
        what = "hold texts and numbers"
    elif {*_names_read(train)} != {*_names_read(test)}:
        what = f"have the columns {_told(_names_read(train))} and {_told(_names_read(test))}"
    elif _kind_of_labels(train) != _kind_of_labels(test):
        what = "have labels of two kinds"
    if what is not None:
        where = test.source if test.source == train.source else f"{test.source} and {train.source}"
        raise DatasetError(what, where=where, remedy="Give two files of the same dataset")


def _names_read(dataset: ExampleSet) -> tuple[str, ...]:
    """The names of the columns of numbers, none where it is a text."""
    if dataset.symbols is not None:
        return ()
    read = dataset.features if dataset.row_per_example else dataset.channels
    return tuple(column.name for column in read)


def _told(names: tuple[str, ...]) -> str:
    return ", ".join(names[:_MOST_NAMED]) + ", ..." * (len(names) > _MOST_NAMED)


def _kind_of_labels(dataset: ExampleSet) -> tuple[bool, bool, int]:
    """Whether there are tags, whether classes, and how many values."""
    count = 0 if dataset.class_names is not None else dataset.labels.shape[1]
    return dataset.tags is not None, dataset.class_names is not None, count


def _in_order_of(train: ExampleSet, test: ExampleSet) -> ExampleSet:
    """The test part with its columns of numbers in the order of those of the training part."""
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
    """All names, and for each code of the test part the common one; the last is for -1."""
    names = tuple(dict.fromkeys(train + test))
    return names, np.array([names.index(name) for name in test] + [-1], dtype=np.int64)


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
    both = [name for name in train.groups if name in test.groups]
    return {name: np.concatenate([train.groups[name], test.groups[name]]) for name in both}


def _without_lost(
    columns: tuple[Column, ...], groups: Mapping[str, NDArray[np.str_]]
) -> tuple[Column, ...]:
    """Columns that are groups in both files alone; a group of one file divides nothing."""
    return tuple(
        replace(column, role="ignored")
        if column.role == "group" and column.name not in groups
        else column
        for column in columns
    )


def _add_missing(columns: tuple[Column, ...], test: ExampleSet) -> tuple[Column, ...]:
    others = {column.name: column for column in (*test.columns, *test.channels)}
    return tuple(_with_missing_of(column, others.get(column.name)) for column in columns)


def _with_missing_of(column: Column, other: Column | None) -> Column:
    if other is None or not other.missing:
        return column
    first = column.first_missing or other.first_missing
    return replace(column, missing=column.missing + other.missing, first_missing=first)
