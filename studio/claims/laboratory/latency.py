"""Inference of both cells, timed in segments with fresh networks in each."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from studio.claims.laboratory.laboratory import Laboratory
from studio.claims.laboratory.latency_times import Latencies
from studio.core.specs.comparison_spec import EngineName
from studio.runs.planning.plan import Plan

SEGMENTS = 10
_FEWEST = 3


@dataclass(frozen=True)
class LatencyCase:
    """One measurement of inference latency.

    Attributes:
        engine: The engine.
        batch: Sequences in a batch.
        pairs: Forward passes of each contender in a segment.
    """

    engine: EngineName
    batch: int
    pairs: int


def measure_segments(
    laboratory: Laboratory, plan: Plan, cases: Sequence[LatencyCase]
) -> dict[LatencyCase, Latencies]:
    """Times every case in every segment, so that all are spread over the same period.

    Networks of one segment share memory addresses and machine load: ratios vary less within a
    segment than between segments.

    Returns:
        Times by case; empty where time ran out before there were enough segments.
    """
    by_case: dict[LatencyCase, list[Latencies]] = {case: [] for case in cases}
    alive: list[object] = []
    for _ in range(SEGMENTS):
        if not laboratory.seconds_left:
            break
        for case in cases:
            segment = partial(_segment, laboratory, plan, case, alive)
            by_case[case].append(laboratory.submit(segment))
    segments = min(map(len, by_case.values()))
    return {case: _stacked(times) for case, times in by_case.items() if segments >= _FEWEST}


def _segment(
    laboratory: Laboratory, plan: Plan, case: LatencyCase, alive: list[object]
) -> Latencies:
    from studio.claims.laboratory.latency_job import measure_latencies

    machine = laboratory.machine(case.engine)
    contenders = plan.spec.contenders
    return measure_latencies(plan.task, contenders, machine, case.batch, case.pairs, alive)


def _stacked(segments: Sequence[Latencies]) -> Latencies:
    names = segments[0].wall
    return Latencies(
        {name: np.stack([segment.wall[name] for segment in segments]) for name in names},
        {name: np.stack([segment.processor[name] for segment in segments]) for name in names},
    )
