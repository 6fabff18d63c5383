"""Gates over a whole set, counted batch by batch, against all values at once."""

import numpy as np
import pytest

from studio.analysis.gates.dataset.effective_rank import effective_rank
from studio.analysis.gates.dataset.gate_counts import (
    BINS,
    GateCounter,
    GateScale,
    quantiles_of_counts,
)
from studio.analysis.gates.dataset.seed_summary import summarise
from studio.analysis.gates.half_life import half_lives

UNITS, PLACES, CLASSES = 5, 4, 3


def rows(seed: int = 0, count: int = 600) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values, places and classes; some rows have no class, unit 4 is dead, unit 3 constant."""
    generator = np.random.default_rng(seed)
    values = generator.beta(0.4, 0.6, (count, UNITS)).astype(np.float32)
    values[:, 4] *= 0.05
    values[:, 3] = 0.5
    return values, generator.integers(0, PLACES, count), generator.integers(-1, CLASSES, count)


def counted(scale: GateScale, seed: int = 0) -> GateCounter:
    values, places, classes = rows(seed)
    counter = GateCounter(scale, UNITS, PLACES, CLASSES)
    for first in range(0, len(values), 130):
        some = slice(first, first + 130)
        counter.add(values[some], places[some], classes[some])
    return counter


def test_counts_by_place_and_class_are_those_of_all_values_at_once() -> None:
    values, places, classes = rows()
    scale = GateScale(0.0, 1.0, is_memory=True)
    found = counted(scale).figures()
    in_bin = np.minimum((values * np.float32(BINS)).astype(int), BINS - 1)
    assert np.array_equal(found.counts, np.bincount(in_bin.ravel(), minlength=BINS))
    for place in range(PLACES):
        mine = places == place
        expected = np.bincount(in_bin[mine].ravel(), minlength=BINS)
        assert np.array_equal(found.place_counts[place], expected)
        assert found.place_means[place] == pytest.approx(values[mine].mean(), rel=1e-6)
    for number in range(CLASSES):
        mine = classes == number
        assert found.class_counts[number].sum() == mine.sum() * UNITS
        assert found.class_means[number] == pytest.approx(values[mine].mean(), rel=1e-6)


def test_saturation_half_lives_and_dead_units_are_those_of_all_values_at_once() -> None:
    values, _, _ = rows()
    found = counted(GateScale(0.0, 1.0, is_memory=True)).figures()
    assert np.allclose(found.below, (values < 0.1).mean(axis=0))
    assert np.allclose(found.above, (values > 0.9).mean(axis=0))
    assert found.dead.tolist() == [False, False, False, True, True]
    assert found.half_lives is not None
    assert np.allclose(found.half_lives, half_lives(values))


def test_quantiles_are_those_of_the_values_to_within_a_bin() -> None:
    values, places, _ = rows()
    scale = GateScale(0.0, 1.0)
    found = counted(scale).figures()
    for share in (0.1, 0.5, 0.9):
        quantiles = quantiles_of_counts(found.place_counts, scale, share)
        expected = [np.quantile(values[places == place], share) for place in range(PLACES)]
        assert np.allclose(quantiles, expected, atol=1.5 / BINS)
    assert np.isnan(quantiles_of_counts(np.zeros((1, BINS), np.int64), scale, 0.5)).all()


def test_the_effective_rank_is_the_entropy_of_the_singular_values_of_the_centred_states() -> None:
    values, _, _ = rows()
    found = counted(GateScale(-1.0, 1.0, is_state=True)).figures()
    exact = values.astype(np.float64)
    singular = np.linalg.svd(exact - exact.mean(axis=0), compute_uv=False)
    singular = singular[singular > 1e-6]
    shares = singular / singular.sum()
    assert found.rank == pytest.approx(np.exp(-(shares * np.log(shares)).sum()), rel=1e-4)


def test_the_effective_rank_counts_equal_directions_and_nothing_of_a_state_that_stands_still() -> (
    None
):
    assert effective_rank(np.diag([2.0, 2.0, 2.0, 0.0])) == pytest.approx(3.0)
    assert effective_rank(np.diag([5.0, 0.0])) == pytest.approx(1.0)
    assert effective_rank(np.zeros((3, 3))) == 0.0


def test_over_seeds_there_are_intervals_and_one_run_alone_has_none() -> None:
    scale = GateScale(0.0, 1.0, is_memory=True)
    runs = [counted(scale, seed).figures() for seed in range(3)]
    summary = summarise(runs)
    assert summary.below.low < summary.below.value < summary.below.high
    assert summary.below.value == pytest.approx(np.mean([run.below.mean() for run in runs]))
    assert summary.density.sum() == pytest.approx(1.0)
    assert summary.mean.value == pytest.approx(np.mean([rows(s)[0].mean() for s in range(3)]))
    assert np.isnan(summarise(runs[:1]).below.low)
