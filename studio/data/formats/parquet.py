"""Parquet: tables of typed columns."""

from pathlib import Path
from typing import Any

from studio.core.errors import DatasetError
from studio.core.specs.dataset_spec import FileDataset
from studio.data.dataset import Dataset
from studio.data.files.table_size import refuse_too_large
from studio.data.files.text_files import refuse_decompression_bomb
from studio.data.formats.format import Format
from studio.data.tables.typed_tables import is_text, typed_dataset

_MAGIC = b"PAR1"
_BYTES_OF_A_NUMBER = 8
_ROWS_AT_ONCE = 64


def recognises(path: Path, head: bytes) -> bool:
    """Whether the file has a Parquet signature or suffix."""
    return head.startswith(_MAGIC) or path.suffix.lower() in {".parquet", ".pq"}


def read(path: Path, spec: FileDataset) -> Dataset:
    """Reads a table as from CSV; columns of lists are sequences.

    Raises:
        DatasetError: It is damaged, too large, or holds no numbers.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            texts = [field.name for field in file.schema_arrow if is_text(field.type)]
            _refuse_too_large(path, file.metadata)
        with parquet.ParquetFile(path, read_dictionary=texts) as file:  # each text once
            table = _read_table(path, file)
    except (pa.ArrowException, OSError, MemoryError, OverflowError, UnicodeDecodeError):
        raise DatasetError(
            "is not a complete Parquet file", where=path.name, remedy="Write it again"
        ) from None
    return typed_dataset(path, table, spec)


def _refuse_too_large(path: Path, metadata: Any) -> None:  # noqa: ANN401 - pyarrow is untyped
    # what a column says of itself is not asked for: where it is wrong, pyarrow ends the process
    cells = metadata.num_rows * metadata.num_columns
    groups = (metadata.row_group(index) for index in range(metadata.num_row_groups))
    unpacked = sum(group.total_byte_size for group in groups)
    refuse_decompression_bomb(max(unpacked, cells * _BYTES_OF_A_NUMBER), path)
    refuse_too_large(path.name, cells=cells, columns=metadata.num_columns)


def _read_table(path: Path, file: Any) -> Any:  # noqa: ANN401 - pyarrow is untyped
    """The whole table; lists, whose length nothing tells before, are counted while they come."""
    import pyarrow as pa
    import pyarrow.types as pt

    if not any(pt.is_nested(field.type) for field in file.schema_arrow):
        return file.read(use_threads=False)
    batches, unpacked = [], 0
    for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE, use_threads=False):
        unpacked += batch.nbytes
        refuse_decompression_bomb(unpacked, path)
        refuse_too_large(path.name, cells=unpacked // _BYTES_OF_A_NUMBER, columns=batch.num_columns)
        batches.append(batch)
    return pa.Table.from_batches(batches, batches[0].schema if batches else file.schema_arrow)


FORMAT = Format("parquet", "Parquet table", (".parquet", ".pq"), recognises, read)
