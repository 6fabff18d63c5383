"""Plain text: one long series of characters, words or bytes."""

import re
from dataclasses import replace
from pathlib import Path

from studio.core.errors import DatasetError
from studio.core.specs.dataset_spec import FileDataset
from studio.data.dataset import Series
from studio.data.files.text_files import head_text, read_text
from studio.data.formats.format import Format
from studio.data.tables.header_rows import is_number
from studio.data.transform.symbols import corpus_series

_SAMPLE = 200
_TABLE_CELLS = re.compile(r"[,;\t|]|\s+")
_LARGEST_NUMERIC_SHARE = 0.3


def recognises(path: Path, head: bytes) -> bool:
    """Whether a .txt or .text file is prose: few of its cells are numbers."""
    text = head_text(head)
    if path.suffix.lower() not in {".txt", ".text"} or "\0" in text:
        return False
    lines = [line for line in text.splitlines()[:_SAMPLE] if line.strip()]
    if lines and all(line.count("\t") == lines[0].count("\t") > 0 for line in lines):
        return False
    cells = [cell for line in lines for cell in _TABLE_CELLS.split(line.strip()) if cell]
    return bool(cells) and sum(map(is_number, cells)) <= _LARGEST_NUMERIC_SHARE * len(cells)


def read(path: Path, spec: FileDataset) -> Series:
    """Reads a text.

    Raises:
        DatasetError: It is empty, not text, or too long.
    """
    data, notes = read_text(path, spec.encoding, any_line=True)
    text = data.decode()
    if not text.strip():
        raise DatasetError(
            "holds only white space", where=path.name, remedy="Choose a file with text"
        )
    series = corpus_series(path.stem, path.name, text, spec.tokens)
    return replace(series, notes=(*notes, *series.notes))


FORMAT = Format("corpus", "plain text", (".text",), recognises, read)
