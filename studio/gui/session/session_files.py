"""The session files of a window: where unnamed ones are kept, which are open."""

from datetime import datetime
from pathlib import Path

from studio.core.file_names import file_stem, unused
from studio.paths import Folders
from studio.runs.execution.compute import Compute
from studio.runs.workspace import Workspace


class SessionFiles:
    """Opens and makes session files, and closes all of them at the end; runs in any thread."""

    def __init__(self, folders: Folders, compute: Compute) -> None:
        self._folders, self._compute = folders, compute
        self._open: list[Workspace] = []

    @property
    def untitled_folder(self) -> Path:
        """Where unnamed sessions are kept from their first epoch on."""
        return self._folders.untitled

    def untitled(self, name: str) -> Path:
        """A path for an unnamed session that no other has."""
        stamp = datetime.now().astimezone().strftime("%Y-%m-%d %H-%M-%S")
        return unused(self.untitled_folder / f"{file_stem(name)} {stamp}.gates")

    def create(self, path: Path) -> Workspace:
        """A new session; raises SessionError where it cannot be written."""
        path.parent.mkdir(parents=True, exist_ok=True)
        return self._kept(Workspace.create(path, self._folders.locks, self._compute))

    def open(self, path: Path) -> Workspace:
        """A session that is there; raises SessionError where it cannot be opened."""
        return self._kept(Workspace.open(path, self._folders.locks, self._compute))

    def close(self, workspace: Workspace) -> None:
        """Stops what trains in it, saves and closes it; waits."""
        workspace.close()
        if workspace in self._open:
            self._open.remove(workspace)

    def close_all(self) -> None:
        """The same of all that are open."""
        for workspace in tuple(self._open):
            self.close(workspace)

    def _kept(self, workspace: Workspace) -> Workspace:
        self._open.append(workspace)
        return workspace
