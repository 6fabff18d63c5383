"""From a spec to a dataset, and the files that it was read from."""

import hashlib
import os
from dataclasses import replace
from pathlib import Path

from studio.core.errors import DatasetError
from studio.core.record import EMBED_LIMIT, SourceFile
from studio.core.spec import DatasetSpec, FileDataset, GeneratedDataset
from studio.data.dataset import Dataset, ExampleSet
from studio.data.formats import format_of
from studio.data.generators import generate
from studio.data.pairs import join, pair_of, stem_of
from studio.data.reading import read_head

_CHUNK = 1 << 22


def load(spec: DatasetSpec) -> Dataset:
    """Reads a file, or runs a generator.

    A TRAIN/TEST pair of examples is read together, whichever of the two is given.

    Raises:
        DatasetError: The file cannot be read; the message names the place.
        SpecError: A setting of the reader or of the generator is wrong.
    """
    if isinstance(spec, GeneratedDataset):
        return generate(spec)
    path = Path(spec.path)
    pair = pair_of(path)
    dataset = _read(path, spec)
    if pair is None or not isinstance(dataset, ExampleSet):
        return dataset
    train, test = (dataset if part == path else _read(part, spec) for part in pair)
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
    paths = pair_of(path) or (path,)
    for each in paths:
        read_head(each, 1)
    embed = sum(each.stat().st_size for each in paths) <= embed_limit
    return tuple(_source_file(each, embed=embed) for each in paths)


def _read(path: Path, spec: FileDataset) -> Dataset:
    return format_of(path).read(path, spec)


def _source_file(path: Path, *, embed: bool) -> SourceFile:
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
        name=path.name,
        path=str(path.resolve()),
        size=status.st_size,
        mtime_ns=status.st_mtime_ns,
        sha256=digest.hexdigest(),
        content=b"".join(chunks) if embed else None,
    )
