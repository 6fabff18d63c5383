"""Answers of both cells timed in segments, with networks made anew in each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from studio.core.arrays import Doubles
from studio.core.spec import EngineName
from studio.runs.claims.laboratory import Laboratory
from studio.runs.plan import Plan

SEGMENTS = 10
_FEWEST = 3


@dataclass(frozen=True)
class AnswerTimes:
    """Seconds by contender name, taken in turns.

    Attributes:
        wall: By the clock, (answers,), or (segments, answers) of several segments.
        processor: Of all threads, of the same shape.
    """

    wall: Mapping[str, Doubles]
    processor: Mapping[str, Doubles]


@dataclass(frozen=True)
class Case:
    """What is timed.

    Attributes:
        engine: What computes.
        batch: Sequences of an answer.
        pairs: Answers of each contender in a segment.
    """

    engine: EngineName
    batch: int
    pairs: int


def timed(laboratory: Laboratory, plan: Plan, cases: Sequence[Case]) -> dict[Case, AnswerTimes]:
    """Times every case in every segment, so that all are spread over the same stretch of time.

    Networks of one segment lie where they lie in memory and meet what else the machine does then:
    pair by pair their ratio is steadier than it is from one segment to the next.

    Returns:
        Nothing where time was up before there were enough segments.
    """
    found: dict[Case, list[AnswerTimes]] = {case: [] for case in cases}
    alive: list[object] = []
    for _ in range(SEGMENTS):
        if not laboratory.seconds_left:
            break
        for case in cases:
            segment = partial(_segment, laboratory, plan, case, alive)
            found[case].append(laboratory.submit(segment))
    segments = min(map(len, found.values()))
    return {case: _joined(each) for case, each in found.items() if segments >= _FEWEST}


def _segment(laboratory: Laboratory, plan: Plan, case: Case, alive: list[object]) -> AnswerTimes:
    from studio.runs.claims.answering import time_answers  # noqa: PLC0415 - imports torch

    machine = laboratory.machine(case.engine)
    contenders = plan.spec.contenders
    return time_answers(plan.task, contenders, machine, case.batch, case.pairs, alive)


def _joined(segments: Sequence[AnswerTimes]) -> AnswerTimes:
    names = segments[0].wall
    return AnswerTimes(
        {name: np.stack([each.wall[name] for each in segments]) for name in names},
        {name: np.stack([each.processor[name] for each in segments]) for name in names},
    )
