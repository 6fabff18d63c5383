"""A comparison as one self-contained HTML file; the templates are beside this module."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from studio.analysis import ScoreVerdict, Summary, Verdict, summary
from studio.analysis.basis import Basis
from studio.analysis.costs.device_rows import (
    device_table,
    profile_words,
    table_cells,
    table_headings,
    verdict_sentences,
)
from studio.analysis.scores.verdicts import shared_basis
from studio.analysis.wording import basis_sentences
from studio.core.errors import ExportError
from studio.core.results.history import ComparisonHistory
from studio.core.results.record import DatasetRecord
from studio.core.specs.device_profile import DeviceProfile
from studio.export.report.charts import charts
from studio.export.report.tables import (
    contender_table,
    cost_table,
    data_tables,
    environment_table,
    run_table,
    score_table,
    setting_tables,
)
from studio.export.staging import staged

ENDINGS = (".html", ".htm")
_BEGINS = b"<!doctype html>"


def report_html(
    history: ComparisonHistory,
    dataset: DatasetRecord,
    created: str = "",
    notes: Sequence[str] = (),
    profile: DeviceProfile | None = None,
) -> str:
    """The report's text; takes up to a second with many runs.

    Args:
        history: The comparison so far.
        dataset: The stored record of its dataset.
        created: When it was started, ISO 8601, or "".
        notes: Notes of users.
        profile: The device whose table it shows, or None.
    """
    device = None if profile is None else device_table(history, profile)
    figures = summary(history)
    on_scores = [verdict for verdict in figures.verdicts if isinstance(verdict, ScoreVerdict)]
    shared = shared_basis(on_scores) if len(on_scores) > 1 else ()
    return _template().render(
        title=history.spec.name or history.dataset_name,
        names=", ".join(contender.name for contender in history.contenders),
        dataset=history.dataset_name,
        started=created.replace("T", " ").removesuffix("+00:00"),
        is_complete=history.is_complete,
        answer=figures.answer,
        shared_basis=basis_sentences(shared),
        verdicts=_verdicts(figures, shared),
        scores=score_table(figures),
        costs=cost_table(figures),
        charts=charts(history),
        contenders=contender_table(history),
        match=history.spec.match,
        data=data_tables(history, dataset),
        settings=setting_tables(history),
        runs=run_table(history),
        environment=environment_table(history),
        notes=notes,
        device=device,
        device_rows=() if device is None else table_cells(device, {}),
        device_headings=() if device is None else table_headings(device),
        device_verdicts=() if device is None else verdict_sentences(device),
        device_words="" if profile is None else profile_words(profile),
    )


def write_report(  # noqa: PLR0913, PLR0917 - what a report holds
    history: ComparisonHistory,
    dataset: DatasetRecord,
    out: Path,
    created: str = "",
    notes: Sequence[str] = (),
    profile: DeviceProfile | None = None,
) -> Path:
    """Writes the report atomically and returns its path; other extensions get .html added.

    Raises:
        ExportError: The file cannot be written, or a file of another kind has its name.
    """
    target = out if out.suffix.lower() in ENDINGS else out.with_name(f"{out.name}.html")
    _refuse_other_files(target)
    text = report_html(history, dataset, created, notes, profile)
    with staged(target) as folder:
        Path(folder, target.name).write_text(text, encoding="utf-8")
    return target


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("studio.export.report"),
        autoescape=True,  # names of columns and contenders come from users
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    return environment.get_template("report.html.jinja")


def _refuse_other_files(target: Path) -> None:
    if not target.is_file():
        return
    with target.open("rb") as file:
        begins = file.read(len(_BEGINS))
    if begins and begins.lower() != _BEGINS:
        raise ExportError(
            "is not a report, so it was not overwritten",
            where=str(target),
            remedy="Choose another name",
        )


def _verdicts(figures: Summary, shared: Sequence[Basis]) -> Mapping[str, list[tuple[str, str]]]:
    """Finding and details of every verdict by metric, time or memory, the main metric first."""
    by_metric: dict[str, list[tuple[str, str]]] = {}
    for verdict in figures.verdicts:
        finding = verdict.finding[:1].upper() + verdict.finding[1:]
        by_metric.setdefault(verdict.label, []).append((finding, _details(verdict, shared)))
    return by_metric


def _details(verdict: Verdict, shared: Sequence[Basis]) -> str:
    if not isinstance(verdict, ScoreVerdict):
        return " ".join(basis_sentences(verdict.basis))
    own = basis_sentences(item for item in verdict.basis if item not in shared)
    baselines = (comparison.sentence for comparison in verdict.standings)
    return " ".join(filter(None, (verdict.odds, *baselines, *own)))
