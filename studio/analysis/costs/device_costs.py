"""What a network costs on a microcontroller, estimated from its settings.

Sizes are those of the generated C. Cycles follow from the instructions that this C executes on an
emulated Cortex-M4 and M0+, counted by kind, and Arm's timings: low with loads of one cycle and
taken branches of two, high with loads of two, branches of four and a stall for each operation in
floating point. `make verify` counts them again; docs/edge.md has the figures.
"""

from dataclasses import dataclass
from operator import mul
from typing import Literal, NamedTuple

from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.c_refusals import why_no_c
from studio.core.results.c_size import Arithmetic, CSizes, c_sizes
from studio.core.specs.comparison_spec import ContenderSpec
from studio.core.specs.device_profile import DeviceProfile

Outcome = Literal["fits", "does not fit", "measure on the board"]
ESTIMATED = "Estimated from instruction counts; the application and interrupts are not included."
FLOAT_CODE, INTEGER_CODE = 5_120, 7_168
"""Bytes of code at most, with up to three layers, on Cortex-M0+, M4, M33 and RISC-V with LLVM."""
CODE_OF_A_LAYER = 768
_LAYERS_IN_CODE = 3
_FIT_ERROR = 0.08
_BYTES_OF_A_FETCH = 8
_NO_CODE_BOUND = {"esp32-s3", "other"}


Ends = tuple[float, float]


class Rate(NamedTuple):
    """Cycles of a step, low and high, for each of these.

    Attributes:
        mac: Multiply-accumulate.
        unit: Unit of a layer: gates, state.
        port: Input or output: scaling.
        layer: Layer.
    """

    mac: Ends
    unit: Ends
    port: Ends
    layer: Ends = (0.0, 0.0)


_RATES: dict[tuple[str, Arithmetic, str], Rate] = {
    ("cortex-m4", "float", "gru"): Rate((3.9, 7.51), (220, 348), (56.3, 90.5)),
    ("cortex-m4", "float", "lstm"): Rate((3.68, 7.15), (322, 520), (60.2, 95.4)),
    ("cortex-m4", "int8", "gru"): Rate((2.95, 4.59), (318, 362), (73.8, 124), (599, 860)),
    ("cortex-m4", "int8", "lstm"): Rate((2.72, 4.2), (448, 531), (82.7, 138), (503, 745)),
    ("cortex-m0plus", "float", "gru"): Rate((246, 246), (10_700, 10_700), (269, 269)),
    ("cortex-m0plus", "float", "lstm"): Rate((245, 245), (17_100, 17_100), (277, 277)),
    ("cortex-m0plus", "int8", "gru"): Rate((6.76, 6.76), (1260, 1260), (477, 477), (1110, 1110)),
    ("cortex-m0plus", "int8", "lstm"): Rate((6.62, 6.62), (1730, 1730), (590, 590), (0, 0)),
}


@dataclass(frozen=True)
class Range:
    """A quantity between a low and a high estimate."""

    low: float
    high: float

    def times(self, factor: float) -> "Range":
        return Range(self.low * factor, self.high * factor)


@dataclass(frozen=True)
class DeviceCosts:
    """One network in one arithmetic on one device.

    Attributes:
        sizes: Exact constants and state, a bound of the stack, multiply-accumulates.
        code: Bytes of code at most.
        cycles: Of a step, with the waits for flash; None without a measured formula.
        ms: Milliseconds of a step; likewise.
        energy_uj: Microjoules of a step; None without cycles or the energy of one.
        outcome: Whether it fits.
        reason: Why, a sentence.
    """

    sizes: CSizes
    code: int
    cycles: Range | None
    ms: Range | None
    energy_uj: Range | None
    outcome: Outcome
    reason: str

    @property
    def flash(self) -> int:
        """Bytes at most: constants, which are exact, and the bound of the code."""
        return self.sizes.constants + self.code

    @property
    def ram(self) -> int:
        """Bytes at most: the state, which is exact, and the bound of the stack."""
        return self.sizes.state + self.sizes.stack


