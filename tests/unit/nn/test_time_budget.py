"""A budget of training time: it ends a run, turns the schedule, and outlives a crash."""

import math

import pytest
from unit.nn.make_runs import finish, make_trainer, resume_point

from studio.core.specs.comparison_spec import TrainingSpec
from studio.nn.training.trainer import Trainer

BATCHES = 5  # of 20 examples
TIMED = TrainingSpec(epochs=1, batch_size=4, seconds=12.0, schedule="cosine", lr=0.1)


def spend(trainer: Trainer, seconds: float) -> None:
    """Makes steps of one second each, and ends epochs where they end."""
    while trainer._budget.spent < seconds and not trainer.is_over:
        with trainer.turn():
            trainer.step()
            trainer.spend(trainer._budget.spent + 1.0)
            trainer.follow_time()
            if trainer.epoch_is_over:
                trainer.finish_epoch(trainer._budget.spent)


def rate_of(trainer: Trainer) -> float:
    return float(trainer._optimizer.param_groups[0]["lr"])


def test_a_run_ends_when_its_seconds_are_spent_independent_of_epochs() -> None:
    trainer = make_trainer(TIMED)
    spend(trainer, math.inf)
    assert trainer.step_count == 12
    assert trainer.epoch == 3  # the third is cut off, scored and counted
    assert trainer.ending == "finished"


def test_a_limit_of_steps_does_not_end_a_run_that_is_matched_by_time() -> None:
    trainer = make_trainer(TIMED.model_copy(update={"steps": 3}))
    spend(trainer, math.inf)
    assert trainer.step_count == 12


def test_the_cosine_follows_the_share_of_the_budget_that_is_spent() -> None:
    trainer = make_trainer(TIMED)
    rates = [rate_of(trainer)]
    for seconds in (3, 6, 9):
        spend(trainer, seconds)
        rates.append(rate_of(trainer))
    expected = [0.05 * (1 + math.cos(math.pi * share)) for share in (0, 0.25, 0.5, 0.75)]
    assert rates == pytest.approx(expected)


def test_a_resumed_run_keeps_its_remaining_seconds_and_learning_rate() -> None:
    trainer = make_trainer(TIMED)
    seen = finish(trainer, until=1)
    assert seen.records[0].seconds == BATCHES
    resumed = make_trainer(TIMED, resume=resume_point(seen))
    spend(resumed, 6)
    assert rate_of(resumed) == pytest.approx(0.05)
    spend(resumed, math.inf)
    assert resumed.step_count == 12


def test_patience_still_ends_a_run_early() -> None:
    trainer = make_trainer(TIMED.model_copy(update={"patience": 1, "lr": 10.0, "seconds": 500.0}))
    spend(trainer, math.inf)
    assert trainer.ending == "early"
