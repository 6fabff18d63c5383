"""FASTA, plain or gzipped: sequences of DNA, RNA or protein."""

import gzip
import re
import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from studio.core.errors import DatasetError
from studio.core.notes import AlphabetAssumed
from studio.core.specs.dataset_spec import FileDataset
from studio.data.dataset import Column, ExampleSet
from studio.data.files.text_files import (
    LARGEST_RATIO,
    LONGEST_LINE,
    SMALL_BYTES,
    line_too_long,
    location,
    read_text,
    refuse_decompression_bomb,
)
from studio.data.formats.format import Format
from studio.data.transform.biology import alphabet_of, one_hot
from studio.data.transform.labels import Labels, classes_of_text
from studio.data.transform.symbols import unlabelled

_SUFFIXES = (".fasta", ".fa", ".fna", ".ffn", ".faa", ".frn", ".fas")
_GZIP = b"\x1f\x8b"
_MOST_HEADER = 10_000
_FEWEST_CLASSES = 2
_CHUNK = 1 << 20
_ODD = re.compile(r"[^A-Z.*-]")


class Record(NamedTuple):
    """One sequence: its header without >, its letters in capitals, and the line of its header."""

    header: str
    letters: str
    line: int


def recognises(path: Path, head: bytes) -> bool:
    """Whether the first line that is not blank begins with >, gzipped or not."""
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
    """Reads sequences; labels come from a table, or from a field of the header after |.

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
        notes=(AlphabetAssumed(alphabet.name),),
    )


def labelled_by_file(sets: Sequence[tuple[str, ExampleSet]], name: str, source: str) -> ExampleSet:
    """The examples of several files, each with its class.

    Raises:
        DatasetError: The files have different alphabets.
    """
    channels = {sequences.channels for _, sequences in sets}
    if len(channels) > 1:
        raise DatasetError(
            "has files with different alphabets", where=source, remedy="Use files of one alphabet"
        )
    texts = np.array([label for label, sequences in sets for _ in range(len(sequences))], dtype=str)
    labels, names = classes_of_text(texts)
    first = sets[0][1]
    return replace(
        first,
        name=name,
        source=source,
        columns=(Column("sequence", "feature", "text"), Column("class", "label", "text")),
        values=np.concatenate([sequences.values for _, sequences in sets]),
        lengths=np.concatenate([sequences.lengths for _, sequences in sets]),
        labels=labels,
        class_names=names,
    )


def parse(path: Path, content: bytes) -> list[Record]:
    """The records of a file.

    Raises:
        DatasetError: Letters come before the first header, a record is empty, or a line is too
            long.
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
                    "has letters before the first header (a line with >)",
                    where=location(path, number),
                    remedy="Add a header to each sequence",
                )
            pieces.append(_letters(path, line, number))
    _finish(path, records, Record(header, "".join(pieces), start))
    if not records:
        raise DatasetError("has no sequence", where=path.name, remedy="Use sequences with headers")
    return records


def _header(path: Path, line: bytes, number: int) -> str:
    if len(line) > _MOST_HEADER:
        raise DatasetError(
            "has a header longer than 10,000 characters", where=location(path, number),
            remedy="Shorten it",
        )  # fmt: skip
    return line[1:].decode("utf-8", "replace").strip()


def _finish(path: Path, records: list[Record], record: Record) -> None:
    if not record.line:
        return
    if not record.letters:
        raise DatasetError(
            "has a header but no letters", where=location(path, record.line), remedy="Leave it out"
        )
    records.append(record)


def _letters(path: Path, line: bytes, number: int) -> str:
    text = b"".join(line.split()).decode("latin-1").upper()
    odd = _ODD.search(text)
    if odd is not None:
        raise DatasetError(
            f"holds {odd[0]!r}, which is not a letter of a sequence",
            where=location(path, number),
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
                    refuse_decompression_bomb(total, path)
                pieces.append(piece)
    except (OSError, EOFError, zlib.error):
        raise DatasetError(
            "is not a complete gzip file", where=path.name, remedy="Compress it again"
        ) from None
    return b"".join(pieces).replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _labels(path: Path, records: list[Record], spec: FileDataset) -> Labels | None:
    if spec.labels:
        return _labels_of_table(path, records, spec.labels)
    fields = [record.header.split("|") for record in records]
    for index in (-1, *range(1, min(map(len, fields)))):
        words = [
            header_fields[index].strip() if len(header_fields) > 1 else ""
            for header_fields in fields
        ]
        classes = len(set(words))
        if all(words) and _FEWEST_CLASSES <= classes <= max(len(words) // 2, _FEWEST_CLASSES):
            return classes_of_text(np.array(words, dtype=str))
    return None


def _labels_of_table(path: Path, records: list[Record], name: str) -> Labels:
    table = path.parent / name
    rows = [line.replace(",", "\t").split("\t") for line in read_text(table, None).lines]
    label_of = {row[0].strip(): row[-1].strip() for row in rows if len(row) > 1}
    labels = []
    for record in records:
        word = record.header.split()[0] if record.header else ""
        label = (
            label_of.get(record.header) or label_of.get(word) or label_of.get(word.split("|")[0])
        )
        if label is None:
            raise DatasetError(
                f"'{word[:40]}' has no label in {table.name}",
                where=location(path, record.line),
                remedy="Use a table with a row of name and label for each sequence",
            )
        labels.append(label)
    return classes_of_text(np.array(labels, dtype=str))


def _missing(labels: np.ndarray) -> int:
    return int(np.sum(labels < 0))


def files(path: Path, spec: FileDataset) -> tuple[Path, ...]:
    """The file, and the table of labels if there is one."""
    return (path, path.parent / spec.labels) if spec.labels else (path,)


FORMAT = Format("fasta", "FASTA (DNA, RNA, protein)", _SUFFIXES, recognises, read, files)
