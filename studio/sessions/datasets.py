"""The dataset of a comparison as the session remembers it, also after its files have moved."""

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from pydantic import TypeAdapter

from studio.core.errors import SessionError
from studio.core.record import DatasetRecord, SourceFile
from studio.core.spec import ComparisonSpec, DatasetSpec, FileDataset
from studio.sessions.reading import no_comparison

_SPEC: TypeAdapter[DatasetSpec] = TypeAdapter(DatasetSpec)


def read_dataset(db: sqlite3.Connection, comparison: int) -> DatasetRecord:
    """The dataset of a comparison, with what of it is embedded.

    Raises:
        SessionError: The session has no such comparison.
    """
    row = _row(db, comparison)
    name, spec, schema = db.execute(
        "SELECT name, spec, schema FROM dataset WHERE id = ?", (row,)
    ).fetchone()
    files = db.execute(
        "SELECT name, path, size, mtime_ns, sha256, content FROM dataset_file WHERE dataset = ?"
        " ORDER BY name",
        (row,),
    )
    return DatasetRecord(
        name, _SPEC.validate_json(spec), json.loads(schema), tuple(SourceFile(*f) for f in files)
    )


def _row(db: sqlite3.Connection, comparison: int) -> int:
    found = db.execute("SELECT dataset FROM comparison WHERE id = ?", (comparison,)).fetchone()
    if found is None:
        raise no_comparison(comparison)
    return cast("int", found[0])


def write_places(db: sqlite3.Connection, comparison: int, files: Mapping[str, Path]) -> None:
    """Notes where the files of a dataset are now.

    Args:
        db: The connection.
        comparison: Whose dataset it is; others with the same dataset follow.
        files: The new place of each file by its name within the dataset.

    Raises:
        SessionError: A file is not one of the dataset's, or has another content.
    """
    dataset = read_dataset(db, comparison)
    row = _row(db, comparison)
    known = {file.name: file for file in dataset.files}
    for name, path in files.items():
        if name not in known:
            raise SessionError(
                f"{name} is not a file of the dataset {dataset.name}",
                remedy=f"Choose one of {', '.join(known)}",
            )
        _check_hash(known[name], path)
        stat = path.stat()
        db.execute(
            "UPDATE dataset_file SET path = ?, size = ?, mtime_ns = ?"
            " WHERE dataset = ? AND name = ?",
            (str(path.resolve()), stat.st_size, stat.st_mtime_ns, row, name),
        )
    _write_spec(db, row, _moved(dataset, files))


def _check_hash(file: SourceFile, path: Path) -> None:
    with path.open("rb") as content:
        found = hashlib.file_digest(content, "sha256").hexdigest()
    if found != file.sha256:
        raise SessionError(
            f"has not the content of {file.name} that the runs were trained on",
            where=str(path),
            remedy="Choose the file as it was, or start a new comparison with this one",
        )


def _moved(dataset: DatasetRecord, files: Mapping[str, Path]) -> DatasetSpec:
    if not isinstance(dataset.spec, FileDataset):
        return dataset.spec
    place = dataset.spec.path
    for file in dataset.files:
        if file.name in files:
            new = files[file.name].resolve()
            depth = len(Path(file.name).parts)
            is_file = Path(place).name == Path(file.path).name
            place = str(new if is_file else Path(*new.parts[:-depth]))
    return dataset.spec.model_copy(update={"path": place})


def _write_spec(db: sqlite3.Connection, row: int, spec: DatasetSpec) -> None:
    db.execute("UPDATE dataset SET spec = ? WHERE id = ?", (spec.model_dump_json(), row))
    comparisons = db.execute("SELECT id, spec FROM comparison WHERE dataset = ?", (row,)).fetchall()
    for comparison, text in comparisons:
        whole = ComparisonSpec.model_validate_json(text).model_copy(update={"dataset": spec})
        db.execute(
            "UPDATE comparison SET spec = ? WHERE id = ?", (whole.model_dump_json(), comparison)
        )
