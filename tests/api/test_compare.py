"""studio.compare in a plain script: data of every kind, the options of the command, interrupts."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any, get_args, get_type_hints

import numpy as np
import pytest
from commands import environment, run_json, run_python
from tiny import Finished

from studio.api.compare_options import CompareOptions
from studio.api.memory_data import as_file
from studio.api.progress import NotebookView
from studio.core.errors import DatasetError
from studio.core.results.events import ComparisonEnded, RunId
from studio.core.results.progress import ComparisonProgress, RunProgress
from studio.core.specs.comparison_spec import TrainingSpec
from studio.core.specs.fold_ids import SINGLE_SPLIT
from studio.runs.compare.request import RUN_OPTIONS
from studio.runs.compare.spec_options import SPEC_OPTIONS

SAME = """
import json
import studio
tiny = dict(epochs=2, hidden_size=4, threads=1, batch_size=16, seeds=2)
with studio.compare(
    "temperatures.csv", target="temperature", window=6, out="api.gates", **tiny
) as session:
    print(json.dumps(session.last.as_json()))
"""
IN_MEMORY = """
import numpy as np
import pyarrow as pa
import studio
tiny = dict(epochs=1, seeds=1, hidden_size=3, threads=1, batch_size=32, cells=["rnn"],
            progress=False)
steps = np.arange(120)
wave = np.sin(steps / 5)
for name, data, options in (
    ("array", wave, {"window": 4}),
    ("columns", {"wave": wave, "day": steps % 7}, {"window": 4, "target": ["wave"]}),
    ("examples", {"X": np.random.default_rng(0).normal(size=(40, 5, 2)), "y": steps[:40] % 2}, {}),
    ("arrow", pa.table({"wave": wave}), {"window": 4, "split": (0.6, 0.2, 0.2)}),
):
    with studio.compare(data, name=name, **tiny, **options) as session:
        print(session.path, session.last.task, session.last.progress, session.last.dataset)
for bad in (lambda: studio.compare(wave, hiden_size=3), lambda: studio.compare([1, 2]),
            lambda: studio.compare("adding", split="a,b"),
            lambda: studio.compare("adding", cells="gru", kernel_size=3),
            lambda: studio.compare("array.gates"),
            lambda: studio.compare(wave, out="array.gates", window=4)):
    try:
        bad()
    except studio.UserError as error:
        print(error)
