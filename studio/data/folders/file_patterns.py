"""The setting `files`: names or glob patterns of the files of a folder that are read."""

import fnmatch
import glob
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from studio.core.errors import SpecError
from studio.data.files.folders import resolve_inside

ALL = "all"
_COMMA = re.compile(r",(?![^\[]?\])")
_ESCAPED = re.compile(r"\[([*?\[,])\]")


def pattern_for(name: str) -> str:
    """The pattern for one name, which may hold commas, asterisks or brackets."""
    return glob.escape(name).replace(",", "[,]")


@dataclass(frozen=True)
class FilePatterns:
    """Patterns that names of files, relative to the folder, must fit.

    Attributes:
        patterns: The patterns; one without a slash is for the name alone, in any subfolder.
    """

    patterns: tuple[str, ...]

    @classmethod
    def of(cls, setting: str | None) -> "FilePatterns | None":
        """Those of the setting, or None where it does not limit the files."""
        if setting is None or setting.strip() in {"", ALL}:
            return None
        return cls(tuple(filter(None, (at.strip().lstrip("/") for at in _COMMA.split(setting)))))

    def within(self, folder: str) -> "FilePatterns":
        """The patterns without the folder's own name in front of them."""
        return FilePatterns(tuple(at.removeprefix(f"{folder}/") for at in self.patterns))

    def fits(self, name: str) -> bool:
        """Whether a file is read.

        Args:
            name: Its path relative to the folder, with slashes.
        """
        base = name.rpartition("/")[2]
        if name in self._exact or base in self._exact:
            return True
        return self._regex is not None and bool(
            self._regex.fullmatch(name) or self._regex.fullmatch(base)
        )

    def may_be_in(self, above: tuple[str, ...]) -> bool:
        """Whether a subfolder can hold a file that fits; `above` are the names of its path."""
        for pattern in self.patterns:
            levels = PurePosixPath(pattern).parts[:-1]
            if not levels or all(map(fnmatch.fnmatchcase, above, levels)):
                return True
        return False

    def named_files(self, folder: Path) -> list[Path] | None:
        """The files, where all patterns are their plain names; None where a folder is searched.

        Raises:
            DatasetError: A name leads out of the folder.
        """
        if self._regex is not None:
            return None
        paths = [folder / name for name in sorted(self._exact)]
        if not all(path.is_file() for path in paths):
            return None
        for path in paths:
            resolve_inside(folder, path)
        return paths

    def nothing_fits(self, folder: Path) -> SpecError:
        """The error where no file fits."""
        return SpecError(
            f"no file of {folder.name} fits {', '.join(self.patterns)[:120]}",
            where="files",
            remedy="Use names, or patterns such as *.csv",
            field="files",
        )

    @cached_property
    def _exact(self) -> frozenset[str]:
        return frozenset(_plain(pattern) for pattern in self.patterns if not _has_magic(pattern))

    @cached_property
    def _regex(self) -> re.Pattern[str] | None:
        others = [fnmatch.translate(at) for at in self.patterns if _has_magic(at)]
        return re.compile("|".join(f"(?:{at})" for at in others)) if others else None


def _has_magic(pattern: str) -> bool:
    return glob.has_magic(_ESCAPED.sub("", pattern))


def _plain(pattern: str) -> str:
    return _ESCAPED.sub(r"\1", pattern)


def patterns_of(names: Iterable[str]) -> str:
    """The value of the setting that stands for these names."""
    return ",".join(map(pattern_for, names))
