"""Compressed files and archives: unpacked, bounded, into a folder that is not the user's."""

import bz2
import gzip
import lzma
import re
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from studio.core.decisions import ReadingDecision
from studio.core.errors import DatasetError
from studio.data.files.archive_members import MemberChoice, choose_member
from studio.data.files.cache import Cache, cache_key
from studio.data.files.text_files import read_head, refuse_decompression_bomb

SUFFIXES = (".gz", ".bz2", ".xz", ".zst", ".lz4", ".zip", ".tar", ".tgz", ".tbz2", ".txz")
_SIGNATURES = (
    (b"\x1f\x8b", "gzip"), (b"BZh", "bz2"), (b"\xfd7zXZ\x00", "xz"), (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x04\x22\x4d\x18", "lz4"), (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"),
)  # fmt: skip
_UNREADABLE = ((b"7z\xbc\xaf\x27\x1c", "a 7z archive"), (b"Rar!\x1a\x07", "a RAR archive"),
               (b"\x1f\x9d", "a file of the old compress"))  # fmt: skip
_BZ2_BLOCKS = (b"1AY&SY", b"\x17rE8P\x90")
_TAR_AT, _TAR = 257, b"ustar"
_TAR_OF = {".tgz": ".tar", ".tbz2": ".tar", ".txz": ".tar"}
_HEAD_BYTES = 512
_CHUNK = 1 << 22
_DAMAGED = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError,
            NotImplementedError, RuntimeError, ValueError)  # fmt: skip
_UNSAFE = re.compile(r'[\x00-\x1f<>:"|?*\\/]')


@dataclass(frozen=True)
class Unpacked:
    """A file that was unpacked.

    Attributes:
        path: Where it is, with the name that it has inside.
        decisions: Which member of an archive it is.
        member: The setting `member` as far as it does not name a member of this archive.
    """

    path: Path
    decisions: tuple[ReadingDecision, ...]
    member: str | None


def compression_of(path: Path) -> str | None:
    """How a file is compressed, by its first bytes: "gzip", "zip", "tar", ...; None if it is not.

    Raises:
        DatasetError: It cannot be read, or is compressed in a way that is not supported.
    """
    head = read_head(path, _HEAD_BYTES)
    for mark, what in _UNREADABLE:
        if head.startswith(mark):
            raise DatasetError(
                f"is {what}", where=path.name, remedy="Unpack it, or pack it as .zip or .gz"
            )
    if head[_TAR_AT : _TAR_AT + len(_TAR)] == _TAR:
        return "tar"
    if head.startswith(b"BZh") and head[4:10] not in _BZ2_BLOCKS:
        return None
    return next((name for mark, name in _SIGNATURES if head.startswith(mark)), None)


@contextmanager
def unpacked(
    path: Path, member: str | None, suffixes: Collection[str], cache: Cache | None
) -> Iterator[Unpacked]:
    """Unpacks a compressed file, or a member of an archive with its TRAIN or TEST counterpart.

    What is unpacked is in the cache, or in a folder that is removed at the end.

    Args:
        path: The compressed file.
        member: The setting `member`.
        suffixes: Suffixes of the files that can be read.
        cache: Where to unpack it, or None.

    Raises:
        DatasetError: It is damaged, encrypted, holds no data, or unpacks to far more than its
            size.
        SpecError: There is no such member.
    """
    kind = compression_of(path)
    archive = kind in {"zip", "tar"}
    choice = _choice(path, kind, member, suffixes) if archive else _inside(path, member)

    def fill(folder: Path) -> None:
        _unpack(path, kind or "", choice, folder)

    if cache is not None:
        key = cache_key([path], "unpacked", *choice.names)
        folder = cache.entry(key) or cache.make(key, fill)
        yield _found(folder, choice)
        return
    with tempfile.TemporaryDirectory(prefix="gate-studio-") as folder_name:
        fill(Path(folder_name))
        yield _found(Path(folder_name), choice)


def _found(folder: Path, choice: MemberChoice) -> Unpacked:
    return Unpacked(folder / _safe_name(choice.names[0]), choice.decisions, choice.member)


def _inside(path: Path, member: str | None) -> MemberChoice:
    """The name of what a compressed file holds."""
    suffix = path.suffix.lower()
    name = path.stem + _TAR_OF.get(suffix, "") if suffix in SUFFIXES else path.name
    return MemberChoice((name,), (), member)


def _safe_name(name: str) -> str:
    """The last part of a member's name, which cannot lead out of a folder."""
    last = _UNSAFE.sub("_", PurePosixPath(name.replace("\\", "/")).name).strip(". ")
    return last[-150:] or "data"


def _choice(
    path: Path, kind: str | None, member: str | None, suffixes: Collection[str]
) -> MemberChoice:
    with _reading(path, kind):
        sizes = _zip_sizes(path) if kind == "zip" else _tar_sizes(path)
    return choose_member(path.name, sizes, member, {*suffixes, *SUFFIXES})


@contextmanager
def _reading(path: Path, kind: str | None) -> Iterator[None]:
    """Turns what damaged files raise into a message."""
    try:
        yield
    except DatasetError:
        raise
    except _DAMAGED as error:
        is_encrypted = "encrypted" in str(error) or "password" in str(error)
        what = "is encrypted" if is_encrypted else "is not a complete compressed file"
        if kind == "zip" and not is_encrypted:
            what = "begins like a ZIP archive or an Excel workbook, but is not complete"
        remedy = "Pack it without a password" if is_encrypted else "Compress it again"
        raise DatasetError(what, where=path.name, remedy=remedy) from None


def _zip_sizes(path: Path) -> dict[str, int]:
    with zipfile.ZipFile(path) as archive:
        return {info.filename: info.file_size for info in archive.infolist() if not info.is_dir()}


def _tar_sizes(path: Path) -> dict[str, int]:
    with tarfile.open(path, "r:") as archive:
        return {info.name: info.size for info in archive if info.isfile()}


def _unpack(path: Path, kind: str, choice: MemberChoice, folder: Path) -> None:
    total = 0
    with _reading(path, kind):
        for name in choice.names:
            with _opened(path, kind, name) as source, (folder / _safe_name(name)).open("wb") as to:
                while piece := source.read(_CHUNK):
                    total += len(piece)
                    refuse_decompression_bomb(total, path)
                    to.write(piece)
    if not total:
        raise DatasetError("is empty", where=path.name, remedy="Choose a file that holds data")


_OPENERS: dict[str, Callable[[Path], Any]] = {"gzip": gzip.open, "bz2": bz2.open, "xz": lzma.open}


@contextmanager
def _opened(path: Path, kind: str, name: str) -> Iterator[IO[bytes]]:
    if kind == "zip":
        with zipfile.ZipFile(path) as archive, archive.open(name) as file:
            yield file
    elif kind == "tar":
        with tarfile.open(path, "r:") as tar:
            member = tar.extractfile(name)
            if member is None:
                raise ValueError(name)
            with member:
                yield member
    elif kind in _OPENERS:
        with _OPENERS[kind](path) as stream:
            yield stream
    else:
        import pyarrow as pa  # the others are not in the standard library

        with pa.OSFile(str(path)) as raw, pa.CompressedInputStream(raw, kind) as stream:
            yield stream
