"""Which files of a folder form the dataset: those of the commonest kind that can be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from studio.core.decisions import ReadingDecision, set_by_user
from studio.core.errors import DatasetError
from studio.core.notes import DataNote, FilesLeftOut
from studio.core.specs.dataset_spec import FileDataset
from studio.data.collections.train_test_pairs import find_pair, stem_of
from studio.data.files.folders import FolderFile, list_files, part_named, placed_files
from studio.data.files.text_files import read_head
from studio.data.folders.file_labels import Kind
from studio.data.folders.file_patterns import ALL, FilePatterns, pattern_for
from studio.data.formats import corpus, fasta, lines
from studio.data.transform.audio import SUFFIXES as AUDIO_SUFFIXES

_PROSE = frozenset({".txt", ".text"})
_TABLES = frozenset(
    {".csv", ".tsv", ".tab", ".dat", ".xlsx", ".xlsm", ".parquet", ".pq", ".arrow", ".feather",
     ".jsonl", ".ndjson", ".npy"}
)  # fmt: skip
_ALONE = frozenset({".npz", ".mat", ".ts", ".arff", ".txt", ".json"})
_COMPRESSIONS = frozenset({".gz", ".xz", ".zst", ".bz2"})
_MOST_LOOSE, _LOOSE_SHARE = 3, 0.1
_FEWEST_SETS = 2
_FILES = "files"
_LIKELY, _UNSURE = 0.9, 0.7


@dataclass(frozen=True)
class ChosenFiles:
    """The files that are read as one dataset.

    Attributes:
        name: The dataset's name.
        files: The files; one that stands for others where a format finds these itself.
        kind: What they hold; None for a single file, which is read like any other.
        decisions: Why these files.
        notes: What was left out.
    """

    name: str
    files: tuple[FolderFile, ...]
    kind: Kind | None
    decisions: tuple[ReadingDecision, ...] = ()
    notes: tuple[DataNote, ...] = ()

    @property
    def paths(self) -> tuple[Path, ...]:
        return tuple(file.path for file in self.files)


@dataclass(frozen=True)
class _Listing:
    name: str
    files: list[FolderFile]
    decisions: tuple[ReadingDecision, ...] = ()


def choose_files(folder: Path, spec: FileDataset) -> ChosenFiles:
    """The files of a folder, and of the folder with its test set beside it, that form a dataset.

    Raises:
        DatasetError: It holds nothing that can be read, or several datasets.
        SpecError: No file fits the setting files.
    """
    listing = _listed(folder, spec)
    alone = _file_that_stands_alone(folder, listing.files)
    if alone is not None:
        one = next(file for file in listing.files if file.path == alone)
        return ChosenFiles(listing.name, (one,), None, listing.decisions)
    kind, files = _commonest(folder, listing.files)
    notes = _left_out(listing.files, files)
    files, decisions = _named_as_sets(files, spec) or _without_loose(files, spec)
    return ChosenFiles(
        listing.name,
        tuple(files),
        kind,
        (*listing.decisions, *decisions),
        notes,
    )


def _listed(folder: Path, spec: FileDataset) -> _Listing:
    patterns = FilePatterns.of(spec.files)
    set_files = () if spec.files is None else (set_by_user(_FILES, spec.files),)
    beside = _parts_beside(folder, patterns)
    if beside:
        files = _of_parts(folder, beside, patterns)
        if files is not None:
            return _Listing(folder.resolve().parent.name, files,
                            set_files or (_told(folder, beside),))  # fmt: skip
    if patterns is None:
        return _Listing(folder.name or str(folder), list_files(folder), set_files)
    if part_named(folder.name):  # the folder of the other set is not there, or not asked for
        patterns = patterns.within(folder.name)
    named = patterns.named_files(folder)
    if named is not None:
        found = [(path, path.relative_to(folder).parts[:-1]) for path in named]
        return _Listing(folder.name, placed_files(found), set_files)
    listed = list_files(folder, patterns.may_be_in)
    root = folder.resolve()
    files = [file for file in listed if patterns.fits(file.path.relative_to(root).as_posix())]
    if not files:
        raise patterns.nothing_fits(folder)
    return _Listing(folder.name, files, set_files)


def _parts_beside(folder: Path, patterns: FilePatterns | None) -> list[Path]:
    """The folders of the other sets beside one named train, validation or test."""
    part, own = part_named(folder.name), folder.name
    is_inside = patterns is not None and not any(
        pattern.startswith(f"{own}/") for pattern in patterns.patterns
    )
    if not part or is_inside:
        return []
    try:
        beside = sorted(at for at in folder.resolve().parent.iterdir() if at.is_dir())
    except OSError:
        return []
    others = [at for at in beside if part_named(at.name) not in {"", part}]
    parts = {part, *(part_named(at.name) for at in others)}
    return others if "train" in parts and not any(at.is_symlink() for at in others) else []


def _of_parts(
    folder: Path, beside: Sequence[Path], patterns: FilePatterns | None
) -> list[FolderFile] | None:
    """The files of all sets, or None where the folders beside it add nothing."""
    own = [file._replace(part=part_named(folder.name)) for file in _inner(folder)]
    others = [
        file._replace(part=part_named(other.name)) for other in beside for file in _inner(other)
    ]
    if patterns is not None:
        root = folder.resolve().parent
        own, others = (
            [file for file in files if patterns.fits(file.path.relative_to(root).as_posix())]
            for files in (own, others)
        )
        return [*own, *others] if own else None
    kinds = {file.path.suffix.lower() for file in own}
    return [*own, *others] if kinds & {file.path.suffix.lower() for file in others} else None


def _inner(folder: Path) -> list[FolderFile]:
    return [file for file in list_files(folder) if not file.part]


def _told(folder: Path, beside: Sequence[Path]) -> ReadingDecision:
    names = [folder.name, *(other.name for other in beside)]
    verb = "stands" if len(beside) == 1 else "stand"
    listed = " and ".join(other.name for other in beside)
    return ReadingDecision(
        _FILES,
        ",".join(f"{pattern_for(name)}/*" for name in names),
        _LIKELY,
        f"{listed} {verb} beside the folder {folder.name}",
        (f"{pattern_for(folder.name)}/*",),
    )


def _file_that_stands_alone(folder: Path, files: Sequence[FolderFile]) -> Path | None:
    """The file that stands for a folder: one of a pair or of its classes, or its only one.

    Raises:
        DatasetError: It holds several datasets.
    """
    top = [file.path for file in files if not file.levels and not file.part]
    if len(files) == 1:
        return top[0] if top and _is_data(top[0]) else None
    pairs = [pair for path in top if (pair := find_pair(path)) is not None]
    train = sorted({pair[0] for pair in pairs}, key=lambda path: path.suffix.lower() != ".ts")
    by_class = [path for path in top if lines.recognises(path, b"")]
    rest = [path for path in top if _is_data(path) and path not in by_class]
    if not train and not by_class:
        return rest[0] if len(top) == len(files) and len(rest) == 1 else None
    candidates = train or by_class
    stems = {stem_of(path) for path in (*candidates, *(by_class if train else rest))}
    if len(stems) > 1:
        raise DatasetError(
            f"holds several datasets: {', '.join(sorted(stems)[:4])}",
            where=folder.name,
            remedy="Choose one of its files",
        )
    return candidates[0]


def _is_data(path: Path) -> bool:
    return _suffix(path.name) in _TABLES | _ALONE or _is_letters(path.name)


def _suffix(name: str) -> str:
    """The suffix in lower case, without that of a compression."""
    path = PurePosixPath(name)
    if path.suffix.lower() in _COMPRESSIONS:
        path = PurePosixPath(path.stem)
    return path.suffix.lower()


def _is_letters(name: str) -> bool:
    bare = PurePosixPath(name.removesuffix(".gz")).suffix.lower()
    return bare in fasta.FORMAT.suffixes


def _commonest(folder: Path, files: Sequence[FolderFile]) -> tuple[Kind, list[FolderFile]]:
    by_kind: dict[Kind, list[FolderFile]] = {"audio": [], "numbers": [], "letters": [], "text": []}
    prose: list[FolderFile] = []
    for file in files:
        suffix = file.path.suffix.lower()
        if suffix in AUDIO_SUFFIXES:
            by_kind["audio"].append(file)
        elif suffix in _PROSE or not suffix:
            prose.append(file)
        elif _is_letters(file.path.name):
            by_kind["letters"].append(file)
        elif _suffix(file.path.name) in _TABLES | _PROSE:
            by_kind["numbers"].append(file)
    if _are_texts(prose):
        by_kind["text"] += prose
    else:
        by_kind["numbers"] += [file for file in prose if file.path.suffix]
    kind: Kind = max(by_kind, key=lambda at: len(by_kind[at]))
    if not by_kind[kind]:
        raise nothing_readable(folder, files)
    return kind, by_kind[kind]


def _are_texts(files: Sequence[FolderFile]) -> bool:
    """Whether text files hold prose rather than numbers, as far as three of them show."""
    sample = [file.path for file in files if file.path.suffix][:: max(1, len(files) // 3)][:3]
    if not sample:
        return True
    return any(_is_prose(path) for path in sample)


def _is_prose(path: Path) -> bool:
    try:
        return corpus.recognises(path, read_head(path, 1 << 16))
    except DatasetError:
        return True


def nothing_readable(folder: Path, files: Sequence[FolderFile]) -> DatasetError:
    """The error for a folder that holds nothing to read as one dataset."""
    names = ", ".join(file.path.name for file in files[:3]) or "no files"
    return DatasetError(
        f"holds {names}, which cannot be read as one dataset",
        where=folder.name,
        remedy="Choose one file, or a folder with a subfolder of recordings or texts for each "
        "class",
    )


def _named_as_sets(
    files: list[FolderFile], spec: FileDataset
) -> tuple[list[FolderFile], tuple[ReadingDecision, ...]] | None:
    """Files that are themselves named train, validation and test, or None where they are not."""
    if any(file.levels or file.part for file in files):
        return None
    placed = [file._replace(part=part_named(file.path.stem)) for file in files]
    sets = [file for file in placed if file.part]
    parts = {file.part for file in sets}
    if "train" not in parts or len(parts) < len(sets) or len(sets) < _FEWEST_SETS:
        return None
    if spec.files is not None or len(sets) == len(files):
        return (sets, ()) if len(sets) == len(files) else None
    value = ",".join(pattern_for(file.name) for file in sets)
    evidence = f"{' and '.join(file.name for file in sets)} are named as the sets of a split"
    return sets, (ReadingDecision(_FILES, value, _LIKELY, evidence, (ALL,)),)


def _without_loose(
    files: list[FolderFile], spec: FileDataset
) -> tuple[list[FolderFile], tuple[ReadingDecision, ...]]:
    """The files without a few, such as a list of labels, that stand outside the class folders."""
    loose = [file for file in files if not file.levels]
    few = 0 < len(loose) <= max(_MOST_LOOSE, _LOOSE_SHARE * len(files))
    if spec.files is not None or not few or len(loose) * 2 >= len(files):
        return files, ()
    are = "is" if len(loose) == 1 else f"and {len(loose) - 1} more files are"
    decision = ReadingDecision(
        _FILES,
        "*/*",
        _UNSURE,
        f"{loose[0].path.name} {are} outside the folders of the others and left out",
        (ALL,),
    )
    return [file for file in files if file.levels], (decision,)


def _left_out(files: Sequence[FolderFile], read: Sequence[FolderFile]) -> tuple[DataNote, ...]:
    paths = {file.path for file in read}
    others = [file for file in files if file.path not in paths]
    return (FilesLeftOut(len(others), others[0].name),) if others else ()
