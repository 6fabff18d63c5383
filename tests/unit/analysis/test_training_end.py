"""Whether runs had stopped improving when they ended, and what follows for verdicts."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from unit.analysis.make_histories import epoch, with_errors

from studio.analysis import compare, summary
from studio.analysis.scores.training_end import contender_converged, has_converged, still_falls
from studio.core.results.history import ComparisonHistory, RunHistory, Status
from studio.core.results.metrics import METRICS

RNG = np.random.default_rng(7)
NOISE = RNG.normal(size=200)
FALLING = tuple(3.0 * 0.95 ** np.arange(40))
LEVEL = tuple(3.0 * 0.7 ** np.arange(40) + 1 + 0.01 * RNG.normal(size=40))


def run_with(run: RunHistory, losses: Sequence[float], status: Status = "finished") -> RunHistory:
    epochs = tuple(
        replace(epoch(number), validation_loss=loss, train_loss=loss)
        for number, loss in enumerate(losses, start=1)
    )
    return replace(run, epochs=epochs, best_epoch=int(np.argmin(losses)) + 1, status=status)


def history(gru: Sequence[float], lstm: Sequence[float], worse: float = 1.3) -> ComparisonHistory:
    """The LSTM's errors are larger by a factor."""
    noise = [scale * (1 + 0.01 * RNG.normal(size=(5, 1))) * NOISE for scale in (1.0, worse)]
    made = with_errors({"gru": noise[0], "lstm": noise[1]})
    contenders = tuple(
        replace(contender, runs=tuple(run_with(run, losses) for run in contender.runs))
        for contender, losses in zip(made.contenders, (gru, lstm), strict=True)
    )
    return replace(made, contenders=contenders)


def test_a_loss_that_falls_to_the_last_epoch_has_not_converged() -> None:
    assert still_falls(FALLING)
    assert still_falls([loss + 0.01 * step for loss, step in zip(FALLING, RNG.normal(size=40),
                                                                 strict=True)])  # fmt: skip


@pytest.mark.parametrize(
    "losses",
    [
        LEVEL,
        [1.0] * 40,
        (*FALLING, *FALLING[::-1]),
        [1.0 + 1e-6 * (40 - step) for step in range(40)],
        [float("inf")] * 3 + [1.0] * 20,
    ],
    ids=["level with noise", "constant", "rising again", "falling by nothing", "once infinite"],
)
def test_a_loss_that_no_longer_falls_notably_has_converged(losses: Sequence[float]) -> None:
    assert not still_falls(losses)


def test_level_losses_are_seldom_called_falling() -> None:
    rng = np.random.default_rng(3)
    called = sum(still_falls(1 + 0.1 * rng.normal(size=40)) for _ in range(1000))
    assert called <= 50


def test_early_stopping_ends_a_run_and_few_epochs_tell_nothing() -> None:
    run = history(FALLING, FALLING).contenders[0].runs[0]
    assert has_converged(run_with(run, FALLING, "early")) is True
    assert has_converged(run_with(run, FALLING[:4])) is None
    assert has_converged(run_with(run, FALLING, "stopped")) is None


def test_a_contender_has_converged_where_most_of_its_runs_have() -> None:
    contender = history(FALLING, FALLING).contenders[0]
    level = tuple(run_with(run, LEVEL) for run in contender.runs[:3])
    assert contender_converged(contender) is False
    assert contender_converged(replace(contender, runs=(*level, *contender.runs[3:]))) is True
    assert contender_converged(replace(contender, runs=())) is None


@pytest.mark.parametrize(("gru", "lstm"), [(LEVEL, FALLING), (FALLING, LEVEL)])
def test_no_winner_between_a_finished_and_an_unfinished_contender(
    gru: Sequence[float], lstm: Sequence[float]
) -> None:
    (found,) = compare(history(gru, lstm), METRICS["rmse"])
    assert found.difference.excludes_zero
    assert found.decision.kind == "undecided"
    unfinished = "GRU" if gru is FALLING else "LSTM"
    assert f"{unfinished} was still improving when training ended" in found.text


def test_two_finished_contenders_have_a_winner_and_nothing_is_said_of_their_ends() -> None:
    (found,) = compare(history(LEVEL, LEVEL), METRICS["rmse"])
    assert found.decision.name == "GRU"
    assert "improving" not in found.text


def test_two_unfinished_contenders_have_a_winner_with_a_warning() -> None:
    (found,) = compare(history(FALLING, FALLING), METRICS["rmse"])
    assert found.decision.name == "GRU"
    assert "GRU and LSTM were still improving when training ended" in found.text


def test_contenders_matched_by_time_are_judged_at_that_time() -> None:
    made = history(LEVEL, FALLING)
    training = made.spec.training.model_copy(update={"seconds": 5.0})
    made = replace(made, spec=made.spec.model_copy(update={"match": "time", "training": training}))
    (found,) = compare(made, METRICS["rmse"])
    assert found.decision.name == "GRU"
    assert "LSTM was still improving" in found.text


def test_the_json_says_which_contenders_and_runs_have_converged() -> None:
    gru, lstm = summary(history(LEVEL, FALLING)).as_json()["contenders"]  # type: ignore[misc]
    assert (gru["converged"], lstm["converged"]) == (True, False)
    assert [run["converged"] for run in lstm["seeds"]] == [False] * 5
