"""A folder as a dataset: a TRAIN/TEST pair, classes in subfolders, classes in files."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from studio.core.datasets import FileDataset
from studio.core.errors import DatasetError
from studio.data.audio import SUFFIXES as AUDIO_SUFFIXES
from studio.data.cache import Cache
from studio.data.dataset import Column, Dataset, ExampleSet
from studio.data.folders import Leaf, commonest_suffix, leaves_of
from studio.data.formats import fasta, lines
from studio.data.labels import classes_of_text
from studio.data.pairs import pair_of, stem_of
from studio.data.reading import read_head, read_text
from studio.data.recordings import listing_of_folder, read_recordings
from studio.data.symbols import Origin, are_given, text_examples

_TEXT_SUFFIXES = frozenset({".txt", ".text", ""})
_LARGEST_TEXT = 10_000_000
_DATA = frozenset(
    {".npy", ".npz", ".parquet", ".pq", ".arrow", ".feather", ".mat", ".ts", ".arff", ".csv",
     ".tsv", ".tab", ".dat", ".jsonl", ".ndjson", ".txt", ".xlsx", ".xlsm",
     *fasta.FORMAT.suffixes}
)  # fmt: skip


def dataset_in(
    folder: Path,
    spec: FileDataset,
    cache: Cache | None,
    load_file: Callable[[Path], Dataset],
) -> Dataset:
    """Reads a folder.

    Raises:
        DatasetError: It holds nothing that is known, or several datasets.
    """
    chosen = file_in(folder)
    if chosen is not None:
        return load_file(chosen)
    leaves = _known(folder)
    suffix = commonest_suffix(leaves)
    if suffix in AUDIO_SUFFIXES:
        return read_recordings(listing_of_folder(folder, leaves), spec, cache)
    if suffix in _TEXT_SUFFIXES:
        return _texts(folder, [leaf for leaf in leaves if leaf.label], spec)
    return _sequences(folder, leaves, spec)


def files_in(folder: Path) -> tuple[Path, ...]:
    """The files that `dataset_in` reads, in order of name.

    Raises:
        DatasetError: It holds nothing that is known.
    """
    chosen = file_in(folder)
    return (chosen,) if chosen is not None else tuple(leaf.path for leaf in _known(folder))


def file_in(folder: Path) -> Path | None:
    """The file that stands for a whole folder: one of a pair, of its classes, or the only one.

    Raises:
        DatasetError: It holds several datasets.
    """
    leaves = leaves_of(folder)
    top = [leaf.path for leaf in leaves if not leaf.label and not leaf.part]
    pairs = [pair for path in top if (pair := pair_of(path)) is not None]
    train = sorted({pair[0] for pair in pairs}, key=lambda path: path.suffix.lower() != ".ts")
    by_class = [path for path in top if lines.recognises(path, b"")]
    rest = [path for path in top if path.suffix.lower() in _DATA and path not in by_class]
    if not train and not by_class:
        return rest[0] if len(top) == len(leaves) and len(rest) == 1 else None
    found = train or by_class
    stems = {stem_of(path) for path in (*found, *(by_class if train else rest))}
    if len(stems) > 1:
        raise DatasetError(
            f"holds several datasets: {', '.join(sorted(stems)[:4])}",
            where=folder.name,
            remedy="Give one of its files",
        )
    return found[0]


def _known(folder: Path) -> list[Leaf]:
    """The files of the commonest kind that a folder can consist of."""
    leaves = leaves_of(folder)
    audio = [leaf for leaf in leaves if leaf.path.suffix.lower() in AUDIO_SUFFIXES]
    text = [leaf for leaf in leaves if leaf.label and leaf.path.suffix.lower() in _TEXT_SUFFIXES]
    letters = [leaf for leaf in leaves if _stem(leaf.path) != leaf.path.name]
    found = max(audio, text, letters, key=len)
    if not found:
        names = ", ".join(leaf.path.name for leaf in leaves[:3]) or "nothing"
        raise DatasetError(
            f"is a folder that holds {names}",
            where=folder.name,
            remedy="Give one file of it, or a folder with a folder of recordings or texts for "
            "each class",
        )
    return found


def _stem(path: Path) -> str:
    """The name without the endings of FASTA files."""
    name = path.name.removesuffix(".gz")
    suffix = Path(name).suffix.lower()
    return Path(name).stem if suffix in fasta.FORMAT.suffixes else path.name


def _texts(folder: Path, leaves: list[Leaf], spec: FileDataset) -> ExampleSet:
    notes: list[str] = []
    texts = []
    for leaf in leaves:
        if leaf.path.stat().st_size > _LARGEST_TEXT:
            raise DatasetError(
                "is larger than 10 MB", where=leaf.path.name, remedy="Cut it into examples"
            )
        data = read_text(leaf.path, spec.encoding, any_line=True)
        notes += data.notes
        texts.append(data.data.decode().strip())
    columns = (Column("text", "feature", "text"), Column("class", "label", "text"))
    labels = classes_of_text(np.array([leaf.label for leaf in leaves], dtype=str))
    origin = Origin(folder.name, folder.name, columns)
    made = text_examples(texts, labels, origin, spec.tokens).with_notes(notes[:1])
    parts = np.array([leaf.part == "test" for leaf in leaves])[are_given(texts)]
    return replace(made, in_test=parts) if _is_divided(leaves) else made


def _sequences(folder: Path, leaves: list[Leaf], spec: FileDataset) -> ExampleSet:
    sets = []
    for leaf in leaves:
        read_head(leaf.path)
        sets.append((leaf.label or _stem(leaf.path), fasta.read(leaf.path, spec)))
    made = fasta.labelled_by_file(sets, folder.name, folder.name)
    if not _is_divided(leaves):
        return made
    counts = [len(each) for _, each in sets]
    return replace(made, in_test=np.repeat([leaf.part == "test" for leaf in leaves], counts))


def _is_divided(leaves: list[Leaf]) -> bool:
    """Whether folders named train and test give the parts."""
    return {leaf.part for leaf in leaves} == {"train", "test"}
