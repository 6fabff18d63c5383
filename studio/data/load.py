"""Loads the dataset of a spec, and lists its source files."""

import hashlib
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from studio.core.errors import DatasetError, SpecError, UserError
from studio.core.plugins import blaming
from studio.core.results.record import EMBED_LIMIT, SourceFile
from studio.core.specs.comparison_spec import DatasetSpec, FileDataset, GeneratedDataset
from studio.core.system.memory import available_memory, gigabytes
from studio.data.collections.train_test_pairs import find_pair, join_pair, stem_of
from studio.data.dataset import Dataset, ExampleSet
from studio.data.files.cache import Cache
from studio.data.files.compressed import unpacked
from studio.data.files.text_files import read_head
from studio.data.formats import PLUGIN_FORMATS, format_of, is_packed, known_suffixes
from studio.data.generators import generate
from studio.data.load_folder import files_in, load_folder
from studio.data.transform.resampling import resample

_CHUNK = 1 << 22
_log = logging.getLogger(__name__)
_MOST_PACKED = 3


def load(spec: DatasetSpec, cache: Cache | None = None) -> Dataset:
    """Reads a file or a folder, or runs a generator.

    A TRAIN/TEST pair of examples is read together, whichever of the two files is given.

    Args:
        spec: The dataset.
        cache: Keeps results that are slow to compute; its progress is called while reading.

    Raises:
        DatasetError: The file cannot be read; the message names the place.
        SpecError: A setting of the reader or the generator is wrong.
    """
    if isinstance(spec, GeneratedDataset):
        return generate(spec)
    path = Path(spec.path)
    if _is_folder(path):
        dataset = load_folder(path, spec, cache, lambda file: _load_file(file, spec, cache))
    else:
        dataset = _load_file(path, spec, cache)
    _refuse_lost_statics(dataset, spec)
    return dataset if spec.resample is None else resample(dataset, spec.resample)


def _refuse_lost_statics(dataset: Dataset, spec: FileDataset) -> None:
    if spec.static_columns and not dataset.statics:
        raise SpecError(
            "only the sequences of one long table have static columns, but this is read otherwise",
            where="static",
            remedy="Leave it out, or set the column that tells the sequences apart (id)",
        )
    if spec.static_columns and spec.resample:
        raise SpecError(
            "a table with static columns is not resampled",
            where="static",
            remedy="Leave one of them out",
        )


def _load_file(path: Path, spec: FileDataset, cache: Cache | None, packed: int = 0) -> Dataset:
    if is_packed(path):
        return _load_packed(path, spec, cache, packed + 1)
    pair = _pair_of(path, spec)
    dataset = _read(path, spec, cache)
    if pair is None or not isinstance(dataset, ExampleSet):
        return dataset
    train = dataset if pair[0] == path else _read(pair[0], spec, cache)
    alike = spec if train.tokens is None else spec.model_copy(update={"tokens": train.tokens})
    test = dataset if pair[1] == path and alike == spec else _read(pair[1], alike, cache)
    if not isinstance(train, ExampleSet) or not isinstance(test, ExampleSet):
        raise DatasetError(
            "are not the two sets of one dataset",
            where=f"{pair[0].name} and {pair[1].name}",
            remedy="Rename one of them to read them separately",
        )
    named_by_file = train.name == pair[0].stem
    return replace(join_pair(train, test), name=stem_of(path) if named_by_file else train.name)


def _load_packed(path: Path, spec: FileDataset, cache: Cache | None, packed: int) -> Dataset:
    """Reads what a compressed file or an archive holds, which may be packed again."""
    if packed > _MOST_PACKED:
        raise DatasetError(
            "holds archives within archives", where=path.name, remedy="Unpack it and choose a file"
        )
    suffixes = set(known_suffixes())
    with (
        _guarded(path, "cannot be unpacked: it is damaged", "Pack it again"),
        unpacked(path, spec.member, suffixes, cache) as inner,
    ):
        rest = spec.model_copy(update={"member": inner.member})
        dataset = _load_file(inner.path, rest, cache, packed)
    return replace(dataset, decisions=(*inner.decisions, *dataset.decisions))


def source_files(spec: DatasetSpec, embed_limit: int = EMBED_LIMIT) -> tuple[SourceFile, ...]:
    """The source files of a dataset with their hashes; none for generated data.

    Args:
        spec: The dataset.
        embed_limit: Bytes; the content is included if all files together are no larger.

    Raises:
        DatasetError: A file cannot be read.
    """
    if not isinstance(spec, FileDataset):
        return ()
    path = Path(spec.path)
    root, paths = path.parent, _files_of(path, spec)
    if _is_folder(path):
        root = path.resolve().parent
    for file in paths:
        read_head(file, 1)
    embed = sum(file.stat().st_size for file in paths) <= embed_limit
    return tuple(_source_file(file, _name_in(root, file), embed=embed) for file in paths)


def _files_of(path: Path, spec: FileDataset) -> tuple[Path, ...]:
    if _is_folder(path):
        [first, *others] = files_in(path, spec)
        return (first, *others) if others else _files_of(first, spec)
    if is_packed(path):
        return (path,)
    return _pair_of(path, spec) or format_of(path).files(path, spec)


def _pair_of(path: Path, spec: FileDataset) -> tuple[Path, Path] | None:
    """The TRAIN and the TEST file, unless the format reads them together itself."""
    pair = find_pair(path)
    is_read_whole = pair is not None and {*pair} <= {*format_of(path).files(path, spec)}
    return None if is_read_whole else pair


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _name_in(root: Path, path: Path) -> str:
    """The path of a file relative to the folder with all files of its dataset."""
    for folder, file in ((root, path), (root.resolve(), path.resolve())):
        if file.is_relative_to(folder):
            return file.relative_to(folder).as_posix()
    return path.name


def _read(path: Path, spec: FileDataset, cache: Cache | None) -> Dataset:
    """Reads one file.

    Raises:
        DatasetError: The file cannot be read.
    """
    file_format = format_of(path)
    damaged = f"cannot be read as {file_format.label}: it is damaged, or of an unknown variety"
    with (
        _guarded(path, damaged, "Save it again, or in another format"),
        blaming(PLUGIN_FORMATS, file_format.name),
    ):
        if cache is not None and file_format.read_cached is not None:
            return file_format.read_cached(path, spec, cache)
        return file_format.read(path, spec)


@contextmanager
def _guarded(path: Path, damaged: str, remedy: str) -> Iterator[None]:
    """Turns whatever goes wrong in a reader into a message; the cause goes to the log.

    Raises:
        DatasetError: With `damaged` for what the reader did not expect.
    """
    try:
        yield
    except UserError:
        raise
    except MemoryError:
        raise DatasetError(
            f"needs more memory than the {gigabytes(available_memory())} that are available",
            where=path.name,
            remedy="Use a part of it, or close other programs",
        ) from None
    except Exception as error:
        if isinstance(error, OSError) and error.strerror:
            raise  # of the system, and clear by itself
        _log.warning("reading %s failed", path.name, exc_info=True)
        raise DatasetError(damaged, where=path.name, remedy=remedy) from error


def _source_file(path: Path, name: str, *, embed: bool) -> SourceFile:
    digest, chunks = hashlib.sha256(), []
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                if embed:
                    chunks.append(chunk)
    except OSError as error:
        raise DatasetError(f"cannot be read: {error.strerror}", where=str(path)) from None
    return SourceFile(
        name=name,
        path=str(path.resolve()),
        size=status.st_size,
        mtime_ns=status.st_mtime_ns,
        sha256=digest.hexdigest(),
        content=b"".join(chunks) if embed else None,
    )
