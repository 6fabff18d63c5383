"""gate-studio device, from a trained session."""

from pathlib import Path
from shutil import which

import pytest
from commands import run, run_json
from tiny import TINY, Finished, write_temperatures

FIELDS = {
    "name", "flash", "ram", "macs", "cycles_low", "cycles_high", "ms_low", "ms_high", "verdict",
    "score", "score_int8",
}  # fmt: skip


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("device")
    data = write_temperatures(home / "temperatures.csv")
    run(home, "compare", data.name, *TINY, "--cells", "gru,tcn", "--window", 8, "--out", "s.gates")
    return home


def test_every_contender_has_its_costs_and_both_scores(trained: Path) -> None:
    answer = run_json(trained, "device", "s.gates", "--deadline", 1000)
    gru, tcn = answer["contenders"]
    assert set(gru) > FIELDS
    assert gru["verdict"] == gru["int8"]["verdict"] == "fits"
    assert 0 < gru["cycles_low"] < gru["cycles_high"]
    assert gru["ms_high"] == pytest.approx(gru["cycles_high"] / 120_000, rel=1e-2)
    assert gru["score"]["low"] <= gru["score"]["mean"] <= gru["score"]["high"]
    assert gru["score_int8"] == gru["int8"]["score"]
    assert gru["score_int8"]["mean"] == pytest.approx(
        gru["int8"]["score_float_same_run"]["mean"], rel=0.05
    )
    assert tcn["verdict"] == "cannot be exported"
    assert "no state" in tcn["reason"]
    assert tcn["flash"] is None


def test_times_of_this_machine_are_measured_in_every_runtime(trained: Path) -> None:
    answer = run_json(trained, "device", "s.gates", "--no-int8", "--measure")
    gru, tcn = (contender["this_machine"] for contender in answer["contenders"])
    assert tcn is None
    by_runtime = {each["runtime"]: each for each in gru}
    assert {"C, float", "onnxruntime", "torch"} <= set(by_runtime)
    for each in gru:
        if each["why_not"]:
            assert each["step_us"] is None
        else:
            assert 0 < each["step_us"] < each["window_us"] * 8
    if which("cc"):
        assert by_runtime["C, float"]["step_us"] < by_runtime["torch"]["step_us"]


def test_the_size_of_the_constants_is_that_of_the_export(trained: Path) -> None:
    costs = run_json(trained, "device", "s.gates", "--no-int8")["contenders"][0]
    model = ("export", "s.gates", "--contender", "GRU", "--format", "c", "--out", "c")
    notes = run_json(trained, *model)["notes"]
    assert f"{costs['constants']:,} bytes of constants, {costs['state']:,} bytes" in notes


def test_a_profile_of_ones_own_decides(trained: Path) -> None:
    text = 'name = "Tiny"\nflash_kib = 1\nram_kib = 1\nclock_mhz = 8\nfpu = false\n'
    (trained / "tiny.toml").write_text(text, encoding="utf-8")
    answer = run_json(trained, "device", "s.gates", "--profile", "tiny.toml", "--no-int8")
    assert answer["contenders"][0]["score_int8"] is None
    told = run(trained, "device", "s.gates", "--profile", "tiny.toml", "--no-int8").stdout
    assert "Estimated from instruction counts; the application and interrupts" in told
    assert "There is no measured formula" in told or "does not fit" in told


def test_contenders_that_cannot_be_exported_are_listed_with_the_reason(finished: Finished) -> None:
    told = run(finished.home, "device", finished.session).stdout
    assert "GRU cannot be exported as C: a bidirectional network" in told


def test_a_comparison_can_be_sized_by_the_device(trained: Path) -> None:
    text = 'name = "Small"\nflash_kib = 8\nram_kib = 8\nclock_mhz = 8\nfpu = false\n'
    (trained / "small.toml").write_text(text, encoding="utf-8")
    told = run(
        trained, "compare", "temperatures.csv", "--window", 8, "--cells", "gru", "--epochs", 1,
        "--fit", "small.toml", "--out", "f.gates",
    )  # fmt: skip
    assert "units, the most that fit Small in float" in told.stderr
    costs = run_json(trained, "device", "f.gates", "--profile", "small.toml", "--no-int8")
    assert costs["contenders"][0]["verdict"] == "fits"


def test_fitting_with_int8_weights_needs_a_device(trained: Path) -> None:
    refused = run(trained, "compare", "temperatures.csv", "--fit-int8", status=2)
    assert "--fit-int8" in refused.stderr
    assert "Name the device by --fit" in refused.stderr


def test_an_unknown_profile_is_a_usage_error(trained: Path) -> None:
    refused = run(trained, "device", "s.gates", "--profile", "abacus", status=2)
    assert "there is no profile 'abacus'" in refused.stderr
