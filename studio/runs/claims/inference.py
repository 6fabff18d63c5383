"""C4 and C11: answers of both cells, on both engines: latency, throughput, arithmetic."""

import numpy as np

from studio.analysis.claims import Finding, Outcome, finding, judge_saving, nothing_measured
from studio.analysis.intervals import Interval, ratio_over_segments
from studio.analysis.words import with_interval
from studio.core.arrays import Doubles
from studio.core.sizes import layer_rows
from studio.core.spec import EngineName
from studio.runs.claims.claim import Claim
from studio.runs.claims.laboratory import ENGINES, Laboratory, experiment, pair
from studio.runs.claims.segments import SEGMENTS, AnswerTimes, Case, timed
from studio.runs.plan import Plan, make_plan

_HIDDEN, _LENGTH = 64, 100
_LARGE = 256
_PAIRS = {1: 40, _LARGE: 8}
_SAVED = 0.70
_P95 = 95
_LATE = "The time was up before there were enough segments."


def _plan(laboratory: Laboratory) -> Plan:
    data = {"length": _LENGTH, "examples": 600}
    return make_plan(
        experiment("adding", laboratory.machine(), parameters=data, contenders=pair(_HIDDEN))
    )


def _latency(laboratory: Laboratory) -> list[Finding]:
    cases = [Case(engine, batch, pairs) for engine in ENGINES for batch, pairs in _PAIRS.items()]
    found = timed(laboratory, _plan(laboratory), cases)
    return [
        _answers(case, found[case]) if case in found else nothing_measured(_LATE, case.engine)
        for case in cases
    ]


def _answers(case: Case, times: AnswerTimes) -> Finding:
    ratio = ratio_over_segments(times.wall["GRU"], times.wall["LSTM"])
    each = "; ".join(f"{name} {_told(seconds, case.batch)}" for name, seconds in times.wall.items())
    text = (
        f"Batch {case.batch}: the GRU takes {with_interval(ratio)} times as long as the LSTM "
        f"({_segments(times, case)}). {each}."
    )
    unit = "latency at batch 1, ratio" if case.batch == 1 else f"time at batch {case.batch}, ratio"
    return finding(judge_saving(ratio, claimed=1.0), ratio, unit, text, case.engine)


def _segments(times: AnswerTimes, case: Case) -> str:
    count = len(times.wall["GRU"])
    return f"{count} segments with fresh networks, {case.pairs} pairs in each"


def _told(seconds: Doubles, batch: int) -> str:
    middle, late = np.median(seconds) * 1e3, np.percentile(seconds, _P95) * 1e3
    rate = batch / np.median(seconds)
    return f"p50 {middle:.2f} ms, p95 {late:.2f} ms, {rate:,.0f} sequences a second"


def _saving(laboratory: Laboratory) -> list[Finding]:
    plan = _plan(laboratory)
    cases = [Case(engine, 1, _PAIRS[1]) for engine in ENGINES]
    found = timed(laboratory, plan, cases)
    findings = [_arithmetic(plan)]
    for case in cases:
        if case in found:
            findings += _savings(case, found[case])
        else:
            findings.append(nothing_measured(_LATE, case.engine))
    return findings


def _savings(case: Case, times: AnswerTimes) -> list[Finding]:
    """Processor seconds are summed over a segment, as their clock is too coarse for one answer."""
    gru, lstm = (times.processor[name].sum(axis=1, keepdims=True) for name in ("GRU", "LSTM"))
    latency = ratio_over_segments(times.wall["GRU"], times.wall["LSTM"])
    work = ratio_over_segments(gru, np.maximum(lstm, 1e-9))
    how = _segments(times, case)
    return [
        _saved(latency, "latency at batch 1, ratio", how, case.engine),
        _saved(work, "processor seconds, ratio", how, case.engine),
    ]


def _saved(ratio: Interval, unit: str, how: str, engine: EngineName) -> Finding:
    verdict = judge_saving(ratio, claimed=_SAVED)
    what = unit.removesuffix(", ratio").capitalize()
    text = f"{what}, GRU over LSTM: {with_interval(ratio)} ({how})."
    return finding(verdict, ratio, unit, text, engine)


def _arithmetic(plan: Plan) -> Finding:
    gru, lstm = (layer_rows(spec, plan.task.preparation)[1].macs for spec in plan.spec.contenders)
    text = (
        f"The recurrent layer needs {gru:,} multiply-accumulates as a GRU and {lstm:,} as an LSTM: "
        "exactly a quarter less, so that 30 to 50 % cannot come from arithmetic alone."
    )
    none = float("nan")
    unit = "multiply-accumulates, ratio"
    verdict: Outcome = "partly supported" if gru < lstm else "refuted"
    return Finding(verdict, gru / lstm, none, none, unit, text)


LATENCY = Claim(
    "C4",
    "inference",
    "A GRU answers faster.",
    f"Networks of {_HIDDEN} units answer sequences of {_LENGTH} steps in turns, one at a time and "
    f"{_LARGE} at once, with both engines, in {SEGMENTS} segments with fresh networks.",
    _latency,
)
SAVING = Claim(
    "C11",
    "saving",
    "A GRU saves 30 to 50 % of compute in production.",
    "Multiply-accumulates are counted; latency and processor seconds of answers are measured with "
    f"both engines, in {SEGMENTS} segments with fresh networks.",
    _saving,
    _SAVED,
)
