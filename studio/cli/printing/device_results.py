"""What gate-studio device prints: a table, or one JSON object."""

import math
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

from studio.analysis.costs.device_costs import ESTIMATED, DeviceCosts, Range
from studio.analysis.costs.device_rows import (
    DeviceRow,
    DeviceTable,
    profile_words,
    table_cells,
    table_headings,
    verdict_sentences,
)
from studio.analysis.costs.host_wording import (
    MEASURED,
    TIME_HEADINGS,
    HostTime,
    missing_times,
    time_rows,
)
from studio.analysis.intervals import Interval
from studio.cli.output import print_json, print_message, print_paragraph, print_table
from studio.runs.stored.device_models import DeviceModel

if TYPE_CHECKING:
    from studio.export.c.integer_scores import IntegerScore

_SKIPPED = "left out by --no-int8"


def int8_scores(
    table: DeviceTable, models: Mapping[str, DeviceModel | str], *, skipped: bool
) -> "dict[str, IntegerScore | str]":
    """The score of each contender with int8 weights, or why there is none, a clause."""
    from studio.export.c.score_int8 import score_int8
    from studio.runs.execution.compute import ComputeThread

    scores: dict[str, IntegerScore | str] = {}
    with ComputeThread() as compute:
        for row in table.rows:
            found = models.get(row.name, _SKIPPED if skipped else "it cannot be exported as C")
            if isinstance(row.int8, str):
                scores[row.name] = row.int8
            elif isinstance(found, str):
                scores[row.name] = found
            else:
                print_message(f"Scoring {row.name} with int8 weights …")
                job = partial(score_int8, found.model, found.sequences)
                scores[row.name] = compute.submit(job).result()
    return scores


def measured_times(models: Mapping[str, DeviceModel | str]) -> "dict[str, tuple[HostTime, ...]]":
    """What each contender that can be written as C takes on this machine."""
    from studio.export.host_times import host_times

    times = {}
    for name, found in models.items():
        if not isinstance(found, str) and found.sequences:
            print_message(f"Timing {name} on this machine …")
            times[name] = host_times(found.model, found.sequences[0])
    return times


def show_times(times: "Mapping[str, tuple[HostTime, ...]]") -> None:
    """Prints what was measured on this machine."""
    if not times:
        print_paragraph("No contender could be timed on this machine.")
        return
    print_table("On this machine", TIME_HEADINGS, time_rows(times))
    for why in missing_times(times):
        print_paragraph(why, hanging=2)
    print_paragraph(MEASURED)


def show_device(table: DeviceTable, scores: "Mapping[str, IntegerScore | str]") -> None:
    """Prints the table, the verdicts in words and what the figures are."""
    from studio.export.int8_words import int8_cells, int8_sentences

    title = f"{table.profile.name}: {profile_words(table.profile)}"
    cells = table_cells(table, int8_cells(scores))
    if cells:
        print_table(title, table_headings(table), cells)
    for sentence in verdict_sentences(table):
        print_paragraph(sentence, hanging=2)
    print_paragraph("")
    for sentence in int8_sentences(table, scores, _SKIPPED):
        print_paragraph(sentence, hanging=2)
    print_paragraph(" ".join(table.notes))


def print_device_json(
    table: DeviceTable,
    scores: "Mapping[str, IntegerScore | str]",
    times: "Mapping[str, tuple[HostTime, ...]]",
) -> None:
    """Prints one JSON object."""
    profile = table.profile
    print_json(
        {
            "profile": {**profile.model_dump(), "flash": profile.flash, "ram": profile.ram},
            "metric": table.metric.name,
            "unit": table.unit,
            "steps": table.steps,
            "contenders": [
                {
                    **_contender_json(row, scores[row.name]),
                    "this_machine": [asdict(each) for each in times.get(row.name, ())] or None,
                }
                for row in table.rows
            ],
            "note": ESTIMATED,
        }
    )


def _contender_json(row: DeviceRow, score: "IntegerScore | str") -> dict[str, object]:
    told = isinstance(score, str)
    own = None if isinstance(score, str) else _interval_json(score.own)
    return {
        "name": row.name,
        **_costs_json(row.single),
        "score": _interval_json(row.score),
        "score_int8": own,
        "int8": {
            **_costs_json(row.int8),
            "score": own,
            "score_float_same_run": None
            if isinstance(score, str)
            else _interval_json(score.trained),
            "practically_the_same": None if isinstance(score, str) else score.is_the_same,
            "why_no_score": score if told else None,
        },
    }


def _costs_json(costs: DeviceCosts | str) -> dict[str, object]:
    if isinstance(costs, str):
        keys = ("flash", "ram", "macs", "cycles_low", "cycles_high", "ms_low", "ms_high")
        return {**dict.fromkeys(keys), "verdict": "cannot be exported", "reason": costs}
    return {
        "flash": costs.flash,
        "ram": costs.ram,
        "macs": costs.sizes.macs,
        **_range_json("cycles", costs.cycles, 0),
        **_range_json("ms", costs.ms, 6),
        **_range_json("energy_uj", costs.energy_uj, 6),
        "constants": costs.sizes.constants,
        "code_at_most": costs.code,
        "state": costs.sizes.state,
        "stack_at_most": costs.sizes.stack,
        "verdict": costs.outcome,
        "reason": costs.reason,
    }


def _range_json(name: str, found: Range | None, digits: int) -> dict[str, float | None]:
    if found is None:
        return {f"{name}_low": None, f"{name}_high": None}
    return {f"{name}_low": round(found.low, digits), f"{name}_high": round(found.high, digits)}


def _interval_json(interval: Interval) -> dict[str, float | None] | None:
    if math.isnan(interval.value):
        return None
    low, high = (end if math.isfinite(end) else None for end in (interval.low, interval.high))
    return {"mean": interval.value, "low": low, "high": high}
