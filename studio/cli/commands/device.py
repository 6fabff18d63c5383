"""gate-studio device: what the contenders cost on a microcontroller."""

from pathlib import Path
from typing import Annotated

import typer

DEFAULT_PROFILE = "cortex-m4f"


def device(
    session: Annotated[Path, typer.Argument(metavar="SESSION", help="A session file.")],
    profile: Annotated[
        str,
        typer.Option(
            help="cortex-m0plus, cortex-m4f, cortex-m7, cortex-m33, esp32-s3, risc-v, or the path "
            "of a profile (.toml).",
            metavar="NAME|FILE",
        ),
    ] = DEFAULT_PROFILE,
    deadline: Annotated[
        float | None,
        typer.Option(help="Milliseconds that a step may take; default: the profile's.", min=1e-6),
    ] = None,
    comparison: Annotated[
        int | None, typer.Option(help="Number of the comparison; default: the last.")
    ] = None,
    *,
    no_int8: Annotated[
        bool, typer.Option("--no-int8", help="Leaves out the test score with int8 weights.")
    ] = False,
    measure: Annotated[
        bool,
        typer.Option(
            "--measure", help="Also times C, onnxruntime and torch on this machine, one thread."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Flash, RAM, cycles and time of every contender as C on a microcontroller.

    The verdict is "fits", "does not fit", or "measure on the board" where the estimate cannot
    tell. With int8 weights the best run of each contender is scored on the test set.

    Example: gate-studio device temperatures.gates --profile cortex-m4f --deadline 2
    """
    from studio.analysis.costs.device_rows import device_table
    from studio.cli.open_session import open_comparison
    from studio.cli.printing.device_results import (
        int8_scores,
        measured_times,
        print_device_json,
        show_device,
        show_times,
    )
    from studio.core.specs.device_profile import find_profile
    from studio.paths import devices
    from studio.runs.stored.device_models import device_models

    chosen = find_profile(profile, devices())
    if deadline is not None:
        chosen = chosen.model_copy(update={"deadline_ms": deadline})
    with open_comparison(session, comparison) as (file, number):
        table = device_table(file.history(number), chosen)
        models = {} if no_int8 and not measure else device_models(file, number)
    scores = int8_scores(table, {} if no_int8 else models, skipped=no_int8)
    times = measured_times(models) if measure else {}
    if as_json:
        print_device_json(table, scores, times)
        return
    show_device(table, scores)
    if measure:
        show_times(times)
