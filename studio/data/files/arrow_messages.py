"""How large the messages of an Arrow file are once unpacked, read from their headers alone."""

import struct
from collections.abc import Iterator
from typing import Any

_HEADER, _BODY, _BUFFERS, _COMPRESSION = 2, 3, 2, 3
"""Positions of the fields in `Message` and `RecordBatch` of Arrow's format."""

_PLAIN = -1
_LENGTH = 8


def unpacked_bytes(messages: Any) -> int:  # noqa: ANN401 - pyarrow is untyped
    """Bytes of all record batches of a stream without unpacking them.

    Source: Arrow columnar format, section on IPC: each compressed buffer begins with the length
    of what it holds, -1 where that is not compressed.
    """
    total = 0
    for message in _each(messages):
        if message.type != "record batch":
            continue
        body = message.body
        for offset, length, is_packed in _buffers(memoryview(message.metadata)):
            total += length
            if is_packed and length >= _LENGTH and 0 <= offset <= body.size - _LENGTH:
                (inside,) = struct.unpack_from("<q", body, offset)
                total += 0 if inside == _PLAIN else max(0, inside - length)
    return total


def _each(messages: Any) -> Iterator[Any]:  # noqa: ANN401 - pyarrow is untyped
    while True:
        try:
            yield messages.read_next_message()
        except StopIteration:
            return


def _buffers(metadata: memoryview) -> Iterator[tuple[int, int, bool]]:
    """Offset and length of each buffer, and whether it is compressed."""
    (root,) = struct.unpack_from("<I", metadata, 0)
    header = _field(metadata, root, _HEADER)
    if header is None:
        return
    batch = _target(metadata, header)
    at = _field(metadata, batch, _BUFFERS)
    if at is None:
        return
    is_packed = _field(metadata, batch, _COMPRESSION) is not None
    vector = _target(metadata, at)
    (count,) = struct.unpack_from("<I", metadata, vector)
    for index in range(count):
        offset, length = struct.unpack_from("<qq", metadata, vector + 4 + 16 * index)
        yield offset, length, is_packed


def _field(data: memoryview, table: int, index: int) -> int | None:
    """Where a field of a FlatBuffers table stands, None where it has its default."""
    (back,) = struct.unpack_from("<i", data, table)
    vtable = table - back
    (size,) = struct.unpack_from("<H", data, vtable)
    entry = 4 + 2 * index
    if entry + 2 > size:
        return None
    (offset,) = struct.unpack_from("<H", data, vtable + entry)
    return table + offset if offset else None


def _target(data: memoryview, at: int) -> int:
    (offset,) = struct.unpack_from("<I", data, at)
    return at + int(offset)
