"""Forecasts of several series, each scaled by its own training steps."""

from pathlib import Path

import numpy as np
import pytest
from tagged import series_of

from studio.analysis import score_baselines
from studio.core.errors import SpecError
from studio.core.notes import ConstantSeries, ConstantWithinSeries, SeriesScaledAsAll
from studio.core.prepared.examples import PreparedTask
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.specs.comparison_spec import FileDataset, TaskSpec
from studio.data import Column, Series, load, prepare
from studio.data.files.rows_file import RowsFile
from studio.data.tasks.fitted.scaling import scaled_values

LENGTHS = (120, 90, 150)
SIZES = (1.0, 1000.0, 1e6)
OWN = TaskSpec(window=6, horizon=2, scale_by="series")
COLUMNS = (Column("x", "feature"), Column("y", "target"))


def panel(lengths: tuple[int, ...] = LENGTHS, sizes: tuple[float, ...] = SIZES) -> Series:
    generator = np.random.default_rng(0)
    pieces = [
        size * (5 + generator.normal(size=(length, 2)).cumsum(axis=0))
        for length, size in zip(lengths, sizes, strict=True)
    ]
    values = np.concatenate(pieces)
    return Series("toy", "toy", COLUMNS, values, lengths=np.array(lengths))


def own_targets(task: PreparedTask, series: int) -> np.ndarray:
    chosen = task.preprocessing.scaled_series(task.training.positions) == series
    return np.asarray(task.training.targets[chosen])


@pytest.mark.parametrize("scaling", ["standard", "min-max", "robust"])
def test_series_of_different_sizes_have_the_same_spread_in_training(scaling: str) -> None:
    prepared, _ = prepare(
        panel(), TaskSpec.model_validate({**OWN.model_dump(), "scaling": scaling})
    )
    spreads = [own_targets(prepared, index).std() for index in range(len(LENGTHS))]
    assert max(spreads) < 3 * min(spreads)
    together, _ = prepare(panel(), OWN.model_copy(update={"scale_by": "all"}))
    chosen = [series_of(int(at), LENGTHS) for at in together.training.positions]
    spreads = [together.training.targets[np.array(chosen) == index].std() for index in range(3)]
    assert max(spreads) > 1000 * min(spreads)


def test_each_series_has_mean_0_and_spread_1_over_its_own_training_steps() -> None:
    series = panel()
    prepared, _ = prepare(series, OWN)
    scaling = prepared.preprocessing.series_scaling
    assert scaling is not None
    starts = np.cumsum(LENGTHS) - LENGTHS
    for index, start in enumerate(starts.tolist()):
        chosen = prepared.preprocessing.scaled_series(prepared.training.positions) == index
        last = prepared.training.positions[chosen].max() + OWN.horizon
        rows = series.values[start:last]
        scaled = scaling.inputs.apply(rows[np.newaxis], np.array([index]))[0]
        np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-5)
        np.testing.assert_allclose(scaled.std(axis=0), 1, atol=1e-5)


def test_inputs_and_targets_come_back_in_their_own_units() -> None:
    series = panel()
    prepared, _ = prepare(series, OWN)
    preprocessing = prepared.preprocessing
    for part in prepared.parts.values():
        own = preprocessing.scaled_series(part.positions)
        windows = np.stack([series.values[at - 6 : at] for at in part.positions.tolist()])
        ahead = np.stack([series.values[at : at + 2, 1] for at in part.positions.tolist()])
        np.testing.assert_array_equal(part.targets_in_units, ahead)
        tolerance = 1e-4 * np.array(SIZES)[own][:, np.newaxis]
        restored = preprocessing.predictions_from(part.targets, own)
        assert (np.abs(restored - ahead) < tolerance).all()
        restored = preprocessing.inputs_in_units(part.inputs, own)
        assert (np.abs(restored - windows) < tolerance[:, np.newaxis]).all()


def test_one_scaler_for_all_stays_as_it_was() -> None:
    prepared, task = prepare(panel(), TaskSpec(window=6))
    assert task.scale_by == "all"
    assert prepared.preprocessing.series_scaling is None
    assert prepared.preprocessing.scaled_series(prepared.test.positions) is None


def test_preprocessing_of_an_earlier_version_reads_as_one_scaler_for_all() -> None:
    prepared, _ = prepare(panel(), TaskSpec(window=6))
    stored = prepared.preprocessing.model_dump(exclude={"series_scaling"}, mode="json")
    assert Preprocessing.model_validate(stored) == prepared.preprocessing
    assert TaskSpec.model_validate({"window": 6}).scale_by == "all"


