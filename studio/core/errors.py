"""The family of errors that a user can cause and correct."""

from collections.abc import Mapping
from pathlib import Path


class UserError(Exception):
    """Something that a user did or gave, worded so that they can correct it.

    Args:
        what: What is wrong, a sentence without its full stop.
        where: The file, line and column, field or run that it concerns.
        remedy: What to do about it, a sentence without its full stop.
    """

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what, self.where, self.remedy = what, where, remedy
        super().__init__(what)  # only this: unpickling restores the rest from the attributes

    def __str__(self) -> str:
        """One line: where, what, what to do."""
        place = f"{self.where}: " if self.where else ""
        advice = f" {self.remedy}." if self.remedy else ""
        return f"{place}{self.what}.{advice}"


class DatasetError(UserError):
    """A file or generator does not provide the requested data."""


class EncodingUnknownError(DatasetError):
    """A text whose encoding the user has to choose.

    Attributes:
        readings: How the first ambiguous passage reads in each likely encoding.
    """

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        remedy: str = "",
        readings: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.readings: Mapping[str, str] = readings or {}


class SpecError(UserError):
    """A setting that is invalid, or that does not fit the dataset.

    Attributes:
        field: The field of a spec that has to change, or "" where it is not a single one.
    """

    def __init__(self, what: str, *, where: str = "", remedy: str = "", field: str = "") -> None:
        super().__init__(what, where=where or field, remedy=remedy)
        self.field = field


class SessionError(UserError):
    """A session file that cannot be opened, written or understood."""


class DamagedSessionError(SessionError):
    """A session file whose content cannot be what this program wrote; part of it may be saved.

    Attributes:
        path: The session file, where it is known.
    """

    def __init__(
        self, what: str, *, where: str = "", remedy: str = "", path: Path | None = None
    ) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.path = path


class BusySessionError(SessionError):
    """A session that another program has locked for the moment."""


class BackupError(SessionError):
    """No backup of a session could be made, so it was not replaced."""


class ModelFileError(UserError):
    """A model of another program that cannot be read."""


class ExportError(UserError):
    """An export that could not be written or did not pass its check."""


class TrainingError(UserError):
    """Training that cannot go on, such as with a loss that is not a number."""


class MachineError(UserError):
    """A device, engine or library that this machine does not have."""
