"""Datasets from named arrays: X with y, given sets, padded or concatenated, or one series."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.decisions import ReadingDecision, set_by_user
from studio.core.errors import DatasetError, SpecError
from studio.core.notes import ArrayUnused
from studio.core.specs.dataset_spec import FileDataset
from studio.data.arrays.axes import axes_of_series
from studio.data.arrays.content import ArrayFile, Content, SetArrays, shape_of
from studio.data.arrays.examples import examples_of_part
from studio.data.arrays.part_labels import labels_of_parts
from studio.data.arrays.series import joined_series, series_of_matrix, series_with_target
from studio.data.collections.train_test_pairs import join_pair, join_parts
from studio.data.column_names import GROUP_NAMES
from studio.data.dataset import Dataset, ExampleSet, Series
from studio.data.files.arrays import numbers_of

_SERIES_AXES = 2
_EXAMPLE_AXES = 3
_MOST_NAMED = 12
_X_NAMES = ("x", "data", "inputs", "sequences")
_Y_NAMES = ("y", "labels", "label", "targets", "target", "classes")
_LENGTH_NAMES = ("lengths", "length", "lens")
_PARTS: Mapping[str, str] = MappingProxyType(
    {"train": "train", "training": "train", "tr": "train", "valid": "valid", "val": "valid",
     "validation": "valid", "dev": "valid", "test": "test", "te": "test"}
)  # fmt: skip
_WORDS = "|".join(_PARTS)
_BEFORE = re.compile(rf"(?P<word>{_WORDS})_(?P<base>.+)")
_BEHIND = re.compile(rf"(?P<base>.+?)_?(?P<word>{_WORDS})")


def dataset_of_arrays(file: ArrayFile, spec: FileDataset) -> Dataset:
    """The dataset that named arrays form.

    X is (examples, time) or (examples, time, channels) in any order of the axes, padded after
    `lengths` where given; a list of sequences; or all sequences concatenated, (steps, channels),
    with `lengths` that add up to its steps. y holds classes or values, (examples,) or
    (examples, targets). Names may give the set: X_train, y_train, X_test, y_test, train_data,
    test_lengths. A single array is a series, and so are arrays of equal length beside a time.

    Raises:
        DatasetError: The arrays do not fit together.
        SpecError: A setting names an array that does not exist, or does not fit.
    """
    _refuse_unknown(file, spec)
    _refuse_lost(file, spec)
    if len(file.arrays) == 1:
        [key] = file.arrays
        return _with_unused(_dataset_of_array(file, key, spec), file, {key})
    series = joined_series(file, spec) if spec.member is None else None
    if series is not None:
        return _with_unused(series[0], file, series[1])
    return _dataset_of_parts(file, spec)


def _dataset_of_parts(file: ArrayFile, spec: FileDataset) -> Dataset:
    keys = _divided(file.arrays)
    if spec.member is not None:
        keys = {"whole": {key.lower(): key for key in file.arrays}}
    parts = {name: _part_of(file, among, spec) for name, among in keys.items()}
    used = {key for part in parts.values() for key in part.keys}
    whole = parts.get("whole")
    if whole is not None and _is_set_to_a_series(spec, whole):
        return _with_unused(series_with_target(file, whole, spec), file, used)
    labels = labels_of_parts(file, parts)
    sets: dict[str, ExampleSet] = {}
    for name in sorted(parts, key=lambda name: name != "train"):
        sets[name] = examples_of_part(file, parts[name], labels.get(name), spec)
        axes = next((each for each in sets[name].decisions if each.name == "axes"), None)
        spec = spec if axes is None else spec.model_copy(update={"axes": axes.value})
    choice = _choice_of_arrays(file, parts, spec)
    joined = _joined(file, sets)
    return _with_unused(replace(joined, decisions=(*choice, *joined.decisions)), file, used)


def _joined(file: ArrayFile, sets: dict[str, ExampleSet]) -> ExampleSet:
    if set(sets) == {"whole"}:
        return sets["whole"]
    if set(sets) == {"train"}:
        return sets["train"]
    if set(sets) == {"train", "test"}:
        return join_pair(sets["train"], sets["test"])
    if set(sets) == {"train", "valid", "test"}:
        return join_parts(sets["train"], sets["valid"], sets["test"])
    raise _unknown(file)


def _choice_of_arrays(
    file: ArrayFile, parts: Mapping[str, SetArrays], spec: FileDataset
) -> Iterator[ReadingDecision]:
    """Which arrays were taken for sequences and labels, where the user said so."""
    part = parts.get("whole", parts.get("train"))
    if part is None:
        return
    if spec.member is not None:
        yield set_by_user("member", spec.member)
    if spec.label_column is not None:
        yield set_by_user("label", spec.label_column)
    elif part.y is not None and len(parts) == 1:
        taken = {*part.keys}
        others = tuple(
            key
            for key, array in file.arrays.items()
            if key not in taken and not isinstance(array, tuple) and len(part.x) in array.shape
        )
        sure = 0.9 if part.y_key.lower() in _Y_NAMES else 0.7
        evidence = f"the array is named {part.y_key} and has an entry for each example"
        yield ReadingDecision("label", part.y_key, sure, evidence, others)


def _dataset_of_array(file: ArrayFile, key: str, spec: FileDataset) -> Dataset:
    """A single array: a series, or examples without labels."""
    array = file.arrays[key]
    if not isinstance(array, tuple):
        array = numbers_of(array, file.place(key))
    if isinstance(array, tuple) or array.ndim >= _EXAMPLE_AXES:
        return examples_of_part(file, SetArrays(key, array), None, spec)
    if array.ndim == _SERIES_AXES and min(array.shape) > 1:
        order = axes_of_series(array, spec.axes)
        if "examples" in order.axes:
            return examples_of_part(file, SetArrays(key, array), None, spec)
        return series_of_matrix(file, key, order.arranged(array), (order.decision,))
    return series_of_matrix(file, key, array)


def _refuse_unknown(file: ArrayFile, spec: FileDataset) -> None:
    for setting, name in (("member", spec.member), ("label", spec.label_column)):
        if name is not None and name not in file.arrays:
            what = f"is {file.others[name]}" if name in file.others else "does not exist"
            raise SpecError(
                f"the array '{name}' {what}", where=setting,
                remedy=f"Choose one of {_listed(file.arrays)}",
            )  # fmt: skip
    if not file.arrays:
        kinds = ", ".join(f"{name} ({kind})" for name, kind in file.others.items())
        raise DatasetError(
            f"holds no array of numbers{': ' * bool(kinds)}{kinds}",
            where=file.path.name,
            remedy="Save arrays of numbers or text, such as X and y",
        )


def _refuse_lost(file: ArrayFile, spec: FileDataset) -> None:
    """Refuses to go on without the sequences or the labels because they cannot be read."""
    for names, setting in ((_X_NAMES, spec.member), (_Y_NAMES, spec.label_column)):
        lost = sorted(_named(file.others, names))
        if lost and setting is None and not _named(file.arrays, names):
            raise DatasetError(
                f"is {file.others[lost[0]]}, which cannot be read",
                where=file.place(lost[0]),
                remedy="Save it in this file as numbers or text, in MATLAB with double(y) or "
                "cellstr(y)",
            )


def is_sequences(name: str) -> bool:
    """Whether an array with this name holds sequences, such as X_train."""
    return _divided_name(name)[1] in _X_NAMES


def belongs_to_sequences(name: str) -> bool:
    """Whether an array with this name is read beside X: labels, lengths, or other sets of X."""
    return _divided_name(name)[1] in {*_X_NAMES, *_Y_NAMES, *_LENGTH_NAMES}


def _named(keys: Mapping[str, Any], names: tuple[str, ...]) -> set[str]:
    """The keys that have one of these names, with or without that of a set."""
    return {key for key in keys if _divided_name(key)[1] in names}


def _divided_name(key: str) -> tuple[str, str]:
    """The set that a name gives, and the name without it."""
    match = _BEFORE.fullmatch(key.lower()) or _BEHIND.fullmatch(key.lower())
    return (_PARTS[match["word"]], match["base"]) if match else ("whole", key.lower())


def _divided(arrays: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """For each set the keys of its arrays, by their names without the set."""
    parts: dict[str, dict[str, str]] = {}
    for key in arrays:
        part, base = _divided_name(key)
        parts.setdefault(part, {})[base] = key
    if "train" in parts:
        parts.pop("whole", None)
    return parts


def _part_of(file: ArrayFile, keys: Mapping[str, str], spec: FileDataset) -> SetArrays:
    arrays = file.arrays
    lengths = next((keys[name] for name in _LENGTH_NAMES if name in keys), "")
    y = spec.label_column or next((keys[name] for name in _Y_NAMES if name in keys), "")
    x = spec.member or next((keys[name] for name in _X_NAMES if name in keys), "")
    groups = [key for key in keys.values() if _divided_name(key)[1] in GROUP_NAMES and key != y]
    rest = [key for key in keys.values() if key not in {lengths, y, *groups}]
    if not x and len(rest) == 1:
        x = rest[0]
    is_alone = x and (isinstance(arrays[x], tuple) or arrays[x].ndim >= _EXAMPLE_AXES)  # type: ignore[union-attr]
    if not x or not (y or lengths or is_alone or spec.member):
        raise _unknown(file)
    return SetArrays(
        x, arrays[x], y, arrays[y] if y else None, lengths, _array(arrays, lengths),
        {key: arrays[key] for key in groups},
    )  # fmt: skip


def _array(arrays: Mapping[str, Content], key: str) -> NDArray[Any] | None:
    content = arrays.get(key)
    return None if content is None or isinstance(content, tuple) else np.asarray(content)


def _unknown(file: ArrayFile) -> DatasetError:
    return DatasetError(
        f"holds the arrays {_listed(file.arrays) or 'none'}",
        where=file.path.name,
        remedy="Use X and y, or X_train, y_train, X_test and y_test, or a single array; or set "
        "member to the array of sequences and label to that of the labels",
    )


def _listed(arrays: Mapping[str, Content]) -> str:
    names = list(arrays)
    return ", ".join(names[:_MOST_NAMED]) + ", ..." * (len(names) > _MOST_NAMED)


def _is_set_to_a_series(spec: FileDataset, part: SetArrays) -> bool:
    is_set = spec.axes is not None and "channels" in spec.axes and "examples" not in spec.axes
    return is_set and not isinstance(part.x, tuple) and part.x.ndim == _SERIES_AXES


def _with_unused(dataset: Dataset, file: ArrayFile, used: set[str]) -> Dataset:
    """The dataset with a note on each array that is not read."""
    notes = [
        ArrayUnused(key, shape_of(array)) for key, array in file.arrays.items() if key not in used
    ]
    notes += [ArrayUnused(key, kind) for key, kind in file.others.items()]
    if isinstance(dataset, Series):
        return replace(dataset, notes=(*dataset.notes, *notes))
    return replace(dataset, notes=(*dataset.notes, *notes))
