"""C21: both cells on small devices: flash, RAM, cycles and time of the exported C."""

from studio.analysis.costs.device_costs import ESTIMATED, DeviceCosts, device_costs
from studio.claims.analysis.findings import Finding, Outcome, finding, judge_saving, not_measured
from studio.claims.laboratory.claim import Claim
from studio.claims.laboratory.exported import time_exported
from studio.claims.laboratory.laboratory import Laboratory, experiment, pair
from studio.core.results.c_size import Arithmetic
from studio.core.specs.device_profile import DeviceProfile
from studio.runs.planning.plan import Plan, make_plan

_HIDDEN, _LENGTH = 32, 100
_BOARD = DeviceProfile(
    name="Cortex-M4F at 120 MHz", core="cortex-m4", fpu=True, clock_mhz=120.0,
    flash_kib=2048.0, ram_kib=640.0,
)  # fmt: skip
_LATE = "Time ran out before there were enough segments."


def _devices(laboratory: Laboratory) -> list[Finding]:
    plan = make_plan(
        experiment(
            "adding",
            laboratory.machine(),
            parameters={"length": _LENGTH, "examples": 600},
            contenders=pair(_HIDDEN),
        )
    )
    kinds: tuple[Arithmetic, ...] = ("float", "int8")
    counted = [each for kind in kinds for each in _counted(plan, kind)]
    return [*counted, *_timed(laboratory, plan)]


def _counted(plan: Plan, arithmetic: Arithmetic) -> list[Finding]:
    gru, lstm = (
        device_costs(spec, plan.task.preprocessing, _BOARD, arithmetic)
        for spec in plan.spec.contenders
    )
    for costs in (gru, lstm):
        if isinstance(costs, str):
            return [not_measured(costs, f"C, {arithmetic}")]
    assert isinstance(gru, DeviceCosts)  # noqa: S101 - strings were returned above
    assert isinstance(lstm, DeviceCosts)  # noqa: S101
    engine = f"C, {arithmetic}"
    found = [
        _exact(gru.sizes.constants, lstm.sizes.constants, "constants in flash", engine),
        _exact(gru.sizes.state, lstm.sizes.state, "state in RAM", engine),
    ]
    if gru.cycles is not None and lstm.cycles is not None:
        ratios = gru.cycles.low / lstm.cycles.low, gru.cycles.high / lstm.cycles.high
        text = (
            f"A step on a {_BOARD.name}: {gru.cycles.low:,.0f} to {gru.cycles.high:,.0f} cycles "
            f"for the GRU, {lstm.cycles.low:,.0f} to {lstm.cycles.high:,.0f} for the LSTM. "
            f"{ESTIMATED}"
        )
        found.append(_without_interval(max(ratios), "cycles of a step, ratio", text, engine))
    return found


def _exact(gru: int, lstm: int, what: str, engine: str) -> Finding:
    text = (
        f"{what[0].upper()}{what[1:]} at {_HIDDEN} units, an exact count: GRU {gru:,} bytes, LSTM "
        f"{lstm:,} bytes."
    )
    return _without_interval(gru / lstm, f"bytes of {what}, ratio", text, engine)


def _without_interval(ratio: float, unit: str, text: str, engine: str) -> Finding:
    none = float("nan")
    verdict: Outcome = "supported" if ratio < 1 else "refuted"
    return Finding(verdict, ratio, none, none, unit, text, engine)


def _timed(laboratory: Laboratory, plan: Plan) -> list[Finding]:
    found = time_exported(laboratory, plan)
    if not found:
        return [not_measured(_LATE, "exported")]
    findings = []
    for runtime, (step, _) in found.items():
        each = ", ".join(f"{name} {value:.3g} µs" for name, value in step.microseconds.items())
        text = (
            f"A step in {runtime} on this machine, one thread: {each} ({step.segments} segments "
            "with fresh networks)."
        )
        unit = "time of a step on this machine, ratio"
        verdict = judge_saving(step.ratio, claimed=1.0)
        findings.append(finding(verdict, step.ratio, unit, text, runtime))
    return findings


CLAIM = Claim(
    "C21",
    "small devices",
    "A GRU is the better choice for phones, wearables and microcontrollers.",
    f"Both cells at {_HIDDEN} units are written as C, in float and with int8 weights: bytes are "
    "counted, cycles on a microcontroller estimated, and a step timed on this machine in C and in "
    "onnxruntime; no phone was measured. Whether a smaller network of the other cell does as well "
    "is another question: see the smallest size that suffices, on Compare.",
    _devices,
)
