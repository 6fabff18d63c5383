"""Reads text files: bounded, checked, and decoded to UTF-8."""

import codecs
from pathlib import Path
from typing import NamedTuple

from studio.core.errors import DatasetError, EncodingUnknownError, SpecError
from studio.core.notes import DataNote, EncodingAssumed
from studio.data.files.encodings import (
    WESTERN,
    candidate_decodings,
    describe_decodings,
    looks_like_windows_1252,
)

HEAD_BYTES = 1 << 20
LONGEST_LINE = 10_000_000
MOST_BYTES = 8_000_000_000
SMALL_BYTES = 1_000_000_000
LARGEST_RATIO = 200
_CHUNK = 1 << 24

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SIGNATURES = (
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"PAR1", "a Parquet file"),
    (b"ARROW1", "an Arrow file"),
    (b"%PDF", "a PDF document"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\x80\x04\x95", "a Python pickle"),
)


def location(path: Path, line: int | None = None, column: str | None = None) -> str:
    """A place in a file, as shown in messages."""
    parts = [path.name]
    if line is not None:
        parts.append(f"line {line}")
    if column is not None:
        parts.append(f"column '{column}'")
    return ", ".join(parts)


def read_head(path: Path, size: int = HEAD_BYTES) -> bytes:
    """The first bytes of a file.

    Raises:
        DatasetError: It is missing, empty, a folder or not readable.
    """
    _refuse_other_than_files(path)
    head = _read(path, size)
    if not head:
        raise DatasetError("is empty", where=path.name, remedy="Choose a file that holds data")
    return head


class DecodedText(NamedTuple):
    """The content of a text file as UTF-8, and notes on how it was decoded."""

    data: bytes
    notes: tuple[DataNote, ...] = ()

    @property
    def lines(self) -> list[str]:
        """Its lines, ended only by line feeds and carriage returns, unlike str.splitlines."""
        text = self.data.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
        return text.removesuffix("\n").split("\n")


def head_text(head: bytes) -> str:
    """The first bytes of a file as text; invalid bytes are replaced."""
    marked = (name for mark, name in _BYTE_ORDER_MARKS if head.startswith(mark))
    return head.decode(next(marked, "utf-8"), "replace")


def read_text(path: Path, encoding: str | None, *, any_line: bool = False) -> DecodedText:
    """A whole text file in any encoding; any_line allows lines of any length.

    Raises:
        DatasetError: It cannot be read, is not text, is not in the encoding, or begins with a
            line longer than 10 MB.
        SpecError: There is no such encoding.
    """
    head = read_head(path, LONGEST_LINE + 1)
    if (
        not any_line
        and len(head) > LONGEST_LINE
        and not any(mark in head for mark in (b"\n", b"\r"))
    ):
        raise line_too_long(path)
    used = encoding or next((name for mark, name in _BYTE_ORDER_MARKS if head.startswith(mark)), "")
    if not used.lower().replace("_", "-").startswith(("utf-16", "utf-32", "utf16", "utf32")):
        refuse_binary(path, head)
    data = _read(path)
    if not used and not is_utf8(data) and looks_like_windows_1252(data):
        note = EncodingAssumed(path.name, WESTERN)
        return DecodedText(_decoded(path, data, WESTERN).encode(), (note,))
    if not used or used.lower() in {"utf-8", "utf8", "utf-8-sig"}:
        return DecodedText(_checked_utf8(path, data.removeprefix(codecs.BOM_UTF8)))
    decoded = _decoded(path, data, used).removeprefix("\ufeff")
    return DecodedText(_checked_utf8(path, decoded.encode("utf-8", "surrogatepass")))


def is_utf8(data: bytes) -> bool:
    """Whether all bytes are UTF-8."""
    if data.isascii():
        return True
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), _CHUNK):
            decoder.decode(data[start : start + _CHUNK], final=start + _CHUNK >= len(data))
    except UnicodeDecodeError:
        return False
    return True


def line_too_long(path: Path) -> DatasetError:
    """The error for a line beyond the limit."""
    return DatasetError(
        "has a line longer than 10 MB, so it is not a table of rows",
        where=path.name,
        remedy="Choose a file with line breaks",
    )


def refuse_decompression_bomb(unpacked: int, path: Path) -> None:
    """Raises DatasetError where a compressed file unpacks to far more than its size.

    That is more than 8 GB, or more than 1 GB and 200 times its size.
    """
    size = path.stat().st_size
    if unpacked > MOST_BYTES or unpacked > max(SMALL_BYTES, LARGEST_RATIO * size):
        raise DatasetError(
            f"has {size / 1e6:.3g} MB and unpacks to more than {unpacked / 1e9:.3g} GB",
            where=path.name,
            remedy="Unpack it yourself if this is expected, or use a part of it",
        )


def refuse_binary(path: Path, head: bytes) -> None:
    """Raises DatasetError where the first bytes are those of a binary file."""
    what = next((what for mark, what in _SIGNATURES if head.startswith(mark)), None)
    if what is None and b"\0" in head:
        what = "a binary file, or UTF-16 without a byte order mark"
    if what is not None:
        raise DatasetError(
            f"is {what}, not a text file",
            where=path.name,
            remedy="Export it as CSV, or set its encoding if it is text",
        )


def _refuse_other_than_files(path: Path) -> None:
    try:
        is_folder, is_special = path.is_dir(), path.exists() and not path.is_file()
    except OSError as error:
        raise DatasetError(f"cannot be read: {error.strerror}", where=str(path)) from None
    if is_folder:
        raise DatasetError("is a folder, not a file", where=str(path), remedy="Choose a file in it")
    if is_special:
        raise DatasetError("is not a regular file", where=str(path), remedy="Choose a file")


def _read(path: Path, size: int = -1) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(size)
    except FileNotFoundError:
        raise DatasetError(
            "does not exist", where=str(path), remedy="Check the path, or locate the file again"
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DatasetError(f"cannot be read: {reason}", where=str(path)) from None


def _checked_utf8(path: Path, data: bytes) -> bytes:
    if not is_utf8(data):
        raise _wrong_encoding(path, data)
    nul = data.find(b"\0")
    if nul >= 0:
        raise DatasetError(
            "holds a zero byte, so it is damaged or not text",
            where=location(path, _line_at(data, nul)),
            remedy="Export it again as CSV",
        )
    return data


def _wrong_encoding(path: Path, data: bytes) -> DatasetError:
    start = 0
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        start = error.start
    readings = candidate_decodings(data, start)
    return EncodingUnknownError(
        f"is not UTF-8: byte {start} is 0x{data[start]:02X}",
        where=location(path, _line_at(data, start)),
        remedy=f"Set its encoding: {describe_decodings(readings)}",
        readings=readings,
    )


def _decoded(path: Path, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except LookupError:
        raise SpecError(
            f"'{encoding}' is not a text encoding",
            where="encoding",
            remedy="Use one such as utf-8, utf-16 or cp1252",
        ) from None
    except UnicodeDecodeError as error:
        raise DatasetError(
            f"is not {encoding}: byte {error.start} is invalid",
            where=location(path, _line_at(data, error.start)),
            remedy="Set another encoding, for example cp1252",
        ) from None
    except UnicodeError as error:
        raise DatasetError(
            f"is not {encoding}: {error}", where=path.name, remedy="Set another encoding"
        ) from None


def _line_at(data: bytes, position: int) -> int:
    return data.count(b"\n", 0, position) + 1
