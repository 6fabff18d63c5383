from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from disks import mounted, remount_read_only
from networks import model_of, raw_sequences, regressing

from studio.core.errors import ExportError
from studio.core.specs.comparison_spec import ContenderSpec
from studio.export import export_model, write_trace
from studio.export.staging import staged
from studio.nn.inference.tracing import trace_network
from studio.nn.networks.load_network import load_network

MODEL = model_of(ContenderSpec(hidden_size=64), regressing())
SEQUENCES = raw_sequences(MODEL.preprocessing, (7,))


def export(out: Path) -> None:
    export_model(MODEL, "safetensors", out, SEQUENCES)


def trace(out: Path) -> None:
    network = load_network(MODEL.contender, MODEL.preprocessing, MODEL.weights)
    write_trace(trace_network(network, np.ones((40, 3), np.float32)), out)


WRITERS = pytest.mark.parametrize(
    ("write", "name"), [(export, "model.safetensors"), (trace, "gates.npz")]
)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    with mounted(folder, "size=24k"):
        yield folder


@WRITERS
def test_a_missing_folder_is_refused_and_not_created(
    tmp_path: Path, write: Callable[[Path], None], name: str
) -> None:
    with pytest.raises(ExportError, match="cannot be written: No such file"):
        write(tmp_path / "missing" / name)
    assert not list(tmp_path.iterdir())


@WRITERS
def test_a_file_instead_of_the_folder_is_refused(
    tmp_path: Path, write: Callable[[Path], None], name: str
) -> None:
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(ExportError, match="cannot be written: Not a directory"):
        write(tmp_path / "taken" / name)
    assert (tmp_path / "taken").read_text() == "mine"


@WRITERS
def test_a_read_only_folder_is_refused_with_a_remedy(
    small_disk: Path, write: Callable[[Path], None], name: str
) -> None:
    (small_disk / name).write_text("older")
    remount_read_only(small_disk)
    with pytest.raises(ExportError, match="Read-only file system") as caught:
        write(small_disk / name)
    assert "permissions" in caught.value.remedy
    assert [path.name for path in small_disk.iterdir()] == [name]
    assert (small_disk / name).read_text() == "older"


@WRITERS
def test_a_full_disk_keeps_the_older_file_and_leaves_nothing(
    small_disk: Path, write: Callable[[Path], None], name: str
) -> None:
    (small_disk / name).write_text("older")
    with pytest.raises(ExportError, match="No space left"):
        write(small_disk / name)
    assert [path.name for path in small_disk.iterdir()] == [name]
    assert (small_disk / name).read_text() == "older"


@WRITERS
def test_an_older_file_is_replaced(
    tmp_path: Path, write: Callable[[Path], None], name: str
) -> None:
    (tmp_path / name).write_text("older")
    write(tmp_path / name)
    assert (tmp_path / name).read_bytes() != b"older"
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("taken", ["model.safetensors", "model.json", "model.py"])
def test_a_folder_instead_of_any_file_leaves_all_others_unchanged(
    tmp_path: Path, taken: str
) -> None:
    names = {"model.safetensors", "model.json", "model.py"}
    (tmp_path / taken).mkdir()
    for name in names - {taken}:
        (tmp_path / name).write_text("older")
    with pytest.raises(ExportError, match="is a folder"):
        export(tmp_path / "model.safetensors")
    assert {path.name for path in tmp_path.iterdir()} == names
    assert {(tmp_path / name).read_text() for name in names - {taken}} == {"older"}


def test_an_error_while_writing_moves_nothing(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("older")

    def fail() -> None:
        with staged(tmp_path / "table.csv") as folder:
            (folder / "table.csv").write_text("newer")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [path.read_text() for path in tmp_path.iterdir()] == ["older"]


def test_files_appear_together_once_all_are_written(tmp_path: Path) -> None:
    with staged(tmp_path / "a.txt") as folder:
        (folder / "a.txt").write_text("a")
        (folder / "b.txt").write_text("b")
        assert {path for path in tmp_path.iterdir() if path != folder} == set()
    assert {path.name for path in tmp_path.iterdir()} == {"a.txt", "b.txt"}
    assert not folder.exists()


def test_a_relative_target_is_written_to_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    trace(Path("gates.npz"))
    assert (tmp_path / "gates.npz").exists()


def test_an_export_replaces_an_earlier_one(tmp_path: Path) -> None:
    out = tmp_path / "model.safetensors"
    export(out)
    before = out.with_suffix(".json").read_text()
    export(out)
    assert out.with_suffix(".json").read_text() == before


@pytest.mark.parametrize("name", ["model.py", "model.json"])
def test_other_files_of_the_user_are_not_overwritten(tmp_path: Path, name: str) -> None:
    mine = tmp_path / name
    mine.write_text('{\n  "learning": 1\n}\n')
    with pytest.raises(ExportError, match="has other content than an export") as caught:
        export(tmp_path / "model.safetensors")
    assert name in str(caught.value)
    assert list(tmp_path.iterdir()) == [mine]
    assert "learning" in mine.read_text()
