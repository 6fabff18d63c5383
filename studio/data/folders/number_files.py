"""A folder of tables or arrays: a recording with a class in each file, series, or one table."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles
from studio.core.dates import parse_dates_utc
from studio.core.decisions import ReadingDecision, set_by_user
from studio.core.errors import DatasetError, SpecError
from studio.core.notes import GivenTestSetUnused, SeveralSeries
from studio.core.specs.dataset_spec import FileDataset
from studio.data.collections.train_test_pairs import join_pair
from studio.data.dataset import Column, Dataset, ExampleSet, Series, Tags
from studio.data.files.cache import Progress
from studio.data.files.folders import FolderFile, natural_order
from studio.data.folders.chosen_files import ChosenFiles
from studio.data.folders.file_labels import FileLabels, label_files
from studio.data.folders.given_split import GivenSplit
from studio.data.folders.own_labels import OwnLabels, own_labels
from studio.data.folders.recording import Recording, RecordingSet
from studio.data.folders.recording_files import (
    file_spec,
    of_each_file,
    read_file,
    read_recording_files,
)
from studio.data.transform.labels import Labels, classes_of_text
from studio.data.transform.symbols import unlabelled

_LAYOUT = "layout"
_SURE, _LIKELY, _UNSURE = 0.9, 0.8, 0.7
_SEVERAL = 2
_MOST_SETS = 3


def read_number_files(chosen: ChosenFiles, spec: FileDataset, progress: Progress) -> Dataset:
    """The dataset of a folder of tables or arrays.

    With classes each file is an example; without, each is a series to forecast, or a part of one
    series where the times of one file follow those of another. The setting layout overrules it:
    examples, long (a series in each file), columns (parts of one series), rows (an example in
    each row).

    Args:
        chosen: The files.
        spec: How they are read.
        progress: Called with the share that has been read.

    Raises:
        DatasetError: A file cannot be read, or does not fit the others.
        SpecError: A setting does not fit the files.
    """
    files = chosen.files
    labels = label_files(files, spec, chosen.name)
    split = GivenSplit.of(files)
    first = next((file for file in files if file.part == "train"), files[0])
    own = own_labels(first, spec) if labels.classes is None else None
    if own is not None and spec.layout in {None, "examples", "rows"}:
        labels = replace(labels, decisions=own.decisions)
    if spec.layout == "rows" or (spec.layout is None and own is not None and own.of_rows):
        rows = _rows(chosen, labels, split, _spec_of_rows(spec, own), progress)
        return replace(rows, decisions=(_rows_decided(spec, first), *rows.decisions))
    if own is not None and spec.layout in {None, "examples"}:
        found = read_recording_files(files, spec, progress, own.column)
    else:
        found = read_recording_files(files, spec, progress)
    return _Folder(chosen.name, found, labels, split, spec).dataset()


@dataclass(frozen=True, eq=False)
class _Folder:
    """Recordings with what their names and the settings say of them."""

    name: str
    found: RecordingSet
    labels: FileLabels
    split: GivenSplit
    spec: FileDataset

    def dataset(self) -> Dataset:
        layout, decision = self._layout()
        if layout == "examples":
            dataset: Dataset = self._examples()
        else:
            dataset = self._series(in_one=layout == "columns")
        decisions = (decision, *self.labels.decisions, *dataset.decisions, *self.found.decisions)
        return replace(dataset, decisions=decisions)

    def _layout(self) -> tuple[str, ReadingDecision]:
        count = len(self.found.recordings)
        if self.spec.layout is not None:
            return self.spec.layout, set_by_user(_LAYOUT, self.spec.layout)
        if self.labels.classes is not None or self.found.has_classes:
            evidence = f"each of the {count:,} files is one recording with classes"
            sure = min((at.sure for at in self.labels.decisions), default=_SURE)
            return "examples", ReadingDecision(_LAYOUT, "examples", max(sure, _LIKELY), evidence,
                                        ("long", "rows", "columns"))  # fmt: skip
        if self.split.in_test is not None and count > _MOST_SETS:
            evidence = "train and test folders give the split, and nothing suggests classes"
            return "examples", ReadingDecision(
                _LAYOUT, "examples", _UNSURE, evidence, ("long", "columns")
            )
        if _follow_each_other(self.found.recordings):
            evidence = "the times of each file follow those of another, as in parts of one table"
            return "columns", ReadingDecision(
                _LAYOUT, "columns", _LIKELY, evidence, ("long", "examples")
            )
        evidence = f"{count:,} files have the same columns, and nothing suggests classes"
        return "long", ReadingDecision(_LAYOUT, "long", _UNSURE, evidence, ("columns", "examples"))

    def _series(self, *, in_one: bool) -> Series:
        recordings = self.found.recordings
        if in_one:
            recordings = tuple(sorted(recordings, key=_first_time_or_name))
        found = replace(self.found, recordings=recordings)
        channels = (*found.channels[:-1], replace(found.channels[-1], role="target"))
        time = (Column(recordings[0].time, "time", "text"),) if found.times is not None else ()
        ids = () if in_one else (Column("file", "id", "text"),)
        several = () if in_one else (SeveralSeries(len(recordings)),)
        unused = () if self.split.in_test is None else (GivenTestSetUnused(),)
        return Series(
            self.name,
            self.name,
            (*ids, *time, *channels),
            found.values,
            found.times,
            None if in_one else found.lengths,
            series_names=None if in_one else tuple(each.name for each in recordings),
            notes=(*several, *unused, *found.notes),
            problems=found.problems,
        )

    def _examples(self) -> ExampleSet:
        labels, tags, found = self._labels(), None, self.found
        if found.has_classes:
            labels, tags = _labels_of_steps(found)
        if not found.channels:
            raise DatasetError(
                "has no numeric column apart from the label and the time",
                where=found.recordings[0].name,
                remedy="Add a column of values",
            )
        channels = tuple(replace(at, role="feature") for at in found.channels)
        examples = ExampleSet(
            self.name,
            self.name,
            (*channels, *target_columns(labels)),
            channels,
            found.values,
            found.lengths,
            labels[0],
            labels[1],
            tags=tags,
            notes=found.notes,
            problems=found.problems,
        )
        named = {name: np.array(words, dtype=str) for name, words in self.labels.groups.items()}
        return self.split.apply(examples.with_groups(named))

    def _labels(self) -> Labels:
        classes = self.labels.classes
        if classes is None:
            return unlabelled(len(self.found.recordings))
        return classes_of_text(np.array(classes, dtype=str))


def target_columns(labels: Labels) -> tuple[Column, ...]:
    """The column of the class, none where there are no classes."""
    codes, names = labels
    if names is None:
        return ()
    return (Column("class", "label", "text", missing=int(np.sum(codes < 0))),)


def _labels_of_steps(found: RecordingSet) -> tuple[Labels, Tags | None]:
    """The class of each recording, or of each step where it changes within one."""
    classes = [at.classes for at in found.recordings if at.classes is not None]
    if all(len(np.unique(own)) == 1 for own in classes):
        return classes_of_text(np.array([own[0] for own in classes], dtype=str)), None
    codes, names = classes_of_text(np.concatenate(classes))
    return unlabelled(len(classes)), Tags(codes.astype(np.int64), names or ())


def _rows_decided(spec: FileDataset, first: FolderFile) -> ReadingDecision:
    if spec.layout is not None:
        return set_by_user(_LAYOUT, spec.layout)
    evidence = f"each row of {first.name} is a labelled example"
    return ReadingDecision(_LAYOUT, "rows", _UNSURE, evidence, ("long", "columns", "examples"))


def _spec_of_rows(spec: FileDataset, own: OwnLabels | None) -> FileDataset:
    """How each file is read for an example in each row: with the labels that it has, if any."""
    if own is None:
        return file_spec(spec)
    layout = "examples" if spec.layout else None
    return file_spec(spec, layout=layout, label_column=spec.label_column)


def _rows(
    chosen: ChosenFiles,
    labels: FileLabels,
    split: GivenSplit,
    spec: FileDataset,
    progress: Progress,
) -> ExampleSet:
    """An example in each row of each file, with the classes in a column or those of the files."""
    sets = []
    for index, file in enumerate(chosen.files):
        sets.append(_example_rows(file, read_file(file, spec)))
        progress((index + 1) / len(chosen.files))
    if labels.classes is None:
        _refuse_unlabelled(chosen.files, sets)
    counts = np.array([len(at) for at in sets], dtype=np.int64)
    joined = replace(reduce_pairwise(sets), name=chosen.name, source=chosen.name)
    if labels.classes is not None:
        joined = _labelled_by_file(joined, labels.classes, counts)
    decisions = (*labels.decisions, *of_each_file(joined.decisions))
    return split.apply(replace(joined, decisions=decisions), counts)


def _refuse_unlabelled(files: Sequence[FolderFile], sets: Sequence[ExampleSet]) -> None:
    """Raises DatasetError where a file has no labels and another one has."""
    labelled = [bool(at.targets or at.tags) for at in sets]
    if any(labelled) and not all(labelled):
        raise DatasetError(
            f"has no column of labels, which {files[labelled.index(True)].name} has",
            where=files[labelled.index(False)].name,
            remedy="Leave the file out by the setting files",
        )


def _example_rows(file: FolderFile, dataset: Dataset) -> ExampleSet:
    if isinstance(dataset, ExampleSet):
        return dataset
    if dataset.symbols is not None:
        raise DatasetError("is a text, not a table", where=file.name)
    columns = tuple(
        replace(at, role="feature") if at.role == "target" else at for at in dataset.columns
    )
    labels, names = unlabelled(len(dataset))
    return ExampleSet(
        dataset.name, file.name, columns, (Column("value", "feature"),),
        dataset.values.reshape(-1, 1),
        np.full(len(dataset), dataset.values.shape[1], dtype=np.int64),
        labels, names, row_per_example=True, notes=dataset.notes,
    )  # fmt: skip


def _labelled_by_file(
    examples: ExampleSet, classes: Sequence[str], counts: NDArray[np.int64]
) -> ExampleSet:
    labels = classes_of_text(np.repeat(np.array(classes, dtype=str), counts))
    kept = tuple(at for at in examples.columns if at.role not in {"label", "target"})
    columns = (*kept, *target_columns(labels))
    return replace(examples, columns=columns, labels=labels[0], class_names=labels[1])


def reduce_pairwise(sets: Sequence[ExampleSet]) -> ExampleSet:
    """All examples as one set; joined in pairs, so that values are copied few times.

    Raises:
        DatasetError: Two of them do not have the same columns or kinds of labels.
    """
    level = list(sets)
    while len(level) > 1:
        pairs = [level[at : at + _SEVERAL] for at in range(0, len(level), _SEVERAL)]
        level = [reduce(_joined, pair) for pair in pairs]
    return level[0]


def _joined(first: ExampleSet, second: ExampleSet) -> ExampleSet:
    return replace(join_pair(first, second), in_test=None)


def _first_time_or_name(recording: Recording) -> tuple[float, tuple[tuple[int, int, str], ...]]:
    ends = _ends(recording)
    return (0.0 if ends is None else ends[0], natural_order(recording.name))


def _follow_each_other(recordings: Sequence[Recording]) -> bool:
    """Whether no two files cover the same time, so that they are parts of one series."""
    if len(recordings) < _SEVERAL:
        return False
    ends = [_ends(recording) for recording in recordings]
    spans = sorted(at for at in ends if at is not None)
    if len(spans) < len(recordings):
        return False
    return all(before[1] < after[0] for before, after in pairwise(spans))


def _ends(recording: Recording) -> tuple[float, float] | None:
    """The earliest and the latest time of a recording, in its own unit, or None."""
    if recording.times is None or not len(recording.times):
        return None
    ends = recording.times[[0, -1]]
    try:
        values: Doubles = ends.astype(np.float64)
    except ValueError:
        try:
            values = parse_dates_utc(ends, "time").astype(np.int64).astype(np.float64)
        except SpecError:
            return None
    return float(values.min()), float(values.max())
