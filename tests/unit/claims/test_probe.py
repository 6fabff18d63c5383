"""The linear probe: what it can and cannot read."""

import numpy as np

from studio.claims.analysis.probe import probe_accuracy


def _halves(states: np.ndarray, classes: np.ndarray) -> float:
    half = len(states) // 2
    return probe_accuracy(states[:half], classes[:half], states[half:], classes[half:])


def test_a_linearly_separable_class_is_read_whatever_its_scale_and_centre() -> None:
    rng = np.random.default_rng(1)
    classes = rng.integers(0, 3, 400)
    states = rng.normal(0, 1e-3, (400, 8)) + 50
    states[np.arange(400), classes] += 0.05
    assert _halves(states.astype(np.float32), classes) == 1.0


def test_states_without_the_class_give_chance_accuracy() -> None:
    rng = np.random.default_rng(2)
    assert abs(_halves(rng.normal(size=(4000, 8)), rng.integers(0, 4, 4000)) - 0.25) < 0.05


def test_a_class_that_is_not_linearly_separable_is_not_read() -> None:
    rng = np.random.default_rng(3)
    states = rng.choice([-1.0, 1.0], (4000, 2))
    apart = (states[:, 0] != states[:, 1]).astype(np.int64)
    assert _halves(states + rng.normal(0, 0.1, states.shape), apart) < 0.6


def test_a_constant_unit_does_no_harm() -> None:
    rng = np.random.default_rng(4)
    classes = rng.integers(0, 2, 200)
    assert _halves(np.column_stack([classes * 1.0, np.zeros(200)]), classes) == 1.0
