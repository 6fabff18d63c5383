import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from networks import classifying, forecasting

from studio.core.prepared.scaler import Scaler

KINDS = ["none", "standard", "min-max", "robust"]


@given(
    kind=st.sampled_from(KINDS),
    rows=arrays(
        np.float64,
        (20, 3),
        elements=st.integers(-(10**6), 10**6).map(lambda thousandths: thousandths / 1e3),
    ),
)
def test_scaling_is_undone_within_single_precision(kind: str, rows: np.ndarray) -> None:
    scaler = Scaler.fit(kind, rows)
    back = scaler.undo(scaler.apply(rows))
    magnitude = np.abs(rows - scaler.center).max() + np.abs(scaler.center).max()
    assert np.abs(back - rows).max() <= 1e-6 * max(magnitude, 1e-30)


def test_standard_scaling_gives_zero_mean_and_unit_deviation() -> None:
    rows = np.random.default_rng(0).normal(5, 3, size=(1000, 2))
    scaled = Scaler.fit("standard", rows).apply(rows)
    assert scaled.dtype == np.float32
    assert np.abs(scaled.mean(axis=0)).max() < 1e-6
    assert np.abs(scaled.std(axis=0) - 1).max() < 1e-6


def test_min_max_scaling_maps_to_zero_to_one() -> None:
    rows = np.array([[2.0, -1.0], [4.0, 1.0], [3.0, 0.0]])
    scaled = Scaler.fit("min-max", rows).apply(rows)
    assert scaled.tolist() == [[0, 0], [1, 1], [0.5, 0.5]]


def test_robust_scaling_uses_median_and_quartiles() -> None:
    scaler = Scaler.fit("robust", np.arange(101.0)[:, None])
    assert (scaler.center, scaler.scale) == ((50.0,), (50.0,))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", [0.0, 0.1, -3e7, 1e-9])
def test_a_constant_channel_keeps_the_scale_one(kind: str, value: float) -> None:
    rows = np.full((997, 1), value)
    scaler = Scaler.fit(kind, rows)
    assert scaler.scale == (1.0,)
    assert np.isfinite(scaler.apply(rows)).all()


@pytest.mark.parametrize("kind", KINDS[1:])
def test_a_channel_of_tiny_numbers_is_not_constant(kind: str) -> None:
    rows = np.linspace(1e-13, 2e-13, 50)[:, None]
    assert np.ptp(Scaler.fit(kind, rows).apply(rows)) >= 1


def test_far_centres_lose_no_digits() -> None:
    rows = 1e6 + np.linspace(0, 1, 11)[:, None]
    scaled = Scaler.fit("min-max", rows).apply(rows)
    assert np.abs(scaled - np.linspace(0, 1, 11)[:, None]).max() < 1e-6


def test_predictions_of_classes_are_probabilities_however_large_the_outputs() -> None:
    predictions = classifying(classes=3).predictions_from(
        [[0.0, 0.0, 0.0], [1e4, 0.0, -1e4], [0.0, np.log(2), 0]]
    )
    assert np.allclose(predictions, [[1 / 3, 1 / 3, 1 / 3], [1, 0, 0], [0.25, 0.5, 0.25]])
    assert predictions.dtype == np.float32


def test_predictions_of_forecasts_are_in_units_horizon_first() -> None:
    preprocessing = forecasting(targets=2, horizon=3)  # centres 10 and 20, scales 2 and 3
    predictions = preprocessing.predictions_from([[0, 0, 1, 1, -1, 2]])
    assert predictions.tolist() == [[10, 20, 12, 23, 8, 26]]


def test_a_head_has_an_output_for_each_class_or_step_and_target() -> None:
    assert classifying(classes=5).output_size == 5
    assert forecasting(targets=2, horizon=3).output_size == 6


def test_the_unit_is_that_of_all_targets_or_none() -> None:
    preprocessing = forecasting(targets=2)
    assert preprocessing.unit == "kW"
    assert preprocessing.model_copy(update={"target_units": ("kW", "m")}).unit == ""


def test_preprocessing_survives_json() -> None:
    preprocessing = forecasting()
    assert type(preprocessing).model_validate_json(preprocessing.model_dump_json()) == preprocessing
