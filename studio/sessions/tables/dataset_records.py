"""The stored dataset of a comparison, also after its files have moved."""

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from pydantic import TypeAdapter

from studio.core.errors import SessionError
from studio.core.results.record import DatasetRecord, SourceFile
from studio.core.specs.comparison_spec import DatasetSpec, FileDataset
from studio.sessions.tables.damage import reading
from studio.sessions.tables.reading import comparison_missing
from studio.sessions.tables.stored_spec import comparison_spec

_SPEC: TypeAdapter[DatasetSpec] = TypeAdapter(DatasetSpec)


def read_dataset(db: sqlite3.Connection, comparison: int) -> DatasetRecord:
    """The dataset of a comparison, with its embedded files.

    Raises:
        SessionError: There is no such comparison.
    """
    row = _dataset_row(db, comparison)
    name, spec, schema = db.execute(
        "SELECT name, spec, schema FROM dataset WHERE id = ?", (row,)
    ).fetchone()
    files = db.execute(
        "SELECT name, path, size, mtime_ns, sha256, content FROM dataset_file WHERE dataset = ?"
        " ORDER BY name",
        (row,),
    )
    with reading(f"dataset {name}"):
        return DatasetRecord(
            name,
            _SPEC.validate_json(spec),
            json.loads(schema),
            tuple(SourceFile(*file) for file in files),
        )


def _dataset_row(db: sqlite3.Connection, comparison: int) -> int:
    row = db.execute("SELECT dataset FROM comparison WHERE id = ?", (comparison,)).fetchone()
    if row is None:
        raise comparison_missing(comparison)
    return cast("int", row[0])


def update_file_locations(
    db: sqlite3.Connection, comparison: int, files: Mapping[str, Path]
) -> None:
    """Updates the locations of a dataset's files.

    Args:
        db: The connection.
        comparison: A comparison on the dataset; others on the same dataset follow.
        files: The new path of each file by its name within the dataset.

    Raises:
        SessionError: A file does not belong to the dataset or has other content.
    """
    dataset = read_dataset(db, comparison)
    row = _dataset_row(db, comparison)
    sources = {file.name: file for file in dataset.files}
    for name, path in files.items():
        if name not in sources:
            raise SessionError(
                f"{name} is not a file of the dataset {dataset.name}",
                remedy=f"Choose from {', '.join(sources)}",
            )
        _check_hash(sources[name], path)
        stat = path.stat()
        db.execute(
            "UPDATE dataset_file SET path = ?, size = ?, mtime_ns = ?"
            " WHERE dataset = ? AND name = ?",
            (str(path.resolve()), stat.st_size, stat.st_mtime_ns, row, name),
        )
    _write_spec(db, row, _moved_spec(dataset, files))


def _check_hash(file: SourceFile, path: Path) -> None:
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    if digest != file.sha256:
        raise SessionError(
            f"differs from the {file.name} that the runs were trained on",
            where=str(path),
            remedy="Choose the original file, or start a new comparison with this one",
        )


def _moved_spec(dataset: DatasetRecord, files: Mapping[str, Path]) -> DatasetSpec:
    if not isinstance(dataset.spec, FileDataset):
        return dataset.spec
    path = dataset.spec.path
    for file in dataset.files:
        if file.name in files:
            new = files[file.name].resolve()
            depth = len(Path(file.name).parts)
            is_file = Path(path).name == Path(file.path).name
            path = str(new if is_file else Path(*new.parts[:-depth]))
    return dataset.spec.model_copy(update={"path": path})


def _write_spec(db: sqlite3.Connection, row: int, spec: DatasetSpec) -> None:
    db.execute("UPDATE dataset SET spec = ? WHERE id = ?", (spec.model_dump_json(), row))
    comparisons = db.execute("SELECT id, spec FROM comparison WHERE dataset = ?", (row,)).fetchall()
    for comparison, text in comparisons:
        updated = comparison_spec(text).model_copy(update={"dataset": spec})
        db.execute(
            "UPDATE comparison SET spec = ? WHERE id = ?", (updated.model_dump_json(), comparison)
        )