def test_scaler_of_each_series_survives_being_stored() -> None:
    preprocessing = prepare(panel(), OWN)[0].preprocessing
    stored = preprocessing.model_dump_json()
    assert "_arrays" not in stored
    assert Preprocessing.model_validate_json(stored) == preprocessing


def test_series_without_training_steps_is_scaled_by_all_and_a_note_says_so() -> None:
    lengths = (60, 40, 80, 50, 70, 45, 55, 65, 75, 35)
    spec = OWN.model_copy(update={"split_series": "by-series"})
    prepared, _ = prepare(panel(lengths, tuple(10.0**at for at in range(10))), spec)
    preprocessing = prepared.preprocessing
    scaling = preprocessing.series_scaling
    assert scaling is not None
    training = set(preprocessing.scaled_series(prepared.training.positions).tolist())
    assert [index for index, fitted in enumerate(scaling.fitted) if fitted] == sorted(training)
    for index, fitted in enumerate(scaling.fitted):
        as_all = scaling.targets.center[index] == preprocessing.target_scaler.center
        assert as_all != fitted
    note = next(note for note in prepared.notes if isinstance(note, SeriesScaledAsAll))
    assert (note.count, note.total) == (3, 10)
    assert "scaled by the training steps of all series" in str(note)


def test_constant_series_is_centred_divided_by_the_spread_of_all_and_told() -> None:
    series = panel()
    series.values[: LENGTHS[0], 1] = 7
    prepared, _ = prepare(series, OWN)
    scaling = prepared.preprocessing.series_scaling
    assert scaling is not None
    assert np.isfinite(prepared.training.targets).all()
    assert (own_targets(prepared, 0) == 0).all()
    assert scaling.targets.scale[0] == prepared.preprocessing.target_scaler.scale
    assert ConstantSeries("y", 1) in prepared.notes


def test_input_that_is_constant_within_each_series_is_told() -> None:
    series = panel()
    series.values[:, 0] = np.repeat(SIZES, LENGTHS)
    prepared, _ = prepare(series, OWN)
    assert ConstantWithinSeries("x") in prepared.notes
    together, _ = prepare(series, OWN.model_copy(update={"scale_by": "all"}))
    assert not any(isinstance(note, ConstantWithinSeries) for note in together.notes)


def test_gap_is_filled_with_the_mean_of_its_own_series() -> None:
    series = panel()
    series.values[[3, LENGTHS[0] + 3, sum(LENGTHS) - 3], 0] = np.nan
    prepared, _ = prepare(series, OWN.model_copy(update={"missing": "mask"}))
    preprocessing = prepared.preprocessing
    assert preprocessing.input_names == ("x", "y", "x missing")
    own = preprocessing.scaled_series(prepared.training.positions)
    values = preprocessing.inputs_in_units(prepared.training.inputs, own)
    fill = preprocessing.series_scaling.fill
    for index in (0, 1):
        gaps = values[own == index]
        filled = gaps[gaps[..., 2] == 1][:, 0]
        assert len(filled)
        np.testing.assert_allclose(filled, fill[index][0], 1e-4)
        assert np.abs(prepared.training.inputs[own == index]).max() < 10
    assert len(fill) == len(LENGTHS) + 1


def test_persistence_predicts_the_last_value_of_the_same_series() -> None:
    series = panel()
    prepared, _ = prepare(series, OWN)
    persistence, *_, linear = score_baselines(prepared)
    last = np.array([series.values[at - 1, 1] for at in prepared.test.positions.tolist()])
    np.testing.assert_allclose(persistence.predictions, np.stack([last, last], axis=1), 1e-5)
    errors = persistence.predictions - prepared.test.targets_in_units
    assert persistence.scores["rmse"] == pytest.approx(np.sqrt((errors**2).mean()))
    naive = prepared.preprocessing.naive_errors(prepared.test.positions)
    assert persistence.scores["mase"] == pytest.approx((np.abs(errors) / naive).mean())
    assert linear.scores["rmse"] < 100 * persistence.scores["rmse"]


