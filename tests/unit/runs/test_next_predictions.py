"""What follows each step of new data: texts, sequences of symbols, switches."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from running import whole_history

from studio.core.arrays import Doubles
from studio.core.errors import DatasetError, SpecError
from studio.core.results.history import ComparisonHistory
from studio.core.results.trained_model import TrainedModel
from studio.core.specs.experiment import parse_comparison
from studio.nn.networks.load_network import load_network
from studio.runs.predictions.predict import Question, answer_question, ask_session, read_question
from studio.runs.predictions.prediction_result import PredictionResult
from studio.runs.predictions.prediction_spec import PredictionSpec, RunChoice
from studio.runs.predictions.prediction_table import prediction_table
from studio.sessions import SessionFile

WINDOW = 8
WORDS = ("the", "cat", "sat", "on", "mat")


def text(path: Path, words: int, seed: int = 0) -> Path:
    chosen = np.random.default_rng(seed).choice(WORDS, words)
    path.write_text(" ".join(chosen.tolist()), encoding="utf-8")
    return path


def symbols(path: Path, count: int = 40, seed: int = 0) -> Path:
    random = np.random.default_rng(seed)
    lines = [
        f">{at}\n{''.join(random.choice(list('ACGT'), random.integers(4, 12)).tolist())}"
        for at in range(count)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def switches(path: Path, count: int = 30, seed: int = 0, *, on: str = "1") -> Path:
    random = np.random.default_rng(seed)
    lines = ["piece,low,middle,high"]
    for piece in range(count):
        played = random.random((random.integers(3, 9), 3)) < (0.2, 0.5, 0.8)
        lines += [
            f"p{piece}," + ",".join(on if key else "0" for key in row) for row in played.tolist()
        ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


DATA: dict[str, tuple[Any, str, dict[str, Any], dict[str, Any]]] = {
    "text": (text, "x.txt", {"window": WINDOW}, {}),
    "carried": (text, "x.txt", {"window": WINDOW, "carry_state": True}, {}),
    "symbols": (symbols, "x.fasta", {"kind": "next-token"}, {}),
    "switches": (switches, "x.csv", {"kind": "next-step"}, {"id_column": "piece"}),
}


def trained(home: Path, name: str) -> Path:
    make, file, task, reading = DATA[name]
    data = make(home / file, 400) if make is text else make(home / file)
    spec = parse_comparison(
        {
            "dataset": {"source": "file", "path": str(data), **reading},
            "task": task,
            "contenders": [{"cell": "gru", "hidden_size": 3}],
            "training": {"epochs": 1, "seeds": 2, "batch_size": 16},
            "machine": {"device": "cpu", "threads": 1},
        },
        "test",
    )
    whole_history(home / "s.gates", spec)
    return home / "s.gates"


@pytest.fixture(scope="module")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {name: trained(tmp_path_factory.mktemp("next"), name) for name in DATA}


def answered(
    session: Path, new: Path, runs: RunChoice = "best", seed: int | None = None
) -> tuple[Question, PredictionResult]:
    spec = PredictionSpec("GRU", seed=seed, runs=runs)
    with SessionFile.open(session, session.parent / "locks", read_only=True) as file:
        asked = ask_session(file, 1, spec)
    question = read_question(asked, new)
    return question, answer_question(question, spec, None)


def stored_nats(history: ComparisonHistory, seed: int = 1) -> Doubles:
    """The likelihood of each test step as training stored it, NaN where there is none."""
    [run] = [run for run in history.contender("GRU").runs if run.run.seed == seed]
    assert run.result is not None
    return np.where(history.test_truth >= 0, run.result.predictions[..., 0], np.nan)


def test_a_text_that_begins_with_its_context_gets_the_likelihoods_of_the_test_set(
    sessions: dict[str, Path], tmp_path: Path
) -> None:
    whole = (sessions["text"].parent / "x.txt").read_text("utf-8")
    question, _ = answered(sessions["text"], sessions["text"].parent / "x.txt", seed=1)
    stored = stored_nats(question.history)
    begin = int(question.history.test_positions[0])
    part = tmp_path / "part.txt"
    end = begin + WINDOW * len(stored)
    part.write_text(whole[begin - 1 - WINDOW : end], encoding="utf-8")
    _, result = answered(sessions["text"], part, seed=1)
    nats = result.main.nats
    assert nats is not None
    assert np.isnan(nats[-1])
    scored = stored[~np.isnan(stored)]
    assert nats[WINDOW : WINDOW + len(scored)] == pytest.approx(scored, rel=1e-4)


@pytest.mark.parametrize("name", ["symbols", "switches"])
def test_sequences_get_the_likelihoods_that_training_stored(
    sessions: dict[str, Path], name: str
) -> None:
    _, file, _, _ = DATA[name]
    question, result = answered(sessions[name], sessions[name].parent / file, seed=1)
    assert result.main.nats is not None
    stored = stored_nats(question.history)
    ends = np.cumsum(question.data.lengths)
    for place, position in enumerate(question.history.test_positions.tolist()):
        own = result.main.nats[ends[position] - question.data.lengths[position] : ends[position]]
        known = stored[place][~np.isnan(stored[place])]
        assert own[:-1] == pytest.approx(known, rel=1e-4)
        assert np.isnan(own[-1])
    [run] = [run for run in question.history.contender("GRU").runs if run.run.seed == 1]
    assert run.result is not None
    assert result.test_scores["nll"].value == pytest.approx(run.result.scores["nll"], rel=1e-4)


def test_a_carried_state_goes_through_the_whole_text(
    sessions: dict[str, Path], tmp_path: Path
) -> None:
    new = text(tmp_path / "new.txt", 60, seed=1)
    question, result = answered(sessions["carried"], new)
    assert result.main.nats is not None
    raw = whole_text(question.models[0], new.read_text("utf-8"))
    probabilities = raw.double().softmax(dim=1).numpy()
    truth = question.data.truth[:-1].astype(np.int64)
    expected = -np.log(probabilities[np.arange(len(truth)), truth])
    assert result.main.nats[:-1] == pytest.approx(expected, rel=1e-5)
    assert result.main.values[:, 0].tolist() == probabilities.argmax(axis=1).tolist()


def whole_text(model: TrainedModel, written: str) -> torch.Tensor:
    """Raw outputs of one pass over a text, read one-hot or by codes."""
    vocabulary = model.preprocessing.vocabulary or ()
    codes = torch.tensor([vocabulary.index(symbol) for symbol in written])
    read = torch.nn.functional.one_hot(codes, len(vocabulary)).float()
    if model.preprocessing.embeds:
        read = codes[:, None].int()
    with torch.no_grad():
        network = load_network(model.contender, model.preprocessing, model.weights)
        return network.carried(read[None], None)[0][0]


@pytest.mark.parametrize("name", DATA)
def test_the_mean_over_runs_averages_their_probabilities(
    sessions: dict[str, Path], name: str
) -> None:
    _, file, _, _ = DATA[name]
    new = sessions[name].parent / file
    _, every = answered(sessions[name], new, "every")
    _, mean = answered(sessions[name], new, "mean")
    assert mean.main.nats is not None
    if name == "switches":
        own = [run.values for run in every.runs]
        assert mean.main.values == pytest.approx(np.mean(own, axis=0))
    else:
        likelihoods = [np.exp(-run.nats) for run in every.runs if run.nats is not None]
        averaged = np.mean(likelihoods, axis=0)
        assert np.exp(-mean.main.nats) == pytest.approx(averaged, nan_ok=True)


@pytest.mark.parametrize("name", DATA)
def test_what_follows_the_last_step_is_predicted_and_not_scored(
    sessions: dict[str, Path], name: str
) -> None:
    _, file, _, _ = DATA[name]
    _, result = answered(sessions[name], sessions[name].parent / file)
    table = prediction_table(result)
    assert {len(column) for column in table.values()} == {len(result.main.values)}
    assert table["next_actual"][-1] == ""
    assert np.isnan(table["error"][-1])
    assert np.isfinite(table["error"][0])


def test_the_error_of_switches_is_that_of_all_of_them(sessions: dict[str, Path]) -> None:
    new = sessions["switches"].parent / "x.csv"
    question, result = answered(sessions["switches"], new)
    on, truth = result.main.values, question.data.truth
    expected = -np.log(np.where(truth == 1, on, 1 - on)).sum(axis=1)
    known = ~np.isnan(truth).any(axis=1)
    assert result.main.nats is not None
    assert result.main.nats[known] == pytest.approx(expected[known])
    table = prediction_table(result)
    likely = [name for name in ("low", "middle", "high") if table[f"p_{name}"][0] >= 0.5]
    assert table["next"][0] == "; ".join(likely)


def test_a_symbol_outside_the_vocabulary_is_told(sessions: dict[str, Path], tmp_path: Path) -> None:
    new = tmp_path / "new.txt"
    new.write_text("the cat saw on the mat", encoding="utf-8")
    _, result = answered(sessions["text"], new)
    assert any("such as 'w'" in str(note) for note in result.data.notes)


def test_other_data_than_a_text_is_refused(sessions: dict[str, Path], tmp_path: Path) -> None:
    numbers = tmp_path / "n.csv"
    numbers.write_text("a,b\n" + "1,2\n" * 50, encoding="utf-8")
    with pytest.raises(DatasetError, match="does not hold one text"):
        answered(sessions["text"], numbers)


def test_values_that_are_no_switches_are_refused(sessions: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="other than 0 and 1"):
        answered(sessions["switches"], switches(tmp_path / "n.csv", on="2"))


def test_a_temperature_is_for_classes(sessions: dict[str, Path]) -> None:
    spec = PredictionSpec("GRU", temperature=True)
    path = sessions["text"]
    with SessionFile.open(path, path.parent / "locks", read_only=True) as file:
        question = read_question(ask_session(file, 1, spec), path.parent / "x.txt")
    with pytest.raises(SpecError, match="the task is next-token"):
        answer_question(question, spec, None)
