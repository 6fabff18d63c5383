"""Learning rates are chosen by validation loss, with the same trials for every contender."""

from dataclasses import replace
from pathlib import Path

import pytest
from running import small_spec, whole_history

from studio.core.errors import SpecError
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.runs.planning.tuning import (
    is_tuning_of,
    random_rates,
    rates_around,
    spec_after_tuning,
    tuning_trial,
)

RATES = (0.0001, 0.01)


def asked(**training: object) -> ComparisonSpec:
    return small_spec(epochs=2, **training).model_copy(update={"rates": RATES})


def test_every_contender_tries_every_learning_rate_once_with_an_extra_seed() -> None:
    spec = asked()
    trial = tuning_trial(spec)
    assert [(contender.cell, contender.lr) for contender in trial.contenders] == [
        ("gru", 0.0001),
        ("gru", 0.01),
        ("lstm", 0.0001),
        ("lstm", 0.01),
    ]
    assert len(trial.training.seed_list) == 1
    assert trial.training.seed_list[0] not in spec.training.seed_list


def test_the_learning_rate_with_the_lowest_validation_loss_is_used(tmp_path: Path) -> None:
    spec = asked()
    history = whole_history(tmp_path / "trial.gates", tuning_trial(spec))
    tuned = spec_after_tuning(history)
    assert tuned is not None
    losses = {
        contender.name: min(e.validation_loss or 0.0 for e in contender.runs[0].epochs)
        for contender in history.contenders
    }
    for contender, chosen in zip(spec.contenders, tuned.contenders, strict=True):
        by_rate = {rate: losses[f"{contender.name}, rate {rate:g}"] for rate in RATES}
        assert chosen.lr == min(by_rate, key=lambda rate: by_rate[rate])
        assert chosen.model_copy(update={"lr": None}) == contender
    assert (tuned.rates, tuned.tried) == (None, RATES)
    assert is_tuning_of(history.spec, spec)
    assert is_tuning_of(tuned, spec)
    assert not is_tuning_of(tuned, spec.model_copy(update={"margin": 0.5}))


def test_trials_of_a_session_that_lacks_later_settings_belong_to_their_comparison() -> None:
    spec = asked()
    trial = tuning_trial(spec)
    assert trial.asked is not None
    contenders = [dict(contender) for contender in trial.asked["contenders"]]
    for contender in contenders:
        del contender["kernel_size"]
    older = trial.model_copy(update={"asked": {**trial.asked, "contenders": contenders}})
    assert is_tuning_of(older, spec)
    assert not is_tuning_of(older, spec.model_copy(update={"margin": 0.5}))


def test_another_rate_trains_another_network(tmp_path: Path) -> None:
    history = whole_history(tmp_path / "trial.gates", tuning_trial(asked()))
    slow, fast = history.contenders[:2]
    assert slow.runs[0].epochs[0].lr == RATES[0]
    assert fast.runs[0].epochs[0].lr == RATES[1]
    assert slow.runs[0].epochs[-1].train_loss != fast.runs[0].epochs[-1].train_loss


def test_a_contender_without_a_validated_run_is_named(tmp_path: Path) -> None:
    history = whole_history(tmp_path / "trial.gates", tuning_trial(asked()))
    failed = tuple(
        replace(contender, runs=tuple(replace(run, status="failed") for run in contender.runs))
        for contender in history.contenders
    )
    with pytest.raises(SpecError, match="GRU has no validated run at any of the learning rates"):
        spec_after_tuning(replace(history, contenders=failed))


def test_no_comparison_follows_one_without_trials(tmp_path: Path) -> None:
    history = whole_history(tmp_path / "plain.gates", small_spec(epochs=1, seeds=1))
    assert spec_after_tuning(history) is None


def test_learning_rates_need_a_validation_set() -> None:
    task = asked().task.model_copy(update={"split": (0.8, 0.0, 0.2)})
    with pytest.raises(SpecError, match="validation set, which is empty"):
        tuning_trial(asked().model_copy(update={"task": task}))


def test_proposed_learning_rates_lie_around_the_current_one() -> None:
    assert rates_around(0.003) == (0.0003, 0.0009, 0.003, 0.009, 0.03)
    drawn = random_rates(0.01, 8, seed=1)
    assert len(set(drawn)) == 8
    assert all(0.001 <= rate <= 0.1 for rate in drawn)
    assert drawn == random_rates(0.01, 8, seed=1)
