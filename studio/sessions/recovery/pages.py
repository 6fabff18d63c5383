"""Reads the rows of a damaged SQLite file page by page, without SQLite.

The format is that of https://www.sqlite.org/fileformat.html, sections 1.5, 1.6 and 2.1. Everything
in the file is a stranger's: numbers of pages, sizes and pointers are checked before they are used,
and no page is read twice.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from mmap import mmap
from typing import Any

_LEAF, _INTERIOR = 0x0D, 0x05
_HEADER = 100
_USUAL_PAGE = 4096
_LEAST_USABLE = 480
_VARINT_BYTES = 9
_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
"""Bytes of the integers by serial type."""
_DOUBLE, _ZERO, _ONE, _FIRST_BLOB = 7, 8, 9, 12

Row = tuple[int, tuple[Any, ...]]
"""A row id and the values of a row."""


class DamagedPageError(Exception):
    """Bytes that are not what the format says."""


@dataclass
class Pages:
    """The pages of a file, counted from 1.

    Attributes:
        content: The whole file.
        size: Bytes of a page.
        usable: Bytes of a page that hold data.
        unreadable: Pages within tables that cannot be read.
        damaged_rows: Rows that cannot be read, by the table's name.
    """

    content: Any
    size: int = _USUAL_PAGE
    usable: int = _USUAL_PAGE
    unreadable: set[int] = field(default_factory=set)
    damaged_rows: dict[str, int] = field(default_factory=dict)
    _visited: set[int] = field(default_factory=set)
    _overflow: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, content: "bytes | mmap") -> "Pages":
        """The pages of a file; where its header is lost, those of the usual size."""
        view = memoryview(content)
        (size,) = struct.unpack_from(">H", view, 16) if len(view) >= _HEADER else (0,)
        size = 65536 if size == 1 else size
        if size < 512 or size & (size - 1):  # noqa: PLR2004 - the least size, and a power of two
            return cls(view)
        reserved = view[20]
        usable = size - reserved if size - reserved >= _LEAST_USABLE else size
        return cls(view, size, usable)

    @property
    def count(self) -> int:
        return -(-len(self.content) // self.size)

    def tables(self) -> dict[str, int]:
        """The root page of each table by name; none where the first page is lost."""
        roots = {}
        for _, values in self.rows(1, "sqlite_master"):
            if len(values) >= 4 and values[0] == "table" and isinstance(values[3], int):  # noqa: PLR2004
                roots[str(values[1])] = values[3]
        return roots

    def rows(self, root: int, table: str) -> Iterator[Row]:
        """The rows of a table that can be read, in order."""
        waiting = [root]
        while waiting:
            number = waiting.pop()
            if number in self._visited:
                continue
            self._visited.add(number)
            try:
                kind, children = self._children(number)
            except DamagedPageError:
                self.unreadable.add(number)
                continue
            if kind == _INTERIOR:
                waiting += reversed(children)
            else:
                yield from self._leaf_rows(number, table)

    def stray_rows(self) -> Iterator[Row]:
        """The rows of pages that belong to no table that was read, nor to free space."""
        free = self._free_pages()
        for number in range(1, self.count + 1):
            if number in self._visited or number in free or number in self._overflow:
                continue
            try:
                kind, _ = self._children(number)
            except DamagedPageError:
                continue
            if kind == _LEAF:
                self._visited.add(number)
                yield from self._leaf_rows(number, "")

    def _leaf_rows(self, number: int, table: str) -> Iterator[Row]:
        page, start = self._page(number)
        cells = struct.unpack_from(">H", page, start + 3)[0]
        for index in range(cells):
            try:
                (place,) = struct.unpack_from(">H", page, start + 8 + 2 * index)
                yield self._cell(page, place)
            except (DamagedPageError, struct.error, IndexError, UnicodeDecodeError):
                self.damaged_rows[table] = self.damaged_rows.get(table, 0) + 1

    def _page(self, number: int) -> tuple[memoryview, int]:
        """A page and where its header starts.

        Raises:
            DamagedPageError: The file has no such page, or not all of it.
        """
        start = (number - 1) * self.size
        if number < 1 or start + self.size > len(self.content):
            raise DamagedPageError
        return self.content[start : start + self.size], _HEADER if number == 1 else 0

    def _children(self, number: int) -> tuple[int, list[int]]:
        """Whether a page of a table is a leaf or has others below it, and which."""
        page, start = self._page(number)
        kind = page[start]
        cells = struct.unpack_from(">H", page, start + 3)[0]
        head = 12 if kind == _INTERIOR else 8
        if kind not in {_LEAF, _INTERIOR} or start + head + 2 * cells > self.size:
            raise DamagedPageError
        if kind == _LEAF:
            return kind, []
        children = []
        for index in range(cells):
            (place,) = struct.unpack_from(">H", page, start + head + 2 * index)
            if place + 4 <= self.size:
                children.append(struct.unpack_from(">I", page, place)[0])
        children.append(struct.unpack_from(">I", page, start + 8)[0])
        return kind, children

    def _cell(self, page: memoryview, place: int) -> Row:
        size, place = _varint(page, place)
        row, place = _varint(page, place)
        row = row - (1 << 64) if row >> 63 else row
        return row, _record(self._payload(page, place, size))

    def _payload(self, page: memoryview, place: int, size: int) -> bytes:
        """All bytes of a row, of which long ones continue on pages of their own."""
        if size > len(self.content):
            raise DamagedPageError
        largest = self.usable - 35
        if size <= largest:
            local = size
        else:
            least = (self.usable - 12) * 32 // 255 - 23
            local = least + (size - least) % (self.usable - 4)
            local = local if local <= largest else least
        if place + local > self.size:
            raise DamagedPageError
        parts = [bytes(page[place : place + local])]
        missing = size - local
        following = struct.unpack_from(">I", page, place + local)[0] if missing else 0
        while missing:
            if following in self._overflow or following in self._visited:
                raise DamagedPageError
            self._overflow.add(following)
            more, _ = self._page(following)
            (following,) = struct.unpack_from(">I", more, 0)
            parts.append(bytes(more[4 : 4 + min(missing, self.usable - 4)]))
            missing -= len(parts[-1])
        return b"".join(parts)

    def _free_pages(self) -> set[int]:
        """Pages of deleted rows, which must not come back."""
        free: set[int] = set()
        if len(self.content) < _HEADER:
            return free
        (trunk,) = struct.unpack_from(">I", self.content, 32)
        while trunk and trunk not in free:
            try:
                page, _ = self._page(trunk)
            except DamagedPageError:
                break
            free.add(trunk)
            trunk, count = struct.unpack_from(">II", page, 0)
            count = min(count, self.size // 4 - 2)
            free.update(struct.unpack_from(f">{count}I", page, 8))
        return free


def _varint(page: Any, place: int) -> tuple[int, int]:  # noqa: ANN401 - bytes or a view of them
    value = 0
    for index in range(_VARINT_BYTES):
        byte = page[place + index]
        if index == _VARINT_BYTES - 1:
            return value << 8 | byte, place + _VARINT_BYTES
        value = value << 7 | byte & 0x7F
        if byte < 0x80:  # noqa: PLR2004 - the highest bit says whether there is more
            return value, place + index + 1
    raise AssertionError  # pragma: no cover - the ninth byte returned


def _record(payload: bytes) -> tuple[Any, ...]:
    size, place = _varint(payload, 0)
    if size > len(payload):
        raise DamagedPageError
    kinds = []
    while place < size:
        kind, place = _varint(payload, place)
        kinds.append(kind)
    values = []
    place = size
    for kind in kinds:
        value, place = _value(payload, place, kind)
        values.append(value)
    if place != len(payload):
        raise DamagedPageError
    return tuple(values)


def _value(payload: bytes, place: int, kind: int) -> tuple[Any, int]:
    if kind == 0:
        return None, place
    if kind in {_ZERO, _ONE}:
        return kind - _ZERO, place
    length = 8 if kind == _DOUBLE else _INTEGERS.get(kind, (kind - _FIRST_BLOB) // 2)
    if length < 0 or place + length > len(payload):
        raise DamagedPageError
    raw = payload[place : place + length]
    if kind in _INTEGERS:
        return int.from_bytes(raw, "big", signed=True), place + length
    if kind == _DOUBLE:
        return struct.unpack(">d", raw)[0], place + length
    return raw.decode("utf-8") if kind % 2 else raw, place + length
