"""gate-studio export to C and to one step, from a trained session."""

from pathlib import Path

import pytest
from commands import run, run_json
from tiny import TINY, Finished, write_temperatures


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("device")
    data = write_temperatures(home / "temperatures.csv")
    run(home, "compare", data.name, *TINY, "--cells", "gru", "--window", 8, "--out", "s.gates")
    return home


def test_the_c_of_a_trained_model_is_a_folder_with_the_score_of_its_integers(
    trained: Path,
) -> None:
    model = ("export", "s.gates", "--contender", "GRU")
    answer = run_json(trained, *model, "--format", "c-int8", "--out", "device")
    names = ["README.md", "model.c", "model.h", "model_test.c"]
    assert answer["files"] == [str(Path("device", name)) for name in names]
    assert answer["inputs"] == ["x"]
    assert "int8" in answer["notes"]
    assert "float" in answer["notes"]
    assert "1,000 carried steps" in answer["check"]
    assert answer["notes"].split(".")[0] in (trained / "device" / "README.md").read_text("utf-8")


def test_one_step_says_how_its_state_was_trained(trained: Path) -> None:
    model = ("export", "s.gates", "--contender", "GRU")
    answer = run_json(trained, *model, "--format", "onnx-step", "--out", "step")
    assert answer["files"] == ["step.onnx"]
    assert "The network was trained on windows" in answer["notes"]
    assert "carried." in answer["notes"]


def test_a_bidirectional_network_is_refused_with_the_reason(finished: Finished, home: Path) -> None:
    model = ("export", finished.session, "--contender", "GRU", "--format", "c", "--out", "m")
    refused = run(home, *model, status=1)
    assert "a bidirectional network reads each sequence from its end too" in refused.stderr
    assert not list(home.glob("m*"))
