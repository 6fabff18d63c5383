"""Reads new data as a session's data was read: with its roles, its dates, its layout."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from studio.core.errors import SpecError
from studio.core.new_data_notes import RoleColumnAbsent
from studio.core.notes import DataNote
from studio.core.specs.comparison_spec import DatasetSpec, FileDataset
from studio.core.specs.dataset_spec import SHORT_NAMES
from studio.data.collections.train_test_pairs import find_pair
from studio.data.dataset import Dataset, ExampleSet
from studio.data.files.cache import Cache
from studio.data.load import load
from studio.data.tasks.inputs import rows_of

_KEPT_DECISIONS = frozenset({"layout", "time", "id", "label", "dates", "tokens"})
"""What a file means. How it is written (delimiter, decimal mark) is found anew."""
_OF_THE_FILE = ("member", "files", "sheet")
_ROLES = {"id_column": "id", "time_column": "time", "label_column": "label",
          "group_column": "group"}  # fmt: skip


def read_new_data(
    path: Path, spec: DatasetSpec, schema: Mapping[str, object], cache: Cache | None = None
) -> Dataset:
    """Reads a file or a folder by the decisions on the training data.

    A column that names a role, such as the label, may be absent; the dataset's notes say so. Of a
    TRAIN/TEST pair only the given file is taken.

    Args:
        path: The new data.
        spec: How the training data was read.
        schema: What `inspect --json` gave for it.
        cache: Keeps results that are slow to compute.

    Raises:
        DatasetError: The file cannot be read.
        SpecError: A setting does not fit it.
    """
    wanted = _settings(spec, schema)
    absent: list[DataNote] = []
    while True:
        try:
            read = load(wanted.model_copy(update={"path": str(path)}), cache)
            break
        except SpecError as error:
            if error.where == "layout" and wanted.layout is not None and absent:
                wanted = wanted.model_copy(update={"layout": None})  # a row needs its label
                continue
            field = SHORT_NAMES.get(error.where, error.where)
            name = getattr(wanted, field, None) if field in _ROLES else None
            if name is None:
                raise
            wanted = wanted.model_copy(update={field: None})
            absent.append(RoleColumnAbsent(_ROLES[field], str(name)))
    alone = _given_file_alone(read, path)
    return replace(alone, notes=(*absent, *alone.notes))


def _settings(spec: DatasetSpec, schema: Mapping[str, object]) -> FileDataset:
    if isinstance(spec, FileDataset):
        own = spec.model_dump(exclude_unset=True, exclude={"path", *_OF_THE_FILE})
    else:
        own = {}
    for decision in _listed(schema, "reading"):
        name = str(decision.get("decision"))
        field = SHORT_NAMES.get(name, name)
        if name in _KEPT_DECISIONS and own.get(field) is None:
            own[field] = decision.get("value")
    roles = {column.get("role") for column in _listed(schema, "columns")}
    if roles and "time" not in roles and own.get("time_column") is None:
        own["time_column"] = "none"  # what counts the rows was an input
    try:
        return FileDataset(path="", **own)
    except ValidationError:  # decisions of another version
        return FileDataset(path="")


def _listed(schema: Mapping[str, object], name: str) -> list[dict[str, Any]]:
    """The entries of a list of the description; sessions may hold anything."""
    entries = schema.get(name)
    return (
        [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    )


def _given_file_alone(dataset: Dataset, path: Path) -> Dataset:
    """Of the two files of a pair, which are read together, the one that was given."""
    pair = find_pair(path)
    if pair is None or not isinstance(dataset, ExampleSet) or dataset.in_test is None:
        return dataset
    chosen = np.flatnonzero(dataset.in_test if pair[1] == path else ~dataset.in_test)
    rows = rows_of(dataset.starts[chosen], dataset.lengths[chosen])
    tags = dataset.tags
    return replace(
        dataset,
        values=dataset.values[rows],
        lengths=dataset.lengths[chosen],
        labels=dataset.labels[chosen],
        groups={name: values[chosen] for name, values in dataset.groups.items()},
        statics={name: values[chosen] for name, values in dataset.statics.items()},
        tags=None if tags is None else replace(tags, codes=tags.codes[rows]),
        in_test=None,
        in_validation=None,
    )
