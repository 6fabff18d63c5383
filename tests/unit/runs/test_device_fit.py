"""The largest networks that fit a device."""

import pytest
from running import small_spec

from studio.analysis.costs.device_costs import DeviceCosts, device_costs
from studio.core.errors import SpecError
from studio.core.specs.comparison_spec import ComparisonSpec, ContenderSpec
from studio.core.specs.device_profile import DeviceProfile
from studio.runs.planning.device_fit import fit_sentences, fitted, refuse_fit
from studio.runs.planning.plan import make_plan

BOARD = DeviceProfile(
    name="Board",
    core="cortex-m4",
    flash_kib=24,
    ram_kib=4,
    clock_mhz=64,
    fpu=True,
    deadline_ms=0.5,
)


def outcome(spec: ContenderSpec, plan_spec: ComparisonSpec, profile: DeviceProfile) -> str:
    costs = device_costs(spec, make_plan(plan_spec).task.preprocessing, profile)
    assert isinstance(costs, DeviceCosts)
    return costs.outcome


@pytest.mark.parametrize("changed", [{}, {"deadline_ms": None}, {"ram_kib": 0.6}])
def test_each_contender_is_the_largest_that_fits(changed: dict[str, float | None]) -> None:
    profile, spec = BOARD.model_copy(update=changed), small_spec()
    for contender in fitted(make_plan(spec), profile).spec.contenders:
        larger = contender.model_copy(update={"hidden_size": contender.hidden_size + 1})
        assert outcome(contender, spec, profile) == "fits"
        assert outcome(larger, spec, profile) != "fits"


def test_with_int8_weights_larger_networks_fit_the_same_flash() -> None:
    profile = BOARD.model_copy(update={"deadline_ms": None, "ram_kib": 64})
    plan = make_plan(small_spec())
    single, int8 = fitted(plan, profile), fitted(plan, profile, "int8")
    for one, other in zip(single.spec.contenders, int8.spec.contenders, strict=True):
        assert other.hidden_size > 1.3 * one.hidden_size
        larger = other.model_copy(update={"hidden_size": other.hidden_size + 1})
        costs = [
            device_costs(each, plan.task.preprocessing, profile, "int8") for each in (other, larger)
        ]
        outcomes = [each if isinstance(each, str) else each.outcome for each in costs]
        assert outcomes == ["fits", "measure on the board"]
    assert " in int8 (" in fit_sentences(int8, profile, "int8")[0]


def test_the_sizes_are_told_with_the_device() -> None:
    plan = fitted(make_plan(small_spec()), BOARD)
    for contender, told in zip(plan.spec.contenders, fit_sentences(plan, BOARD), strict=True):
        assert told.startswith(f"{contender.name}: {contender.hidden_size} units, the most that")
        assert "Board" in told


def test_a_device_on_which_no_size_fits_is_told_with_the_reason() -> None:
    with pytest.raises(SpecError, match="no measured formula"):
        fitted(make_plan(small_spec()), BOARD.model_copy(update={"core": "cortex-m7"}))


def test_sizes_that_are_given_or_matched_are_refused() -> None:
    spec = small_spec()
    with pytest.raises(SpecError, match="sets the hidden sizes itself"):
        refuse_fit(spec, sized=True, where="--fit")
    matched = spec.model_copy(update={"match": "parameters"})
    with pytest.raises(SpecError, match="sets the hidden sizes itself"):
        refuse_fit(matched, sized=False, where="--fit")
