"""What networks cost on microcontrollers."""

import pytest
from networks import classifying, forecasting, forecasting_series

from studio.analysis.costs.device_costs import DeviceCosts, device_costs
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.prepared.scaler import Scaler
from studio.core.results.c_size import Arithmetic
from studio.core.specs.comparison_spec import ContenderSpec
from studio.core.specs.device_profile import DeviceProfile, find_profile
from studio.paths import devices


def reading(channels: int = 4) -> Preprocessing:
    preprocessing = forecasting(channels=channels, targets=2, horizon=1)
    scaler = Scaler(kind="standard", center=(0.0,) * channels, scale=(1.0,) * channels)
    return preprocessing.model_copy(update={"input_scaler": scaler})


def on(
    device: str,
    spec: ContenderSpec,
    arithmetic: Arithmetic = "float",
    preprocessing: Preprocessing | None = None,
    **changed: object,
) -> DeviceCosts:
    profile = find_profile(device, devices()).model_copy(update=changed)
    costs = device_costs(spec, preprocessing or reading(), profile, arithmetic)
    assert isinstance(costs, DeviceCosts), costs
    return costs


@pytest.mark.parametrize(
    ("cell", "units", "low", "high"),
    [
        ("gru", 16, 7_500, 12_700),
        ("gru", 32, 20_700, 36_400),
        ("gru", 64, 64_000, 117_000),
        ("lstm", 32, 29_000, 50_000),
        ("lstm", 64, 87_000, 157_000),
    ],
)
def test_cycles_on_a_cortex_m4_hold_those_of_counted_instructions(
    cell: str, units: int, low: float, high: float
) -> None:
    cycles = on("cortex-m4f", ContenderSpec(cell=cell, hidden_size=units), wait_states=0).cycles
    assert cycles is not None
    assert 0.84 * low <= cycles.low <= low
    assert high <= cycles.high <= 1.17 * high


def test_waiting_for_flash_adds_to_the_high_end_alone() -> None:
    spec = ContenderSpec(hidden_size=32)
    none, five = (on("cortex-m4f", spec, wait_states=waits).cycles for waits in (0, 5))
    assert none is not None
    assert five is not None
    assert five.low == none.low
    assert five.high - none.high == pytest.approx(1.08 * 5 * 14_632 / 8)


def test_a_core_without_a_measured_formula_is_to_be_measured_on_the_board() -> None:
    spec = ContenderSpec(hidden_size=16)
    for device in ("cortex-m7", "cortex-m33", "esp32-s3", "risc-v"):
        costs = on(device, spec, deadline_ms=10.0)
        assert costs.cycles is None
        assert costs.outcome == "measure on the board"
        assert "There is no measured formula" in costs.reason


def test_the_deadline_decides_by_both_ends_of_the_estimate() -> None:
    spec = ContenderSpec(hidden_size=32)
    ms = on("cortex-m4f", spec).ms
    assert ms is not None
    outcomes = [
        on("cortex-m4f", spec, deadline_ms=deadline).outcome
        for deadline in (ms.high * 1.01, (ms.low + ms.high) / 2, ms.low * 0.99)
    ]
    assert outcomes == ["fits", "measure on the board", "does not fit"]


def test_exact_bytes_decide_against_a_network_and_bounds_for_it() -> None:
    spec = ContenderSpec(hidden_size=32)
    exact = 14_632 / 1024
    outcomes = [
        on("cortex-m4f", spec, flash_kib=kib).outcome for kib in (exact - 0.1, exact + 1, exact + 5)
    ]
    assert outcomes == ["does not fit", "measure on the board", "fits"]
    assert on("cortex-m4f", spec, ram_kib=0.1).outcome == "does not fit"


def test_int8_needs_about_a_quarter_of_the_constants_and_fewer_cycles() -> None:
    spec = ContenderSpec(hidden_size=128)
    single, int8 = (on("cortex-m4f", spec, kind) for kind in ("float", "int8"))
    assert 0.24 < int8.sizes.constants / single.sizes.constants < 0.32
    assert single.cycles is not None
    assert int8.cycles is not None
    assert int8.cycles.low < single.cycles.low
    assert int8.cycles.high < single.cycles.high


def test_energy_is_told_only_where_that_of_a_cycle_is_known() -> None:
    spec = ContenderSpec(hidden_size=16)
    assert on("cortex-m4f", spec).energy_uj is None
    known = on("cortex-m4f", spec, energy_pj_per_cycle=100.0)
    assert known.energy_uj is not None
    assert known.cycles is not None
    assert known.energy_uj.low == pytest.approx(known.cycles.low * 1e-4)


def test_float_on_a_cortex_m4_without_an_fpu_has_no_formula() -> None:
    assert on("cortex-m4f", ContenderSpec(hidden_size=16), fpu=False).cycles is None


@pytest.mark.parametrize(
    ("spec", "preprocessing", "reason"),
    [
        (ContenderSpec(bidirectional=True), reading(), "from its end too"),
        (ContenderSpec(cell="tcn"), reading(), "no state"),
        (ContenderSpec(cell="coupled-lstm"), reading(), "Coupled LSTM"),
        (ContenderSpec(pooling="attention"), classifying(), "attention weighs all steps"),
        (ContenderSpec(), forecasting_series(), "its own scaler"),
    ],
)
def test_a_network_that_cannot_be_written_as_c_has_a_reason_and_no_costs(
    spec: ContenderSpec, preprocessing: Preprocessing, reason: str
) -> None:
    profile = DeviceProfile(name="x", flash_kib=1, ram_kib=1, clock_mhz=1, fpu=True)
    found = device_costs(spec, preprocessing, profile)
    assert isinstance(found, str)
    assert reason in found
