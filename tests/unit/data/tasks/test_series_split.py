"""Forecasts of several series: each split in time, or whole series drawn into the sets."""

import numpy as np
import pytest
from tagged import series_of

from studio.core.errors import SpecError
from studio.core.specs.comparison_spec import TaskSpec
from studio.data import Column, Series, prepare

LENGTHS = (60, 40, 80, 50, 70, 45, 55, 65, 75, 35)
BY_SERIES = TaskSpec(window=6, horizon=2, split_series="by-series")


def panel() -> Series:
    values = np.arange(sum(LENGTHS), dtype=np.float64)[:, np.newaxis]
    return Series("toy", "toy", (Column("x", "target"),), values, lengths=np.array(LENGTHS))


def test_whole_series_are_in_one_set_and_windows_stay_within_them() -> None:
    prepared, _ = prepare(panel(), BY_SERIES)
    found = []
    for part in prepared.parts.values():
        assert {series_of(int(at) - 6, LENGTHS) for at in part.positions} == {
            series_of(int(at) + 1, LENGTHS) for at in part.positions
        }
        found.append({series_of(int(at), LENGTHS) for at in part.positions})
    assert [len(series) for series in found] == [7, 1, 2]
    assert len(set().union(*found)) == len(LENGTHS)
    in_test = sum(LENGTHS[index] - 6 - 2 + 1 for index in found[2])
    assert len(prepared.test) == in_test


def test_scaler_is_fitted_on_the_series_of_the_training_set_only() -> None:
    prepared, _ = prepare(panel(), BY_SERIES)
    training = {series_of(int(at), LENGTHS) for at in prepared.training.positions}
    rows = [row for row in range(sum(LENGTHS)) if series_of(row, LENGTHS) in training]
    assert prepared.preprocessing.input_scaler.center == pytest.approx((np.mean(rows),))


def test_other_split_seeds_draw_other_series() -> None:
    tests = {
        tuple(prepare(panel(), BY_SERIES.model_copy(update={"split_seed": seed}))[0].test.positions)
        for seed in range(4)
    }
    assert len(tests) > 1


def test_folds_test_every_series_once_and_do_not_follow_in_time() -> None:
    spec = BY_SERIES.model_copy(update={"folds": 5, "repeats": 2})
    tested = []
    for fold_id in spec.fold_ids[:5]:
        prepared, _ = prepare(panel(), spec, fold_id)
        assert not prepared.preprocessing.splits_in_time
        tested.append({series_of(int(at), LENGTHS) for at in prepared.test.positions})
    assert sum(map(len, tested)) == len(set().union(*tested)) == len(LENGTHS)


def test_each_series_is_split_in_time_unless_whole_ones_are_wanted() -> None:
    prepared, task = prepare(panel(), TaskSpec(window=6))
    assert task.split_series == "by-time"
    assert prepared.preprocessing.splits_in_time
    for part in (prepared.training, prepared.test):
        assert len({series_of(int(at), LENGTHS) for at in part.positions}) == len(LENGTHS)


def test_one_series_cannot_be_drawn_into_sets() -> None:
    one = Series("toy", "toy", panel().columns, panel().values)
    with pytest.raises(SpecError, match="there are no several series"):
        prepare(one, BY_SERIES)


@pytest.mark.parametrize("split_series", ["by-time", "by-series"])
def test_each_series_has_the_naive_error_of_its_own_training_steps(split_series: str) -> None:
    values = np.random.default_rng(0).normal(size=(sum(LENGTHS), 1))
    ends = np.cumsum(LENGTHS)
    values *= np.repeat(10.0 ** np.arange(len(LENGTHS)), LENGTHS)[:, np.newaxis]
    values[ends[2] : ends[3]] = 7  # a constant series has no error
    series = Series("toy", "toy", panel().columns, values, lengths=np.array(LENGTHS))
    task = TaskSpec.model_validate({"window": 6, "split_series": split_series})
    prepared, _ = prepare(series, task)
    found = prepared.preprocessing.naive_errors(ends - 1)[:, 0]
    overall = prepared.preprocessing.naive_error
    assert overall is not None
    for index, (end, length) in enumerate(zip(ends.tolist(), LENGTHS, strict=True)):
        positions = prepared.training.positions
        own = positions[(positions >= end - length) & (positions < end)]
        fitted = values[end - length : own.max() + 1, 0] if len(own) else np.empty(0)
        expected = np.abs(np.diff(fitted)).mean() if len(own) and index != 3 else overall[0]
        assert found[index] == pytest.approx(expected)
