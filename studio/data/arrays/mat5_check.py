"""Checks that a MATLAB file of version 5 is whole, as SciPy's reader crashes on damaged ones.

The layout is that of MathWorks' "MAT-File Format": elements with a tag of type and size, matrices
made of elements, compressed elements that hold one matrix.
"""

import math
import mmap
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeAlias

from studio.core.errors import DatasetError
from studio.data.files.text_files import refuse_decompression_bomb

_Buffer: TypeAlias = bytes | mmap.mmap

_HEADER = 128
_MAGIC = b"MATLAB 5.0"
_MATRIX, _COMPRESSED = 14, 15
_SIZES = {1: 1, 2: 1, 3: 2, 4: 2, 5: 4, 6: 4, 7: 4, 9: 8, 12: 8, 13: 8}
_TEXT = frozenset({1, 2, 3, 4, 16, 17, 18})
_CELL, _STRUCT, _CHAR = 1, 2, 4
_NUMERIC = range(6, 16)
_COMPLEX = 0x08
_DEEPEST = 12
_MOST_AXES = 32


class _Element(NamedTuple):
    kind: int
    start: int
    size: int
    end: int


class _NestedObjectError(Exception):
    """A sparse matrix, a function or an object within a cell array or a struct."""


class _DamagedError(Exception):
    """Something that is not as the format says."""


def refuse_damaged_mat5(path: Path) -> frozenset[str]:
    """The names of what was not checked, such as sparse matrices, and must not be loaded.

    Raises:
        DatasetError: The file is damaged or unpacks to too much.
    """
    with path.open("rb") as file:
        head = file.read(_HEADER)
        if not head.startswith(_MAGIC) or len(head) < _HEADER:
            return frozenset()
        order = ">" if head[126:128] == b"MI" else "<"
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            try:
                return frozenset(_check_file(path, data, order))
            except (_DamagedError, struct.error, zlib.error, OverflowError):
                raise DatasetError(
                    "is not a complete MATLAB file",
                    where=path.name,
                    remedy="Save it again with '-v7'",
                ) from None
            except _NestedObjectError:
                raise DatasetError(
                    "holds a sparse matrix, a function or an object in a cell array or struct",
                    where=path.name,
                    remedy="Save arrays of numbers or text, such as X and y",
                ) from None


def _check_file(path: Path, data: _Buffer, order: str) -> set[str]:
    unpacked, unchecked = 0, set[str]()
    for element in _Reader(data, order).elements(_HEADER, len(data)):
        if element.kind == _COMPRESSED:
            content = _decompressed(path, data[element.start : element.start + element.size])
            unpacked += len(content)
            refuse_decompression_bomb(unpacked, path)
            reader = _Reader(content, order)
            inner = reader.element(0, len(content))
            if inner.kind != _MATRIX:
                raise _DamagedError
            unchecked |= reader.check_variable(inner)
        elif element.kind == _MATRIX:
            unchecked |= _Reader(data, order).check_variable(element)
        else:
            raise _DamagedError
    return unchecked


