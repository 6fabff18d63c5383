"""What carries out a comparison tells, and to whom: a terminal, a notebook, or nobody."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from studio.core.results.progress import ComparisonProgress


class ProgressView(Protocol):
    """Shows the progress of a comparison while it is entered."""

    def show(self, progress: ComparisonProgress) -> None:
        """Shows the newest progress; called about ten times a second."""
        ...

    def say(self, message: str) -> None:
        """Shows a message beside it."""
        ...


class Reporter(Protocol):
    """Who is told about a comparison that runs in the foreground."""

    def say(self, message: str) -> None:
        """Tells a sentence."""
        ...

    def view(self, progress: ComparisonProgress) -> AbstractContextManager[ProgressView]:
        """A view for a comparison that starts with this progress."""
        ...

    def interrupted_again(self, path: Path, options: str) -> None:
        """The user interrupts a second time and does not wait for the current step.

        Args:
            path: The session.
            options: Further options of the command that resumes.
        """
        ...


class RunFolders(Protocol):
    """The user's folders that a comparison needs."""

    @property
    def locks(self) -> Path:
        """Lock files of open sessions."""
        ...

    @property
    def cache(self) -> Path:
        """Compiled kernels."""
        ...

    @property
    def datasets(self) -> Path:
        """What takes long to read or to compute from data files."""
        ...
