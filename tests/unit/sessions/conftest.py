from collections.abc import Iterator
from pathlib import Path

import pytest
from unit.sessions.make_sessions import new_comparison

from studio.sessions import SessionFile


@pytest.fixture
def locks(tmp_path: Path) -> Path:
    return tmp_path / "locks"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "user"
    folder.mkdir()
    return folder / "work.gates"


@pytest.fixture
def session(path: Path, locks: Path) -> Iterator[SessionFile]:
    with SessionFile.create(path, locks) as opened:
        yield opened


@pytest.fixture
def comparison(session: SessionFile) -> int:
    return session.begin(new_comparison())
