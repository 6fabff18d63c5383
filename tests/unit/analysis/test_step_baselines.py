"""Baselines of tasks with a prediction at every step."""

import math

import numpy as np
import pytest
from networks import continuing
from support import shared_file

from studio.analysis import score_baselines
from studio.core.prepared.examples import Examples, PreparedTask
from studio.core.specs.comparison_spec import FileDataset, TaskSpec
from studio.data import load, prepare


def piece(text: str, asked_from: int = 0) -> Examples:
    codes = np.array(["abcde".index(letter) for letter in text])
    predictions = codes[None, 1:].copy()
    predictions[:, :asked_from] = -1
    inputs = np.eye(5, dtype=np.uint8)[codes[None, :-1]]
    return Examples(inputs, None, predictions, predictions, np.arange(1), per_step=True)


def task(training: str, test: str, asked_from: int = 0) -> PreparedTask:
    none = Examples(
        np.empty((0, 1, 5)), None, *[np.empty((0, 1), int)] * 2, np.empty(0, int), per_step=True
    )
    return PreparedTask("tale", continuing(), piece(training), none, piece(test, asked_from))


def test_the_bigram_predicts_what_follows_and_the_unigram_only_frequencies() -> None:
    unigram, bigram = score_baselines(task("abcabcabcabcabcabc" * 50, "cabcab"))
    assert unigram.scores["nll"] == pytest.approx(math.log(3), abs=0.02)
    assert bigram.scores["nll"] < 0.1


def test_symbols_unseen_in_the_training_set_have_a_positive_probability() -> None:
    for baseline in score_baselines(task("abababab", "abdeda")):
        assert 1 < baseline.scores["nll"] < 20


def test_steps_without_a_target_do_not_count() -> None:
    whole, later = (score_baselines(task("ab" * 40, "eeeeab", skip))[1] for skip in (0, 4))
    assert whole.scores["nll"] > 1
    assert later.scores["nll"] < 0.5


def test_independent_key_rates_score_as_published_on_piano_rolls() -> None:
    task, _ = prepare(load(FileDataset(path=str(shared_file("music/musedata.npz")))), TaskSpec())
    [rates] = score_baselines(task)
    arrays = np.load(shared_file("music/musedata.npz"))
    firsts = {part: np.cumsum(arrays[f"{part}_lengths"])[:-1] for part in ("train", "test")}
    kept = {
        part: np.concatenate([piece[1:] for piece in np.split(arrays[f"{part}_roll"], cuts)])
        for part, cuts in firsts.items()
    }
    share = kept["train"].mean(axis=0).clip(1e-6, 1)
    each = kept["test"] @ np.log(share) + (1 - kept["test"]) @ np.log1p(-share)
    assert rates.scores["nll"] == pytest.approx(-each.mean(), abs=0.01)


def test_unigram_and_bigram_score_as_known_on_shakespeare() -> None:
    path = shared_file("text/tinyshakespeare.txt")
    spec = TaskSpec(window=50, split=(0.9, 0, 0.1))
    prepared, _ = prepare(load(FileDataset(path=str(path))), spec)
    unigram, bigram = score_baselines(prepared)
    assert unigram.scores["nll"] == pytest.approx(3.347, abs=0.005)
    assert bigram.scores["nll"] == pytest.approx(2.482, abs=0.01)
