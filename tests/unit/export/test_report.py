"""The report: one self-contained, complete file that overwrites no other file."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from disks import mounted
from unit.analysis.make_histories import with_errors, with_timings
from unit.sessions.make_sessions import source_file

from studio.analysis import ScoreVerdict, summary
from studio.analysis.costs.device_rows import device_table, table_cells
from studio.analysis.scores.verdicts import shared_basis
from studio.analysis.wording import basis_sentences
from studio.core.errors import ExportError
from studio.core.results.history import ComparisonHistory
from studio.core.results.record import DatasetRecord
from studio.core.specs.comparison_spec import FileDataset
from studio.core.specs.device_profile import read_profile
from studio.export import report_html, write_report
from studio.export.report.axis_scale import scale_for
from studio.paths import devices

DATASET = DatasetRecord(
    "weather", FileDataset(path="/home/someone/weather.csv"), {}, (source_file(),)
)
VOID = {"meta"}


def history(**errors: np.ndarray) -> ComparisonHistory:
    rng = np.random.default_rng(4)
    drawn = errors or {cell: 3 + rng.normal(size=(3, 40)) for cell in ("gru", "lstm")}
    known = with_errors(drawn, baselines={"persistence": np.full(40, 5.0)})
    return with_timings(known, {contender.name: [1.0] * 8 for contender in known.contenders})


class Reader(HTMLParser):
    """Collects text and elements, and checks that elements are properly nested."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((name, dict(attributes)))
        if name not in VOID:
            self.open.append(name)

    def handle_startendtag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((name, dict(attributes)))

    def handle_endtag(self, name: str) -> None:
        assert self.open.pop() == name

    def handle_data(self, text: str) -> None:
        if "style" not in self.open:
            self.text += text


def read(known: ComparisonHistory, **more: object) -> Reader:
    reader = Reader()
    reader.feed(report_html(known, DATASET, **more))
    assert reader.open == []
    return reader


def test_the_report_loads_nothing_and_runs_nothing() -> None:
    text = report_html(history(), DATASET)
    assert not re.search(r"https?:|src=|url\(|@import|<script|<link|<img", text)
    policies = [a for name, a in read(history()).elements if a.get("http-equiv")]
    assert policies[0]["content"] == "default-src 'none'; style-src 'unsafe-inline'"


def test_every_verdict_is_in_the_report() -> None:
    known = history()
    text = read(known).text.lower()
    for verdict in summary(known).verdicts:
        for sentence in (verdict.finding, *basis_sentences(verdict.basis)):
            assert sentence.lower() in text


def test_the_common_basis_of_score_verdicts_is_stated_once() -> None:
    known = history()
    on_scores = [
        verdict for verdict in summary(known).verdicts if isinstance(verdict, ScoreVerdict)
    ]
    assert len(on_scores) > 1
    shared = set(basis_sentences(shared_basis(on_scores)))
    assert "Based on 3 seeds and 40 test examples." in shared
    text = read(known).text
    assert [text.count(sentence) for sentence in shared] == [1] * len(shared)


def test_every_run_with_its_seed_and_score_is_in_the_report() -> None:
    known = history()
    text = read(known).text
    for contender in known.contenders:
        for run in contender.runs:
            assert str(run.run) in text
            assert f"{run.result.scores['rmse']:.1f}"[:3] in text
    assert "persistence" in text


def test_the_report_shows_what_contenders_cost_on_a_device_where_one_is_named() -> None:
    known, profile = history(), read_profile(devices()["cortex-m4f"])
    text = read(known, profile=profile).text
    assert f"On a device: {profile.name}" in text
    for cells in table_cells(device_table(known, profile), {}):
        assert all(cell in text for cell in cells)
    assert "On a device" not in read(known).text


