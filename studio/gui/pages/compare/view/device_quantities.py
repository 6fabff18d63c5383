"""What contenders cost on a device, as quantities with the device's limits."""

from collections.abc import Callable

from studio.analysis.costs.device_costs import DeviceCosts, device_costs
from studio.analysis.intervals import Interval, no_interval
from studio.core.results.c_size import Arithmetic
from studio.core.results.history import ComparisonHistory
from studio.core.specs.device_profile import KIB, DeviceProfile
from studio.gui.pages.compare.view.quantities import Quantity

_KINDS: tuple[Arithmetic, ...] = ("float", "int8")


def device_quantities(history: ComparisonHistory, profile: DeviceProfile) -> tuple[Quantity, ...]:
    """Flash, RAM and the time of a step, in float and with int8 weights.

    A time stands at the middle of its estimate, whose low and high end are drawn as an interval.
    Contenders that cannot be exported as C, and times without a formula, are left out.
    """
    of_kind = {
        kind: {
            contender.name: costs
            for contender in history.contenders
            if isinstance(
                costs := device_costs(contender.spec, history.preprocessing, profile, kind),
                DeviceCosts,
            )
        }
        for kind in _KINDS
    }
    found = []
    for name, label, limit, figure in _figures(profile):
        for kind, by_name in of_kind.items():
            known = {each: figure(costs) for each, costs in by_name.items()}
            found.append(
                Quantity(
                    key=f"{name}, {kind}",
                    label=f"{label}, {kind}",
                    higher_is_better=False,
                    values={each: value for each, value in known.items() if value is not None},
                    limit=limit,
                )
            )
    return tuple(found)


_Figure = Callable[[DeviceCosts], Interval | None]


def _figures(
    profile: DeviceProfile,
) -> tuple[tuple[str, str, tuple[str, float] | None, _Figure], ...]:
    deadline = profile.deadline_ms
    return (
        (
            "flash", "flash at most, KiB", ("flash of the device", profile.flash_kib),
            lambda costs: no_interval(costs.flash / KIB),
        ),
        (
            "RAM", "RAM at most, KiB", ("RAM of the device", profile.ram_kib),
            lambda costs: no_interval(costs.ram / KIB),
        ),
        (
            "time of a step", "time of a step, estimated, ms",
            None if deadline is None else ("deadline", deadline), _milliseconds,
        ),
    )  # fmt: skip


def _milliseconds(costs: DeviceCosts) -> Interval | None:
    if costs.ms is None:
        return None
    low, high = costs.ms.low, costs.ms.high
    return Interval((low + high) / 2, low, high)
