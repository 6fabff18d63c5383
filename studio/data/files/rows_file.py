"""Writes a .npy file row by row, whose length is known only at the end."""

from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.lib import format as npy_format
from numpy.typing import NDArray

_HEADER = 256


class RowsFile:
    """Rows of equal width, (rows, width); the header is written when the file is closed."""

    def __init__(self, path: Path, width: int, dtype: np.dtype[Any]) -> None:
        self._path, self._width, self._dtype = path, width, dtype
        self.rows = 0

    def __enter__(self) -> Self:
        self._file = self._path.open("wb")
        self._file.write(bytes(_HEADER))
        return self

    def add(self, rows: NDArray[Any]) -> None:
        """Appends rows, (rows, width) or (rows,) where the width is 1.

        Raises:
            OSError: The disk is full.
        """
        content = np.ascontiguousarray(rows, dtype=self._dtype).reshape(-1).view(np.uint8)
        self._file.write(content.data)  # tofile ignores a full disk
        self.rows += len(rows)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._file:
            self._file.seek(0)
            self._file.write(self._header())

    def _header(self) -> bytes:
        described = {
            "descr": npy_format.dtype_to_descr(self._dtype),
            "fortran_order": False,
            "shape": (self.rows, self._width),
        }
        start = npy_format.magic(1, 0)
        length = _HEADER - len(start) - 2
        text = repr(described).encode().ljust(length - 1) + b"\n"
        return start + length.to_bytes(2, "little") + text
