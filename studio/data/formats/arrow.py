"""Arrow and Feather (version 2): tables of typed columns."""

from pathlib import Path
from typing import Any

from studio.core.errors import DatasetError
from studio.core.specs.dataset_spec import FileDataset
from studio.data.dataset import Dataset
from studio.data.files.arrow_messages import unpacked_bytes
from studio.data.files.table_size import refuse_too_large
from studio.data.files.text_files import refuse_decompression_bomb
from studio.data.formats.format import Format
from studio.data.tables.typed_tables import typed_dataset

_MAGIC, _STREAM = b"ARROW1", b"\xff\xff\xff\xff"
_FIRST_MESSAGE = 8
"""Where it begins in a file, after the signature and its padding."""

_SUFFIXES = (".arrow", ".feather", ".ipc", ".arrows")


def recognises(path: Path, head: bytes) -> bool:
    """Whether the file has an Arrow signature or suffix."""
    return head.startswith(_MAGIC) or path.suffix.lower() in _SUFFIXES


def read(path: Path, spec: FileDataset) -> Dataset:
    """Reads a table as from CSV; columns of lists are sequences.

    Raises:
        DatasetError: It is damaged, has too many rows, or holds no numbers.
    """
    import pyarrow as pa

    try:
        with pa.memory_map(str(path)) as source:
            begins = source.read(len(_STREAM))
            is_stream = begins == _STREAM
            source.seek(0 if is_stream else _FIRST_MESSAGE)
            refuse_decompression_bomb(
                unpacked_bytes(pa.ipc.MessageReader.open_stream(source)), path
            )
            source.seek(0)
            table = _stream(pa, source, path) if is_stream else _file(pa, source, path)
    except (pa.ArrowException, OSError, MemoryError, OverflowError, UnicodeDecodeError):
        raise DatasetError(
            "is not a complete Arrow file", where=path.name, remedy="Write it again"
        ) from None
    return typed_dataset(path, table, spec)


def _file(pa: Any, source: Any, path: Path) -> Any:  # noqa: ANN401 - pyarrow is untyped
    with pa.ipc.open_file(source) as reader:
        batches = (reader.get_batch(index) for index in range(reader.num_record_batches))
        return pa.Table.from_batches(_counted(batches, path), reader.schema)


def _stream(pa: Any, source: Any, path: Path) -> Any:  # noqa: ANN401 - pyarrow is untyped
    with pa.ipc.open_stream(source) as reader:
        return pa.Table.from_batches(_counted(reader, path), reader.schema)


def _counted(batches: Any, path: Path) -> list[Any]:  # noqa: ANN401 - pyarrow is untyped
    kept, cells = [], 0
    for batch in batches:
        batch.validate(full=True)
        cells += batch.num_rows * batch.num_columns
        refuse_too_large(path.name, cells=cells, columns=batch.num_columns)
        kept.append(batch)
    return kept


FORMAT = Format("arrow", "Arrow or Feather table", _SUFFIXES, recognises, read)
