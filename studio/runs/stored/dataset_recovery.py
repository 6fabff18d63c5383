"""Loads the dataset of a stored comparison from its file, or from the copy in the session."""

import hashlib
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from studio.core.errors import DatasetError, SessionError
from studio.core.prepared.examples import PreparedTask
from studio.core.results.history import ComparisonHistory
from studio.core.results.record import DatasetRecord
from studio.core.specs.comparison_spec import DatasetSpec, FileDataset
from studio.core.specs.fold_ids import FoldId
from studio.data import Dataset, load, prepare
from studio.data.files.cache import Cache
from studio.runs.planning.fold_tasks import Tasks


@dataclass(frozen=True, eq=False)
class RecoveredTasks:
    """A recovered dataset with all its folds.

    Attributes:
        tasks: The folds, prepared as before.
        note: As in RecoveredDataset.
    """

    tasks: Tasks
    note: str


@dataclass(frozen=True)
class RecoveredDataset:
    """A recovered dataset.

    Attributes:
        task: The data, prepared as before.
        note: Where it came from if not from its original file; otherwise "".
    """

    task: PreparedTask
    note: str


def recover_tasks(history: ComparisonHistory, record: DatasetRecord, where: str) -> RecoveredTasks:
    """Loads a session's dataset again; folds are prepared on demand and checked.

    Args:
        history: The stored comparison.
        record: The stored record of the dataset.
        where: The session, for messages.

    Raises:
        DatasetError: The file is missing or changed and the session has no copy.
        SessionError: The data gives other preprocessing than the stored one; also raised when a
            fold is prepared.
    """
    loaded = recover_dataset(record, where)

    def prepare_fold(fold_id: FoldId) -> PreparedTask:
        task, _ = prepare(loaded.dataset, history.spec.task, fold_id, history.spec.training)
        stored = history.on(fold_id).preprocessing
        # which metric and baselines there are was settled when the comparison began
        settled = {"main_metric": stored.main_metric, "season": stored.season}
        if task.preprocessing.model_copy(update=settled) != stored:
            raise SessionError(
                "the dataset gives other preprocessing than the one in the session",
                where=where,
                remedy="Start a new comparison; this version may read the data differently",
            )
        return replace(task, preprocessing=stored)

    first = history.spec.task.fold_ids[0]
    first_task = prepare_fold(first)
    return RecoveredTasks(
        lambda fold_id: first_task if fold_id == first else prepare_fold(fold_id), loaded.note
    )


def recover_task(
    history: ComparisonHistory,
    record: DatasetRecord,
    where: str,
    fold_id: FoldId | None = None,
) -> RecoveredDataset:
    """The same for one fold, by default the first."""
    recovered = recover_tasks(history, record, where)
    wanted = fold_id or history.spec.task.fold_ids[0]
    return RecoveredDataset(recovered.tasks(wanted), recovered.note)


@dataclass(frozen=True, eq=False)
class LoadedDataset:
    """A dataset loaded again, with a note as in RecoveredDataset."""

    dataset: Dataset
    note: str


def recover_dataset(record: DatasetRecord, where: str, cache: Cache | None = None) -> LoadedDataset:
    """Loads a session's dataset from its file, or from the copy in the session.

    Raises:
        DatasetError: The file is missing or changed and the session has no copy.
        SessionError: The copy in the session has an unsafe name, or the session leads to a file
            other than those that it says it was trained on.
    """
    change = _change_of(record)
    if not change:
        _refuse_other_files(record, where)
        return LoadedDataset(load(_verified(record), cache), "")
    if all(file.content is not None for file in record.files):
        return LoadedDataset(_load_copy(record, where), f"{change}; using the copy in the session")
    raise DatasetError(
        change,
        where=where,
        remedy="Restore the original file; the session has no copy of it",
    )


def _refuse_other_files(record: DatasetRecord, where: str) -> None:
    """The path that is loaded must lead to a file whose content was compared.

    A session may come from elsewhere and name any file of this machine.
    """
    spec = record.spec
    if not isinstance(spec, FileDataset):
        return
    path = Path(spec.path)
    files = [Path(file.path).resolve() for file in record.files]
    is_named = bool(files) and (
        not path.is_absolute() or any(path.resolve() in {file, *file.parents} for file in files)
    )
    if not is_named:
        raise SessionError(
            f"leads to {spec.path}, which is not a file that its runs were trained on",
            where=where,
            remedy="Results, gates of stored examples and exports work without the data",
        )


def _verified(record: DatasetRecord) -> DatasetSpec:
    """The dataset by the places that were verified, whatever folder the program runs in.

    A path that was typed relative to another folder could lead to another file of that name.
    """
    spec = record.spec
    if not isinstance(spec, FileDataset) or Path(spec.path).is_absolute() or not record.files:
        return spec
    typed = Path(spec.path).name
    for file in record.files:
        parts = Path(file.path).parts
        if typed in parts:
            end = len(parts) - parts[::-1].index(typed)
            return spec.model_copy(update={"path": str(Path(*parts[:end]))})
    return spec.model_copy(update={"path": record.files[0].path})


def files_beside(record: DatasetRecord, chosen: Path) -> dict[str, Path]:
    """Paths of a dataset's files, given one of them; a single file may have another name.

    Raises:
        DatasetError: Other files of the dataset are not beside the chosen one.
    """
    if len(record.files) == 1:
        return {record.files[0].name: chosen}
    for file in record.files:
        parts = Path(file.name).parts
        if chosen.parts[-len(parts) :] != parts:
            continue
        folder = Path(*chosen.parts[: -len(parts)])
        paths = {source.name: folder / source.name for source in record.files}
        missing = [name for name, path in paths.items() if not path.is_file()]
        if missing:
            raise DatasetError(
                f"does not contain {missing[0]}",
                where=str(folder),
                remedy="Put the files side by side again",
            )
        return paths
    names = ", ".join(file.name for file in record.files[:3])
    raise DatasetError(
        "is not one of the dataset's files", where=str(chosen), remedy=f"Choose from {names}"
    )


def _change_of(record: DatasetRecord) -> str:
    """Which file is missing or changed, or ""."""
    for file in record.files:
        path = Path(file.path)
        if not path.is_file():
            return f"{path} is missing"
        if _hash(path) != file.sha256:
            return f"{path} has changed"
    return ""


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _load_copy(record: DatasetRecord, where: str) -> Dataset:
    source = record.spec
    assert isinstance(source, FileDataset)  # noqa: S101 - generated data has no files
    with tempfile.TemporaryDirectory(prefix="gate-studio-") as name:
        folder = Path(name).resolve()
        for file in record.files:
            copy = Path(folder, file.name).resolve()
            if not copy.is_relative_to(folder):  # sessions are untrusted
                raise SessionError(f"names a file outside its folder: {file.name!r}", where=where)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.content or b"")
        top = Path(record.files[0].name).parts[0]  # a file, or the folder that was read
        moved = source.model_copy(update={"path": str(folder / top)})
        return replace(load(moved), name=record.name)
