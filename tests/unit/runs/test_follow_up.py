"""The next step after a finished comparison follows from its history alone."""

from dataclasses import replace

import numpy as np
from running import small_spec
from unit.analysis.make_histories import with_errors

from studio.core.results.history import ComparisonHistory
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.runs.planning.follow_up import AddSeeds, Done, TrainSize, next_step
from studio.runs.planning.learning_curve_plan import MissingSize

SIZE = MissingSize(examples=20, spec=small_spec(), unfinished=None)


def finished(*, apart: float, looks: tuple[int, ...] | None) -> ComparisonHistory:
    """Three seeds of two cells whose errors differ by this much, with noise of 0.3."""
    rng = np.random.default_rng(3)
    errors = {
        "gru": 1 + 0.3 * rng.normal(size=(3, 40)),
        "lstm": 1 + apart + 0.3 * rng.normal(size=(3, 40)),
    }
    history = with_errors(errors, margin=1e-6)
    training = history.spec.training.model_copy(update={"seeds": 3})
    spec: ComparisonSpec = history.spec.model_copy(update={"training": training, "looks": looks})
    return replace(history, spec=spec)


def test_an_inconclusive_verdict_is_followed_by_the_seeds_of_the_next_look() -> None:
    assert next_step(finished(apart=0.0, looks=(3, 5, 8))) == AddSeeds(5)


def test_nothing_follows_a_decided_verdict() -> None:
    assert next_step(finished(apart=2.0, looks=(3, 5, 8))) == Done()


def test_no_seeds_follow_without_planned_looks() -> None:
    assert next_step(finished(apart=0.0, looks=None)) == Done()


def test_the_next_size_of_a_learning_curve_follows_once_the_verdict_needs_no_seeds() -> None:
    assert next_step(finished(apart=2.0, looks=(3, 5)), [SIZE]) == TrainSize(SIZE)
    assert next_step(finished(apart=0.0, looks=(3, 5)), [SIZE]) == AddSeeds(5)