def _decompressed(path: Path, packed: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    pieces: list[bytes] = []
    total = 0
    while packed and not unpacker.eof:
        piece = unpacker.decompress(packed, 1 << 24)
        packed = unpacker.unconsumed_tail
        total += len(piece)
        refuse_decompression_bomb(total, path)
        pieces.append(piece)
    return b"".join(pieces)


@dataclass(frozen=True)
class _Reader:
    """Elements of uncompressed data, in the byte order of the file."""

    data: _Buffer
    order: str

    def elements(self, start: int, end: int) -> Iterator[_Element]:
        while start < end:
            element = self.element(start, end)
            yield element
            start = element.end

    def element(self, start: int, end: int) -> _Element:
        if end - start < 8:  # noqa: PLR2004 - a tag
            raise _DamagedError
        kind, size = struct.unpack_from(f"{self.order}II", self.data, start)
        if kind >> 16:
            kind, size, begins, ends = kind & 0xFFFF, kind >> 16, start + 4, start + 8
            if size > 4:  # noqa: PLR2004 - what a small element holds
                raise _DamagedError
            return _Element(kind, begins, size, ends)
        begins = start + 8
        padding = 0 if kind == _COMPRESSED else -size % 8
        if begins + size > end:
            raise _DamagedError
        return _Element(kind, begins, size, min(begins + size + padding, end))

    def check_variable(self, matrix: _Element) -> set[str]:
        """Its name where it is of a kind that is not checked; flags may call it logical still."""
        try:
            self.check_matrix(matrix, 1)
        except _NestedObjectError:
            end = matrix.start + matrix.size
            flags = self.element(matrix.start, end)
            (word,) = struct.unpack_from(f"{self.order}I", self.data, flags.start)
            if word & 0xFF in {_CELL, _STRUCT}:
                raise
            axes = self.element(flags.end, end)
            name = self.element(axes.end, end)
            return {self.data[name.start : name.start + name.size].decode("latin-1")}
        return set()

    def check_matrix(self, matrix: _Element, depth: int) -> None:
        if not matrix.size:
            return
        if depth > _DEEPEST:
            raise _DamagedError
        end = matrix.start + matrix.size
        flags = self.element(matrix.start, end)
        if flags.kind != 6 or flags.size != 8:  # noqa: PLR2004 - unsigned integers, two of them
            raise _DamagedError
        (word,) = struct.unpack_from(f"{self.order}I", self.data, flags.start)
        kind, is_complex = word & 0xFF, bool((word >> 8) & _COMPLEX)
        if kind not in {_CELL, _STRUCT, _CHAR, *_NUMERIC}:
            raise _NestedObjectError
        axes = self.element(flags.end, end)
        if axes.kind != 5 or axes.size % 4 or not 0 < axes.size // 4 <= _MOST_AXES:  # noqa: PLR2004 - integers
            raise _DamagedError
        shape = struct.unpack_from(f"{self.order}{axes.size // 4}i", self.data, axes.start)
        name = self.element(axes.end, end)
        if min(shape) < 0 or name.kind not in {1, 2, 16}:
            raise _DamagedError
        count = math.prod(shape)
        if kind in _NUMERIC:
            self._check_numbers(name.end, end, count * (1 + is_complex), 1 + is_complex)
        elif kind == _CHAR:
            self._check_text(name.end, end)
        else:
            at, fields = self._after_fields(name.end, end) if kind == _STRUCT else (name.end, 1)
            self._check_parts(at, end, count * fields, depth)

    def _check_numbers(self, start: int, end: int, count: int, parts: int) -> None:
        found = 0
        for _ in range(parts):
            numbers = self.element(start, end)
            if numbers.kind not in _SIZES:
                raise _DamagedError
            found += numbers.size // _SIZES[numbers.kind]
            start = numbers.end
        if found != count:
            raise _DamagedError

    def _check_text(self, start: int, end: int) -> None:
        if start < end and self.element(start, end).kind not in _TEXT:
            raise _DamagedError

    def _after_fields(self, start: int, end: int) -> tuple[int, int]:
        """The place behind the names of a struct's fields, and how many there are."""
        length = self.element(start, end)
        if length.kind != 5 or length.size != 4:  # noqa: PLR2004 - an integer
            raise _DamagedError
        (width,) = struct.unpack_from(f"{self.order}i", self.data, length.start)
        names = self.element(length.end, end)
        if width <= 0 or names.kind not in {1, 2} or names.size % width:
            raise _DamagedError
        return names.end, names.size // width

    def _check_parts(self, start: int, end: int, count: int, depth: int) -> None:
        """The matrices of a cell array or struct."""
        if count * 8 > end - start:
            raise _DamagedError
        for _ in range(count):
            part = self.element(start, end)
            if part.kind != _MATRIX:
                raise _DamagedError
            self.check_matrix(part, depth + 1)
            start = part.end
