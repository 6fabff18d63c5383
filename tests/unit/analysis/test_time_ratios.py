"""Times are compared round by round, memory byte by byte."""

from dataclasses import replace

import numpy as np
import pytest
from unit.analysis.make_histories import with_errors, with_timings

from studio.analysis import compare_memory, compare_times, epoch_time, step_time, training_time
from studio.analysis.wording import basis_sentences
from studio.core.results.events import ExecutionInfo
from studio.core.results.history import ComparisonHistory, TimedSteps

RUNS = 3
ERRORS = {"gru": np.ones((RUNS, 4)), "lstm": np.ones((RUNS, 4))}
DRIFT = 1 + 0.5 * np.sin(np.arange(40))


def noisy(milliseconds: float, seed: int, noise: float = 0.02) -> np.ndarray:
    """Step times of each run on a machine that drifts, (runs, turns)."""
    jitter = np.exp(noise * np.random.default_rng(seed).normal(size=(RUNS, len(DRIFT))))
    return milliseconds * DRIFT * jitter


def timed(gru: list[float] | np.ndarray, lstm: list[float] | np.ndarray) -> ComparisonHistory:
    return with_timings(with_errors(ERRORS), {"GRU": gru, "LSTM": lstm})


def test_the_first_turn_of_each_run_is_left_out() -> None:
    history = timed([100.0, *[2.0] * 9], [100.0, *[4.0] * 9])
    result = step_time(history.contenders[0])
    assert (result.value, result.low, result.high) == pytest.approx((2, 2, 2))


def test_a_drifting_machine_does_not_hide_which_contender_is_faster() -> None:
    (result,) = compare_times(timed(noisy(3, 1), noisy(4, 2)))
    assert (result.about, result.decision.kind, result.decision.name) == (
        "step_ms",
        "better",
        "GRU",
    )
    assert result.difference.value < 0
    assert "one step of GRU takes 0.7488 (95 %" in result.text
    assert f"{RUNS * 39} rounds of {RUNS} pairs of runs." in result.text
    assert "Computed by engine fused on cpu, 2 threads." in result.text


def test_times_within_two_per_cent_are_practically_the_same() -> None:
    (result,) = compare_times(timed(noisy(3, 1), noisy(3.01, 2)))
    assert result.decision.kind == "tie"


def test_noisy_times_are_inconclusive() -> None:
    (result,) = compare_times(timed(noisy(3, 1, 0.4), noisy(3.1, 2, 0.4)))
    assert result.decision.kind == "undecided"
    assert "the timings vary too much" in result.text


def test_fewer_than_five_common_rounds_are_inconclusive() -> None:
    (result,) = compare_times(timed([3.0] * 2, [4.0] * 2))
    assert result.decision.kind == "undecided"
    assert "too few rounds" in result.text


def test_contenders_that_never_ran_together_are_inconclusive() -> None:
    (result,) = compare_times(timed([], [4.0] * 9))
    assert result.decision.kind == "undecided"
    assert not result.difference.is_known


def test_only_rounds_in_which_both_ran_are_compared() -> None:
    (result,) = compare_times(timed([2.0] * 10, [4.0] * 10 + [400.0] * 30))
    assert result.difference.value == pytest.approx(-2)


def test_several_timings_of_one_turn_count_as_one_round() -> None:
    history = timed([], [])
    run = history.contenders[0].runs[0]
    timings = tuple(
        TimedSteps(turn // 2, 0, np.full(3, 0.002 + turn % 2, np.float32)) for turn in range(16)
    )
    contender = replace(history.contenders[0], runs=(replace(run, timings=timings),))
    assert step_time(contender).value == pytest.approx(502)


def test_unequal_conditions_are_stated_next_to_the_time() -> None:
    history = timed(noisy(3, 1), noisy(4, 2))
    torch = ExecutionInfo("torch", "cpu", 2, "glibc")
    runs = tuple(replace(run, execution=torch) for run in history.contenders[1].runs)
    second = replace(history.contenders[1], runs=runs)
    (result,) = compare_times(replace(history, contenders=(history.contenders[0], second)))
    assert "Not computed under equal conditions: GRU by engine fused" in result.text


def test_memory_is_exact_and_has_no_interval() -> None:
    (result,) = compare_memory(with_errors(ERRORS))
    assert (result.about, result.decision.name) == ("memory_bytes", "GRU")
    assert result.difference.value == 1020 - 1360
    assert not result.difference.is_known


def test_cuda_peak_memory_is_reported_beside_the_exact_count() -> None:
    history = with_errors(ERRORS)
    (on_cpu,) = compare_memory(history)
    assert not any("CUDA" in line for line in basis_sentences(on_cpu.basis))
    peaks = [
        replace(
            each,
            runs=tuple(
                replace(run, memory=replace(run.memory, device_peak=peak))
                for run in each.runs
                if run.memory is not None
            ),
        )
        for each, peak in zip(history.contenders, (20_400_000, 32_000_000), strict=True)
    ]
    (on_cuda,) = compare_memory(replace(history, contenders=tuple(peaks)))
    assert on_cuda.decision == on_cpu.decision
    assert any("GRU 20.4 MB and LSTM 32.0 MB" in line for line in basis_sentences(on_cuda.basis))


def test_memory_is_unknown_before_a_run_has_started() -> None:
    history = with_errors(ERRORS)
    runs = tuple(replace(run, memory=None) for run in history.contenders[0].runs)
    first = replace(history.contenders[0], runs=runs)
    assert compare_memory(replace(history, contenders=(first, history.contenders[1]))) == ()


def test_the_time_of_an_epoch_is_the_median_over_all_epochs() -> None:
    contender = with_errors(ERRORS).contenders[0]
    assert epoch_time(contender).value == pytest.approx(0.5)
    assert training_time(contender).value == pytest.approx(1.0)
