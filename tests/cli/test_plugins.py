"""Packages that add cells: compared, resumed, exported or refused, missing, and broken."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from commands import run, run_json, run_python
from plugins import install, install_mingru
from tiny import ADDING, TINY, Finished

from studio.core.plugins import PREFIX

CELLS = "gate_studio.cells"


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    home = tmp_path_factory.mktemp("plugins")
    install_mingru(home / "site")
    done = run(
        home, "compare", *ADDING, *TINY, "--epochs", 3, "--cells", "gru,min-gru", "--dropout", 0.1,
        "--num-layers", 2, "--out", "m.gates", "--json",
    )  # fmt: skip
    return Finished(home, home / "m.gates", json.loads(done.stdout), done.stderr)


def test_a_cell_of_a_package_is_compared_like_the_others(compared: Finished) -> None:
    gru, mingru = compared.answer["contenders"]
    assert (mingru["cell"], mingru["name"], mingru["runs"]) == ("min-gru", "minGRU", 1)
    assert mingru["parameters"] < gru["parameters"]
    assert mingru["engine"] == "torch.nn"
    shown = " ".join(run(compared.home, "show", "m.gates").stdout.split())
    assert "the fused engine has no kernels for the minGRU" in shown, "its times are marked"
    assert compared.answer["environment"]["cell min-gru"] == "gate-studio-mingru 0.1.0"


def test_it_resumes_to_the_same_losses(compared: Finished) -> None:
    run(
        compared.home, "compare", *ADDING, *TINY, "--epochs", 1, "--cells", "gru,min-gru",
        "--dropout", 0.1, "--num-layers", 2, "--out", "short.gates",
    )  # fmt: skip
    run(compared.home, "compare", "short.gates", "--resume", "--epochs", 3)
    losses = []
    for name in ("m", "short"):
        run(
            compared.home, "export", f"{name}.gates", "--format", "curves-csv", "--out",
            f"{name}.csv",
        )  # fmt: skip
        rows = (compared.home / f"{name}.csv").read_text().splitlines()
        losses.append([row.split(",")[5:7] for row in rows])
    assert losses[0] == losses[1]


def test_its_gates_are_traced_and_what_cannot_hold_it_refuses_with_the_reason(
    compared: Finished,
) -> None:
    run(compared.home, "trace", "m.gates", "--contender", "mingru", "--out", "g.npz")
    with np.load(compared.home / "g.npz") as archive:
        assert archive["l1_update"].shape == (8, 4)
        assert archive["l0_new"].min() > 0
    for form in ("onnx", "safetensors"):
        refused = run(
            compared.home, "export", "m.gates", "--contender", "minGRU", "--format", form,
            "--out", "x", status=1,
        ).stderr  # fmt: skip
        assert f"the format {form} does not support the cell minGRU" in refused


def test_without_the_package_the_session_opens_and_says_what_is_missing(
    compared: Finished, home: Path
) -> None:
    shutil.copy(compared.session, home / "m.gates")
    shown = run(home, "show", "m.gates")
    said = "the cell min-gru is not installed; it came from the package gate-studio-mingru 0.1.0"
    assert f"Note: {said}." in shown.stderr.splitlines()
    assert "minGRU" in shown.stdout
    assert run_json(home, "show", "m.gates")["contenders"] == compared.answer["contenders"]
    run(home, "report", "m.gates", "--out", "m.html")
    for command in (
        ("trace", "m.gates", "--contender", "minGRU", "--out", "x.npz"),
        ("compare", "m.gates", "--resume"),
    ):
        assert said in run(home, *command, status=1).stderr
    run(home, "trace", "m.gates", "--contender", "GRU", "--out", "gru.npz")
    code = """
import studio
with studio.open("m.gates") as session:
    print(session.last.notes)
    print(session.last["mingru"].scores["rmse"].value > 0)
    try:
        session.last["mingru"].torch_module()
    except studio.UserError as error:
        print(error)
