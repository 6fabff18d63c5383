"""Several files or folders as one dataset: the ways to read them, and what each gives."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from studio.core.specs.dataset_spec import FileDataset
from studio.data.collections.train_test_pairs import find_pair
from studio.data.dataset import Dataset, ExampleSet
from studio.data.files.folders import part_named
from studio.data.folders.file_labels import NO_LABEL
from studio.data.folders.file_patterns import pattern_for, patterns_of
from studio.data.folders.proposed_patterns import propose_pattern
from studio.data.transform.audio import SUFFIXES as AUDIO_SUFFIXES

_SEVERAL = 2


@dataclass(frozen=True)
class Reading:
    """A way to read several files as one dataset.

    Attributes:
        title: What it takes the files for, without a full stop.
        spec: The dataset.
    """

    title: str
    spec: FileDataset


def readings_of(paths: Sequence[Path]) -> tuple[Reading, ...]:
    """The ways to read several files or folders as one dataset, the likeliest first.

    Only names are looked at. There is none where the files have no folder in common, or are not
    alike.

    Args:
        paths: Files, or folders, at least two.
    """
    folder = _common_folder(paths)
    if folder is None or len(paths) < _SEVERAL:
        return ()
    are_folders = {path.is_dir() for path in paths}
    if are_folders == {True}:
        return (_of_folders(folder, paths),)
    return () if True in are_folders else _of_files(folder, paths)


def recommended(readings: Sequence[Reading], automatic: Dataset) -> int:
    """The place of the reading with the layout that was found without a setting, else the first.

    Args:
        readings: The readings.
        automatic: The dataset as it is read without the settings layout and label.
    """
    layout = next((at.value for at in automatic.decisions if at.name == "layout"), None)
    layouts: list[str | None] = [reading.spec.layout for reading in readings]
    return layouts.index(layout) if layout in layouts else 0


def describe_reading(dataset: Dataset) -> str:
    """What a reading gives, such as "12 examples in 3 classes, 6 to 9 steps each"."""
    if isinstance(dataset, ExampleSet):
        least, most = int(dataset.lengths.min()), int(dataset.lengths.max())
        steps = f"{least:,} to {most:,}" if least != most else f"{least:,}"
        classes = len(dataset.class_names or ())
        within = f" in {classes:,} {_plural('class', classes, 'classes')}" if classes else ""
        examples = _plural("example", len(dataset), "examples")
        return f"{len(dataset):,} {examples}{within}, {steps} {_plural('step', most, 'steps')} each"
    channels = len(dataset.channels)
    of = f"of {channels:,} {_plural('channel', channels, 'channels')}"
    if dataset.lengths is None:
        return f"1 series {of}, {len(dataset):,} steps"
    return f"{len(dataset.lengths):,} series {of}, {len(dataset):,} steps in all"


def _plural(one: str, count: int, several: str) -> str:
    return one if count == 1 else several


def _common_folder(paths: Sequence[Path]) -> Path | None:
    try:
        return Path(os.path.commonpath([path.absolute().parent for path in paths]))
    except ValueError:  # on different drives
        return None


def _names(folder: Path, paths: Sequence[Path]) -> list[str]:
    return [path.absolute().relative_to(folder).as_posix() for path in paths]


def _of_folders(folder: Path, paths: Sequence[Path]) -> Reading:
    files = ",".join(f"{pattern_for(name)}/*" for name in _names(folder, paths))
    are_parts = all(part_named(path.name) for path in paths)
    title = (
        "One dataset, split by its folders" if are_parts else "One dataset, a class in each folder"
    )
    return Reading(title, FileDataset(path=str(folder), files=files))


def _of_files(folder: Path, paths: Sequence[Path]) -> tuple[Reading, ...]:
    pair = find_pair(paths[0])
    if pair is not None and {*map(Path.absolute, paths)} == {*map(Path.absolute, pair)}:
        return (Reading("One dataset with its given test set", FileDataset(path=str(pair[0]))),)
    names = _names(folder, paths)
    spec = FileDataset(path=str(folder), files=patterns_of(names))
    heard = all(path.suffix.lower() in AUDIO_SUFFIXES for path in paths)
    labelled = _by_class(names, spec, heard=heard)
    return labelled if heard else (*labelled, *_without_classes(spec))


def _by_class(names: Sequence[str], spec: FileDataset, *, heard: bool) -> tuple[Reading, ...]:
    stems = [PurePosixPath(name).stem for name in names]
    folders = {name.rpartition("/")[0] for name in names}
    if len(folders) > 1 and "" not in folders:
        return (Reading("An example in each file, its class the folder", spec),)
    found = propose_pattern(stems, heard=heard)
    pattern = found.pattern or next(iter((*found.alternatives, *found.unlikely)), "")
    if not pattern:
        return ()
    title = f"An example in each file, its class in the name: {pattern}"
    return (
        Reading(title, spec.model_copy(update={"label_column": pattern, "layout": "examples"})),
    )


def _without_classes(spec: FileDataset) -> tuple[Reading, ...]:
    unlabelled = spec.model_copy(update={"label_column": NO_LABEL})
    by_file = spec.model_copy(update={"label_column": "{label}", "layout": "rows"})
    return (
        Reading("A series in each file", unlabelled.model_copy(update={"layout": "long"})),
        Reading("Parts of one table, appended in order",
                unlabelled.model_copy(update={"layout": "columns"})),
        Reading("An example in each row, its class the name of the file", by_file),
    )  # fmt: skip
