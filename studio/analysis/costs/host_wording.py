"""Times of exported models on this machine, and their wording."""

from collections.abc import Mapping
from dataclasses import dataclass

MEASURED = (
    "Measured on this machine with one thread, medians of interleaved rounds. Calls from Python "
    "are included for onnxruntime and torch; torch is timed without scaling."
)
_WHOLE = 100  # microseconds that are shown without decimals


@dataclass(frozen=True)
class HostTime:
    """What a runtime takes on this machine.

    Attributes:
        runtime: Such as "C, float".
        step_us: Microseconds of a step with its state carried on; None if not measured.
        window_us: Microseconds of a whole sequence from zeros; likewise.
        why_not: Why it was not measured, a clause, or "".
    """

    runtime: str
    step_us: float | None
    window_us: float | None
    why_not: str = ""


TIME_HEADINGS = ("contender", "µs, one step", "µs, one sequence")


def time_rows(times: Mapping[str, tuple[HostTime, ...]]) -> list[tuple[str, ...]]:
    """A row for each contender and runtime."""
    return [
        (f"{name}, {each.runtime}", _microseconds(each.step_us), _microseconds(each.window_us))
        for name, of_contender in times.items()
        for each in of_contender
    ]


def missing_times(times: Mapping[str, tuple[HostTime, ...]]) -> list[str]:
    """Why runtimes were not timed, a sentence for each."""
    every = [each for of_contender in times.values() for each in of_contender]
    return list(dict.fromkeys(f"{each.runtime}: {each.why_not}." for each in every if each.why_not))


def _microseconds(value: float | None) -> str:
    if value is None:
        return "not measured"
    return f"{value:,.0f}" if value >= _WHOLE else f"{value:.2g}"
