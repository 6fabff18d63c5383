"""Learning rates are chosen on validation alone, by the same trials for every contender."""

from dataclasses import replace
from pathlib import Path

import pytest
from running import small_spec, whole_history

from studio.core.errors import SpecError
from studio.core.spec import ComparisonSpec
from studio.runs.tuning import after_trial, belongs_to, random_rates, rates_around, trial_of

RATES = (0.0001, 0.01)


def asked(**training: object) -> ComparisonSpec:
    return small_spec(epochs=2, **training).model_copy(update={"rates": RATES})


def test_every_contender_tries_every_rate_once_with_a_seed_that_is_not_judged() -> None:
    spec = asked()
    trial = trial_of(spec)
    assert [(each.cell, each.lr) for each in trial.contenders] == [
        ("gru", 0.0001),
        ("gru", 0.01),
        ("lstm", 0.0001),
        ("lstm", 0.01),
    ]
    assert len(trial.training.seed_list) == 1
    assert trial.training.seed_list[0] not in spec.training.seed_list


def test_the_rate_with_the_lowest_validation_loss_is_trained_with(tmp_path: Path) -> None:
    spec = asked()
    history = whole_history(tmp_path / "trial.gates", trial_of(spec))
    tuned = after_trial(history)
    assert tuned is not None
    losses = {
        each.name: min(e.validation_loss or 0.0 for e in each.runs[0].epochs)
        for each in history.contenders
    }
    for contender, chosen in zip(spec.contenders, tuned.contenders, strict=True):
        by_rate = {rate: losses[f"{contender.name}, rate {rate:g}"] for rate in RATES}
        assert chosen.lr == min(by_rate, key=lambda rate: by_rate[rate])
        assert chosen.model_copy(update={"lr": None}) == contender
    assert (tuned.rates, tuned.tried) == (None, RATES)
    assert belongs_to(history.spec, spec)
    assert belongs_to(tuned, spec)
    assert not belongs_to(tuned, spec.model_copy(update={"margin": 0.5}))


def test_another_rate_trains_another_network(tmp_path: Path) -> None:
    history = whole_history(tmp_path / "trial.gates", trial_of(asked()))
    slow, fast = history.contenders[:2]
    assert slow.runs[0].epochs[0].lr == RATES[0]
    assert fast.runs[0].epochs[0].lr == RATES[1]
    assert slow.runs[0].epochs[-1].train_loss != fast.runs[0].epochs[-1].train_loss


def test_a_contender_without_a_validated_run_is_named(tmp_path: Path) -> None:
    history = whole_history(tmp_path / "trial.gates", trial_of(asked()))
    failed = tuple(
        replace(each, runs=tuple(replace(run, status="failed") for run in each.runs))
        for each in history.contenders
    )
    with pytest.raises(SpecError, match="GRU has no validated run at any of the rates"):
        after_trial(replace(history, contenders=failed))


def test_a_comparison_that_tried_no_rates_has_nothing_after_it(tmp_path: Path) -> None:
    history = whole_history(tmp_path / "plain.gates", small_spec(epochs=1, seeds=1))
    assert after_trial(history) is None


def test_rates_need_a_validation_part() -> None:
    task = asked().task.model_copy(update={"split": (0.8, 0.0, 0.2)})
    with pytest.raises(SpecError, match="the split leaves none"):
        trial_of(asked().model_copy(update={"task": task}))


def test_proposed_rates_lie_around_the_one_that_is_set() -> None:
    assert rates_around(0.003) == (0.0003, 0.0009, 0.003, 0.009, 0.03)
    drawn = random_rates(0.01, 8, seed=1)
    assert len(set(drawn)) == 8
    assert all(0.001 <= rate <= 0.1 for rate in drawn)
    assert drawn == random_rates(0.01, 8, seed=1)