"""
    lines = run_python(home, code).splitlines()
    assert said in lines[0]
    assert lines[1] == "True"
    assert lines[2].startswith(said)
    refused = run(home, "compare", *ADDING, *TINY, "--cells", "gru,min-gru", status=2).stderr
    assert "choose one of gru, lstm, rnn, coupled-lstm, tcn" in refused


BROKEN = {
    "raises": "raise RuntimeError('no such\\nluck')",
    "exits": "import sys; sys.exit(3)",
    "other": "CELL = 5",
    "named": "from studio.core.cells import GRU as CELL",
}


def test_a_broken_package_is_named_and_nothing_else_suffers(home: Path) -> None:
    entries = {name: f"{name}_cell:CELL" for name in BROKEN} | {"gru": "named_cell:CELL"}
    modules = {f"{name}_cell": text for name, text in BROKEN.items()}
    install(home / "site", "bad-cells", {CELLS: entries, f"{PREFIX}unknown": {"x": "y:z"}}, modules)
    refused = run(home, "compare", *ADDING, *TINY, "--cells", "gru,raises", status=2).stderr
    assert "The cell raises of the package bad-cells 1.0 cannot be used: RuntimeError" in refused
    assert "Traceback" not in refused
    report = run_json(home, "doctor")["plugins"]
    assert {plugin["name"]: plugin["problem"] for plugin in report} == {
        "exits": "SystemExit: 3",
        "gru": "the name gru is taken",
        "named": "its name is not that of its entry point in small letters, digits and hyphens",
        "other": "other_cell:CELL is no Cell",
        "raises": "RuntimeError: no such",
    }
    told = run(home, "doctor").stdout
    assert "The cell exits of the package bad-cells 1.0 cannot be used: SystemExit: 3." in told


def test_the_doctor_lists_what_packages_add(compared: Finished) -> None:
    assert run_json(compared.home, "doctor")["plugins"] == [
        {
            "adds": "cell",
            "name": "min-gru",
            "package": "gate-studio-mingru",
            "version": "0.1.0",
            "problem": None,
            "text": "cell min-gru: gate-studio-mingru 0.1.0",
        }
    ]
    assert "cell min-gru: gate-studio-mingru 0.1.0" in run(compared.home, "doctor").stdout


ADDS = """
import numpy as np
from studio.core.results.metrics import Metric
from studio.data import ExampleSet, Format, PluginTask, Series
from studio.data.dataset import Column
from studio.export import ModelExport
from studio.export.check import Check

def worst(predictions, truth, preprocessing):
    return float(np.abs(predictions - truth).max())

def fails(predictions, truth, preprocessing):
    raise ZeroDivisionError("nothing to divide by")

WORST = Metric("worst", "worst error", higher_is_better=False, over_set=worst,
               suits=lambda preprocessing: preprocessing.kind == "forecast")
FAILS = Metric("fails", "failing", higher_is_better=False, over_set=fails,
               suits=lambda preprocessing: preprocessing.kind == "regress")

def read(path, spec):
    values = np.array([float(line) for line in path.read_text().split(";")])[:, None]
    return Series(path.stem, path.name, (Column("level", "feature"),), values)

SEMICOLONS = Format("semicolons", "Semicolon list", (".semi",), lambda path, head: True, read)

