"""The largest networks that fit a device, found from exact sizes and estimated cycles alone."""

from dataclasses import replace

from studio.analysis.costs.device_costs import DeviceCosts, device_costs
from studio.analysis.costs.device_rows import kilobytes
from studio.core.errors import SpecError
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.c_size import Arithmetic
from studio.core.specs.comparison_spec import ComparisonSpec, ContenderSpec
from studio.core.specs.device_profile import DeviceProfile
from studio.runs.planning.plan import Plan

_LARGEST = 4096


def refuse_fit(spec: ComparisonSpec, *, sized: bool, where: str) -> None:
    """Refuses what sets sizes in another way.

    Args:
        spec: The comparison.
        sized: Whether a hidden size was given.
        where: How messages name the option.

    Raises:
        SpecError: Sizes are given, matched, or belong to several plans.
    """
    if sized or spec.match in {"parameters", "compute"}:
        raise SpecError(
            "sets the hidden sizes itself",
            where=where,
            remedy="Leave out the hidden size and the match",
        )
    if spec.rates:
        raise SpecError(
            "cannot be combined with learning rates to try",
            where=where,
            remedy="Compare first, then try rates with the sizes that were found",
        )


def fitted(
    plan: Plan, profile: DeviceProfile, arithmetic: Arithmetic = "float", where: str = "--fit"
) -> Plan:
    """The plan with the largest hidden size of each contender that fits.

    Args:
        plan: What is planned.
        profile: The device.
        arithmetic: In which they have to fit.
        where: What messages name.

    Raises:
        SpecError: A contender cannot be written as C, or fits in no size.
    """
    contenders = tuple(
        _largest(contender, plan.task.preprocessing, profile, arithmetic, where)
        for contender in plan.spec.contenders
    )
    return replace(plan, spec=plan.spec.model_copy(update={"contenders": contenders}))


def fit_sentences(
    plan: Plan, profile: DeviceProfile, arithmetic: Arithmetic = "float"
) -> list[str]:
    """The hidden sizes that were found, with their costs."""
    told = []
    for contender in plan.spec.contenders:
        costs = device_costs(contender, plan.task.preprocessing, profile, arithmetic)
        if isinstance(costs, DeviceCosts):
            told.append(
                f"{contender.name}: {contender.hidden_size:,} units, the most that fit "
                f"{profile.name} in {arithmetic} ({kilobytes(costs.flash)} of flash, "
                f"{kilobytes(costs.ram)} of RAM). {costs.reason}".rstrip()
            )
    return told


def _largest(
    spec: ContenderSpec,
    preprocessing: Preprocessing,
    profile: DeviceProfile,
    arithmetic: Arithmetic,
    where: str,
) -> ContenderSpec:
    def costs_of(size: int) -> DeviceCosts:
        sized = spec.model_copy(update={"hidden_size": size})
        found = device_costs(sized, preprocessing, profile, arithmetic)
        if isinstance(found, str):
            raise SpecError(f"{spec.name} cannot be exported as C: {found}", where=where)
        return found

    smallest = costs_of(1)
    if smallest.outcome != "fits":
        raise SpecError(
            f"no size of {spec.name} is known to fit {profile.name}: {smallest.reason[:-1]}",
            where=where,
            remedy="Choose another device or deadline, or set the hidden size",
        )
    low, high = 1, _LARGEST + 1
    while high - low > 1:
        middle = (low + high) // 2
        if costs_of(middle).outcome == "fits":
            low = middle
        else:
            high = middle
    return spec.model_copy(update={"hidden_size": low})
