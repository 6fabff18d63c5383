"""C4 and C11: answers of both cells, on both engines: latency, throughput, arithmetic."""

import numpy as np

from studio.analysis.claims import Finding, Outcome, finding, judge_saving
from studio.analysis.intervals import Interval, median_interval
from studio.analysis.words import with_interval
from studio.core.arrays import Doubles
from studio.core.sizes import layer_rows
from studio.core.spec import EngineName
from studio.runs.claims.claim import Claim
from studio.runs.claims.laboratory import ENGINES, Laboratory, experiment, pair
from studio.runs.plan import Plan, make_plan

_HIDDEN, _LENGTH = 64, 100
_LARGE, _ROUNDS_OF_LARGE = 256, 60
_ROUNDS = 300
_SAVED = 0.70
_P95 = 95


def _plan(laboratory: Laboratory) -> Plan:
    data = {"length": _LENGTH, "examples": 600}
    return make_plan(
        experiment("adding", laboratory.machine(), parameters=data, contenders=pair(_HIDDEN))
    )


def _latency(laboratory: Laboratory) -> list[Finding]:
    plan = _plan(laboratory)
    return [
        _answers(laboratory, plan, engine, batch, rounds)
        for engine in ENGINES
        for batch, rounds in ((1, _ROUNDS), (_LARGE, _ROUNDS_OF_LARGE))
    ]


def _answers(
    laboratory: Laboratory, plan: Plan, engine: EngineName, batch: int, rounds: int
) -> Finding:
    wall, _ = _measured(laboratory, plan, engine, batch, rounds)
    ratio = median_interval(wall["GRU"] / wall["LSTM"])
    each = "; ".join(f"{name} {_told(times, batch)}" for name, times in wall.items())
    text = (
        f"Batch {batch}: the GRU takes {with_interval(ratio)} times as long as the LSTM "
        f"(median of {rounds} pairs). {each}."
    )
    unit = "latency at batch 1, ratio" if batch == 1 else f"time at batch {batch}, ratio"
    return finding(judge_saving(ratio, claimed=1.0), ratio, unit, text, engine)


def _measured(
    laboratory: Laboratory, plan: Plan, engine: EngineName, batch: int, rounds: int
) -> tuple[dict[str, Doubles], dict[str, Doubles]]:
    def job() -> tuple[dict[str, Doubles], dict[str, Doubles]]:
        from studio.runs.claims.answering import time_answers  # noqa: PLC0415 - imports torch

        machine = laboratory.machine(engine)
        found = time_answers(plan.task, plan.spec.contenders, machine, batch, rounds)
        return dict(found.wall), dict(found.processor)

    return laboratory.submit(job)


def _told(seconds: Doubles, batch: int) -> str:
    middle, late = np.median(seconds) * 1e3, np.percentile(seconds, _P95) * 1e3
    rate = batch / np.median(seconds)
    return f"p50 {middle:.2f} ms, p95 {late:.2f} ms, {rate:,.0f} sequences a second"


def _saving(laboratory: Laboratory) -> list[Finding]:
    plan = _plan(laboratory)
    findings = [_arithmetic(plan)]
    for engine in ENGINES:
        wall, processor = _measured(laboratory, plan, engine, 1, _ROUNDS)
        latency = median_interval(wall["GRU"] / wall["LSTM"])
        findings.append(_saved(latency, "latency at batch 1, ratio", engine))
        work = _work_ratio(processor["GRU"], processor["LSTM"])
        findings.append(_saved(work, "processor seconds, ratio", engine))
    return findings


def _work_ratio(first: Doubles, second: Doubles, groups: int = 20) -> Interval:
    """Processor seconds of groups of answers, as its clock is too coarse for one."""
    sums = [
        np.array([part.sum() for part in np.array_split(each, groups)]) for each in (first, second)
    ]
    return median_interval(sums[0] / np.maximum(sums[1], 1e-9))


def _saved(ratio: Interval, unit: str, engine: EngineName) -> Finding:
    verdict = judge_saving(ratio, claimed=_SAVED)
    what = unit.removesuffix(", ratio").capitalize()
    text = f"{what}, GRU over LSTM: {with_interval(ratio)}."
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
    f"{_LARGE} at once, with both engines.",
    _latency,
)
SAVING = Claim(
    "C11",
    "saving",
    "A GRU saves 30 to 50 % of compute in production.",
    "Multiply-accumulates are counted; latency and processor seconds of answers are measured with "
    "both engines.",
    _saving,
    _SAVED,
)