def halves(series, task):
    pairs = series.values[: len(series) // 8 * 8, 0].reshape(-1, 8)
    lengths = np.full(len(pairs), 8)
    labels = (pairs[:, 0] > pairs[:, -1]).astype(np.int64)
    columns = (Column("level", "feature"), Column("falls", "label"))
    return ExampleSet(series.name, series.source, columns, columns[:1],
                      pairs.reshape(-1, 1), lengths, labels, ("rises", "falls"))

FALLS = PluginTask("falls", "Rise or fall", "classify", halves)

def write(model, sequences, series, out):
    out.write_text(model.run.contender)
    return Check(0.0, True, "read again")

NAMES = ModelExport(".name", write, cells=None)
"""


@pytest.fixture(scope="module")
def with_adds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("adds")
    entries = {
        "gate_studio.metrics": {"worst": "adds_it:WORST", "fails": "adds_it:FAILS"},
        "gate_studio.formats": {"semicolons": "adds_it:SEMICOLONS"},
        "gate_studio.tasks": {"falls": "adds_it:FALLS"},
        "gate_studio.exports": {"names": "adds_it:NAMES"},
    }
    install(home / "site", "adds-it", entries, {"adds_it": ADDS})
    wave = np.sin(np.arange(240) / 5)
    (home / "wave.semi").write_text(";".join(f"{value:.5f}" for value in wave))
    run(home, "compare", "wave.semi", "--window", 6, *TINY, "--cells", "gru", "--out", "w.gates")
    return home


def test_a_format_and_a_metric_of_a_package_are_used(with_adds: Path) -> None:
    inspected = run_json(with_adds, "inspect", "wave.semi")
    assert (inspected["examples"], inspected["channels"]) == (240, 1)
    code = """
import numpy as np
import studio
with studio.open("w.gates") as session:
    gru, truth = session.last["gru"], session.last.truth
    print(list(gru.scores), abs(gru.predictions[0] - truth).max() - gru.scores["worst"].value)
"""
    names, difference = run_python(with_adds, code).rsplit(" ", 1)
    assert names == "['rmse', 'mae', 'mase', 'worst']"
    assert abs(float(difference)) < 1e-6
    shown = run_json(with_adds, "show", "w.gates")["contenders"][0]["metrics"]
    assert list(shown) == ["rmse", "mae", "mase", "worst"]


def test_a_format_of_models_of_a_package_is_offered_in_the_window_and_in_python(
    with_adds: Path,
) -> None:
    code = """
import studio
from studio.export import EXPORTS
from studio.gui.pages.export.view.formats import offered_formats
print([(form.title, form.purpose, form.ending) for form in offered_formats(EXPORTS.plugins)][-1])
with studio.open("w.gates") as session:
    [file] = session.last["gru"].export("gru", "names")
    print(file.name, file.read_text())
"""
    offered, written = run_python(with_adds, code).splitlines()
    assert offered == "('names', 'From the package adds-it 1.0.', '.name')"
    assert written == "gru.name GRU"


def test_without_the_metric_the_session_shows_the_others(with_adds: Path, home: Path) -> None:
    shutil.copy(with_adds / "w.gates", home / "w.gates")
    shown = run_json(home, "show", "w.gates")["contenders"][0]["metrics"]
    assert list(shown) == ["rmse", "mae", "mase"]


def test_a_metric_that_fails_is_named(with_adds: Path) -> None:
    failed = run(
        with_adds, "compare", *ADDING, *TINY, "--cells", "gru", "--out", "f.gates", status=1
    )
    assert "the metric fails of the package adds-it 1.0 failed: ZeroDivisionError" in failed.stderr


def test_a_task_of_a_package_reads_the_data_in_its_way(with_adds: Path, home: Path) -> None:
    options = ("wave.semi", "--task-plugin", "falls", *TINY, "--cells", "gru")
    answer = json.loads(
        run(with_adds, "compare", *options, "--out", "falls.gates", "--json").stdout
    )
    assert answer["dataset"]["task"] == "classify"
    assert sum(answer["dataset"]["examples"].values()) == 30
    assert "accuracy" in answer["contenders"][0]["metrics"]
    run(with_adds, "trace", "falls.gates", "--contender", "GRU", "--out", "falls.npz")
    refused = run(home, "compare", *ADDING, *TINY, "--task-plugin", "falls", status=2).stderr
    assert "--task-plugin: the task falls is not installed" in refused


def test_an_export_of_a_package_writes_and_a_missing_one_lists_the_choices(
    with_adds: Path, home: Path
) -> None:
    options = ("w.gates", "--contender", "GRU", "--format", "names", "--out", "gru")
    assert run_json(with_adds, "export", *options)["check"] == "read again"
    assert (with_adds / "gru.name").read_text() == "GRU"
    shutil.copy(with_adds / "w.gates", home / "w.gates")
    refused = run(home, "export", *options, status=2).stderr
    assert (
        "there is no format 'names'. Choose one of safetensors, onnx, onnx-int8, onnx-step"
        in refused
    )


def test_packages_are_not_scanned_before_they_are_asked_for(home: Path) -> None:
    install(home / "site", "slow", {CELLS: {"slow": "slow_cell:CELL"}}, {"slow_cell": "print(1)"})
    code = """
import sys
from studio.core.cells import CELLS
from studio.core.specs.comparison_spec import ContenderSpec
ContenderSpec(cell="tcn")
print(CELLS["gru"].label, "gru" in CELLS, CELLS.get("lstm").label, "slow_cell" in sys.modules)
"""
    assert run_python(home, code).split() == ["GRU", "True", "LSTM", "False"]
