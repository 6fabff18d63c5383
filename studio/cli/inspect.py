"""gate-studio inspect: what a dataset is."""

from typing import Annotated, Any

import typer

from studio.cli.options import dataset_spec
from studio.cli.output import answer, answer_json, answer_table
from studio.paths import user_folders

_WHAT = {
    "series": "time steps in one series",
    "text": "tokens in one text",
    "examples": "examples",
}
_PARTS = {"train": "training", "validation": "validation", "test": "testing"}


def inspect(
    data: Annotated[
        str, typer.Argument(metavar="DATA", help="A data file or folder, or a generator's name.")
    ],
    data_option: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE", help="For reading or generating, such as encoding=cp1252."
        ),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Says what a dataset is: kind, examples, lengths, channels, columns, classes, problems.

    Example: gate-studio inspect temperatures.csv
    """
    from studio.data import Cache, folds_advice, load  # noqa: PLC0415 - likewise
    from studio.data import inspect as look  # noqa: PLC0415 - --help does without

    spec = dataset_spec(data, data_option or [])
    dataset = load(spec, Cache(user_folders().datasets))
    found = {**look(dataset), "advice": folds_advice(dataset)}
    if as_json:
        answer_json(found)
    else:
        _show(found)


def _show(found: dict[str, Any]) -> None:
    what = _WHAT[found["kind"]]
    answer(f"{found['name']}: {found['examples']:,} {what}, task {found['task']}")
    low, high = found["length"]["min"], found["length"]["max"]
    length = f"{low:,}" if low == high else f"{low:,} to {high:,}"
    channels = "1 channel" if found["channels"] == 1 else f"{found['channels']} channels"
    if found["symbols"]:
        channels += f" of {found['symbols']:,} symbols"
    missing = "1 missing value" if found["missing"] == 1 else f"{found['missing']:,} missing values"
    answer(f"{length} steps long, {channels}, {missing}")
    if found["parts"]:
        given = [f"{count:,} for {_PARTS[part]}" for part, count in found["parts"].items()]
        first, *others = given
        answer(f"given as {' and '.join([first.replace(' for', ' examples for'), *others])}")
    rows = [
        (str(column["name"]), str(column["role"]), str(column["kind"]))
        for column in found["columns"]
    ]
    answer_table("Columns", ("column", "role", "kind"), rows)
    if found["classes"]:
        counts = [(name, f"{count:,}") for name, count in found["classes"].items()]
        answer_table("Classes", ("class", "examples"), counts)
    for note in found["notes"]:
        answer(f"Note: {note}.")
    for problem in found["problems"]:
        answer(f"Problem: {problem}")
    if found["advice"]:
        answer(f"Advice: {found['advice']}")
