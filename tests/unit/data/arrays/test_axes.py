"""The order of an array's axes is decided by signs, told with its alternatives, and can be set."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.core.decisions import ReadingDecision
from studio.core.errors import DatasetError, SpecError
from studio.core.specs.dataset_spec import FileDataset
from studio.data import Dataset, ExampleSet, Series, load


def read(path: Path, **settings: object) -> Dataset:
    return load(FileDataset.model_validate({"path": str(path), **settings}))


def saved(path: Path, **arrays: Any) -> Path:  # noqa: ANN401 - arrays of any kind
    np.savez(path, **arrays)
    return path


def decided(dataset: Dataset, name: str = "axes") -> ReadingDecision:
    [decision] = [each for each in dataset.decisions if each.name == name]
    return decision


def waves(examples: int = 100, steps: int = 80, channels: int = 3) -> tuple[Any, Any]:
    """Sines with noise, (examples, time, channels), and the class that sets their frequency."""
    rng = np.random.default_rng(2)
    y = np.arange(examples) % 2
    phases = np.arange(steps) * (0.1 + 0.1 * y[:, None]) + rng.random((examples, 1)) * 6
    noise = rng.normal(0, 0.2, (channels, examples, steps))
    return np.moveaxis(np.sin(phases) + noise, 0, 2), y


ORDERS = {
    "examples,time,channels": (0, 1, 2), "examples,channels,time": (0, 2, 1),
    "time,channels,examples": (1, 2, 0), "channels,time,examples": (2, 1, 0),
    "time,examples,channels": (1, 0, 2), "channels,examples,time": (2, 0, 1),
}  # fmt: skip


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("order", ORDERS)
def test_examples_are_read_the_same_in_any_order_of_the_axes(
    tmp_path: Path, order: str, channels: int
) -> None:
    x, y = waves(channels=channels)
    dataset = read(saved(tmp_path / "a.npz", X=x.transpose(ORDERS[order]), y=y))
    assert isinstance(dataset, ExampleSet)
    assert np.array_equal(dataset.values.reshape(x.shape), x)
    decision = decided(dataset)
    assert decision.value == order
    assert not decision.is_doubtful
    assert "axis" in decision.evidence


def test_few_smooth_steps_of_many_channels_are_time_but_doubtful(tmp_path: Path) -> None:
    x = np.cumsum(np.random.default_rng(0).normal(size=(50, 10, 64)), axis=1)
    dataset = read(saved(tmp_path / "a.npz", X=x, y=np.arange(50) % 2))
    assert dataset.decisions[1] == decided(dataset)
    assert decided(dataset).value == "examples,time,channels"
    assert decided(dataset).is_doubtful
    assert decided(dataset).alternatives == ("examples,channels,time",)
    assert "although axis 3 is longer, 64 against 10" in decided(dataset).evidence


def test_noise_with_axes_of_similar_length_is_doubtful(tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=(50, 12, 20))
    assert decided(read(saved(tmp_path / "a.npz", X=x, y=np.arange(50) % 2))).is_doubtful


def test_setting_overrules_the_order_of_the_axes(tmp_path: Path) -> None:
    x, y = waves()
    dataset = read(saved(tmp_path / "a.npz", X=x, y=y), axes="examples, channels, time")
    assert isinstance(dataset, ExampleSet)
    assert len(dataset.channels) == 80
    assert decided(dataset) == ReadingDecision(
        "axes", "examples,channels,time", 1.0, "set by you", is_set=True
    )


@pytest.mark.parametrize("axes", ["time", "examples,time", "a,b,c", "time,time,channels", ","])
def test_axes_that_do_not_fit_name_those_that_do(tmp_path: Path, axes: str) -> None:
    x, y = waves()
    with pytest.raises(SpecError, match=r"axes: .*Choose one of examples,time,channels; ex"):
        read(saved(tmp_path / "a.npz", X=x, y=y), axes=axes)


def test_words_of_other_libraries_name_the_axes_too(tmp_path: Path) -> None:
    x, y = waves()
    path = saved(tmp_path / "a.npz", X=x.transpose(0, 2, 1), y=y)
    assert decided(read(path, axes="cases,features,timesteps")).value == "examples,channels,time"


def test_axis_that_the_labels_contradict_is_refused(tmp_path: Path) -> None:
    x, y = waves()
    with pytest.raises(DatasetError, match=r"80 examples along that axis, but y has 100.*axes"):
        read(saved(tmp_path / "a.npz", X=x, y=y), axes="time,examples,channels")


@pytest.mark.parametrize(("shape", "value"), [((3, 500), "channels,time"),
                                              ((500, 3), "time,channels")])  # fmt: skip
def test_longer_axis_of_a_matrix_is_time(
    tmp_path: Path, shape: tuple[int, int], value: str
) -> None:
    np.save(tmp_path / "s.npy", np.random.default_rng(1).normal(size=shape))
    dataset = read(tmp_path / "s.npy")
    assert isinstance(dataset, Series)
    assert dataset.values.shape == (500, 3)
    assert decided(dataset).value == value
    assert "examples,time" in decided(dataset).alternatives


def test_smooth_axis_of_a_matrix_is_time_though_it_is_shorter(tmp_path: Path) -> None:
    np.save(tmp_path / "s.npy", np.cumsum(np.random.default_rng(1).normal(size=(60, 90)), axis=0))
    assert decided(read(tmp_path / "s.npy")).value == "time,channels"


def test_matrix_of_many_channels_is_doubtful_as_it_may_hold_examples(tmp_path: Path) -> None:
    x = np.cumsum(np.random.default_rng(1).normal(size=(100, 400)), axis=1)
    np.save(tmp_path / "s.npy", x)
    assert decided(read(tmp_path / "s.npy")).is_doubtful
    dataset = read(tmp_path / "s.npy", axes="examples,time")
    assert isinstance(dataset, ExampleSet)
    assert len(dataset) == 100
    assert dataset.sequence(1)[:, 0].tolist() == x[1].tolist()


def test_columns_are_examples_where_the_labels_count_them(tmp_path: Path) -> None:
    x = np.cumsum(np.random.default_rng(1).normal(size=(40, 25)), axis=0)
    dataset = read(saved(tmp_path / "a.npz", X=x, y=np.arange(25) % 2))
    assert isinstance(dataset, ExampleSet)
    assert dataset.sequence(3)[:, 0].tolist() == x[:, 3].tolist()


def test_rows_that_follow_each_other_smoothly_may_be_one_series(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    x, y = np.cumsum(rng.normal(size=(300, 4)), axis=0), rng.normal(size=300)
    path = saved(tmp_path / "a.npz", X=x, y=y)
    decision = decided(read(path))
    assert decision.is_doubtful
    assert decision.alternatives == ("time,channels",)
    series = read(path, axes="time,channels")
    assert isinstance(series, Series)
    assert np.array_equal(series.values, np.column_stack([x, y]))
    assert [column.name for column in series.columns] == ["X 1", "X 2", "X 3", "X 4", "y"]


def test_three_axes_without_labels_are_examples_to_be_forecast(tmp_path: Path) -> None:
    x, _ = waves(20)
    np.save(tmp_path / "s.npy", x)
    dataset = read(tmp_path / "s.npy")
    assert isinstance(dataset, ExampleSet)
    assert len(dataset) == 20
    assert "no labels say how many" in decided(dataset).evidence


def test_axis_of_one_entry_behind_the_third_is_dropped(tmp_path: Path) -> None:
    x, y = waves()
    dataset = read(saved(tmp_path / "a.npz", X=x[..., np.newaxis], y=y))
    assert np.array_equal(dataset.values.reshape(x.shape), x)


def test_steps_without_a_value_at_the_end_are_padding(tmp_path: Path) -> None:
    x, y = waves(6, 20)
    x[2, 15:] = np.nan
    x[3, 4] = np.nan
    dataset = read(saved(tmp_path / "a.npz", X=x, y=y))
    assert isinstance(dataset, ExampleSet)
    assert dataset.lengths.tolist() == [20, 20, 15, 20, 20, 20]
    assert "1 example shortened" in " ".join(map(str, dataset.notes)).replace(" is ", " ")


def test_test_set_is_read_in_the_order_of_the_training_set(tmp_path: Path) -> None:
    x, y = waves(40)
    channels_first = x.transpose(0, 2, 1)
    dataset = read(
        saved(
            tmp_path / "a.npz", X_train=channels_first[:38], y_train=y[:38],
            X_test=channels_first[38:], y_test=y[38:].astype(float),
        )
    )  # fmt: skip
    assert isinstance(dataset, ExampleSet)
    assert len(dataset.channels) == 3
    assert dataset.class_names == ("0", "1")
    assert decided(dataset).value == "examples,channels,time"
    assert not decided(dataset).is_set


def test_numbers_stay_in_double_precision(tmp_path: Path) -> None:
    x = 5_412_345.678 + np.arange(60.0).reshape(3, 20) * 1e-3
    np.save(tmp_path / "s.npy", x)
    assert np.array_equal(read(tmp_path / "s.npy").values, x.T)
