"""A folder that is gone is read from the copy in the session as it was."""

import os
import shutil
from pathlib import Path

import pytest

from studio.core.errors import DatasetError, SessionError
from studio.core.results.record import DatasetRecord
from studio.core.specs.dataset_spec import FileDataset
from studio.data import ExampleSet, load, source_files
from studio.runs.stored.dataset_recovery import recover_dataset


def test_sets_in_folders_beside_each_other_are_recovered_under_their_name(tmp_path: Path) -> None:
    for part in ("TRAIN", "TEST"):
        for label in ("walk", "run"):
            folder = tmp_path / "set" / part / label
            folder.mkdir(parents=True)
            for take in range(2):
                rows = "".join(f"{at * 7 % 5},{at * 3 % 4 + take}\n" for at in range(6))
                (folder / f"{take}.csv").write_text("ax,ay\n" + rows, encoding="utf-8")
    for settings, examples in (({}, 8), ({"files": "TEST/*"}, 4)):
        spec = FileDataset(path=str(tmp_path / "set" / "TEST"), **settings)
        record = DatasetRecord(load(spec).name, spec, {}, source_files(spec))
        shutil.move(tmp_path / "set", tmp_path / "gone")
        recovered = recover_dataset(record, "a session")
        shutil.move(tmp_path / "gone", tmp_path / "set")
        assert isinstance(recovered.dataset, ExampleSet)
        assert len(recovered.dataset) == examples
        assert recovered.dataset.name == record.name
        assert "using the copy in the session" in recovered.note


@pytest.mark.parametrize("name", ["t.csv", "data/t.csv", "./t.csv"])
def test_the_file_that_was_verified_is_loaded_from_whatever_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Another folder may hold another file of the same name."""
    for folder, offset in (("here", 0), ("there", 1000)):
        file = tmp_path / folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("load\n" + "".join(f"{offset + step}.5\n" for step in range(40)))
    monkeypatch.chdir(tmp_path / "here")
    spec = FileDataset(path=name)
    record = DatasetRecord("t", spec, {}, source_files(spec))
    monkeypatch.chdir(tmp_path / "there")
    recovered = recover_dataset(record, "a session")
    assert recovered.dataset.values.max() == 39.5


@pytest.mark.parametrize("names_a_file", [True, False])
def test_a_session_from_elsewhere_cannot_lead_to_a_file_that_it_was_not_trained_on(
    tmp_path: Path, *, names_a_file: bool
) -> None:
    secret, own = tmp_path / "secret.csv", tmp_path / "own.csv"
    for file in (secret, own):
        file.write_text("load\n" + "".join(f"{step % 7}.5\n" for step in range(40)))
    files = source_files(FileDataset(path=str(own))) if names_a_file else ()
    record = DatasetRecord("t", FileDataset(path=str(secret)), {}, files)
    with pytest.raises(SessionError, match="not a file that its runs were trained on"):
        recover_dataset(record, "a session")


def test_a_file_changed_within_its_size_and_time_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("load\n" + "".join(f"{step % 7}.5\n" for step in range(40)))
    spec = FileDataset(path=str(file))
    record = DatasetRecord("t", spec, {}, source_files(spec, embed_limit=0))
    status = file.stat()
    file.write_text(file.read_text().replace("3.5", "9.5"))
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    with pytest.raises(DatasetError, match="has changed"):
        recover_dataset(record, "a session")
