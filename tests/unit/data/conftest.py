"""Real files for the tests of studio.data."""

from collections.abc import Callable
from pathlib import Path

import pytest

from studio.core.specs.comparison_spec import FileDataset
from studio.data import Dataset, load

SHARED = Path(__file__).parents[3].parent / "shared" / "data"


@pytest.fixture
def shared() -> Path:
    """The folder of real datasets beside the repository."""
    if not SHARED.is_dir():
        pytest.skip("the real datasets are not beside the repository")
    return SHARED


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file of a name with text or bytes."""

    def _write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return _write


@pytest.fixture
def load_text(write: Callable[..., Path]) -> Callable[..., Dataset]:
    """Loads a dataset from the text or bytes of a file."""

    def _load(content: str | bytes, name: str = "given.csv", **settings: object) -> Dataset:
        path = write(name, content)
        return load(FileDataset.model_validate({"path": str(path), **settings}))

    return _load
