"""FASTA, plain or gzipped: sequences of DNA, RNA or protein."""

import gzip
import re
import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from studio.core.datasets import FileDataset
from studio.core.errors import DatasetError
from studio.data.biology import alphabet_of, one_hot
from studio.data.dataset import Column, ExampleSet
from studio.data.formats.format import Format
from studio.data.labels import Labels, classes_of_text
from studio.data.reading import (
    LARGEST_RATIO,
    LONGEST_LINE,
    SMALL_BYTES,
    line_too_long,
    place,
    read_text,
    refuse_bomb,
)
from studio.data.symbols import unlabelled

_SUFFIXES = (".fasta", ".fa", ".fna", ".ffn", ".faa", ".frn", ".fas")
_GZIP = b"\x1f\x8b"
_MOST_HEADER = 10_000
_FEWEST_CLASSES = 2
_CHUNK = 1 << 20
_ODD = re.compile(r"[^A-Z.*-]")


class Record(NamedTuple):
    """One sequence: the words behind >, its letters in capitals, and the line of its header."""

    header: str
    letters: str
    line: int


def recognises(path: Path, head: bytes) -> bool:
    """Whether the first line that is not blank begins with >, gzipped or not, or the name fits."""
    if head.startswith(_GZIP):
        try:
            head = zlib.decompressobj(31).decompress(head, 4096)
        except zlib.error:
            return False
        return head.lstrip().startswith(b">")
    name = path.name.lower().removesuffix(".gz")
    first = head.lstrip()
    return first.startswith(b">") or (name.endswith(_SUFFIXES) and first.startswith(b";"))


def read(path: Path, spec: FileDataset) -> ExampleSet:
    """Reads sequences; the label is the part of the header behind | that recurs, or a table's.

    Raises:
        DatasetError: A line does not follow the format, or a sequence has no label in the table.
    """
    records = parse(path, _content(path, spec))
    labels = _labels(path, records, spec)
    where = path.name
    alphabet = alphabet_of([record.letters for record in records], where)
    values, lengths = one_hot([record.letters for record in records], alphabet, where)
    found, names = unlabelled(len(records)) if labels is None else labels
    target = () if labels is None else (Column("class", "label", "text", missing=_missing(found)),)
    return ExampleSet(
        name=path.name.removesuffix(".gz").rpartition(".")[0] or path.stem,
        source=where,
        columns=(Column("sequence", "feature", "text"), *target),
        channels=tuple(Column(letter, "feature") for letter in alphabet.channels),
        values=values,
        lengths=lengths,
        labels=found,
        class_names=names,
        one_hot=True,
        notes=(f"the letters are read as {alphabet.name}",),
    )


def labelled_by_file(sets: Sequence[tuple[str, ExampleSet]], name: str, source: str) -> ExampleSet:
    """One set of several files, whose class is what stands beside each.

    Raises:
        DatasetError: The files have different alphabets.
    """
    channels = {each.channels for _, each in sets}
    if len(channels) > 1:
        raise DatasetError(
            "has files of different alphabets", where=source, remedy="Give one alphabet alone"
        )
    texts = np.array([label for label, each in sets for _ in range(len(each))], dtype=str)
    labels, names = classes_of_text(texts)
    first = sets[0][1]
    return replace(
        first,
        name=name,
        source=source,
        columns=(Column("sequence", "feature", "text"), Column("class", "label", "text")),
        values=np.concatenate([each.values for _, each in sets]),
        lengths=np.concatenate([each.lengths for _, each in sets]),
        labels=labels,
        class_names=names,
    )


