"""One example in each line, the class in the ending of the file's name (x.pos, x.neg)."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from studio.core.datasets import FileDataset
from studio.core.errors import DatasetError
from studio.data.dataset import Column, ExampleSet
from studio.data.formats.format import Format
from studio.data.labels import classes_of_text
from studio.data.reading import read_text
from studio.data.symbols import Origin, text_examples

_SUFFIXES = (".pos", ".neg", ".neu", ".positive", ".negative", ".neutral", ".ham", ".spam",
             ".subj", ".obj")  # fmt: skip


def recognises(path: Path, head: bytes) -> bool:  # noqa: ARG001 - the signature of a format
    """Whether the ending of the name is a class."""
    return path.suffix.lower() in _SUFFIXES


def files(path: Path, spec: FileDataset) -> tuple[Path, ...]:  # noqa: ARG001 - likewise
    """The files of all classes: those beside it whose names differ in the ending alone."""
    try:
        beside = sorted(path.parent.iterdir())
    except OSError:
        return (path,)
    others = (each for each in beside if each.stem == path.stem and each != path)
    return (path, *(each for each in others if each.suffix.lower() in _SUFFIXES and each.is_file()))


def read(path: Path, spec: FileDataset) -> ExampleSet:
    """Reads the lines of all classes; lines without a character are left out.

    Raises:
        DatasetError: There is one class alone, or a file is no text.
    """
    found = sorted(files(path, spec))
    if len(found) == 1:
        raise DatasetError(
            "is one class alone",
            where=path.name,
            remedy=f"Put the files of the other classes beside it, such as {path.stem}.neg",
        )
    texts: list[str] = []
    classes: list[str] = []
    notes: list[str] = []
    for each in found:
        lines = list(_lines(each, spec, notes))
        texts += lines
        classes += [each.suffix[1:].lower()] * len(lines)
    columns = (Column("text", "feature", "text"), Column("class", "label", "text"))
    source = " and ".join(each.name for each in found)
    labels = classes_of_text(np.array(classes, dtype=str))
    made = text_examples(texts, labels, Origin(path.stem, source, columns), spec.tokens)
    return made.with_notes(notes)


def _lines(path: Path, spec: FileDataset, notes: list[str]) -> Iterator[str]:
    text = read_text(path, spec.encoding)
    notes += text.notes
    return (line.strip() for line in text.lines if line.strip())


FORMAT = Format("lines", "a text in each line, the class in the file's ending", _SUFFIXES,
                recognises, read, files)  # fmt: skip
