"""Reads each file of a folder as one recording of the channels that all files have."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles
from studio.core.decisions import ReadingDecision
from studio.core.errors import DatasetError, SpecError
from studio.core.specs.dataset_spec import FileDataset
from studio.data.dataset import Column, Dataset, ExampleSet, Series
from studio.data.files.cache import Progress
from studio.data.files.folders import FolderFile
from studio.data.folders.agreed_settings import differs, disputed_settings, surest_of_each
from studio.data.folders.common_channels import merged_channels, with_common_channels
from studio.data.folders.recording import Recording, RecordingSet
from studio.data.folders.recording_times import NO_TIME, with_times
from studio.data.formats import format_of

MOST_VALUES = 500_000_000
_OF_THE_FOLDER = frozenset({"layout", "label", "target", "task", "id", "time", "group"})


def read_recording_files(
    files: Sequence[FolderFile], spec: FileDataset, progress: Progress, label: str | None = None
) -> RecordingSet:
    """Reads tables and arrays as recordings and matches their channels by name.

    Args:
        files: The files.
        spec: How each is read.
        progress: Called with the share that has been read.
        label: The column of each file that holds classes, or None.

    Raises:
        DatasetError: A file cannot be read as a series of numbers, or lacks a column that the
            others have.
    """
    alone = file_spec(spec, **_labelled(label))
    recordings = _in_agreement(files, tuple(_read_all(files, alone, progress)), alone)
    recordings, times = with_times(recordings, spec)
    recordings, ignored = with_common_channels(recordings)
    own = of_each_file(surest_of_each([at.decisions for at in recordings]))
    return RecordingSet(recordings, merged_channels(recordings), (*own, *times, *ignored))


def of_each_file(decisions: Sequence[ReadingDecision]) -> tuple[ReadingDecision, ...]:
    """The decisions on a file that are not taken for its folder as a whole."""
    return tuple(at for at in decisions if at.name not in _OF_THE_FOLDER)


def file_spec(spec: FileDataset, **updates: object) -> FileDataset:
    """The settings for one file of a folder."""
    for_file: dict[str, object] = {
        "files": None, "label_column": None, "group_column": None, "layout": "columns"
    }  # fmt: skip
    if spec.time_column == NO_TIME:
        for_file["time_column"] = None
    return spec.model_copy(update={**for_file, **updates})


def read_file(file: FolderFile, spec: FileDataset) -> Dataset:
    """Reads one file; a message names it with its subfolders.

    Raises:
        DatasetError: It cannot be read.
        SpecError: A column that is set does not exist in it.
    """
    try:
        return format_of(file.path).read(file.path, spec)
    except DatasetError as error:
        error.where = error.where.replace(file.path.name, file.name, 1)
        raise
    except SpecError as error:
        error.where = f"{error.where}, {file.name}"
        raise


def _labelled(label: str | None) -> dict[str, object]:
    """Settings with which a table is read with a class for each row."""
    return {} if label is None else {"layout": "examples", "label_column": label}


def _read_all(
    files: Sequence[FolderFile], alone: FileDataset, progress: Progress
) -> Iterator[Recording]:
    size = 0
    for index, file in enumerate(files):
        recording = _recording(file, read_file(file, alone), alone.label_column)
        size += recording.values.size
        if size > MOST_VALUES:
            raise DatasetError(
                f"brings the values of all files to more than {MOST_VALUES:,}",
                where=file.name,
                remedy="Read fewer files by the setting files",
            )
        yield recording
        progress((index + 1) / len(files))


def _in_agreement(
    files: Sequence[FolderFile], recordings: tuple[Recording, ...], alone: FileDataset
) -> tuple[Recording, ...]:
    """The recordings, where those that doubted a setting are read again as others prove it."""
    agreed = disputed_settings([at.decisions for at in recordings], alone)
    if not agreed:
        return recordings
    again = alone.model_copy(update=agreed)
    return tuple(
        _recording(file, read_file(file, again), alone.label_column)
        if differs(recording.decisions, agreed)
        else recording
        for file, recording in zip(files, recordings, strict=True)
    )


def _recording(file: FolderFile, dataset: Dataset, label: str | None) -> Recording:
    if dataset.symbols is not None or (
        isinstance(dataset, ExampleSet) and not dataset.row_per_example
    ):
        what = "a text" if dataset.symbols is not None else "several sequences"
        raise DatasetError(
            f"holds {what} instead of one recording",
            where=file.name,
            remedy="Leave the file out by the setting files",
        )
    channels, values = _numbers(dataset, with_label=label is None)
    time = next((at.name for at in dataset.columns if at.role == "time"), "")
    return Recording(
        file.name,
        tuple(replace(column, role="feature") for column in channels),
        values,
        time,
        dataset.times if isinstance(dataset, Series) else None,
        None if label is None else row_classes(dataset),
        tuple(at for at in dataset.columns if at.role == "ignored"),
        dataset.notes if isinstance(dataset, Series) else (),
        dataset.problems,
        dataset.decisions,
    )


def _numbers(dataset: Dataset, *, with_label: bool) -> tuple[tuple[Column, ...], Doubles]:
    """The numeric columns, also one that was taken for a label unasked, and their values."""
    if isinstance(dataset, Series):
        return dataset.channels, dataset.values
    values = dataset.values.reshape(len(dataset), -1)
    label = _label_numbers(dataset) if with_label else None
    if label is None:
        return dataset.features, values
    columns = tuple(at for at in dataset.columns if at.role in {"feature", "label", "target"})
    place = next(at for at, column in enumerate(columns) if column.role != "feature")
    return columns, np.insert(values, place, label, axis=1)


def _label_numbers(dataset: ExampleSet) -> Doubles | None:
    """The label of each row as a number, NaN where missing, or None where it is text."""
    if len(dataset.targets) != 1:
        return None
    if dataset.class_names is None:
        return np.asarray(dataset.labels[:, 0], dtype=np.float64)
    try:
        numbers = np.array([*map(float, dataset.class_names), np.nan])
    except ValueError:
        return None
    return np.asarray(numbers[dataset.labels.astype(np.int64)])


def row_classes(dataset: Dataset) -> NDArray[np.str_] | None:
    """The class of each row of a table of labelled rows, "" where missing, or None."""
    if isinstance(dataset, Series):
        if dataset.tags is None:
            return None
        return np.array([*dataset.tags.names, ""], dtype=str)[dataset.tags.codes]
    if not dataset.row_per_example or dataset.class_names is None:
        return None
    names = np.array([*dataset.class_names, ""], dtype=str)
    return np.asarray(names[dataset.labels.astype(np.int64)])
