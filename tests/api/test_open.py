"""A session read from a plain script: the numbers, the tables, what a notebook shows."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
import torch
from commands import environment, run_json, run_python
from tiny import Finished

from studio.api.result_table import ResultTable
from studio.core.errors import MachineError


def test_importing_it_imports_nothing_heavy(read: Any) -> None:  # noqa: ANN401 - see conftest
    assert read.answer["eager"] == []


def test_a_comparison_is_what_show_prints(finished: Finished, read: Any) -> None:  # noqa: ANN401
    shown = run_json(finished.home, "show", "t.gates")
    assert read.answer["summary"] == shown
    assert read.answer["numbers"] == [1]
    kinds = {"tie": "identical"}
    assert [[each[0], each[1:3]] for each in read.answer["verdicts"]] == [
        [verdict["about"], verdict["between"]] for verdict in shown["verdicts"]
    ]
    assert read.answer["texts"] == [verdict["text"] for verdict in shown["verdicts"]]
    for each, verdict in zip(read.answer["verdicts"], shown["verdicts"], strict=True):
        kind = verdict["decision"]["kind"]
        assert each[3] in {kind, kinds.get(kind)}


def test_scores_follow_from_the_predictions_and_the_truth(read: Any) -> None:  # noqa: ANN401
    truth, predictions = read.arrays["truth"], read.arrays["predictions"].astype(np.float64)
    assert predictions.shape == (2, len(truth), 1)
    rmse = np.sqrt(((predictions - truth) ** 2).mean(axis=(1, 2)))
    rows = list(zip(read.answer["models"], read.answer["metrics"], strict=True))
    assert read.answer["score_columns"] == ["model", "kind", "metric", "mean", "low", "high"]
    assert read.arrays["mean"][rows.index(("GRU", "rmse"))] == pytest.approx(rmse.mean(), rel=1e-6)
    seeds = read.answer["summary"]["contenders"][0]["seeds"]
    assert [seed["metrics"]["rmse"] for seed in seeds] == pytest.approx(list(rmse), rel=1e-6)
    assert read.answer["streamed"]


def test_a_table_has_a_row_for_each_epoch(read: Any) -> None:  # noqa: ANN401
    assert read.answer["epochs"] == [8, 4, 2]
    assert read.answer["prediction_columns"] == [
        "position", "temperature", "temperature_truth",
    ]  # fmt: skip


def test_a_torch_module_predicts_in_units_as_torch_alone_does(read: Any) -> None:  # noqa: ANN401
    arrays = read.arrays
    gru = torch.nn.GRU(2, 4, batch_first=True)
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    gru.load_state_dict(
        {name: torch.from_numpy(arrays[f"weight_network.recurrent.stock.{name}"]) for name in names}
    )
    scaled = (arrays["windows"] - arrays["buffer_input_center"]) / arrays["buffer_input_scale"]
    with torch.no_grad():
        last = gru(torch.from_numpy(scaled.astype(np.float32)))[0][:, -1].numpy()
    raw = last @ arrays["weight_network.head.weight"].T + arrays["weight_network.head.bias"]
    expected = raw * arrays["buffer_target_scale"] + arrays["buffer_target_center"]
    assert arrays["predicted"] == pytest.approx(expected, abs=1e-6)
    assert np.abs(arrays["gradient"]).min() > 0
    assert not read.answer["is_training"]


def test_a_trace_is_that_of_the_command(finished: Finished, read: Any) -> None:  # noqa: ANN401
    run_json(
        finished.home, "trace", "t.gates", "--contender", "GRU", "--seed", 1, "--example", 3,
        "--out", "x.npz",
    )  # fmt: skip
    with np.load(finished.home / "x.npz") as archive:
        assert set(archive) == {
            name.removeprefix("trace_") for name in read.arrays if name.startswith("trace_")
        }
        for name in archive:
            assert np.array_equal(archive[name], read.arrays[f"trace_{name}"])


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.attributes |= {name for name, _ in attrs}


def test_results_are_tables_in_a_notebook_and_text_at_a_prompt(read: Any) -> None:  # noqa: ANN401
    for name, page in read.answer["html"].items():
        parser = _Tags()
        parser.feed(page)
        assert "table" in parser.seen, name
        assert parser.attributes <= {"scope", "style"}, "nothing is loaded or run"
        assert not {"script", "img", "link", "iframe"} & set(parser.seen)
    assert "GRU" in read.answer["html"]["comparison"]
    texts = read.answer["repr"]
    assert texts["session"].splitlines()[1].startswith("Comparison")
    assert re.search(r"^persistence +0 ", texts["comparison"], re.MULTILINE)
    assert texts["contender"].startswith("GRU: gru, ")
    assert texts["run"].startswith("Run GRU, seed 1: finished, rmse ")
    assert texts["verdicts"].splitlines() == read.answer["texts"]
    assert read.answer["report"] == "<!doctype html>"


def test_names_of_a_stranger_are_escaped() -> None:
    table = ResultTable({"<b>model</b>": ["<script>alert(1)</script>", "a\x1b[31m"]})
    page = table._repr_html_()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "\x1b" not in page + repr(table)


def test_without_pandas_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    table = ResultTable({"mean": [1.0, None], "model": ["GRU", "LSTM"]})
    assert table.to_arrow().to_pylist()[0] == {"mean": 1.0, "model": "GRU"}
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MachineError, match="pip install pandas"):
        table.to_pandas()
    assert np.isnan(table.to_numpy()["mean"][1])


def test_what_is_missing_is_said_in_one_sentence(finished: Finished) -> None:
    code = """
import studio
with studio.open("t.gates") as session:
    for ask in (lambda: session[7], lambda: session.last["tcn"],
                lambda: session.last["gru"].run(seed=9),
                lambda: session.last["gru"].runs[0].torch_module(epoch=99)):
        try:
            ask()
        except studio.UserError as error:
            print(error)
    kept, runs = session.last, session.last.runs
print(len(kept.contenders))
try:
    runs[0].kept_epochs
except studio.UserError as error:
    print(error)
"""
    lines = run_python(finished.home, code).splitlines()
    assert lines[0].endswith("there is no comparison 7. Choose from 1.")
    assert lines[1] == "there is no contender 'tcn'. Choose one of: GRU, LSTM."
    assert lines[2] == "there is no seed 9 of GRU. Choose one of: 1, 2."
    assert "the weights of epoch 99 are not stored" in lines[3]
    assert lines[4] == "2", "what was read stays usable"
    assert "the session is closed" in lines[5]


def test_an_unknown_name_is_an_attribute_error_as_of_any_module(finished: Finished) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import studio; studio.fit"],
        cwd=finished.home, env=environment(finished.home), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.stderr.splitlines()[-1] == "AttributeError: module 'studio' has no attribute 'fit'"