def test_autoregression_finds_a_rule_that_all_series_share_whatever_their_size() -> None:
    pieces = []
    for index, length in enumerate(LENGTHS):
        values = [1.0, 0.5 + index]
        for _ in range(length - 2):
            values.append(1.6 * values[-1] - 0.98 * values[-2])
        pieces.append(SIZES[index] * np.array(values))
    values = np.concatenate(pieces)[:, np.newaxis]
    series = Series("toy", "toy", COLUMNS[1:], values, lengths=np.array(LENGTHS))
    prepared, _ = prepare(series, OWN)
    *_, linear = score_baselines(prepared)
    errors = np.abs(linear.predictions - prepared.test.targets_in_units)
    own = prepared.preprocessing.scaled_series(prepared.test.positions)
    spread = np.array([np.std(piece) for piece in pieces])
    assert (errors.max(axis=1) < 0.02 * spread[own]).all()


def test_target_whose_past_is_not_read_is_compared_with_the_mean_of_its_series() -> None:
    prepared, _ = prepare(panel(), OWN.model_copy(update={"features": ("x",), "target": ("y",)}))
    [mean] = score_baselines(prepared)
    assert mean.name == "mean of each series"
    own = prepared.preprocessing.scaled_series(prepared.test.positions)
    training = prepared.preprocessing.scaled_series(prepared.training.positions)
    for index in range(len(LENGTHS)):
        expected = prepared.training.targets_in_units[training == index].mean(axis=0)
        found = mean.predictions[own == index]
        np.testing.assert_allclose(found, np.tile(expected, (len(found), 1)))


def test_reduced_training_set_scales_each_series_by_the_steps_that_are_left() -> None:
    few, _ = prepare(panel(), OWN.model_copy(update={"training_examples": 30}))
    whole, _ = prepare(panel(), OWN)
    assert few.preprocessing.series_scaling != whole.preprocessing.series_scaling
    assert few.preprocessing.series_scaling.fitted == (True, True, True)
    np.testing.assert_array_equal(few.test.targets_in_units, whole.test.targets_in_units)


def test_expanding_folds_scale_each_series_by_the_training_steps_of_the_fold() -> None:
    spec = OWN.model_copy(update={"folds": 2})
    first, second = (
        prepare(panel(), spec, fold_id)[0].preprocessing.series_scaling for fold_id in spec.fold_ids
    )
    assert first != second


def test_values_in_a_memory_map_are_scaled_by_series_some_rows_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    series = panel()
    path = tmp_path / "values.npy"
    with RowsFile(path, 2, np.dtype(np.float64)) as file:
        file.add(series.values)
    scaling = prepare(series, OWN)[0].preprocessing.series_scaling
    monkeypatch.setattr("studio.data.tasks.fitted.scaling._CHUNK", 100)
    mapped = np.load(path, mmap_mode="r")
    found = scaled_values(scaling.inputs, mapped, series.lengths)
    assert isinstance(found, np.memmap)
    expected = scaled_values(scaling.inputs, series.values, series.lengths)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("task", "message"),
    [
        (OWN.model_copy(update={"scaling": "none"}), "nothing is scaled"),
        (OWN.model_copy(update={"kind": "classify", "target": ("y",)}), "only forecasts"),
    ],
)
def test_setting_without_a_use_is_refused(task: TaskSpec, message: str) -> None:
    series = panel()
    series.values[:, 1] = np.arange(len(series)) // 40
    task = task.model_copy(update={"horizon": 1})
    with pytest.raises(SpecError, match=rf"scale_by: {message}"):
        prepare(series, task)


def test_one_series_has_no_scaler_of_its_own() -> None:
    one = Series("toy", "toy", COLUMNS, panel().values)
    with pytest.raises(SpecError, match="there are no several series to scale"):
        prepare(one, OWN)


def test_series_of_a_long_table_keep_their_names(tmp_path: Path) -> None:
    lines = ["store,day,sales"]
    lines += [f"{name},{day},{day % 7 + 1}" for name in ("north", "south") for day in range(40)]
    path = tmp_path / "sales.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    prepared, _ = prepare(load(FileDataset(path=str(path), id_column="store")), OWN)
    assert prepared.preprocessing.series_scaling.names == ("north", "south")


def test_series_without_names_are_numbered() -> None:
    prepared, _ = prepare(panel(), OWN)
    assert prepared.preprocessing.series_scaling.names == ("series 1", "series 2", "series 3")


def test_series_must_be_given_where_each_has_its_own_scaler() -> None:
    preprocessing = prepare(panel(), OWN)[0].preprocessing
    with pytest.raises(ValueError, match="each series has its own scaler"):
        preprocessing.scaled_inputs(np.zeros((1, 6, 2)))
