"""The column of labels that the files of a folder have themselves."""

from dataclasses import dataclass

import numpy as np

from studio.core.decisions import ReadingDecision, set_by_user
from studio.core.specs.dataset_spec import FileDataset
from studio.data.dataset import ExampleSet
from studio.data.files.folders import FolderFile
from studio.data.folders.file_labels import NO_LABEL
from studio.data.folders.name_patterns import LABEL, is_pattern
from studio.data.folders.recording_files import file_spec, read_file, row_classes

_UNSURE = 0.7
_MOST_CHANGES = 0.2


@dataclass(frozen=True)
class OwnLabels:
    """A column of labels in each file.

    Attributes:
        column: Its name.
        of_rows: Whether each row is an example, rather than a step of its file's recording.
        decisions: How it was found.
    """

    column: str
    of_rows: bool
    decisions: tuple[ReadingDecision, ...]


def own_labels(first: FolderFile, spec: FileDataset) -> OwnLabels | None:
    """The column of labels, as set or as the first file by itself suggests.

    Labels that stay the same for many rows are those of the steps of a recording; labels that
    change from row to row make each row an example.

    Raises:
        DatasetError: The file cannot be read.
        SpecError: The column that is set does not exist.
    """
    given = spec.label_column
    if given is not None and (given == NO_LABEL or is_pattern(given)):
        return None
    dataset = read_file(first, file_spec(spec, layout=None, label_column=given))
    if not isinstance(dataset, ExampleSet) or not (dataset.targets or dataset.tags):
        return None
    if not dataset.row_per_example or dataset.class_names is None:
        return OwnLabels(given or "", of_rows=True, decisions=())
    column = dataset.targets[0].name
    classes = row_classes(dataset)
    changes = 0 if classes is None else int(np.sum(classes[1:] != classes[:-1]))
    of_rows = changes > _MOST_CHANGES * len(dataset)
    times = "once" if changes == 1 else f"{changes:,} times"
    how = f"changes {times} in {first.name}" if changes else f"is the same throughout {first.name}"
    return OwnLabels(column, of_rows, (_decided(given, column, how),))


def _decided(given: str | None, column: str, how: str) -> ReadingDecision:
    if given is not None:
        return set_by_user(LABEL, given)
    evidence = f"the column '{column}' {how}"
    return ReadingDecision(LABEL, column, _UNSURE, evidence, (NO_LABEL,))
