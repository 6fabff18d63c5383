"""Predictions through new data give what training scored, for every task."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from running import whole_history

from studio.core.results.final_model import FinalModel
from studio.core.specs.experiment import parse_comparison
from studio.data import Series, load
from studio.runs.execution.final_training import FinalTrainingStopped, train_final_model
from studio.runs.predictions.part_predictions import PredictionStopped
from studio.runs.predictions.predict import Question, answer_question, ask_session, question_of
from studio.runs.predictions.prediction_result import PredictionResult
from studio.runs.predictions.prediction_spec import PredictionSpec
from studio.runs.predictions.prediction_table import prediction_table
from studio.runs.stored.final_models import prepare_final_training
from studio.sessions import SessionFile

TASKS: dict[str, dict[str, Any]] = {
    "forecast": {
        "dataset": {"generator": "mackey-glass", "parameters": {"steps": 400}},
        "task": {"window": 10, "horizon": 2, "stride": 3},
    },
    "quantiles": {
        "dataset": {"generator": "mackey-glass", "parameters": {"steps": 400}},
        "task": {"window": 10},
        "training": {"loss": "quantiles"},
    },
    "classify": {"dataset": {"generator": "promoters", "parameters": {"examples": 60}}},
    "windows": {"task": {"kind": "classify", "target": ["state"], "window": 16, "stride": 4}},
    "tag": {"task": {"kind": "tag", "target": ["state"], "window": 20}},
    "regress": {"dataset": {"generator": "adding", "parameters": {"examples": 80, "length": 8}}},
    "track": {
        "dataset": {"generator": "battery"},
        "task": {"kind": "track", "window": 60, "washout": 10},
    },
    "past target": {
        "dataset": {"generator": "battery"},
        "task": {"kind": "track", "window": 60, "washout": 10, "past_target": True},
    },
    "carried": {
        "dataset": {"generator": "battery"},
        "task": {"kind": "track", "window": 60, "washout": 10, "carry_state": True},
    },
}


@pytest.fixture(scope="module", params=TASKS)
def session(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    chosen = TASKS[request.param]
    training = {"epochs": 2, "seeds": 2, "batch_size": 32, **chosen.get("training", {})}
    home = tmp_path_factory.mktemp("predictions")
    generated = {"source": "generated", **chosen.get("dataset", {})}
    file = {"source": "file", "path": str(states(home / "states.csv"))}
    spec = parse_comparison(
        {
            "dataset": generated if "dataset" in chosen else file,
            "task": chosen.get("task", {}),
            "contenders": [{"cell": "gru", "hidden_size": 3}],
            "training": training,
            "machine": {"device": "cpu", "threads": 1},
        },
        "test",
    )
    whole_history(home / "s.gates", spec)
    return home / "s.gates"


def states(path: Path) -> Path:
    """A series whose mean is that of its state, which changes every now and then."""
    random = np.random.default_rng(0)
    on = np.cumsum(random.random(600) < 0.05) % 2
    values = on * 1.5 + random.normal(0, 0.5, 600)
    lines = [
        f"{value:.3f},{'on' if state else 'off'}" for value, state in zip(values, on, strict=True)
    ]
    path.write_text("level,state\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def asked(path: Path, spec: PredictionSpec) -> Question:
    """The comparison's own data as new data."""
    with SessionFile.open(path, path.parent / "locks", read_only=True) as file:
        said = ask_session(file, 1, spec)
    return question_of(said, load(said.record.spec))


def answered(path: Path, spec: PredictionSpec) -> tuple[Question, PredictionResult]:
    question = asked(path, spec)
    return question, answer_question(question, spec, None)


def test_scores_on_the_test_set_are_those_that_training_stored(session: Path) -> None:
    question, result = answered(session, PredictionSpec("GRU", seed=1))
    [run] = [run for run in question.history.contender("GRU").runs if run.run.seed == 1]
    assert run.result is not None
    assert result.test_scores
    for name, score in result.test_scores.items():
        assert score.value == pytest.approx(run.result.scores[name], rel=1e-3), name


def test_every_prediction_has_its_row_and_every_column_its_length(session: Path) -> None:
    _, result = answered(session, PredictionSpec("GRU", runs="every"))
    table = prediction_table(result)
    lengths = {len(column) for column in table.values()}
    assert lengths == {2 * len(result.main.values)}
    assert json.dumps(list(table))


def test_an_observer_can_stop_the_predictions(session: Path) -> None:
    spec = PredictionSpec("GRU")
    with pytest.raises(PredictionStopped):
        answer_question(asked(session, spec), spec, lambda *_: False)


@pytest.mark.parametrize("session", ["forecast", "quantiles"], indirect=True)
def test_what_comes_after_a_window_changes_none_of_its_predictions(session: Path) -> None:
    spec = PredictionSpec("GRU", level=None)
    question = asked(session, spec)
    with SessionFile.open(session, session.parent / "locks", read_only=True) as file:
        said = ask_session(file, 1, spec)
    series = load(said.record.spec)
    assert isinstance(series, Series)
    before = answer_question(question, spec, None).main.values
    series.values[-50:] += 1000.0
    after = answer_question(question_of(said, series), spec, None).main.values
    touched = question.data.positions > len(series) - 50
    assert np.array_equal(before[~touched], after[~touched])
    assert not np.allclose(before[touched], after[touched])


def retrained(path: Path, **asked_for: int) -> FinalModel:
    """The same model twice would be the same bits."""
    with SessionFile.open(path, path.parent / "locks", read_only=True) as file:
        ready = prepare_final_training(file, 1, "GRU", **asked_for)
    return train_final_model(ready.plan, ready.task, ready.machine, lambda *_: True)


def test_a_model_trained_on_all_data_has_no_test_score_and_no_intervals(session: Path) -> None:
    model = retrained(session)
    with SessionFile.open(session, session.parent / "locks") as file:
        [fold] = file.history(1).folds
        file.add_final_model(1, model)
    assert model.examples >= sum(fold.part_sizes.values())
    question, result = answered(session, PredictionSpec("GRU", runs="final"))
    assert question.models[0].weights == model.weights
    assert not result.test_scores
    assert result.main.bands is None
    assert result.main.sets is None
    assert result.main.coverage is None
    assert result.scores


@pytest.mark.parametrize("session", ["forecast"], indirect=True)
def test_a_model_trained_on_all_data_is_scaled_by_all_of_it(session: Path) -> None:
    model = retrained(session)
    with SessionFile.open(session, session.parent / "locks", read_only=True) as file:
        values = load(file.dataset(1).spec).values
    stride, horizon, window = 3, 2, 10
    last = (len(values) - window - horizon) // stride * stride + window + horizon
    assert model.preprocessing.input_scaler.center == pytest.approx(values[:last].mean(axis=0))
    assert model.preprocessing.input_scaler.scale == pytest.approx(values[:last].std(axis=0))
    assert retrained(session).weights == model.weights
    assert retrained(session, seed=7).weights != model.weights


@pytest.mark.parametrize("session", ["forecast"], indirect=True)
def test_training_on_all_data_can_be_stopped_between_steps(session: Path) -> None:
    with SessionFile.open(session, session.parent / "locks", read_only=True) as file:
        ready = prepare_final_training(file, 1)
    with pytest.raises(FinalTrainingStopped):
        train_final_model(ready.plan, ready.task, ready.machine, lambda *_: False)
