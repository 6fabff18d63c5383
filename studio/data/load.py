"""From a spec to a dataset, and the files that it was read from."""

import hashlib
import os
from dataclasses import replace
from pathlib import Path

from studio.core.errors import DatasetError
from studio.core.record import EMBED_LIMIT, SourceFile
from studio.core.spec import DatasetSpec, FileDataset, GeneratedDataset
from studio.data.cache import Cache
from studio.data.dataset import Dataset, ExampleSet
from studio.data.folder_formats import dataset_in, files_in
from studio.data.formats import format_of
from studio.data.generators import generate
from studio.data.pairs import join, pair_of, stem_of
from studio.data.reading import read_head
from studio.data.resampling import resampled

_CHUNK = 1 << 22


def load(spec: DatasetSpec, cache: Cache | None = None) -> Dataset:
    """Reads a file or a folder, or runs a generator.

    A TRAIN/TEST pair of examples is read together, whichever of the two is given.

    Args:
        spec: The dataset.
        cache: Where what takes long to compute is kept; its progress is told how far reading is.

    Raises:
        DatasetError: The file cannot be read; the message names the place.
        SpecError: A setting of the reader or of the generator is wrong.
    """
    if isinstance(spec, GeneratedDataset):
        return generate(spec)
    path = Path(spec.path)
    if _is_folder(path):
        found = dataset_in(path, spec, cache, lambda file: _load_file(file, spec, cache))
    else:
        found = _load_file(path, spec, cache)
    return found if spec.resample is None else resampled(found, spec.resample)


def _load_file(path: Path, spec: FileDataset, cache: Cache | None) -> Dataset:
    pair = pair_of(path)
    dataset = _read(path, spec, cache)
    if pair is None or not isinstance(dataset, ExampleSet):
        return dataset
    train = dataset if pair[0] == path else _read(pair[0], spec, cache)
    alike = spec if train.tokens is None else spec.model_copy(update={"tokens": train.tokens})
    test = dataset if pair[1] == path and alike == spec else _read(pair[1], alike, cache)
    if not isinstance(train, ExampleSet) or not isinstance(test, ExampleSet):
        raise DatasetError(
            "are not two parts of one dataset",
            where=f"{pair[0].name} and {pair[1].name}",
            remedy="Rename one of them to read them apart",
        )
    named_by_file = train.name == pair[0].stem
    return replace(join(train, test), name=stem_of(path) if named_by_file else train.name)


def source_files(spec: DatasetSpec, embed_limit: int = EMBED_LIMIT) -> tuple[SourceFile, ...]:
    """The files of a dataset with their hashes; none for generated data.

    Args:
        spec: The dataset.
        embed_limit: Bytes; the content is kept where all files together are no larger.

    Raises:
        DatasetError: A file cannot be read.
    """
    if not isinstance(spec, FileDataset):
        return ()
    path = Path(spec.path)
    root, paths = path.parent, _files_of(path, spec)
    if _is_folder(path):
        root = path.resolve().parent
    for each in paths:
        read_head(each, 1)
    embed = sum(each.stat().st_size for each in paths) <= embed_limit
    return tuple(_source_file(each, _name_in(root, each), embed=embed) for each in paths)


def _files_of(path: Path, spec: FileDataset) -> tuple[Path, ...]:
    if _is_folder(path):
        [first, *others] = files_in(path)
        return (first, *others) if others else _files_of(first, spec)
    read_head(path, 1)
    return pair_of(path) or format_of(path).files(path, spec)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _name_in(root: Path, path: Path) -> str:
    """The path of a file relative to the folder that holds all files of its dataset."""
    for folder, file in ((root, path), (root.resolve(), path.resolve())):
        if file.is_relative_to(folder):
            return file.relative_to(folder).as_posix()
    return path.name


def _read(path: Path, spec: FileDataset, cache: Cache | None) -> Dataset:
    found = format_of(path)
    if cache is not None and found.read_cached is not None:
        return found.read_cached(path, spec, cache)
    return found.read(path, spec)


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