def parse(path: Path, content: bytes) -> list[Record]:
    """The records of a file.

    Raises:
        DatasetError: Letters come before the first header, a record is empty, or a line is too
            long to be one.
    """
    records: list[Record] = []
    header, start, pieces = "", 0, list[str]()
    for number, raw in enumerate(content.split(b"\n"), start=1):
        if len(raw) > LONGEST_LINE:
            raise line_too_long(path)
        line = raw.strip()
        if line.startswith(b">"):
            _finish(path, records, Record(header, "".join(pieces), start))
            header, start = _header(path, line, number), number
            pieces = []
        elif line and not line.startswith(b";"):
            if not start:
                raise DatasetError(
                    "has letters before the first line with >",
                    where=place(path, number),
                    remedy="Give each sequence a header",
                )
            pieces.append(_letters(path, line, number))
    _finish(path, records, Record(header, "".join(pieces), start))
    if not records:
        raise DatasetError("has no sequence", where=path.name, remedy="Give sequences with headers")
    return records


def _header(path: Path, line: bytes, number: int) -> str:
    if len(line) > _MOST_HEADER:
        raise DatasetError(
            "has a header longer than 10,000 characters", where=place(path, number),
            remedy="Shorten it",
        )  # fmt: skip
    return line[1:].decode("utf-8", "replace").strip()


def _finish(path: Path, records: list[Record], record: Record) -> None:
    if not record.line:
        return
    if not record.letters:
        raise DatasetError(
            "has a header and no letters", where=place(path, record.line), remedy="Leave it out"
        )
    records.append(record)


def _letters(path: Path, line: bytes, number: int) -> str:
    text = b"".join(line.split()).decode("latin-1").upper()
    odd = _ODD.search(text)
    if odd is not None:
        raise DatasetError(
            f"holds {odd[0]!r}, which is no letter of a sequence",
            where=place(path, number),
            remedy="Correct the line",
        )
    return text


def _content(path: Path, spec: FileDataset) -> bytes:
    with path.open("rb") as file:
        if file.read(2) != _GZIP:
            return read_text(path, spec.encoding).data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    limit = max(SMALL_BYTES, LARGEST_RATIO * path.stat().st_size)
    pieces, total = [], 0
    try:
        with gzip.open(path) as packed:
            while piece := packed.read(_CHUNK):
                total += len(piece)
                if total > limit:
                    refuse_bomb(total, path)
                pieces.append(piece)
    except (OSError, EOFError, zlib.error):
        raise DatasetError(
            "is not a complete gzip file", where=path.name, remedy="Pack it again"
        ) from None
    return b"".join(pieces).replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _labels(path: Path, records: list[Record], spec: FileDataset) -> Labels | None:
    if spec.labels:
        return _labels_of_table(path, records, spec.labels)
    fields = [record.header.split("|") for record in records]
    for at in (-1, *range(1, min(map(len, fields)))):
        found = [each[at].strip() if len(each) > 1 else "" for each in fields]
        classes = len(set(found))
        if all(found) and _FEWEST_CLASSES <= classes <= max(len(found) // 2, _FEWEST_CLASSES):
            return classes_of_text(np.array(found, dtype=str))
    return None


def _labels_of_table(path: Path, records: list[Record], name: str) -> Labels:
    table = path.parent / name
    rows = [line.replace(",", "\t").split("\t") for line in read_text(table, None).lines]
    known = {row[0].strip(): row[-1].strip() for row in rows if len(row) > 1}
    found = []
    for record in records:
        word = record.header.split()[0] if record.header else ""
        label = known.get(record.header) or known.get(word) or known.get(word.split("|")[0])
        if label is None:
            raise DatasetError(
                f"'{word[:40]}' has no label in {table.name}",
                where=place(path, record.line),
                remedy="Give a table with a row of name and label for each sequence",
            )
        found.append(label)
    return classes_of_text(np.array(found, dtype=str))


def _missing(labels: np.ndarray) -> int:
    return int(np.sum(labels < 0))


def files(path: Path, spec: FileDataset) -> tuple[Path, ...]:
    """The file, and the table of labels where one is named."""
    return (path, path.parent / spec.labels) if spec.labels else (path,)


FORMAT = Format("fasta", "FASTA (DNA, RNA, protein)", _SUFFIXES, recognises, read, files)