def test_names_are_escaped() -> None:
    known = history()
    nasty = '<script>alert("1")</script>'
    contenders = tuple(
        contender.model_copy(update={"name": nasty}) for contender in known.spec.contenders[:1]
    )
    changed = replace(
        known,
        dataset_name=nasty,
        spec=known.spec.model_copy(update={"name": nasty, "contenders": contenders}),
        contenders=(
            replace(known.contenders[0], spec=contenders[0]),
            known.contenders[1],
        ),
        environment={"cpu": nasty},
    )
    reader = read(changed, notes=[nasty])
    assert "script" not in {name for name, _ in reader.elements}
    assert reader.text.count(nasty) > 5


def test_the_report_contains_no_folder_of_the_user() -> None:
    text = report_html(history(), DATASET)
    assert "weather.csv" in text
    assert source_file().sha256 in text
    assert "someone" not in text


def test_settings_in_which_contenders_differ_are_marked() -> None:
    known = history()
    larger = known.contenders[1].spec.model_copy(update={"hidden_size": 48})
    known = replace(
        known, contenders=(known.contenders[0], replace(known.contenders[1], spec=larger))
    )
    rows = re.findall(r'<tr class="differs">(.*?)</tr>', report_html(known, DATASET))
    marked = [re.sub("<[^>]*>", " ", row).split() for row in rows]
    assert ["Hidden", "size", "32", "48"] in marked
    assert not any(row[0] == "Dropout" for row in marked)


def test_a_curve_has_a_point_for_each_epoch_and_falls_as_the_loss_does() -> None:
    lines = [a for name, a in read(history()).elements if name == "polyline"]
    points = [[float(v) for v in each.split(",")] for each in lines[0]["points"].split()]
    assert len(points) == 2
    assert points[1][0] > points[0][0]
    assert points[1][1] > points[0][1]  # lower on the page, whose axis points down


def test_curves_of_contenders_differ_in_more_than_colour() -> None:
    lines = [a for name, a in read(history()).elements if name == "polyline"]
    assert lines[0]["class"] != lines[1]["class"]
    assert lines[0]["stroke-dasharray"] != lines[1]["stroke-dasharray"]


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (0.003, 7.0), (1.0, 20.0), (5.0, 5.0)])
@pytest.mark.parametrize("may_be_log", [False, True])
def test_an_axis_spans_its_values_with_a_few_round_ticks(
    low: float, high: float, *, may_be_log: bool
) -> None:
    scale = scale_for([low, high], 10, 110, may_be_log=may_be_log)
    assert 10 <= scale.place(low) <= scale.place(high) <= 110
    places = [scale.place(value) for value, _ in scale.ticks]
    assert 2 <= len(places) <= 11
    assert places == sorted(places)
    assert all(10 - 1e-6 <= place <= 110 + 1e-6 for place in places)


def test_a_comparison_that_has_not_started_has_a_report() -> None:
    known = history()
    waiting = tuple(
        replace(
            contender,
            runs=tuple(
                replace(run, status="waiting", epochs=(), result=None, execution=None, memory=None)
                for run in contender.runs
            ),
        )
        for contender in known.contenders
    )
    text = read(replace(known, contenders=waiting)).text
    assert "No epoch has finished yet." in text
    assert "Not all runs have finished yet." in text


def test_a_file_of_another_kind_is_left_unchanged(tmp_path: Path) -> None:
    mine = tmp_path / "notes.html"
    mine.write_text("my own notes")
    with pytest.raises(ExportError, match="is not a report"):
        write_report(history(), DATASET, mine)
    assert mine.read_text() == "my own notes"


def test_a_report_replaces_a_report_and_gets_its_extension(tmp_path: Path) -> None:
    first = write_report(history(), DATASET, tmp_path / "report")
    assert first.name == "report.html"
    before = first.read_text()
    write_report(history(), DATASET, first, notes=["a remark"])
    assert "a remark" in first.read_text()
    assert "a remark" not in before


def test_a_full_disk_leaves_no_half_of_a_report(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    with mounted(folder, "size=8k"):
        with pytest.raises(ExportError, match="cannot be written"):
            write_report(history(), DATASET, folder / "r.html")
        assert not list(folder.iterdir())
