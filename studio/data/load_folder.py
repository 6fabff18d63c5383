"""A folder as a dataset: a TRAIN/TEST pair, classes in subfolders or names, or several series."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from studio.core.errors import DatasetError
from studio.core.notes import DataNote
from studio.core.specs.dataset_spec import FileDataset
from studio.data.collections.recordings import RecordingList, read_recordings
from studio.data.dataset import Column, Dataset, ExampleSet
from studio.data.files.cache import Cache, ignore_progress
from studio.data.files.folders import FolderFile
from studio.data.files.text_files import read_head, read_text
from studio.data.folders.chosen_files import ChosenFiles, choose_files
from studio.data.folders.file_labels import FileLabels, label_files
from studio.data.folders.given_split import GivenSplit
from studio.data.folders.number_files import read_number_files
from studio.data.formats import fasta
from studio.data.transform.labels import classes_of_text
from studio.data.transform.symbols import TextOrigin, are_present, text_examples, unlabelled

_LARGEST_TEXT = 10_000_000


def load_folder(
    folder: Path,
    spec: FileDataset,
    cache: Cache | None,
    load_file: Callable[[Path], Dataset],
) -> Dataset:
    """Reads a folder.

    Raises:
        DatasetError: It holds nothing that can be read, or several datasets.
        SpecError: A setting does not fit the files.
    """
    chosen = choose_files(folder, spec)
    dataset = _read(chosen, spec, cache, load_file)
    return replace(
        dataset,
        notes=tuple(dict.fromkeys((*chosen.notes, *dataset.notes))),
        decisions=(*chosen.decisions, *dataset.decisions),
    )


def files_in(folder: Path, spec: FileDataset) -> tuple[Path, ...]:
    """The files that `load_folder` reads, in order of name.

    Raises:
        DatasetError: It holds nothing that can be read.
        SpecError: No file fits the setting files.
    """
    return choose_files(folder, spec).paths


def _read(
    chosen: ChosenFiles,
    spec: FileDataset,
    cache: Cache | None,
    load_file: Callable[[Path], Dataset],
) -> Dataset:
    if chosen.kind is None:
        return load_file(chosen.files[0].path)
    if chosen.kind == "letters":
        return _sequences(chosen, spec)
    if chosen.kind == "numbers":
        progress = ignore_progress if cache is None else cache.progress
        return read_number_files(chosen, spec, progress)
    labels = label_files(chosen.files, spec, chosen.name, kind=chosen.kind)
    if chosen.kind == "text":
        return _texts(chosen, labels, spec)
    return _audio(chosen, labels, spec, cache)


def _audio(
    chosen: ChosenFiles, labels: FileLabels, spec: FileDataset, cache: Cache | None
) -> ExampleSet:
    split = GivenSplit.of(chosen.files)
    codes = unlabelled(len(chosen.files))
    if labels.classes is not None:
        codes = classes_of_text(np.array(labels.classes, dtype=str))
    groups = {name: np.array(words, dtype=str) for name, words in labels.groups.items()}
    listing = RecordingList(chosen.name, chosen.name, chosen.paths, codes, groups)
    examples = read_recordings(listing, spec, cache)
    return split.apply(replace(examples, decisions=(*labels.decisions, *examples.decisions)))


def _texts(chosen: ChosenFiles, labels: FileLabels, spec: FileDataset) -> ExampleSet:
    if labels.classes is None:
        raise DatasetError(
            f"holds {chosen.files[0].name}, a text without a class",
            where=chosen.name,
            remedy="Use a folder for each class, set label to a pattern such as {label}_*, or "
            "choose one file",
        )
    notes: list[DataNote] = []
    texts = []
    for file in chosen.files:
        data = _text(file, spec)
        notes += data[1]
        texts.append(data[0])
    columns = (Column("text", "feature", "text"), Column("class", "label", "text"))
    codes = classes_of_text(np.array(labels.classes, dtype=str))
    origin = TextOrigin(chosen.name, chosen.name, columns)
    examples = text_examples(texts, codes, origin, spec.tokens).with_notes(notes[:1])
    present = are_present(texts)
    kept = [file for file, is_present in zip(chosen.files, present, strict=True) if is_present]
    examples = replace(examples, decisions=(*labels.decisions, *examples.decisions))
    return GivenSplit.of(kept).apply(examples)


def _text(file: FolderFile, spec: FileDataset) -> tuple[str, Sequence[DataNote]]:
    if file.path.stat().st_size > _LARGEST_TEXT:
        raise DatasetError(
            "is larger than 10 MB", where=file.path.name, remedy="Split it into examples"
        )
    data = read_text(file.path, spec.encoding, any_line=True)
    return data.data.decode().strip(), data.notes


def _sequences(chosen: ChosenFiles, spec: FileDataset) -> ExampleSet:
    sets = []
    for file in chosen.files:
        read_head(file.path)
        sets.append((file.label or _bare_stem(file.path), fasta.read(file.path, spec)))
    examples = fasta.labelled_by_file(sets, chosen.name, chosen.name)
    counts = np.array([len(sequences) for _, sequences in sets], dtype=np.int64)
    return GivenSplit.of(chosen.files).apply(examples, counts)


def _bare_stem(path: Path) -> str:
    """The name without the suffix of a FASTA file."""
    return Path(path.name.removesuffix(".gz")).stem
