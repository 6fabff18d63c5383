"""Folders of the program: the only place that knows appdirs and where resources are.

docs/adr/0004 says how platformdirs would replace appdirs, which is no longer maintained.
"""

import os
import stat
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import appdirs

from studio.core.errors import MachineError

MEASURE = "measure"
"""The word that starts a measurement of the window, in a process of its own."""

_NAME = "gate-studio"
_ABSOLUTE = ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")


@dataclass(frozen=True)
class Folders:
    """The user's folders; made when something is first written to them.

    Attributes:
        data: Untitled sessions, lock files and backups.
        config: Settings.
        cache: What can be computed again.
        log: Log files.
        note: What is kept elsewhere because a folder cannot be written, a sentence, or "".
    """

    data: Path
    config: Path
    cache: Path
    log: Path
    note: str = ""

    @property
    def locks(self) -> Path:
        """Lock files of open sessions."""
        return self.data / "locks"

    @property
    def backups(self) -> Path:
        """Dated copies of sessions that were replaced or migrated; beside the lock files."""
        return self.data / "backups"

    @property
    def datasets(self) -> Path:
        """What takes long to read or to compute from data files."""
        return self.cache / "data"

    @property
    def certificate(self) -> Path:
        """The certificate of this user's cluster."""
        return self.config / "cluster.pem"

    @property
    def cluster(self) -> Path:
        """Where the cluster is that was started here last."""
        return self.config / "cluster.json"

    @property
    def untitled(self) -> Path:
        """Sessions without a name, from their first epoch on."""
        return self.data / "untitled"


def user_folders() -> Folders:
    """The folders of this user on this system.

    What cannot be written, as in a read-only home, is kept in the folder for temporary files.

    Raises:
        MachineError: HOME or an XDG variable holds a relative path, which their standards forbid,
            or nothing can be written at all.
    """
    for name in _ABSOLUTE:
        value = os.environ.get(name)
        if value and not Path(value).is_absolute():
            raise MachineError(
                f"holds the relative path {value!r}",
                where=name,
                remedy="Set it to an absolute path or unset it",
            )
    own = {"appname": _NAME, "appauthor": False}
    wanted = Folders(
        data=Path(appdirs.user_data_dir(**own, roaming=False)),
        config=Path(appdirs.user_config_dir(**own, roaming=False)),
        cache=Path(appdirs.user_cache_dir(**own)),
        log=Path(appdirs.user_log_dir(**own)),
    )
    names = ("data", "config", "cache", "log")
    blocked = [name for name in names if not _can_be_written(getattr(wanted, name))]
    if not blocked:
        return wanted
    spare = _spare_folder()
    note = (
        f"{getattr(wanted, blocked[0])} cannot be written; its files are kept in {spare} for now."
    )
    return replace(wanted, note=note, **{name: spare / name for name in blocked})


def _can_be_written(path: Path) -> bool:
    """Whether a folder can be written, or made in the nearest one that exists."""
    existing = next(folder for folder in (path, *path.parents) if folder.exists())
    return existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)


def _spare_folder() -> Path:
    """A folder of this user's own among the temporary files, which others cannot enter.

    Raises:
        MachineError: There is none.
    """
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    folder = Path(tempfile.gettempdir()) / f"{_NAME}-{user}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
    except OSError as error:
        raise _without_folders(folder, error.strerror or str(error)) from None
    if hasattr(os, "getuid") and (
        status.st_uid != os.getuid() or not stat.S_ISDIR(status.st_mode) or status.st_mode & 0o077
    ):
        raise _without_folders(folder, "it belongs to somebody else")
    return folder


def _without_folders(folder: Path, reason: str) -> MachineError:
    return MachineError(
        f"neither the home folder nor {folder} can be written: {reason}",
        remedy="Set HOME or TMPDIR to a folder that can be written",
    )


def resources() -> Path:
    """The folder of icons, example experiments and devices, in a checkout or an installation.

    An installation has it in share/ of its prefix, which is a folder above this file in a virtual
    environment, for one user and with pip's --target alike. Where it is missing, the answer is
    the folder of a checkout.
    """
    checkout, *above = Path(__file__).parents[1:]
    folders = [checkout / "resources"]
    folders += [folder / "share" / _NAME for folder in (checkout, *above)]
    found = (folder for folder in folders if (folder / "icons" / "gate-studio.svg").is_file())
    return next(found, folders[0])


def guide() -> Path:
    """The folder of the user guide: docs/guide of a checkout, or beside the other resources."""
    checkout = resources().parent / "docs" / "guide"
    return checkout if checkout.is_dir() else resources() / "guide"


def program() -> list[str]:
    """How this program is started once more; a bundle has no Python to start modules with."""
    return [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "studio"]


def experiments() -> dict[str, Path]:
    """The example experiments by name."""
    folder = resources() / "experiments"
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def devices() -> dict[str, Path]:
    """The profiles of devices by name."""
    folder = resources() / "devices"
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}
