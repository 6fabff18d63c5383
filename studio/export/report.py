"""A comparison as one HTML file that needs nothing else."""

from collections.abc import Sequence
from pathlib import Path

from studio.analysis import summary
from studio.core.errors import ExportError
from studio.core.history import ComparisonHistory
from studio.core.record import DatasetRecord
from studio.export.html import Html, document, tag
from studio.export.report_curves import curves
from studio.export.report_results import costs, results, runs, verdicts
from studio.export.report_settings import contenders, data, environment, settings
from studio.export.writing import staged

ENDINGS = (".html", ".htm")
_BEGINS = b"<!doctype html>"


def report_html(
    history: ComparisonHistory, dataset: DatasetRecord, created: str = "", notes: Sequence[str] = ()
) -> str:
    """The report's text; takes up to a second where runs are many.

    Args:
        history: The comparison so far.
        dataset: Its dataset as the session remembers it.
        created: When it began, ISO 8601, or "".
        notes: What people wrote beside it.
    """
    found = summary(history)
    name = history.spec.name or history.dataset_name
    body = (
        tag("h1", name),
        _lead(history, created),
        _section("Verdicts", verdicts(found)),
        _section("Results", results(found)),
        _section("Time and memory", costs(found)),
        _section("Learning curves", curves(history)),
        _section("Contenders", contenders(history)),
        _section("Data and task", data(history, dataset)),
        _section("Settings", settings(history)),
        _section("Runs", runs(history)),
        _section("Environment", environment(history)),
        _section("Notes", tag("ul", *(tag("li", note) for note in notes))) if notes else Html(""),
    )
    return document(f"{name}: Gate Studio", body)


def write_report(
    history: ComparisonHistory,
    dataset: DatasetRecord,
    out: Path,
    created: str = "",
    notes: Sequence[str] = (),
) -> Path:
    """Writes the report whole or not at all, and says where; other endings get .html added.

    Raises:
        ExportError: The file cannot be written, or a file of another kind is in its place.
    """
    target = out if out.suffix.lower() in ENDINGS else out.with_name(f"{out.name}.html")
    _refuse_other_files(target)
    text = report_html(history, dataset, created, notes)
    with staged(target) as folder:
        Path(folder, target.name).write_text(text, encoding="utf-8")
    return target


def _refuse_other_files(target: Path) -> None:
    if not target.is_file():
        return
    with target.open("rb") as file:
        begins = file.read(len(_BEGINS))
    if begins and begins.lower() != _BEGINS:
        raise ExportError(
            "holds something else than a report and is left as it is",
            where=str(target),
            remedy="Choose another name",
        )


def _lead(history: ComparisonHistory, created: str) -> Html:
    names = ", ".join(each.name for each in history.contenders)
    state = "" if history.is_complete else " Not all runs have ended yet."
    began = f", begun {created.replace('T', ' ').removesuffix('+00:00')} UTC" if created else ""
    return tag("p", f"{names} on {history.dataset_name}{began}.{state}", class_="lead")


def _section(title: str, content: Html) -> Html:
    return tag("section", tag("h2", title), content)
