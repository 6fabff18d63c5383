"""Parquet: tables of typed columns."""

from pathlib import Path

from studio.core.errors import DatasetError
from studio.core.specs.dataset_spec import FileDataset
from studio.data.dataset import Dataset
from studio.data.formats.format import Format
from studio.data.tables.typed_tables import refuse_too_many_cells, typed_dataset

_MAGIC = b"PAR1"
_MOST_BYTES = 8_000_000_000


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
            meta = file.metadata
            refuse_too_many_cells(meta.num_rows, meta.num_columns, path.name)
            groups = (meta.row_group(index).total_byte_size for index in range(meta.num_row_groups))
            if sum(groups) > _MOST_BYTES:
                raise DatasetError(
                    "unpacks to more than 8 GB", where=path.name, remedy="Use a part of it"
                )
            table = file.read(use_threads=False)
    except (pa.ArrowException, OSError, MemoryError, OverflowError, UnicodeDecodeError):
        raise DatasetError(
            "is not a complete Parquet file", where=path.name, remedy="Write it again"
        ) from None
    return typed_dataset(path, table, spec)


FORMAT = Format("parquet", "Parquet table", (".parquet", ".pq"), recognises, read)
