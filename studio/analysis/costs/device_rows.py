"""The contenders of a comparison on a device, and the wording of what they cost there."""

from dataclasses import dataclass

from studio.analysis.costs.device_costs import ESTIMATED, DeviceCosts, Range, device_costs
from studio.analysis.intervals import Interval
from studio.analysis.scores.score_samples import score_interval
from studio.analysis.wording import with_brackets
from studio.core.results.history import ComparisonHistory
from studio.core.results.metrics import Metric, metrics_of
from studio.core.specs.device_profile import KIB, DeviceProfile


@dataclass(frozen=True)
class DeviceRow:
    """One contender on a device.

    Attributes:
        name: The contender.
        single: In single precision; or why it cannot be written as C, a clause.
        int8: With int8 weights; likewise.
        score: Its mean test score, with its interval over seeds and test examples.
    """

    name: str
    single: DeviceCosts | str
    int8: DeviceCosts | str
    score: Interval


@dataclass(frozen=True)
class DeviceTable:
    """All contenders of a comparison on a device.

    Attributes:
        profile: The device.
        metric: What is scored.
        unit: Of the score, or "".
        steps: Of the longest sequence or window.
        whole: Whether an answer needs all of its steps.
        rows: The contenders.
    """

    profile: DeviceProfile
    metric: Metric
    unit: str
    steps: int
    whole: bool
    rows: tuple[DeviceRow, ...]

    @property
    def score_heading(self) -> str:
        """Such as "test RMSE (kW)"."""
        return f"test {self.metric.label}" + (f" ({self.unit})" if self.unit else "")

    @property
    def knows_energy(self) -> bool:
        """Whether the profile says what a cycle takes."""
        return self.profile.energy_pj_per_cycle is not None

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader has to know of all figures, sentences."""
        notes = [ESTIMATED, "Constants and state are exact, code and stack are upper bounds."]
        if self.whole and self.steps > 1:
            notes.append(
                f"Times are those of one step; reading {self.steps:,} steps from zeros for an "
                f"answer takes {self.steps:,} times as long."
            )
        if not self.profile.fpu:
            notes.append("The compiler's routines for floating point come on top of the code.")
        if self.profile.deadline_ms is None:
            notes.append("The profile has no deadline, so that time decides nothing.")
        return tuple(notes)


def device_table(history: ComparisonHistory, profile: DeviceProfile) -> DeviceTable:
    """What the contenders of a comparison cost on a device."""
    preprocessing = history.preprocessing
    metric = metrics_of(preprocessing)[0]
    rows = [
        DeviceRow(
            contender.name,
            device_costs(contender.spec, preprocessing, profile, "float"),
            device_costs(contender.spec, preprocessing, profile, "int8"),
            score_interval(history, contender, metric),
        )
        for contender in history.contenders
    ]
    return DeviceTable(
        profile=profile,
        metric=metric,
        unit=preprocessing.unit if metric.in_target_units else "",
        steps=preprocessing.max_length,
        whole=not preprocessing.per_step,
        rows=tuple(rows),
    )


def table_headings(table: DeviceTable) -> tuple[str, ...]:
    """Of table_cells."""
    energy = ("µJ, step",) if table.knows_energy else ()
    figures = ("flash", "RAM", "MACs", "cycles, step", "ms, step", *energy)
    return ("contender", *figures, table.score_heading, "verdict")


def table_cells(table: DeviceTable, int8_scores: dict[str, str]) -> list[tuple[str, ...]]:
    """Two rows for each contender that can be written as C.

    Args:
        table: The contenders on a device.
        int8_scores: What stands for the score of the integers, by contender.
    """
    cells = []
    for row in table.rows:
        kinds = (
            ("float", row.single, with_brackets(row.score)),
            ("int8", row.int8, int8_scores.get(row.name, "")),
        )
        cells += [
            (f"{row.name}, {kind}", *_figures(costs, table), score, costs.outcome)
            for kind, costs, score in kinds
            if isinstance(costs, DeviceCosts)
        ]
    return cells


def verdict_sentences(table: DeviceTable) -> list[str]:
    """A sentence for each contender and arithmetic, with the reason."""
    told = []
    for row in table.rows:
        if isinstance(row.single, str):
            told.append(f"{row.name} cannot be exported as C: {row.single}.")
            continue
        told.append(_sentence(f"{row.name}, float", row.single))
        if isinstance(row.int8, str):
            told.append(f"{row.name} cannot be exported with int8 weights: {row.int8}.")
        else:
            told.append(_sentence(f"{row.name}, int8", row.int8))
    return told


def _sentence(name: str, costs: DeviceCosts) -> str:
    return f"{name}: {costs.outcome}." + (f" {costs.reason}" if costs.reason else "")


def _figures(costs: DeviceCosts, table: DeviceTable) -> tuple[str, ...]:
    energy = (_between(costs.energy_uj, ".3g"),) if table.knows_energy else ()
    return (
        kilobytes(costs.flash),
        kilobytes(costs.ram),
        f"{costs.sizes.macs:,}",
        _between(costs.cycles, ",.0f"),
        _between(costs.ms, ".3g"),
        *energy,
    )


def kilobytes(count: int) -> str:
    """Such as "812 B" or "19.3 KiB"."""
    return f"{count:,} B" if count < KIB else f"{count / KIB:,.1f} KiB"


def profile_words(profile: DeviceProfile) -> str:
    """What the device has, such as "2,048 KiB of flash, 640 KiB of RAM, 120 MHz"."""
    parts = [
        f"{profile.flash_kib:,g} KiB of flash",
        f"{profile.ram_kib:,g} KiB of RAM",
        f"{profile.clock_mhz:g} MHz",
        "an FPU" if profile.fpu else "no FPU",
    ]
    if profile.wait_states:
        waits = "1 wait state" if profile.wait_states == 1 else f"{profile.wait_states} wait states"
        parts.append(waits)
    if profile.deadline_ms is not None:
        parts.append(f"{profile.deadline_ms:g} ms for a step")
    return ", ".join(parts)


def _between(found: Range | None, form: str) -> str:
    return "not known" if found is None else f"{found.low:{form}} to {found.high:{form}}"
