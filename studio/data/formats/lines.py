"""One example per line, with the class as the suffix of the file (x.pos, x.neg)."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from studio.core.errors import DatasetError
from studio.core.notes import DataNote
from studio.core.specs.dataset_spec import FileDataset
from studio.data.dataset import Column, ExampleSet
from studio.data.files.text_files import read_text
from studio.data.formats.format import Format
from studio.data.transform.labels import classes_of_text
from studio.data.transform.symbols import TextOrigin, text_examples

_SUFFIXES = (".pos", ".neg", ".neu", ".positive", ".negative", ".neutral", ".ham", ".spam",
             ".subj", ".obj")  # fmt: skip


def recognises(path: Path, head: bytes) -> bool:  # noqa: ARG001 - the signature of a format
    """Whether the suffix is a class."""
    return path.suffix.lower() in _SUFFIXES


def files(path: Path, spec: FileDataset) -> tuple[Path, ...]:  # noqa: ARG001 - likewise
    """The files of all classes, which differ only in their suffix."""
    try:
        beside = sorted(path.parent.iterdir())
    except OSError:
        return (path,)
    others = (file for file in beside if file.stem == path.stem and file != path)
    return (path, *(file for file in others if file.suffix.lower() in _SUFFIXES and file.is_file()))


def read(path: Path, spec: FileDataset) -> ExampleSet:
    """Reads the lines of all classes; blank lines are left out.

    Raises:
        DatasetError: There is only one class, or a file is not text.
    """
    paths = sorted(files(path, spec))
    if len(paths) == 1:
        raise DatasetError(
            "is the only class",
            where=path.name,
            remedy=f"Add files of the other classes to its folder, such as {path.stem}.neg",
        )
    texts: list[str] = []
    classes: list[str] = []
    notes: list[DataNote] = []
    for file in paths:
        lines = list(_lines(file, spec, notes))
        texts += lines
        classes += [file.suffix[1:].lower()] * len(lines)
    columns = (Column("text", "feature", "text"), Column("class", "label", "text"))
    source = " and ".join(file.name for file in paths)
    labels = classes_of_text(np.array(classes, dtype=str))
    examples = text_examples(texts, labels, TextOrigin(path.stem, source, columns), spec.tokens)
    return examples.with_notes(notes)


def _lines(path: Path, spec: FileDataset, notes: list[DataNote]) -> Iterator[str]:
    text = read_text(path, spec.encoding)
    notes += text.notes
    return (line.strip() for line in text.lines if line.strip())


FORMAT = Format("lines", "one text per line, the class as the file's suffix", _SUFFIXES,
                recognises, read, files)  # fmt: skip