def device_costs(
    spec: ContenderSpec,
    preprocessing: Preprocessing,
    profile: DeviceProfile,
    arithmetic: Arithmetic = "float",
) -> DeviceCosts | str:
    """The costs on a device, or why the network cannot be written as C, a clause."""
    if why := why_no_c(spec, preprocessing, arithmetic):
        return why
    sizes = c_sizes(spec, preprocessing, arithmetic)
    code = FLOAT_CODE if arithmetic == "float" else INTEGER_CODE
    code += CODE_OF_A_LAYER * max(0, spec.num_layers - _LAYERS_IN_CODE)
    stack = sizes.stack + (50 if profile.core == "cortex-m0plus" else 0)
    sizes = CSizes(sizes.constants, sizes.state, stack, sizes.macs)
    cycles, why = _cycles(spec, preprocessing, sizes, profile, arithmetic)
    ms = None if cycles is None else cycles.times(1e-3 / profile.clock_mhz)
    energy = profile.energy_pj_per_cycle
    outcome, reason = _verdict(sizes, code, ms, why, profile)
    return DeviceCosts(
        sizes=sizes,
        code=code,
        cycles=cycles,
        ms=ms,
        energy_uj=None if cycles is None or energy is None else cycles.times(energy * 1e-6),
        outcome=outcome,
        reason=reason,
    )


def counted_cycles(
    spec: ContenderSpec,
    preprocessing: Preprocessing,
    core: str,
    arithmetic: Arithmetic = "float",
) -> Range | None:
    """Cycles of a step by the fit to counted instructions, without waits; None without a fit."""
    rate = _RATES.get((core, arithmetic, spec.cell))
    if rate is None:
        return None
    macs = c_sizes(spec, preprocessing, arithmetic).macs
    inputs = 1 if preprocessing.embeds else preprocessing.input_size
    ports = inputs + preprocessing.output_size
    amounts = (macs, spec.hidden_size * spec.num_layers, ports, spec.num_layers)
    return Range(*(sum(map(mul, amounts, costs)) for costs in zip(*rate, strict=True)))


def _cycles(
    spec: ContenderSpec,
    preprocessing: Preprocessing,
    sizes: CSizes,
    profile: DeviceProfile,
    arithmetic: Arithmetic,
) -> tuple[Range | None, str]:
    """Cycles of a step, or None and why there is no formula, a clause."""
    counted = counted_cycles(spec, preprocessing, profile.core, arithmetic)
    if counted is None:
        return None, "no measured formula"
    if profile.core == "cortex-m4" and not profile.fpu and arithmetic == "float":
        return None, "no measured formula without an FPU"
    if profile.multiplier_cycles > 1:
        return None, "no measured formula for a multiplier of several cycles"
    waits = profile.wait_states * sizes.constants / _BYTES_OF_A_FETCH
    return Range(counted.low * (1 - _FIT_ERROR), (counted.high + waits) * (1 + _FIT_ERROR)), ""


def _verdict(
    sizes: CSizes, code: int, ms: Range | None, why: str, profile: DeviceProfile
) -> tuple[Outcome, str]:
    checks = [
        _memory("flash", sizes.constants, code, "code", profile.flash),
        _memory("RAM", sizes.state, sizes.stack, "stack", profile.ram),
        _time(ms, why, profile),
    ]
    if profile.core in _NO_CODE_BOUND:
        unknown = "The code and stack of this core were not measured: check the linker's map."
        checks.append(("fits", unknown))
    outcomes: tuple[Outcome, ...] = ("does not fit", "measure on the board")
    for outcome in outcomes:
        reasons = [reason for found, reason in checks if found == outcome]
        if reasons:
            return outcome, " ".join(reasons)
    return "fits", " ".join(reason for _, reason in checks if reason)


def _memory(kind: str, exact: int, bound: int, bounded: str, available: int) -> tuple[Outcome, str]:
    if exact > available:
        return "does not fit", f"Needs {exact:,} bytes of {kind}; the device has {available:,}."
    if exact + bound > available:
        return "measure on the board", (
            f"Needs {exact:,} bytes of {kind} and at most {bound:,} for {bounded}; the device has "
            f"{available:,}."
        )
    return "fits", ""


def _time(ms: Range | None, why: str, profile: DeviceProfile) -> tuple[Outcome, str]:
    deadline = profile.deadline_ms
    if ms is None:
        told = f"There is {why} for its time on this core"
        if deadline is None:
            return "fits", f"{told}: measure it on the board."
        return "measure on the board", f"{told}."
    took = f"A step takes {ms.low:.3g} to {ms.high:.3g} ms"
    if deadline is None:
        return "fits", f"{took}."
    took = f"{took}; the deadline is {deadline:g} ms."
    if ms.high <= deadline:
        return "fits", took
    return ("does not fit" if ms.low > deadline else "measure on the board"), took
