"""A GRU against itself, trained many times to count false positives."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from running import small_spec, whole_history

from studio.analysis import compare
from studio.core.results.events import RunId
from studio.core.results.history import ComparisonHistory, ContenderHistory, RunHistory
from studio.core.results.metrics import metrics_of

REPETITIONS, SEEDS = 100, 5
NAMES = ("GRU", "the same GRU")
MOST_WINNERS = 10


def against_itself(history: ComparisonHistory, parts: Sequence[Sequence[RunHistory]]) -> str:
    """The kind of the verdict where runs of one contender are treated as those of two."""
    [gru] = history.contenders

    def named(name: str, runs: Sequence[RunHistory]) -> ContenderHistory:
        seeded = tuple(
            replace(run, run=RunId(name, seed)) for seed, run in enumerate(runs, start=1)
        )
        return replace(gru, spec=gru.spec.model_copy(update={"name": name}), runs=seeded)

    contenders = tuple(map(named, NAMES, parts))
    training = history.spec.training.model_copy(update={"seeds": len(parts[0])})
    update = {"contenders": tuple(contender.spec for contender in contenders), "training": training}
    known = replace(history, spec=history.spec.model_copy(update=update), contenders=contenders)
    [verdict] = compare(known, metrics_of(known.preprocessing)[0])
    return verdict.decision.kind


def trained(path: Path, seeds: int) -> ComparisonHistory:
    spec = small_spec(epochs=2, seeds=seeds)
    gru = spec.contenders[0].model_copy(update={"num_layers": 1, "dropout": 0.0})
    return whole_history(path, spec.model_copy(update={"contenders": (gru,)}))


def test_a_gru_against_itself_with_the_same_seeds_is_identical(tmp_path: Path) -> None:
    history = trained(tmp_path / "same.gates", SEEDS)
    runs = history.contenders[0].runs
    assert against_itself(history, (runs, runs)) == "identical"


@pytest.mark.verify
@pytest.mark.timeout(900)
def test_a_gru_against_itself_with_other_seeds_wins_in_at_most_ten_of_a_hundred_repetitions(
    tmp_path: Path,
) -> None:
    history = trained(tmp_path / "many.gates", 2 * SEEDS * REPETITIONS)
    runs = history.contenders[0].runs
    result = []
    for number in range(REPETITIONS):
        first = runs[2 * SEEDS * number :][:SEEDS]
        second = runs[2 * SEEDS * number + SEEDS :][:SEEDS]
        result.append(against_itself(history, (first, second)))
    assert result.count("better") <= MOST_WINNERS
    assert len(result) == REPETITIONS
