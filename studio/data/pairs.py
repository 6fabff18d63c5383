"""TRAIN and TEST files that belong together."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import DatasetError
from studio.data.dataset import Column, ExampleSet

_PART = re.compile(r"(?P<stem>.*)_(?P<part>train|test)(?P<suffix>\.\w+)", re.IGNORECASE)
_OTHER = {"train": "test", "test": "train"}


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
        DatasetError: Channels, steps or labels of the two differ.
    """
    where = test.source if test.source == train.source else f"{test.source} and {train.source}"
    if len(train.channels) != len(test.channels):
        what = f"have {len(train.channels)} and {len(test.channels)} channels"
        raise DatasetError(what, where=where, remedy="Give two files of the same dataset")
    if train.row_per_example and len(train.features) != len(test.features):
        what = f"have {len(train.features)} and {len(test.features)} steps"
        raise DatasetError(what, where=where, remedy="Give two files of the same dataset")
    if (train.class_names is None) != (test.class_names is None) or (
        train.class_names is None and train.labels.shape[1] != test.labels.shape[1]
    ):
        raise DatasetError(
            "have labels of two kinds", where=where, remedy="Give two files of the same dataset"
        )
    names, recoded = _common_classes(train, test)
    symbols, tokens = _common_symbols(train, test)
    return replace(
        train,
        symbols=symbols,
        columns=_add_missing(train.columns, test),
        channels=_add_missing(train.channels, test),
        values=np.concatenate([train.values, tokens]),
        lengths=np.concatenate([train.lengths, test.lengths]),
        labels=np.concatenate([train.labels, recoded]),
        class_names=names,
        in_test=np.repeat([False, True], [len(train), len(test)]),
        groups=_common_groups(train, test),
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


def _common_classes(
    train: ExampleSet, test: ExampleSet
) -> tuple[tuple[str, ...] | None, np.ndarray]:
    if train.class_names is None or test.class_names is None:
        return None, test.labels
    names = tuple(dict.fromkeys(train.class_names + test.class_names))
    index = np.array([names.index(name) for name in test.class_names] + [-1], dtype=np.int64)
    return names, index[test.labels.astype(np.int64)]


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


def _add_missing(columns: tuple[Column, ...], test: ExampleSet) -> tuple[Column, ...]:
    others = {column.name: column for column in (*test.columns, *test.channels)}
    return tuple(_with_missing_of(column, others.get(column.name)) for column in columns)


def _with_missing_of(column: Column, other: Column | None) -> Column:
    if other is None or not other.missing:
        return column
    first = column.first_missing or other.first_missing
    return replace(column, missing=column.missing + other.missing, first_missing=first)