"""
LONG = """
import studio
session = studio.compare(
    "adding", data_option={"length": 16, "examples": 300}, hidden_size=8, device="cpu", threads=1,
    seeds=1, epochs=100_000, cells="gru", out="s.gates",
)
run = session.last.runs[0]
print(run.status, len(run.epochs) > 0, flush=True)
session.close()
"""


def test_it_gives_what_the_command_gives(finished: Finished) -> None:
    answer = json.loads(run_python(finished.home, SAME))
    shown = run_json(finished.home, "show", "api.gates")
    assert answer == shown
    for here, there in zip(answer["contenders"], finished.answer["contenders"], strict=True):
        assert here["parameters"] == there["parameters"]
        assert here["metrics"] == there["metrics"], "the same data, settings and seeds"


def test_data_in_memory_is_compared_and_kept_in_the_session(home: Path) -> None:
    lines = run_python(home, IN_MEMORY).splitlines()
    assert lines[:4] == [
        "array.gates forecast 1 of 1 array",
        "columns.gates forecast 1 of 1 columns",
        "examples.gates classify 1 of 1 examples",
        "arrow.gates forecast 1 of 1 arrow",
    ]
    assert lines[4] == "hiden_size: there is no such option. Write hidden_size."
    assert lines[5].startswith("data: cannot be read as data: it is a list.")
    assert lines[6].startswith("split: 'a,b' is not a list of numbers.")
    assert lines[7].startswith("kernel_size: the GRU has no convolutions")
    assert "Use resume to continue it" in lines[8]
    assert "Use resume to continue it, add to add the comparison to it" in lines[9]
    assert sorted(path.name for path in home.iterdir() if path.is_file()) == [
        "array.gates", "arrow.gates", "columns.gates", "examples.gates",
    ]  # fmt: skip


def epochs_saved(session: Path) -> int:
    if not session.exists():
        return 0
    try:
        with closing(sqlite3.connect(f"{session.as_uri()}?mode=ro", uri=True)) as db:
            (count,) = db.execute("SELECT count(*) FROM epoch").fetchone()
    except sqlite3.Error:  # it is being made
        return 0
    return int(count)


def test_an_interrupt_keeps_what_is_finished_and_returns_the_session(home: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", LONG], cwd=home, env=environment(home), text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    session = home / "s.gates"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and epochs_saved(session) < 1:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert out.split() == ["stopped", "True"]
    assert "finished epochs are saved" in err
    assert "studio.compare('s.gates', resume=True)" in err
    assert "Traceback" not in err


def test_every_option_of_the_command_is_an_argument_with_its_type() -> None:
    names = {*(option.parameter for option in SPEC_OPTIONS), *RUN_OPTIONS}
    hints = get_type_hints(CompareOptions)
    assert set(hints) == names
    for option in SPEC_OPTIONS:
        choices = get_args(option.value_type)
        if choices and isinstance(choices[0], str):
            given = {
                value for part in get_args(hints[option.parameter]) for value in get_args(part)
            }
            assert set(choices) <= given, option.parameter


def test_objects_are_refused_and_large_data_stays_beside_the_session(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    objects = {"X": np.array([[1], [None]], dtype=object), "y": np.zeros(3)}
    with (
        pytest.raises(DatasetError, match="holds Python objects"),
        as_file(objects, "x", home / "s.gates"),
    ):
        pass
    monkeypatch.setattr("studio.api.memory_data.EMBED_LIMIT", 10)
    with as_file(np.zeros(50), "wave", home / "s.gates") as (path, must_embed):
        assert not must_embed
    assert Path(path) == home / "s-data" / "wave.npy"
    assert np.load(path).shape == (50,)


def test_a_frame_keeps_its_dates_as_a_column(home: Path) -> None:
    pandas = pytest.importorskip("pandas")
    index = pandas.date_range("2024-01-01", periods=5, freq="h")
    frame = pandas.DataFrame({"load": range(5)}, index=index)
    with as_file(frame, "load", home / "s.gates") as (path, _):
        assert list(pandas.read_parquet(path).columns) == ["time", "load"]


class _Display:
    def __init__(self) -> None:
        self.pages: list[str] = []

    def __call__(self, page: str, **_: Any) -> "_Display":  # noqa: ANN401 - as IPython's
        self.pages.append(page)
        return self

    def update(self, page: str) -> None:
        self.pages.append(page)


def test_a_notebook_shows_a_bar_for_each_contender(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = _Display()
    monkeypatch.setitem(sys.modules, "IPython", _module(display=None))
    monkeypatch.setitem(sys.modules, "IPython.display", _module(HTML=str, display=shown))
    runs = {RunId("<GRU>", 1): RunProgress("running", 0.25), RunId("LSTM", 1): RunProgress()}
    progress = ComparisonProgress(TrainingSpec(), {SINGLE_SPLIT: 7}, runs)
    with NotebookView(progress) as view:
        view.say("Stopping after the current step; finished epochs are saved.")
        view.show(progress)
        view.show(progress.after(ComparisonEnded("stopped")))
    assert shown.pages[0].count("<progress") == 2
    assert 'value="0.2500"' in shown.pages[0]
    assert "&lt;GRU&gt;" in shown.pages[0]
    assert "finished epochs are saved" in shown.pages[-1]
    assert "<progress" not in shown.pages[-1], "when it ends, only what was said stays"


def _module(**attributes: object) -> Any:  # noqa: ANN401 - stands for a module
    return type("Module", (), {"get_ipython": staticmethod(lambda: None), **attributes})
