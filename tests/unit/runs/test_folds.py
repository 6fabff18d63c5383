"""Runs over folds: each with its own data and random numbers, paired and resumable."""

from pathlib import Path

import numpy as np
import pytest
from running import (
    begin,
    events_until_end,
    losses,
    run_to_end,
    scores_on_test,
    small_spec,
    whole_history,
    workspace,
)

from studio.core.errors import SessionError
from studio.core.results.events import EpochFinished, RunId
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.core.specs.fold_ids import FoldId
from studio.runs.stored.models import raw_sequences, stored_model, stored_sequence


def folded(**training: object) -> ComparisonSpec:
    """Two folds, twice, of 120 sequences."""
    spec = small_spec(**{"seeds": 1, "epochs": 2, **training})
    return spec.model_copy(update={"task": spec.task.model_copy(update={"folds": 2, "repeats": 2})})


def test_every_contender_has_a_run_for_each_seed_and_fold(tmp_path: Path) -> None:
    history = whole_history(tmp_path / "s.gates", folded(seeds=2))
    expected = [
        (seed, FoldId(repeat, fold)) for repeat in (1, 2) for fold in (1, 2) for seed in (1, 2)
    ]
    for contender in history.contenders:
        assert [run.run.pair for run in contender.runs] == expected
        assert all(run.has_ended for run in contender.runs)


def test_each_fold_is_scored_on_its_own_test_set(tmp_path: Path) -> None:
    history = whole_history(tmp_path / "s.gates", folded())
    for record in history.folds:
        run = history.contender("GRU").run(1, record.fold_id)
        error = np.mean((run.result.predictions - record.test_truth) ** 2) ** 0.5
        assert run.result.scores["rmse"] == pytest.approx(error, rel=1e-5)
    tested = [record.test_positions for record in history.folds[:2]]
    assert sorted(np.concatenate(tested)) == list(range(120))


def test_folds_have_their_own_random_numbers() -> None:
    assert RunId("GRU", 1).randomness == 1
    drawn = {RunId("GRU", 1, FoldId(r, f)).randomness for r in range(3) for f in range(1, 6)}
    assert len(drawn) == 15
    assert RunId("GRU", 3, FoldId(1, 2)).randomness == RunId("LSTM", 3, FoldId(1, 2)).randomness


def test_stopped_folds_resume_to_the_same_losses(tmp_path: Path) -> None:
    whole = whole_history(tmp_path / "whole.gates", folded())
    path = tmp_path / "stopped.gates"
    with workspace(path) as work:
        events = work.subscribe()
        running = begin(work, folded())
        finished = 0
        while finished < 5:
            finished += isinstance(events.get(timeout=60), EpochFinished)
        running.control.stop()
        events_until_end(events)
    with workspace(path) as work:
        events = work.subscribe()
        resumed = work.resume(running.comparison)
        events_until_end(events)
        history = work.history(resumed.comparison)
    assert losses(history) == losses(whole)
    assert scores_on_test(history) == scores_on_test(whole)


def test_a_model_of_a_fold_has_the_preprocessing_of_that_fold(tmp_path: Path) -> None:
    path = tmp_path / "s.gates"
    with workspace(path) as work:
        running, _ = run_to_end(work, folded())
        session = work.ask(lambda opened: opened).result()
        history = work.history(running.comparison)
        which = FoldId(2, 1)
        model = stored_model(session, running.comparison, "GRU", 1, fold_id=which)
        assert model.preprocessing == history.on(which).preprocessing
        assert model.preprocessing != history.preprocessing
        scaled = stored_sequence(session, running.comparison, "test", 0, which)
        [raw], *_ = raw_sequences(session, running.comparison, 1, which)
        np.testing.assert_allclose(
            model.preprocessing.input_scaler.apply(raw), scaled, rtol=1e-4, atol=1e-5
        )
        with pytest.raises(SessionError, match="there is no repeat 3, fold 1 of GRU"):
            stored_model(session, running.comparison, "GRU", 1, fold_id=FoldId(3, 1))
