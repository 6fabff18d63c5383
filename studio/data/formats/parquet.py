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
            table = file.read(use_threads=False)
    except (pa.ArrowException, OSError, MemoryError, OverflowError, UnicodeDecodeError):
        raise DatasetError(
            "is not a complete Parquet file", where=path.name, remedy="Write it again"
        ) from None
    return typed_dataset(path, table, spec)


def _refuse_too_large(path: Path, metadata: Any) -> None:  # noqa: ANN401 - pyarrow is untyped
    groups = [metadata.row_group(index) for index in range(metadata.num_row_groups)]
    entries = sum(
        group.column(index).num_values for group in groups for index in range(group.num_columns)
    )
    cells = max(entries, metadata.num_rows * metadata.num_columns)
    unpacked = sum(group.total_byte_size for group in groups)
    refuse_decompression_bomb(max(unpacked, cells * _BYTES_OF_A_NUMBER), path)
    refuse_too_large(path.name, cells=cells, columns=metadata.num_columns)


FORMAT = Format("parquet", "Parquet table", (".parquet", ".pq"), recognises, read)
