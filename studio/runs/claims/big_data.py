"""C7: the learning curve continued to a million sequences, in one pass, for two lengths."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from studio.analysis.chances import crossed_p
from studio.analysis.claims import Expected, Finding, finding, judge_conditions, nothing_measured
from studio.analysis.costs import ratio_of_times
from studio.analysis.intervals import LEVEL, Interval, crossed_mean
from studio.analysis.maps import CrossoverMap, Key, Place, Scales, crossover_map
from studio.analysis.places import difference_places, time_place
from studio.analysis.words import with_interval
from studio.core.spec import ComparisonSpec
from studio.runs.claims.claim import Claim
from studio.runs.claims.laboratory import Laboratory, experiment, pair
from studio.runs.claims.mapping import SECONDS_UNIT
from studio.runs.claims.streams import Learned, follow

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
    """Shows both cells a million sequences of each length once, and scores them on the way."""
    curves = {}
    for delay in DELAYS:
        if laboratory.seconds_left:
            curves[delay] = list(follow(laboratory, _spec(laboratory, delay), MARKS))
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


def judge_streams(curves: Mapping[int, Sequence[Learned]]) -> Finding:
    """Judges what was learned at the end of each stream; before it, a length stays open.

    Supported where the LSTM matches or exceeds the GRU at every length, refuted where the GRU is
    ahead at some and the LSTM nowhere matches it, partly supported in between.
    """
    found = {(delay, each.sequences): each for delay, curve in curves.items() for each in curve}
    if not found:
        return nothing_measured(f"The time was up before {MARKS[0]:,} sequences were seen.")
    differences = {
        key: crossed_mean(each.right["GRU"] - each.right["LSTM"]) for key, each in found.items()
    }
    ends = [_outcome(found, differences, delay) for delay in DELAYS]
    at_an_end = [key for key in differences if key[1] == MARKS[-1]]
    last = (at_an_end or list(differences))[-1]
    maps = _maps(found, differences)
    text = f"{_told(found, differences)} {' '.join(each.sentence for each in maps)}"
    unit = f"accuracy after {last[1]:,} sequences, {last[0]} steps, GRU − LSTM"
    outcome = judge_conditions(ends, ["same"] * len(ends))
    return finding(outcome, differences[last], unit, text, maps=maps)


def _outcome(
    found: Mapping[Key, Learned], differences: Mapping[Key, Interval], delay: int
) -> Expected | Literal["undecided"]:
    """The LSTM matches ("same") where the GRU is ahead by no more than the margin."""
    end = (delay, MARKS[-1])
    if end not in found or not _has_learned(found[end]) or not differences[end].is_known:
        return "undecided"
    if differences[end].high <= _MARGIN:
        return "same"
    return "first" if differences[end].low > 0 else "undecided"


def _has_learned(learned: Learned) -> bool:
    best = max(float(each.mean()) for each in learned.right.values())
    return best >= _CHANCE + _LEARNED


def _maps(
    found: Mapping[Key, Learned], differences: Mapping[Key, Interval]
) -> tuple[CrossoverMap, CrossoverMap]:
    p = {key: crossed_p(each.right["GRU"] - each.right["LSTM"]) for key, each in found.items()}
    scores = difference_places(differences, p, _MARGIN)
    for key, each in found.items():
        if not _has_learned(each):
            scores[key] = replace(scores[key], better="", note="neither has learned it yet")
    seconds = {key: _seconds(each) for key, each in found.items()}
    return (
        crossover_map("Score", "accuracy, GRU − LSTM", SCALES, scores),
        crossover_map("Seconds", SECONDS_UNIT, SCALES, seconds),
    )


def _seconds(learned: Learned) -> Place:
    gru, lstm = (learned.seconds[name] for name in ("GRU", "LSTM"))
    seeds = np.repeat(np.arange(len(gru)), gru.shape[1])
    shown, strict = (
        ratio_of_times(gru.ravel(), lstm.ravel(), seeds, level)
        for level in (LEVEL, SCALES.strict_level)
    )
    return time_place(shown, strict)


def _told(found: Mapping[Key, Learned], differences: Mapping[Key, Interval]) -> str:
    ends = []
    for delay in DELAYS:
        seen = [sequences for length, sequences in found if length == delay]
        if not seen:
            ends.append(f"Recall after {delay} steps: the time was up before {MARKS[0]:,}.")
            continue
        key = (delay, seen[-1])
        right = {name: each.mean() for name, each in found[key].right.items()}
        late = "" if seen[-1] == MARKS[-1] else " It stays open there, as the time was up."
        ends.append(
            f"Recall after {delay} steps, {seen[-1]:,} sequences: GRU {right['GRU']:.3f}, LSTM "
            f"{right['LSTM']:.3f}, GRU − LSTM {with_interval(differences[key])}.{late}"
        )
    seeds, examples = next(iter(found.values())).right["GRU"].shape
    how = (
        f"One pass, {seeds} seeds with a stream each, accuracy on the same {examples:,} sequences; "
        f"up to {_MARGIN:g} counts as a match."
    )
    return f"{' '.join(ends)} {how}"


CLAIM = Claim(
    "C7",
    "big data",
    "With millions of examples the LSTM matches or exceeds the GRU.",
    f"Both cells see a generated stream of {MARKS[-1]:,} short sequences once, to recall a symbol "
    f"after {DELAYS[0]} and after {DELAYS[1]} steps, {_SEEDS} seeds each, and are scored on the "
    f"same test part after {MARKS[0]:,}, {MARKS[1]:,} and {MARKS[2]:,}.",
    big_data,
    share=4.0,
)
