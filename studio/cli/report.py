"""gate-studio report: a comparison as one HTML file."""

from pathlib import Path
from typing import Annotated

import typer

from studio.cli.output import answer_json, say


def report(
    session: Annotated[Path, typer.Argument(metavar="SESSION", help="A session file.")],
    out: Annotated[Path, typer.Option(help="The file to write, FILE.html.")],
    comparison: Annotated[
        int | None, typer.Option(help="Number of the comparison; the last if left out.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Writes verdicts, results, curves, settings and environment as one file that needs no other.

    Example: gate-studio report temperatures.gates --out temperatures.html
    """
    from studio.cli.opening import reading  # noqa: PLC0415 - --help does without
    from studio.export import write_report  # noqa: PLC0415 - likewise

    with reading(session, comparison) as (file, number):
        created = next(each.created for each in file.comparisons() if each.id == number)
        notes = [str(note) for note in file.notes(number)]
        path = write_report(file.history(number), file.dataset(number), out, created, notes)
    say(f"Written: {path}")
    if as_json:
        answer_json({"files": [str(path)], "bytes": path.stat().st_size})
