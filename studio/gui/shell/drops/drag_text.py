"""What will happen with the files that are dragged over the window, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import DatasetError
from studio.data.formats import format_of, known_suffixes
from studio.data.transform.audio import SUFFIXES as AUDIO_SUFFIXES
from studio.runs.stored.foreign_models import SUFFIXES as MODEL_SUFFIXES

_OF_ITS_OWN = {".gates": "session", ".toml": "experiment"}


@dataclass(frozen=True)
class DragText:
    """What the window says while something is dragged over it.

    Attributes:
        text: The sentence, without a full stop.
        is_readable: Whether a drop opens something, as far as names and first bytes show.
    """

    text: str
    is_readable: bool = True


def drag_text(paths: Sequence[Path]) -> DragText:
    """What a drop of these files and folders does."""
    if len(paths) == 1:
        return _one(paths[0])
    others = sorted({_OF_ITS_OWN[at.suffix] for at in paths if at.suffix in _OF_ITS_OWN})
    if others:
        return DragText(f"Drop to choose one of {len(paths)} files to open")
    if not any(map(_has_known_suffix, paths)):
        return DragText(f"None of the {len(paths)} files can be read", is_readable=False)
    what = "folders" if all(path.is_dir() for path in paths) else "files"
    return DragText(f"Drop to read {len(paths)} {what} as one dataset or one of them")


def _one(path: Path) -> DragText:
    kind = _OF_ITS_OWN.get(path.suffix)
    if kind is not None:
        return DragText(f"Drop to open the {kind} {path.name}")
    if path.suffix.lower() in MODEL_SUFFIXES:
        return DragText(f"Drop to see the gates of the model {path.name}")
    if path.is_dir():
        return DragText(f"Drop to read the folder {path.name} as a dataset")
    if path.suffix.lower() in AUDIO_SUFFIXES:
        text = f"{path.name} is a single recording: drop its folder, or several recordings"
        return DragText(text, is_readable=False)
    try:
        found = format_of(path)
    except DatasetError as error:
        return DragText(f"{path.name} cannot be read: it {error.what}", is_readable=False)
    return DragText(f"Drop to read {path.name} as a dataset ({found.label})")


def _has_known_suffix(path: Path) -> bool:
    suffix = path.suffix.lower()
    return path.is_dir() or suffix in known_suffixes()
