"""C7: learning curves up to a million sequences in one pass, for two delays."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from studio.analysis.costs.time_ratios import ratio_of_times
from studio.analysis.intervals import LEVEL, Interval, crossed_mean
from studio.analysis.scores.outcomes import Expected
from studio.analysis.scores.posterior import crossed_p
from studio.analysis.wording import with_interval
from studio.claims.analysis.crossover_map import CrossoverMap, Key, MapCell, Scales, crossover_map
from studio.claims.analysis.findings import Finding, finding, judge_conditions, not_measured
from studio.claims.analysis.map_cells import difference_cells, time_cell
from studio.claims.laboratory.claim import Claim
from studio.claims.laboratory.crossover_trials import SECONDS_UNIT
from studio.claims.laboratory.data_streams import StreamScore, train_on_stream
from studio.claims.laboratory.laboratory import Laboratory, experiment, pair
from studio.core.specs.comparison_spec import ComparisonSpec

MARKS = (10_000, 100_000, 1_000_000)
DELAYS = (8, 24)
SCALES = Scales(DELAYS, MARKS, "steps", "sequences")
_SYMBOLS, _NOISE = 4, 0.5
_SEEDS, _HIDDEN, _BATCH = 3, 16, 250
_TEST = 4000
_MARGIN = 0.01
_CHANCE = 1 / _SYMBOLS
_LEARNED = 0.1


def big_data(laboratory: Laboratory) -> list[Finding]:
    """Trains both cells once on a million sequences of each delay, and scores them on the way."""
    curves = {}
    for delay in DELAYS:
        if laboratory.seconds_left:
            curves[delay] = list(train_on_stream(laboratory, _spec(laboratory, delay), MARKS))
    return [judge_streams(curves)]


def _spec(laboratory: Laboratory, delay: int) -> ComparisonSpec:
    total = 2 * _TEST + 1000
    return experiment(
        "delayed-recall",
        laboratory.machine(),
        parameters={
            "delay": delay,
            "symbols": _SYMBOLS,
            "noise": _NOISE,
            "examples": total,
        },
        contenders=pair(_HIDDEN),
        task={"split": (_TEST / total, 1000 / total, _TEST / total)},
        training={"seeds": _SEEDS, "batch_size": _BATCH, "lr": 0.005},
    )


def judge_streams(curves: Mapping[int, Sequence[StreamScore]]) -> Finding:
    """Judges the scores at the end of each stream; a delay without them is undecided.

    Supported where the LSTM matches or exceeds the GRU at every delay, refuted where the GRU is
    better at some and the LSTM matches it nowhere, partly supported in between.
    """
    scores = {(delay, score.sequences): score for delay, curve in curves.items() for score in curve}
    if not scores:
        return not_measured(f"Time ran out before {MARKS[0]:,} sequences were processed.")
    differences = {
        key: crossed_mean(score.right["GRU"] - score.right["LSTM"]) for key, score in scores.items()
    }
    ends = [_outcome(scores, differences, delay) for delay in DELAYS]
    finished = [key for key in differences if key[1] == MARKS[-1]]
    last = (finished or list(differences))[-1]
    maps = _maps(scores, differences)
    text = f"{_describe(scores, differences)} {' '.join(crossover.sentence for crossover in maps)}"
    unit = f"accuracy after {last[1]:,} sequences, {last[0]} steps, GRU − LSTM"
    outcome = judge_conditions(ends, ["same"] * len(ends))
    return finding(outcome, differences[last], unit, text, maps=maps)


def _outcome(
    scores: Mapping[Key, StreamScore], differences: Mapping[Key, Interval], delay: int
) -> Expected | Literal["undecided"]:
    """The LSTM matches ("same") where the GRU is better by no more than the margin."""
    end = (delay, MARKS[-1])
    if end not in scores or not _has_learned(scores[end]) or not differences[end].is_known:
        return "undecided"
    if differences[end].high <= _MARGIN:
        return "same"
    return "first" if differences[end].low > 0 else "undecided"


def _has_learned(score: StreamScore) -> bool:
    best = max(float(right.mean()) for right in score.right.values())
    return best >= _CHANCE + _LEARNED


def _maps(
    scores: Mapping[Key, StreamScore], differences: Mapping[Key, Interval]
) -> tuple[CrossoverMap, CrossoverMap]:
    p = {key: crossed_p(score.right["GRU"] - score.right["LSTM"]) for key, score in scores.items()}
    cells = difference_cells(differences, p, _MARGIN)
    for key, score in scores.items():
        if not _has_learned(score):
            cells[key] = replace(cells[key], better="", note="neither has learned the task yet")
    seconds = {key: _seconds(score) for key, score in scores.items()}
    return (
        crossover_map("Score", "accuracy, GRU − LSTM", SCALES, cells),
        crossover_map("Seconds", SECONDS_UNIT, SCALES, seconds),
    )


def _seconds(score: StreamScore) -> MapCell:
    gru, lstm = (score.seconds[name] for name in ("GRU", "LSTM"))
    seeds = np.repeat(np.arange(len(gru)), gru.shape[1])
    shown, strict = (
        ratio_of_times(gru.ravel(), lstm.ravel(), seeds, level)
        for level in (LEVEL, SCALES.strict_level)
    )
    return time_cell(shown, strict)


def _describe(scores: Mapping[Key, StreamScore], differences: Mapping[Key, Interval]) -> str:
    sentences = []
    for delay in DELAYS:
        seen = [sequences for scored_delay, sequences in scores if scored_delay == delay]
        if not seen:
            sentences.append(
                f"Recall after {delay} steps: time ran out before {MARKS[0]:,} sequences."
            )
            continue
        key = (delay, seen[-1])
        accuracy = {name: right.mean() for name, right in scores[key].right.items()}
        late = "" if seen[-1] == MARKS[-1] else " Inconclusive, as time ran out."
        sentences.append(
            f"Recall after {delay} steps, {seen[-1]:,} sequences: GRU {accuracy['GRU']:.3f}, LSTM "
            f"{accuracy['LSTM']:.3f}, GRU − LSTM {with_interval(differences[key])}.{late}"
        )
    seeds, examples = next(iter(scores.values())).right["GRU"].shape
    method = (
        f"One pass, {seeds} seeds with a stream each, accuracy on the same {examples:,} test "
        f"sequences; differences up to {_MARGIN:g} count as a match."
    )
    return f"{' '.join(sentences)} {method}"


CLAIM = Claim(
    "C7",
    "big data",
    "With millions of examples the LSTM matches or exceeds the GRU.",
    f"Both cells are trained once on a generated stream of {MARKS[-1]:,} short sequences to recall "
    f"a symbol after {DELAYS[0]} and after {DELAYS[1]} steps, with {_SEEDS} seeds each, and are "
    f"scored on the same test set after {MARKS[0]:,}, {MARKS[1]:,} and {MARKS[2]:,}.",
    big_data,
    share=4.0,
)
