"""The dataset of a comparison in a session: from its file, or from the copy in the session."""

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

from studio.core.division import Division
from studio.core.errors import DatasetError, SessionError
from studio.core.examples import PreparedTask
from studio.core.history import ComparisonHistory
from studio.core.record import DatasetRecord, SourceFile
from studio.core.spec import FileDataset
from studio.data import Dataset, load, prepare
from studio.data.cache import Cache
from studio.runs.divisions import Tasks


@dataclass(frozen=True, eq=False)
class RestoredTasks:
    """A dataset found again, with all its divisions.

    Attributes:
        tasks: Prepared as they were.
        note: As in Restored.
    """

    tasks: Tasks
    note: str


@dataclass(frozen=True)
class Restored:
    """A dataset found again.

    Attributes:
        task: Prepared as it was.
        note: Where it came from, when that is not the file that was named; otherwise "".
    """

    task: PreparedTask
    note: str


def restore_tasks(history: ComparisonHistory, record: DatasetRecord, where: str) -> RestoredTasks:
    """Loads a session's dataset again; each division is prepared when it is asked for, and checked.

    Args:
        history: The comparison as the session holds it.
        record: The dataset as the session remembers it.
        where: The session, for messages.

    Raises:
        DatasetError: The file has vanished or changed and no copy is in the session.
        SessionError: The data gives another preparation than the session holds; also raised
            where a division is asked for.
    """
    found = restore_dataset(record, where)

    def prepared(division: Division) -> PreparedTask:
        task, _ = prepare(found.dataset, history.spec.task, division)
        if task.preparation != history.on(division).preparation:
            raise SessionError(
                "the dataset gives another preparation than the one in the session",
                where=where,
                remedy="Start a new comparison with this data",
            )
        return task

    first = history.spec.task.divisions[0]
    known = prepared(first)
    return RestoredTasks(lambda each: known if each == first else prepared(each), found.note)


def restore_task(
    history: ComparisonHistory,
    record: DatasetRecord,
    where: str,
    division: Division | None = None,
) -> Restored:
    """The same of one division, the first where none is named."""
    restored = restore_tasks(history, record, where)
    which = division or history.spec.task.divisions[0]
    return Restored(restored.tasks(which), restored.note)


@dataclass(frozen=True, eq=False)
class Found:
    """A dataset loaded again, and where it came from when that is not the file that was named."""

    dataset: Dataset
    note: str


def restore_dataset(record: DatasetRecord, where: str, cache: Cache | None = None) -> Found:
    """Loads a session's dataset from its file, or from the copy in the session.

    Raises:
        DatasetError: The file has vanished or changed and no copy is in the session.
        SessionError: The copy in the session has no sound name.
    """
    change = _change(record)
    if not change:
        return Found(load(record.spec, cache), "")
    if all(file.content is not None for file in record.files):
        return Found(_from_copy(record, where), f"{change}; the copy in the session is used")
    raise DatasetError(
        change,
        where=where,
        remedy="Put the file back as it was; the session holds no copy of it",
    )


def places_beside(record: DatasetRecord, chosen: Path) -> dict[str, Path]:
    """Where the files of a dataset are, given one of them; a single file may have another name.

    Raises:
        DatasetError: Others of the dataset's files do not lie beside the chosen one as they did.
    """
    if len(record.files) == 1:
        return {record.files[0].name: chosen}
    for file in record.files:
        parts = Path(file.name).parts
        if chosen.parts[-len(parts) :] != parts:
            continue
        folder = Path(*chosen.parts[: -len(parts)])
        places = {each.name: folder / each.name for each in record.files}
        gone = [name for name, place in places.items() if not place.is_file()]
        if gone:
            raise DatasetError(
                f"holds no {gone[0]}", where=str(folder), remedy="Put the files side by side again"
            )
        return places
    names = ", ".join(file.name for file in record.files[:3])
    raise DatasetError(
        "is none of the dataset's files", where=str(chosen), remedy=f"Choose one of {names}"
    )


def _change(record: DatasetRecord) -> str:
    """Which file is not as it was, or ""."""
    for file in record.files:
        path = Path(file.path)
        if not path.is_file():
            return f"{path} has vanished"
        if not _looks_the_same(path, file) and _hash(path) != file.sha256:
            return f"{path} has changed"
    return ""


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _looks_the_same(path: Path, file: SourceFile) -> bool:
    found = path.stat()
    return (found.st_size, found.st_mtime_ns) == (file.size, file.mtime_ns)


def _from_copy(record: DatasetRecord, where: str) -> Dataset:
    source = record.spec
    assert isinstance(source, FileDataset)  # noqa: S101 - generated data has no files
    with tempfile.TemporaryDirectory(prefix="gate-studio-") as name:
        folder = Path(name).resolve()
        for file in record.files:
            copy = Path(folder, file.name).resolve()
            if not copy.is_relative_to(folder):  # a session may come from anywhere
                raise SessionError(f"names a file outside its folder: {file.name!r}", where=where)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.content or b"")
        top = Path(record.files[0].name).parts[0]  # a file, or the folder that was read whole
        moved = source.model_copy(update={"path": str(folder / top)})
        return load(moved)
