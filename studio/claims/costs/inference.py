"""C4 and C11: inference of both cells on both engines: latency, throughput, arithmetic."""

import numpy as np

from studio.analysis.intervals import Interval, ratio_over_segments
from studio.analysis.wording import with_interval
from studio.claims.analysis.findings import (
    Finding,
    Outcome,
    finding,
    judge_saving,
    not_measured,
)
from studio.claims.laboratory.claim import Claim
from studio.claims.laboratory.exported import ExportedTimes, time_exported
from studio.claims.laboratory.laboratory import ENGINES, Laboratory, experiment, pair
from studio.claims.laboratory.latency import SEGMENTS, LatencyCase, measure_segments
from studio.claims.laboratory.latency_times import Latencies
from studio.core.arrays import Doubles
from studio.core.results.model_size import layer_rows
from studio.core.specs.comparison_spec import EngineName
from studio.runs.planning.plan import Plan, make_plan

_HIDDEN, _LENGTH = 64, 100
_LARGE = 256
_PAIRS = {1: 40, _LARGE: 8}
_SAVED = 0.70
_P95 = 95
_LATE = "Time ran out before there were enough segments."


def _plan(laboratory: Laboratory) -> Plan:
    data = {"length": _LENGTH, "examples": 600}
    return make_plan(
        experiment("adding", laboratory.machine(), parameters=data, contenders=pair(_HIDDEN))
    )


def _latency(laboratory: Laboratory) -> list[Finding]:
    cases = [
        LatencyCase(engine, batch, pairs) for engine in ENGINES for batch, pairs in _PAIRS.items()
    ]
    plan = _plan(laboratory)
    times = measure_segments(laboratory, plan, cases)
    measured = [
        _judge_latency(case, times[case]) if case in times else not_measured(_LATE, case.engine)
        for case in cases
    ]
    return [*measured, *_exported(laboratory, plan, claimed=1.0)]


def _exported(laboratory: Laboratory, plan: Plan, claimed: float) -> list[Finding]:
    """Whole sequences in exported models, on one thread."""
    found = time_exported(laboratory, plan)
    if not found:
        return [not_measured(_LATE, "exported")]
    return [_judge_exported(runtime, whole, claimed) for runtime, (_, whole) in found.items()]


def _judge_exported(runtime: str, times: ExportedTimes, claimed: float) -> Finding:
    each = ", ".join(f"{name} {value:,.0f} µs" for name, value in times.microseconds.items())
    text = (
        f"Exported to {runtime}, a sequence of {_LENGTH} steps on one thread: the GRU takes "
        f"{with_interval(times.ratio)} times as long as the LSTM ({times.segments} segments with "
        f"fresh networks); {each}."
    )
    verdict = judge_saving(times.ratio, claimed=claimed)
    return finding(verdict, times.ratio, "time of a sequence, ratio", text, runtime)


def _judge_latency(case: LatencyCase, times: Latencies) -> Finding:
    ratio = ratio_over_segments(times.wall["GRU"], times.wall["LSTM"])
    by_cell = "; ".join(
        f"{name} {_percentiles(seconds, case.batch)}" for name, seconds in times.wall.items()
    )
    text = (
        f"Batch {case.batch}: the GRU takes {with_interval(ratio)} times as long as the LSTM "
        f"({_segments(times, case)}). {by_cell}."
    )
    unit = "latency at batch 1, ratio" if case.batch == 1 else f"time at batch {case.batch}, ratio"
    return finding(judge_saving(ratio, claimed=1.0), ratio, unit, text, case.engine)


def _segments(times: Latencies, case: LatencyCase) -> str:
    count = len(times.wall["GRU"])
    return f"{count} segments with fresh networks, {case.pairs} pairs in each"


def _percentiles(seconds: Doubles, batch: int) -> str:
    p50, p95 = np.median(seconds) * 1e3, np.percentile(seconds, _P95) * 1e3
    rate = batch / np.median(seconds)
    return f"p50 {p50:.2f} ms, p95 {p95:.2f} ms, {rate:,.0f} sequences per second"


def _saving(laboratory: Laboratory) -> list[Finding]:
    plan = _plan(laboratory)
    cases = [LatencyCase(engine, 1, _PAIRS[1]) for engine in ENGINES]
    times = measure_segments(laboratory, plan, cases)
    findings = [_count_arithmetic(plan)]
    for case in cases:
        if case in times:
            findings += _savings(case, times[case])
        else:
            findings.append(not_measured(_LATE, case.engine))
    return [*findings, *_exported(laboratory, plan, claimed=_SAVED)]


def _savings(case: LatencyCase, times: Latencies) -> list[Finding]:
    """CPU time is summed over a segment, as its clock is too coarse for a single pass."""
    gru, lstm = (times.processor[name].sum(axis=1, keepdims=True) for name in ("GRU", "LSTM"))
    latency = ratio_over_segments(times.wall["GRU"], times.wall["LSTM"])
    work = ratio_over_segments(gru, np.maximum(lstm, 1e-9))
    segments = _segments(times, case)
    return [
        _saving_finding(latency, "latency at batch 1, ratio", segments, case.engine),
        _saving_finding(work, "CPU time, ratio", segments, case.engine),
    ]


def _saving_finding(ratio: Interval, unit: str, segments: str, engine: EngineName) -> Finding:
    verdict = judge_saving(ratio, claimed=_SAVED)
    quantity = unit.removesuffix(", ratio")
    text = (
        f"{quantity[0].upper()}{quantity[1:]}, GRU over LSTM: {with_interval(ratio)} ({segments})."
    )
    return finding(verdict, ratio, unit, text, engine)


def _count_arithmetic(plan: Plan) -> Finding:
    gru, lstm = (layer_rows(spec, plan.task.preprocessing)[1].macs for spec in plan.spec.contenders)
    text = (
        f"The recurrent layer needs {gru:,} multiply-accumulates as a GRU and {lstm:,} as an LSTM: "
        "exactly a quarter less, so 30 to 50 % cannot come from arithmetic alone."
    )
    none = float("nan")
    unit = "multiply-accumulates, ratio"
    verdict: Outcome = "partly supported" if gru < lstm else "refuted"
    return Finding(verdict, gru / lstm, none, none, unit, text)


LATENCY = Claim(
    "C4",
    "inference",
    "A GRU has faster inference.",
    f"Networks of {_HIDDEN} units process sequences of {_LENGTH} steps in turns, one at a time and "
    f"in batches of {_LARGE}, with both engines, in {SEGMENTS} segments with fresh networks; then "
    "exported to C and ONNX.",
    _latency,
)
SAVING = Claim(
    "C11",
    "saving",
    "A GRU saves 30 to 50 % of compute in production.",
    "Multiply-accumulates are counted; latency and CPU time of inference are measured with both "
    f"engines, in {SEGMENTS} segments with fresh networks, and of the exported C and ONNX on one "
    "thread.",
    _saving,
    _SAVED,
)
