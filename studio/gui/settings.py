"""What the window remembers between starts, as one small JSON file."""

import json
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

ThemeChoice = Literal["system", "light", "dark"]
THEME_CHOICES: tuple[ThemeChoice, ...] = ("system", "light", "dark")
_MOST_RECENT = 10


class _Stored(BaseModel):
    model_config = ConfigDict(extra="ignore")

    theme: ThemeChoice = "system"
    window_size: tuple[int, int] = (1440, 900)
    recent: tuple[str, ...] = ()
    last_folder: str = ""


class Settings:
    """Theme, window size, recent files; a damaged file gives the defaults.

    Args:
        folder: The configuration folder.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "window.json"
        stored = _read(self._path)
        self.theme: ThemeChoice = stored.theme
        self.window_size = stored.window_size
        self.last_folder = stored.last_folder or str(Path.home())
        self._recent = list(stored.recent)

    def recent_paths(self) -> list[Path]:
        """Files that were opened and are still there, the newest first."""
        return [path for text in self._recent if (path := Path(text)).exists()]

    def remember(self, path: Path) -> None:
        """Notes a file that was opened."""
        text = str(path.resolve())
        self._recent = [text, *(each for each in self._recent if each != text)][:_MOST_RECENT]
        self.last_folder = str(path.resolve().parent)
        self.save()

    def save(self) -> None:
        """Writes the file, whole or not at all; what cannot be written is not remembered."""
        stored = _Stored(
            theme=self.theme,
            window_size=self.window_size,
            recent=tuple(self._recent),
            last_folder=self.last_folder,
        )
        new = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            new.write_text(stored.model_dump_json(indent=1), encoding="utf-8")
            new.replace(self._path)
        except OSError:
            new.unlink(missing_ok=True)


def _read(path: Path) -> _Stored:
    try:
        return _Stored.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError):
        return _Stored()
