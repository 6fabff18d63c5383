"""gate-studio inspect: a description of a dataset."""

from typing import Annotated, Any

import typer

from studio.cli.options import dataset_spec
from studio.cli.output import print_json, print_result, print_table
from studio.paths import user_folders

_WHAT = {
    "series": "time steps in one series",
    "text": "tokens in one text",
    "examples": "examples",
}
_MOST_SHOWN = 200
_PARTS = {"train": "training", "validation": "validation", "test": "testing"}


def inspect(
    data: Annotated[
        str, typer.Argument(metavar="DATA", help="A data file or folder, or a generator's name.")
    ],
    data_option: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE",
            help="An option for reading or generating, such as encoding=cp1252.",
        ),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Describes a dataset: kind, examples, lengths, channels, columns, classes, problems.

    Example: gate-studio inspect temperatures.csv
    """
    from studio.data import Cache, folds_advice, load
    from studio.data import inspect as describe

    spec = dataset_spec(data, data_option or [])
    dataset = load(spec, Cache(user_folders().datasets))
    description = {**describe(dataset), "advice": folds_advice(dataset)}
    if as_json:
        print_json(description)
    else:
        _show(description)


def _show(description: dict[str, Any]) -> None:
    unit = _WHAT[description["kind"]]
    print_result(
        f"{description['name']}: {description['examples']:,} {unit}, task {description['task']}"
    )
    low, high = description["length"]["min"], description["length"]["max"]
    length = f"{low:,}" if low == high else f"{low:,} to {high:,}"
    channels = (
        "1 channel" if description["channels"] == 1 else f"{description['channels']} channels"
    )
    if description["symbols"]:
        channels += f" of {description['symbols']:,} symbols"
    missing = (
        "1 missing value"
        if description["missing"] == 1
        else f"{description['missing']:,} missing values"
    )
    print_result(f"{length} steps long, {channels}, {missing}")
    if description["parts"]:
        first, *others = [
            f"{count:,} for {_PARTS[part]}" for part, count in description["parts"].items()
        ]
        sizes = " and ".join([first.replace(" for", " examples for"), *others])
        print_result(f"predefined split: {sizes}")
    rows = [
        (str(column["name"]), str(column["role"]), str(column["kind"]))
        for column in description["columns"]
    ]
    print_table("Columns", ("column", "role", "kind"), rows[:_MOST_SHOWN])
    _say_what_is_left(len(rows), "columns")
    if description["classes"]:
        counts = [(name, f"{count:,}") for name, count in description["classes"].items()]
        print_table("Classes", ("class", "examples"), counts[:_MOST_SHOWN])
        _say_what_is_left(len(counts), "classes")
    for note in description["notes"]:
        print_result(f"Note: {note}.")
    for problem in description["problems"][:_MOST_SHOWN]:
        print_result(f"Problem: {problem['text']}")
    _say_what_is_left(len(description["problems"]), "problems")
    if description["reading"]:
        _show_reading(description["reading"])
    if description["advice"]:
        print_result(f"Advice: {description['advice']}")


def _say_what_is_left(count: int, what: str) -> None:
    if count > _MOST_SHOWN:
        print_result(f"… and {count - _MOST_SHOWN:,} more {what}; --json lists all.\n")


def _show_reading(decisions: list[dict[str, Any]]) -> None:
    """The table of decisions, doubtful ones first."""
    rows = [
        (
            decision["decision"],
            decision["value"],
            f"{decision['sure']:.0%}",
            decision["evidence"],
            decision["option"] if decision["alternatives"] else "",
        )
        for decision in sorted(decisions, key=lambda decision: float(decision["sure"]))
    ]
    headings = ("decision", "value", "sure", "evidence", "to read it otherwise")
    print_table("How it was read", headings, rows)
