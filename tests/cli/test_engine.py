"""The engines from the command line."""

import json
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import psutil
import pytest
from commands import environment, run, run_json, start
from tiny import ADDING, TINY

T = TypeVar("T")


def engines(home: Path, *options: object) -> set[str]:
    result = run_json(home, "compare", *ADDING, *TINY, "--device", "cpu", *options)
    return {each["engine"] for each in result["contenders"]}


def test_the_fused_engine_is_the_default_for_all_cells(home: Path) -> None:
    assert engines(home, "--cells", "gru,lstm,rnn") == {"fused"}
    assert engines(home, "--engine", "fused") == {"fused"}


def test_torch_is_used_where_requested(home: Path) -> None:
    assert engines(home, "--engine", "torch") == {"torch.nn"}


def test_doctor_reports_the_fused_engine(home: Path) -> None:
    result = run_json(home, "doctor")
    assert result["engines"] == ["fused", "torch.nn"]
    assert result["fused"] in {"compiled for this processor", "compiled at its first use"}
    assert result["versions"]["numba"]


@pytest.mark.verify
def test_a_first_start_reports_compiling_and_waits(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = {**environment(home), "XDG_CACHE_HOME": str(home / "cache")}
    monkeypatch.setattr("commands.environment", lambda _: own)
    process = start(home, "compare", *ADDING, *TINY, "--json")
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0
    assert "Compiling the fused engine, once, about" in err
    assert {each["engine"] for each in json.loads(out)["contenders"]} == {"fused"}


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_compiler_outlives_an_aborted_first_start(
    home: Path, monkeypatch: pytest.MonkeyPatch, how: signal.Signals
) -> None:
    own = {**environment(home), "XDG_CACHE_HOME": str(home / "cache")}
    monkeypatch.setattr("commands.environment", lambda _: own)
    process = start(home, "compare", *ADDING, *TINY)
    assert wait_for(lambda: list(home.glob("cache/**/*.part")))
    compilers = psutil.Process(process.pid).children()
    assert compilers
    process.send_signal(how)
    process.communicate(timeout=60)
    _, left = psutil.wait_procs(compilers, timeout=20)
    assert left == []
    # one that had only just been started was no child yet when they were listed
    assert wait_for(lambda: [True] if not list(home.glob("cache/**/*.part")) else [])


def wait_for(find: Callable[[], list[T]]) -> list[T]:
    """What is found as soon as there is anything; nothing after a minute."""
    for _ in range(600):
        if result := find():
            return result
        time.sleep(0.1)
    return []


@pytest.mark.verify
def test_bench_engine_measures_seven_shapes(home: Path) -> None:
    run(home, "compare", *ADDING, *TINY)  # compiles where that is still to be done
    result = run_json(home, "bench", "engine", "--rounds", 2)
    assert len(result["shapes"]) == 7
    assert result["geomean"].keys() == {
        "gru_speedup",
        "lstm_speedup",
        "gru_over_lstm",
        "torch_gru_over_lstm",
    }
    for shape in result["shapes"]:
        assert shape.keys() >= {"batch", "steps", "input", "hidden", "stock_torch_ms"}
        assert 0 < shape["share_of_peak"]["lstm"] < 1.2
