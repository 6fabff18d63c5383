"""gate-studio report: a comparison as one HTML file."""

from pathlib import Path
from typing import Annotated

import typer

from studio.cli.output import print_json, print_message


def report(
    session: Annotated[Path, typer.Argument(metavar="SESSION", help="A session file.")],
    out: Annotated[Path, typer.Option(help="The file to write, FILE.html.")],
    comparison: Annotated[
        int | None, typer.Option(help="Number of the comparison; default: the last.")
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(
            help="Show what each contender costs on this device, a profile by name or path as in "
            "gate-studio device. Default: no device."
        ),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Writes verdicts, results, curves, settings and environment to one self-contained file.

    Example: gate-studio report temperatures.gates --out temperatures.html
    """
    from studio.cli.open_session import open_comparison
    from studio.core.specs.device_profile import find_profile
    from studio.export import write_report
    from studio.paths import devices

    device = None if profile is None else find_profile(profile, devices())
    with open_comparison(session, comparison) as (file, number):
        created = next(row.created for row in file.comparisons() if row.id == number)
        notes = [str(note) for note in file.notes(number)]
        history, dataset = file.history(number), file.dataset(number)
        path = write_report(history, dataset, out, created, notes, device)
    print_message(f"Written: {path}")
    if as_json:
        print_json({"files": [str(path)], "bytes": path.stat().st_size})
