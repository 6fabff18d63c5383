"""The descriptions that inspect prints."""

from pathlib import Path

from commands import run, run_json
from support import shared_file
from tiny import write_temperatures

KEYS = {
    "kind", "task", "examples", "length", "channels", "classes", "missing", "columns", "problems",
}  # fmt: skip


def test_a_table_is_one_series_whose_columns_have_roles(home: Path) -> None:
    write_temperatures(home / "t.csv", rows=60)
    result = run_json(home, "inspect", "t.csv")
    assert result.keys() >= KEYS
    assert (result["kind"], result["task"], result["examples"]) == ("series", "forecast", 60)
    assert result["length"] == {"min": 60, "max": 60}
    assert (result["channels"], result["missing"], result["problems"]) == (2, 0, [])
    roles = {column["name"]: column["role"] for column in result["columns"]}
    assert roles == {"temperature": "target", "weekday": "feature"}


def test_the_text_agrees_with_the_json_and_has_correct_plurals(home: Path) -> None:
    (home / "one.csv").write_text("x\n" + "".join(f"{i}\n" for i in range(1200)) + "\n")
    shown = run(home, "inspect", "one.csv").stdout
    assert "one: 1,200 time steps in one series, task forecast" in shown
    assert "1 channel, 0 missing values" in shown
    assert "x        target" in shown


def test_a_constant_column_and_missing_values_are_reported(home: Path) -> None:
    rows = [f"{1980 + i}-01-01,3,{'' if i == 4 else i * 0.37}" for i in range(40)]
    (home / "c.csv").write_text("day,still,y\n" + "\n".join(rows) + "\n")
    assert run_json(home, "inspect", "c.csv")["missing"] == 1
    shown = run(home, "inspect", "c.csv").stdout
    assert "1 missing value\n" in shown
    assert "Problem: column 'still'" in shown


def test_a_generator_is_inspected_like_a_file_and_takes_parameters(home: Path) -> None:
    result = run_json(home, "inspect", "adding", "--data-option", "examples=30")
    assert result.keys() >= KEYS
    assert (result["kind"], result["task"], result["examples"]) == ("examples", "regress", 30)


def test_a_pair_of_ts_files_is_one_dataset_with_classes_and_lengths(home: Path) -> None:
    path = shared_file("classification/JapaneseVowels_TRAIN.ts")
    result = run_json(home, "inspect", path)
    assert (result["task"], result["examples"], result["channels"]) == ("classify", 640, 12)
    assert result["length"] == {"min": 7, "max": 29}
    assert len(result["classes"]) == 9
    assert sum(result["classes"].values()) == 640
    shown = run(home, "inspect", path).stdout
    assert "7 to 29 steps long, 12 channels, 0 missing values" in shown
    assert "predefined split: 270 examples for training and 370 for testing" in shown


def test_the_real_hourly_table_is_a_forecast_of_its_last_column(home: Path) -> None:
    result = run_json(home, "inspect", shared_file("forecasting/ETTh1.csv"))
    assert (result["task"], result["examples"], result["channels"]) == ("forecast", 17420, 7)
    roles = {column["name"]: column["role"] for column in result["columns"]}
    assert (roles["date"], roles["OT"], roles["HUFL"]) == ("time", "target", "feature")
