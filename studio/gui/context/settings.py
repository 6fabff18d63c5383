"""What the window remembers between starts, as one small JSON file."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from studio.paths import resources

if TYPE_CHECKING:
    from studio.core.specs.comparison_spec import MachineSpec
    from studio.runs.workers.parallel import Wanted

ThemeChoice = Literal["system", "light", "dark"]
THEME_CHOICES: tuple[ThemeChoice, ...] = get_args(ThemeChoice)
_MOST_RECENT = 10
_SIZE = (1440, 900)


class Settings:
    """Theme, window size, recent files, where and how to train; what is damaged has its default.

    The first picture of the window waits for this file, so that nothing heavy is imported to
    read it.

    Args:
        folder: The configuration folder.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "window.json"
        stored = _read(self._path)
        theme = stored.get("theme")
        self.theme: ThemeChoice = theme if theme in THEME_CHOICES else "system"
        self.window_size = _size(stored.get("window_size"))
        self.is_maximised = stored.get("maximised") is True
        self.last_folder = _text(stored.get("last_folder")) or str(Path.home())
        self._recent = [path for path in _list(stored.get("recent")) if isinstance(path, str)]
        self._machine = stored.get("machine")
        self._parallel = stored.get("parallel")

    @property
    def machine(self) -> "MachineSpec":
        """Where and with what comparisons are computed that are begun from now on."""
        from pydantic import ValidationError

        from studio.core.specs.comparison_spec import MachineSpec

        try:
            return MachineSpec.model_validate(self._machine or {})
        except ValidationError:
            return MachineSpec()

    @machine.setter
    def machine(self, spec: "MachineSpec") -> None:
        self._machine = spec.model_dump(mode="json")

    @property
    def parallel(self) -> "Wanted | None":
        """How runs are trained: workers, "auto", a cluster, or None for turns."""
        match self._parallel:
            case "auto":
                return "auto"
            case int(count) if count > 1:
                return count
            case {"address": str(address), "certificate": str(certificate)}:
                from studio.runs.workers.certificate import ClusterAddress

                return ClusterAddress(address, Path(certificate))
        return None

    @parallel.setter
    def parallel(self, wanted: "Wanted | None") -> None:
        if wanted is None or isinstance(wanted, int | str):
            self._parallel = wanted
        else:
            self._parallel = {
                "address": wanted.address,
                "certificate": str(wanted.certificate),
            }

    def recent_paths(self) -> list[Path]:
        """Files that were opened and are still there, the newest first."""
        return [path for text in self._recent if (path := Path(text)).exists()]

    def remember(self, path: Path) -> None:
        text = str(path.resolve())
        if path.resolve().is_relative_to(resources().resolve()):
            return  # the program's own examples stand on the start page
        self._recent = [text, *(recent for recent in self._recent if recent != text)][:_MOST_RECENT]
        self.last_folder = str(path.resolve().parent)
        self.save()

    def save(self) -> None:
        """Writes the file, whole or not at all; what cannot be written is not remembered."""
        stored = {
            "theme": self.theme,
            "window_size": self.window_size,
            "maximised": self.is_maximised,
            "last_folder": self.last_folder,
            "recent": self._recent,
            "machine": self._machine,
            "parallel": self._parallel,
        }
        new = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            new.write_text(json.dumps(stored, indent=1), encoding="utf-8")
            new.replace(self._path)
        except OSError:
            new.unlink(missing_ok=True)


def _read(path: Path) -> dict[str, Any]:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stored if isinstance(stored, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _size(value: object) -> tuple[int, int]:
    match value:
        case [int(width), int(height)] if width > 0 and height > 0:
            return width, height
    return _SIZE
