"""Static columns of long tables: what the networks read of them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio.analysis import score_baselines
from studio.core.errors import DatasetError, SpecError
from studio.core.prepared.examples import PreparedTask
from studio.core.specs.comparison_spec import FileDataset, TaskSpec
from studio.data import load, prepare
from studio.data.dataset import Dataset
from studio.data.new_data import prepare_new_data
from studio.data.transform.tagged_sequences import sequences_of

RNG = np.random.default_rng(0)
SITES = ("hill", "coast", "plain")


def write(
    path: Path, series: int, steps: int, *, label: bool, sites: tuple[str, ...] = SITES
) -> Path:
    """A row for each step; the site and the size of a store do not change."""
    lines = ["store,day,site,size,load" + (",kind" if label else "")]
    for store in range(series):
        fixed = f"{sites[store % len(sites)]},{10 * (store + 1)}"
        end = f",{'big' if store % 2 else 'small'}" if label else ""
        lines += [
            f"s{store},{day},{fixed},{value:.4f}{end}"
            for day, value in enumerate(RNG.normal(100 * (store % len(sites)), 1, steps))
        ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def read(path: Path, static: str | None = "site,size") -> Dataset:
    return load(FileDataset(path=str(path), id_column="store", static_columns=static))


def prepared(data: Dataset, **settings: object) -> PreparedTask:
    return prepare(data, TaskSpec.model_validate(settings))[0]


@pytest.mark.parametrize("scale_by", ["all", "series"])
def test_each_step_of_a_forecast_holds_the_static_columns_of_its_series(
    tmp_path: Path, scale_by: str
) -> None:
    task = prepared(read(write(tmp_path / "a.csv", 6, 50, label=False)), window=5,
                    scale_by=scale_by)  # fmt: skip
    made = task.preprocessing
    assert made.input_names == ("load", "site=coast", "site=hill", "site=plain", "size")
    sizes = 10.0 * np.arange(1, 7)
    for part in task.parts.values():
        series = part.positions // 50
        sites = np.array(["coast", "hill", "plain"]) == np.array(SITES)[series % 3][:, None]
        expected = np.column_stack([sites, (sizes[series] - sizes.mean()) / sizes.std()])
        for step in range(5):
            np.testing.assert_allclose(part.inputs[:, step, 1:], expected, atol=1e-6)


def test_examples_read_static_columns_scaled_on_the_training_set_each_example_once(
    tmp_path: Path,
) -> None:
    data = read(write(tmp_path / "a.csv", 60, 8, label=True))
    task = prepared(data, kind="classify")
    sizes = 10.0 * np.arange(1, 61)
    trained = sizes[task.training.positions]
    for part in task.parts.values():
        expected = (sizes[part.positions] - trained.mean()) / trained.std()
        np.testing.assert_allclose(part.inputs[:, 3, -1], expected, atol=1e-6)
    assert "site" not in task.preprocessing.class_names


def test_a_category_without_training_examples_is_unknown_and_told(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 60, 8, label=True)
    whole = prepared(read(path), kind="classify")
    [rare] = whole.test.positions[:1].tolist()
    lines = [
        line.replace(SITES[rare % 3], "island") if line.startswith(f"s{rare},") else line
        for line in path.read_text("utf-8").splitlines()
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    task = prepared(read(path), kind="classify")
    [place] = np.flatnonzero(task.test.positions == rare)
    assert not task.test.inputs[place, :, 1:4].any()
    assert any("'island', which is not in the training set" in str(note) for note in task.notes)


def test_new_data_is_read_with_the_categories_of_the_training_set(tmp_path: Path) -> None:
    data = read(write(tmp_path / "a.csv", 6, 50, label=False))
    made, task = prepare(data, TaskSpec(window=5))
    new = read(write(tmp_path / "new.csv", 2, 9, label=False, sites=("plain", "moon")))
    found = prepare_new_data(new, task, made.preprocessing)
    np.testing.assert_array_equal(found.rows[0, 1:4], [0, 0, 1])
    np.testing.assert_array_equal(found.rows[-1, 1:4], [0, 0, 0])
    assert any("'moon', which is not in the training set" in str(note) for note in found.notes)
    bare = read(tmp_path / "new.csv", "size")
    with pytest.raises(DatasetError, match="no static column 'site'"):
        prepare_new_data(bare, task, made.preprocessing)


def test_examples_of_new_data_are_read_as_those_of_the_training_set_were(tmp_path: Path) -> None:
    data = read(write(tmp_path / "a.csv", 60, 8, label=True))
    made, task = prepare(data, TaskSpec(kind="classify"))
    found = prepare_new_data(data, task, made.preprocessing)
    inputs, lengths = found.batch(0, 60)
    assert lengths is None
    np.testing.assert_array_equal(inputs[made.test.positions], made.test.inputs)


def test_equal_sequences_of_another_site_are_no_duplicates(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [f"s{s},{day},{SITES[s % 2]},{day}" for s in range(4) for day in range(5)]
    path.write_text("\n".join(["store,day,site,load", *rows]) + "\n", encoding="utf-8")
    data = sequences_of(read(path, "site"))
    assert data.kinds.tolist() == [0, 0, 0, 0]  # without the sites
    told = replace(data, statics={"site": np.array([SITES[s % 2] for s in range(4)])})
    assert told.kinds.tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize("name", ["size", "size [m2]"])
def test_a_static_column_is_named_with_or_without_its_unit(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "a.csv", 6, 50, label=False)
    text = path.read_text("utf-8").replace(",size,", ",size [m2],")
    path.write_text(text, encoding="utf-8")
    assert set(read(path, f"site,{name}").statics) == {"site", "size"}


def test_what_is_not_static_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 6, 50, label=False)
    with pytest.raises(DatasetError, match="changes within a sequence"):
        read(path, "load")
    single = tmp_path / "single.csv"
    single.write_text("a,b\n" + "\n".join(f"{i},{i % 7}" for i in range(60)) + "\n")
    with pytest.raises(SpecError, match="only the sequences of one long table"):
        load(FileDataset(path=str(single), static_columns="b"))
    rows = [f"{line},{at % 3}" for at, line in enumerate(path.read_text("utf-8").splitlines())]
    path.write_text("\n".join([f"{rows[0].removesuffix(',0')},wind", *rows[1:]]) + "\n")
    with pytest.raises(SpecError, match="but the task is track"):
        prepared(read(path), kind="track", target=("load",))


def test_a_missing_size_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 6, 50, label=False)
    path.write_text(path.read_text("utf-8").replace(",10,", ",,"), encoding="utf-8")
    with pytest.raises(DatasetError, match="is static, but a value is missing"):
        prepared(read(path), window=5, missing="mask")


def test_linear_autoregression_reads_static_columns(tmp_path: Path) -> None:
    data = read(write(tmp_path / "a.csv", 6, 200, label=False))
    errors = []
    for read_as in (data, replace(data, statics={})):
        baselines = score_baselines(prepared(read_as, window=2))
        found = next(each for each in baselines if each.name == "linear autoregression")
        errors.append(found.scores["rmse"])
    assert errors[0] < 0.95 * errors[1]
