"""Exported models of both cells, timed in segments with fresh networks in each."""

from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np

from studio.analysis.intervals import Interval, ratio_over_segments
from studio.claims.laboratory.laboratory import Laboratory
from studio.core.results.events import RunId
from studio.core.results.trained_model import TrainedModel
from studio.runs.planning.plan import Plan

SEGMENTS = 8
_FEWEST = 3
_ROUNDS = 3


class ExportedTimes(NamedTuple):
    """How long the GRU takes, relative to the LSTM, and both medians.

    Attributes:
        ratio: GRU over LSTM.
        microseconds: The median of each contender.
        segments: Segments with fresh networks.
    """

    ratio: Interval
    microseconds: dict[str, float]
    segments: int


def time_exported(
    laboratory: Laboratory, plan: Plan
) -> dict[str, tuple[ExportedTimes, ExportedTimes]]:
    """Times of a step and of a whole sequence by runtime: "C, float", "C, int8", "onnxruntime".

    The first two contenders of the plan are timed, a runtime that is not installed is left out, and
    nothing is returned where time ran out before there were enough segments.
    """
    segments = []
    for seed in range(SEGMENTS):
        if not laboratory.seconds_left:
            break
        segments.append(laboratory.submit(partial(_segment, plan, seed)))
    if len(segments) < _FEWEST:
        return {}
    found = {}
    for runtime in segments[0]:
        by_name = {
            name: np.stack([segment[runtime][name] for segment in segments])
            for name in segments[0][runtime]
        }
        first, second = by_name.values()
        step, whole = (
            ExportedTimes(
                ratio_over_segments(first[:, :, part], second[:, :, part]),
                {name: float(np.median(times[:, :, part])) for name, times in by_name.items()},
                len(segments),
            )
            for part in (0, 1)
        )
        found[runtime] = step, whole
    return found


def _segment(plan: Plan, seed: int) -> dict[str, dict[str, np.ndarray]]:
    from studio.export.host_times import exported_times
    from studio.nn.networks.load_network import untrained_weights

    preprocessing = plan.task.preprocessing
    blank = TrainedModel(
        plan.spec.contenders[0], preprocessing, RunId("", seed), 0, b"", {}, plan.task.name
    )
    models = {
        spec.name: replace(
            blank, contender=spec, weights=untrained_weights(spec, preprocessing, seed)
        )
        for spec in plan.spec.contenders[:2]
    }
    sequence = preprocessing.inputs_in_units(plan.task.test.inputs[:1])[0].astype(np.float32)
    return exported_times(models, sequence, _ROUNDS)
