"""Recordings: a folder per class, a table of paths, log-mel features, the cache."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from studio.core.errors import DatasetError
from studio.core.specs.comparison_spec import FileDataset, GeneratedDataset, TaskSpec
from studio.data import Cache, ExampleSet, inspect, load, prepare, source_files
from studio.data.transform.audio import log_mel


def tone(frequency: float, seconds: float = 0.2, rate: int = 8000) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * frequency * np.arange(int(seconds * rate)) / rate)


def spec_of(path: Path, **settings: object) -> FileDataset:
    return FileDataset.model_validate({"path": str(path), **settings})


def read(path: Path, cache: Cache | None = None, **settings: object) -> ExampleSet:
    dataset = load(spec_of(path, **settings), cache)
    assert isinstance(dataset, ExampleSet)
    return dataset


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for label, frequency in (("low", 300), ("high", 2000)):
        (tmp_path / "tones" / label).mkdir(parents=True)
        for speaker in ("ann", "bob"):
            for take in range(2):
                name = f"{label}_{speaker}_{take}.wav"
                soundfile.write(tmp_path / "tones" / label / name, tone(frequency), 8000)
    return tmp_path / "tones"


def test_folder_of_each_class_is_read_with_its_speakers(folder: Path) -> None:
    dataset = read(folder, mels=16)
    summary = inspect(dataset)
    assert (summary["examples"], summary["channels"]) == (8, 16)
    assert summary["classes"] == {"high": 4, "low": 4}
    assert set(dataset.groups["name 2"].tolist()) == {"ann", "bob"}
    assert summary["length"] == {"min": 18, "max": 18}


def test_energy_of_a_tone_lies_in_the_band_of_its_frequency() -> None:
    spec = FileDataset(path="x", mels=20)
    top = 2595 * np.log10(1 + 4000 / 700)
    for frequency in (300, 1000, 3000):
        bands = log_mel(tone(frequency).astype(np.float32), 8000, spec).mean(axis=0)
        mel = 2595 * np.log10(1 + frequency / 700)
        assert abs(int(bands.argmax()) - (mel / top * 21 - 1)) <= 1


def test_stereo_flac_and_sample_rates_are_unified(folder: Path) -> None:
    both = np.stack([tone(300, rate=16000)] * 2, axis=1)
    soundfile.write(folder / "low" / "low_ann_9.flac", both, 16000)
    dataset = read(folder)
    assert len(set(dataset.lengths.tolist())) == 1
    same, other = (
        int(np.flatnonzero(dataset.groups["name 2"] == "ann")[index]) for index in (-1, -2)
    )
    assert np.abs(dataset.sequence(same)[:, :20] - dataset.sequence(other)[:, :20]).max() < 1


def test_table_of_paths_and_labels_is_read(folder: Path) -> None:
    rows = [f"{path.parent.name}/{path.name},{path.parent.name},{path.name.split('_')[1]}"
            for path in sorted(folder.rglob("*.wav"))]  # fmt: skip
    (folder / "list.csv").write_text("path,label,speaker\n" + "\n".join(rows) + "\n")
    dataset = read(folder / "list.csv")
    assert inspect(dataset)["classes"] == {"high": 4, "low": 4}
    assert set(dataset.groups["speaker"].tolist()) == {"ann", "bob"}
    names = [file.name for file in source_files(spec_of(folder / "list.csv"))]
    assert names[0] == "list.csv"
    assert len(names) == 9


def test_recording_without_a_label_is_refused_or_left_out(folder: Path) -> None:
    paths = [path.relative_to(folder) for path in sorted(folder.rglob("*.wav"))]
    rows = [f"{path},{path.parent.name * (index > 0)}" for index, path in enumerate(paths)]
    (folder / "list.csv").write_text("path,label\n" + "\n".join(rows) + "\n")
    dataset = read(folder / "list.csv")
    assert dataset.targets[0].missing == 1
    with pytest.raises(DatasetError, match="a value is missing"):
        prepare(dataset, TaskSpec())
    prepared, _ = prepare(dataset, TaskSpec(missing="drop", split=(0.5, 0, 0.5)))
    assert prepared.preprocessing.class_names == ("high", "low")
    assert sum(len(part) for part in prepared.parts.values()) == 7


@pytest.mark.parametrize("name", ["../secret.wav", "/etc/secret.wav", "low/none.wav", "low/../.."])
def test_path_outside_the_folder_of_the_table_is_refused(folder: Path, name: str) -> None:
    soundfile.write(folder.parent / "secret.wav", tone(300), 8000)
    (folder / "list.csv").write_text(f"path,label\n{name},a\nlow/low_ann_0.wav,b\n" * 2)
    with pytest.raises(DatasetError, match=r"list\.csv|tones"):
        read(folder / "list.csv")


def test_features_are_computed_once_and_again_after_a_change(folder: Path, tmp_path: Path) -> None:
    seen: list[float] = []
    cache = Cache(tmp_path / "cache", progress=seen.append)
    first = read(folder, cache)
    assert seen[-1] == 1
    seen.clear()
    assert np.allclose(read(folder, cache).values, first.values, atol=1e-5)
    assert not seen
    soundfile.write(folder / "low" / "low_ann_0.wav", tone(500, 0.4), 8000)
    assert read(folder, cache).lengths.max() > first.lengths.max()
    assert seen


@pytest.mark.parametrize("content", [b"nonsense", b""])
def test_damaged_cache_is_computed_again(folder: Path, tmp_path: Path, content: bytes) -> None:
    cache = Cache(tmp_path / "cache")
    first = read(folder, cache)
    for file in (tmp_path / "cache").rglob("values.npy"):
        file.write_bytes(content)
    assert np.allclose(read(folder, cache).values, first.values)


def test_cache_stays_below_its_bound(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache", most_bytes=25)
    for key in "abcd":
        cache.make(key, lambda entry: (entry / "file").write_bytes(b"x" * 10) and None)
    assert cache.size() <= 25
    assert cache.entry("d") is not None
    cache.clear()
    assert cache.size() == 0


def test_files_of_a_folder_are_named_from_the_folder_on(folder: Path) -> None:
    names = [file.name for file in source_files(spec_of(folder))]
    assert names[0] == "tones/high/high_ann_0.wav"
    assert len(names) == 8


@pytest.mark.parametrize("content", [b"", b"RIFF1234WAVEfmt ", b"fLaC" + b"\0" * 60])
def test_damaged_recording_is_named(folder: Path, content: bytes) -> None:
    (folder / "low" / "bad.wav").write_bytes(content)
    with pytest.raises(DatasetError, match=r"bad\.wav"):
        read(folder)


def test_single_recording_is_refused_with_what_to_choose(folder: Path) -> None:
    with pytest.raises(DatasetError, match="Choose a folder"):
        read(folder / "low" / "low_ann_0.wav")


def test_generated_data_needs_no_cache() -> None:
    assert load(GeneratedDataset(generator="adding"), None).name == "adding"
