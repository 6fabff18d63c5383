"""gate-studio predict, as a user types it, with every number checked by another program."""

import csv
import io
import json
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pyarrow.parquet
import pytest
from commands import run
from tiny import TINY

from studio.cli.app import command_line
from studio.core.errors import UserError

WINDOW, HORIZON = 12, 2


def hourly(first: int, count: int) -> list[tuple[str, float, float]]:
    """Rows of time, temperature and load; the load follows the temperature."""
    random = np.random.default_rng(first)
    steps = np.arange(first, first + count)
    times = np.datetime64("2024-01-01T00:00") + steps * np.timedelta64(1, "h")
    heat = 10 + 8 * np.sin(2 * np.pi * steps / 24) + random.normal(0, 0.3, count)
    load = 100 - 2 * heat + random.normal(0, 1, count)
    return list(zip(times.astype(str).tolist(), heat.round(3), load.round(3), strict=True))


def write(
    path: Path, rows: list[tuple[str, float, float]], order: str = "012", mark: str = ","
) -> None:
    """A table with its columns in some order."""
    names = ("time", "temperature", "load")
    places = [int(index) for index in order]
    lines = [[str(row[place]) for place in places] for row in rows]
    table = [[names[place] for place in places], *lines]
    path.write_text("\n".join(mark.join(cells) for cells in table) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("predict")
    write(folder / "train.csv", hourly(0, 400))
    run(folder, "compare", "train.csv", "--target", "load", "--window", WINDOW,
        "--horizon", HORIZON, *TINY, "--seeds", 2, "--out", "s.gates")  # fmt: skip
    return folder


def answer(
    home: Path, name: str, out: str, *options: object, session: str = "s.gates"
) -> dict[str, Any]:
    """The JSON that the command prints; within this process, as starting one takes seconds."""
    words = ["predict", str(home / session), str(home / name), "--out", str(home / out), "--json"]
    printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with redirect_stdout(printed), redirect_stderr(io.StringIO()):
        command_line(words[:1])([*words, *map(str, options)], standalone_mode=False)
        printed.flush()
    told: dict[str, Any] = json.loads(printed.buffer.getvalue())
    return told


def predict(home: Path, name: str, *options: object) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the command prints, and the table that it writes, by column."""
    out = home / f"{len(list(home.iterdir()))}.csv"
    told = answer(home, name, out.name, *options)
    rows = rows_of(out)
    return told, {key: [row[key] for row in rows] for key in rows[0]}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def numbers(column: list[str]) -> np.ndarray:
    return np.array([float(cell) if cell else np.nan for cell in column])


def test_predictions_are_those_that_the_exported_model_gives(home: Path) -> None:
    new = hourly(400, 60)
    write(home / "new.csv", new)
    run(home, "export", "s.gates", "--contender", "GRU", "--seed", 1, "--format", "onnx",
        "--out", "m.onnx")  # fmt: skip
    model = onnxruntime.InferenceSession(home / "m.onnx", providers=["CPUExecutionProvider"])
    read = np.array([row[1:] for row in new], dtype=np.float32)
    windows = np.stack([read[end - WINDOW : end] for end in range(WINDOW, len(read) + 1)])
    [expected] = model.run(None, {model.get_inputs()[0].name: windows})
    told, table = predict(home, "new.csv", "--contender", "GRU", "--seed", 1)
    got = np.stack([numbers(table[f"load+{step}"]) for step in (1, 2)], axis=1)
    assert told["rows"] == told["examples"] == len(new) - WINDOW + 1
    np.testing.assert_allclose(got, expected.reshape(got.shape), rtol=1e-4)
    assert table["time"][-1] == new[-1][0]


def test_new_data_that_holds_the_truth_is_scored_beside_the_test_set(home: Path) -> None:
    write(home / "scored.csv", hourly(400, 60))
    told, table = predict(home, "scored.csv")
    errors = [
        numbers(table[f"load+{step}"]) - numbers(table[f"load+{step}_actual"]) for step in (1, 2)
    ]
    whole = ~np.isnan(errors[0] + errors[1])
    rmse = np.sqrt(np.mean(np.square(np.stack(errors)[:, whole])))
    assert told["scores"]["rmse"]["mean"] == pytest.approx(rmse, rel=1e-6)
    assert told["scores"]["rmse"]["low"] < rmse < told["scores"]["rmse"]["high"]
    assert told["test_scores"]["rmse"]["mean"] > 0
    assert np.isnan(numbers(table["load+1_actual"])[-1])  # beyond the end


def test_intervals_hold_as_many_of_the_validation_errors_as_their_level_says(home: Path) -> None:
    write(home / "banded.csv", hourly(400, 60))
    for level in (0.5, 0.9):
        told, table = predict(home, "banded.csv", "--level", level)
        half = numbers(table["load+1_high"]) - numbers(table["load+1"])
        assert np.allclose(half, half[0], rtol=1e-6)
        assert told["coverage"]["nominal"] == level
        assert 0 <= told["coverage"]["reached"] <= 1
    _, without = predict(home, "banded.csv", "--level", 0)
    assert not any(name.endswith("_low") for name in without)


def test_columns_are_matched_by_name_whatever_their_order_and_delimiter(home: Path) -> None:
    rows = hourly(400, 40)
    write(home / "plain.csv", rows)
    write(home / "other.csv", rows, "021", ";")
    _, expected = predict(home, "plain.csv")
    told, table = predict(home, "other.csv")
    assert table == expected
    assert any("another order" in note for note in told["notes"])


def test_the_mean_over_runs_and_every_run_are_given_on_request(home: Path) -> None:
    write(home / "runs.csv", hourly(400, 40))
    _, mean = predict(home, "runs.csv", "--contender", "LSTM", "--runs", "mean")
    _, every = predict(home, "runs.csv", "--contender", "LSTM", "--runs", "every")
    values = numbers(every["load+1"]).reshape(2, -1)
    assert sorted(set(every["seed"])) == ["1", "2"]
    np.testing.assert_allclose(values.mean(axis=0), numbers(mean["load+1"]), rtol=1e-6)


def test_steps_beyond_the_end_continue_the_dates_and_the_last_window(home: Path) -> None:
    rows = hourly(400, 40)
    write(home / "end.csv", rows)
    _, table = predict(home, "end.csv")
    told, beyond = predict(home, "end.csv", "--steps", HORIZON)
    assert beyond["time"] == ["2024-01-19T08:00", "2024-01-19T09:00"]
    expected = [table[f"load+{step}"][-1] for step in (1, 2)]
    np.testing.assert_allclose(numbers(beyond["load"]), numbers(expected), rtol=1e-6)
    assert told["fed_back_from"] is None


def test_a_forecast_of_a_single_column_goes_on_with_its_own_predictions(home: Path) -> None:
    run(home, "compare", "train.csv", "--target", "load", "--features", "load", "--window", WINDOW,
        *TINY, "--seeds", 1, "--out", "own.gates")  # fmt: skip
    rows = hourly(400, 40)
    write(home / "fed.csv", rows)
    answer(home, "fed.csv", "fed-out.csv", "--steps", 3, session="own.gates")
    first = rows_of(home / "fed-out.csv")
    longer = [*rows, ("2024-01-19T08:00", 0.0, float(first[0]["load"]))]
    write(home / "longer.csv", longer)
    answer(home, "longer.csv", "longer-out.csv", "--steps", 2, session="own.gates")
    second = rows_of(home / "longer-out.csv")
    for fed, typed in zip(first[1:], second, strict=True):
        assert float(fed["load"]) == pytest.approx(float(typed["load"]), rel=1e-5)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("lacking", "has no column 'temperature', which the model reads"),
        ("short", "has 5 rows, but the model reads a window of 12"),
        ("empty", "no rows"),
    ],
)
def test_data_that_the_model_cannot_read_is_refused_and_nothing_is_written(
    home: Path, name: str, message: str
) -> None:
    write(home / "lacking.csv", hourly(400, 40), "02")
    write(home / "short.csv", hourly(400, 5))
    (home / "empty.csv").write_text("time,temperature,load\n", encoding="utf-8")
    with pytest.raises(UserError) as told:
        answer(home, f"{name}.csv", "refused.csv")
    assert message in str(told.value)
    assert not (home / "refused.csv").exists()


def test_another_time_step_and_values_out_of_range_are_told(home: Path) -> None:
    rows = [(time, heat + 40, load) for time, heat, load in hourly(400, 120)[::2]]
    write(home / "shifted.csv", rows)
    told, _ = predict(home, "shifted.csv")
    assert any("2 hours apart" in note for note in told["notes"])
    [heat] = [drift for drift in told["drift"] if drift["column"] == "temperature"]
    assert heat["outside"] == 1
    assert heat["shifted"]


def test_predictions_are_written_in_the_format_of_the_ending(home: Path) -> None:
    write(home / "formats.csv", hourly(400, 30))
    for name in ("p.parquet", "p.jsonl"):
        answer(home, "formats.csv", name)
    table = pyarrow.parquet.read_table(home / "p.parquet")
    lines = [json.loads(line) for line in (home / "p.jsonl").read_text("utf-8").splitlines()]
    assert table.num_rows == len(lines)
    assert table.column("load+1").to_pylist() == [line["load+1"] for line in lines]
    assert lines[-1]["load+1_actual"] is None
    done = run(home, "predict", "s.gates", "formats.csv", "--out", "p.xyz", status=1)
    assert "ends in .csv, .parquet or .jsonl" in done.stderr


def test_without_the_comparison_s_data_predictions_come_without_intervals_and_say_so(
    home: Path,
) -> None:
    write(home / "alone.csv", hourly(400, 30))
    rows = hourly(0, 400)
    write(home / "gone.csv", rows)
    run(home, "compare", "gone.csv", "--target", "load", "--window", WINDOW, *TINY, "--seeds", 1,
        "--no-embed", "--out", "gone.gates")  # fmt: skip
    (home / "gone.csv").unlink()
    done = run(home, "predict", "gone.gates", "alone.csv", "--out", "alone-out.csv")
    assert "gone.csv is missing" in done.stdout
    assert "load_low" not in (home / "alone-out.csv").read_text("utf-8").splitlines()[0]


def gestures(path: Path, count: int, kinds: str, *, labels: bool = True) -> None:
    """A long table of sequences, each a sine whose frequency is its class."""
    random = np.random.default_rng(count)
    frequency = {"slow": 0.2, "fast": 0.9, "odd": 1.5}
    lines = ["id,step,x" + (",gesture" if labels else "")]
    for example in range(count):
        kind = kinds.split(",")[example % len(kinds.split(","))]
        values = np.sin(frequency[kind] * np.arange(15)) + random.normal(0, 0.3, 15)
        end = f",{kind}" if labels else ""
        lines += [f"{example},{step},{value:.3f}{end}" for step, value in enumerate(values)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def classified(home: Path) -> Path:
    gestures(home / "gestures.csv", 120, "slow,fast")
    run(home, "compare", "gestures.csv", *TINY, "--epochs", 8, "--lr", 0.02, "--seeds", 1,
        "--out", "g.gates")  # fmt: skip
    return home / "g.gates"


def test_classes_come_with_probabilities_and_a_prediction_set(classified: Path) -> None:
    home = classified.parent
    gestures(home / "more.csv", 30, "slow,fast")
    told = answer(home, "more.csv", "classes.csv", session="g.gates")
    rows = rows_of(home / "classes.csv")
    shares = np.array([[float(row["p_fast"]), float(row["p_slow"])] for row in rows])
    np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-5)
    guesses = [("fast", "slow")[index] for index in shares.argmax(axis=1)]
    assert [row["class"] for row in rows] == guesses
    right = np.mean([row["class"] == row["class_actual"] for row in rows])
    assert told["scores"]["accuracy"]["mean"] == pytest.approx(right)
    assert all(set(row["set"].split("; ")) <= {"fast", "slow", ""} for row in rows)


def test_examples_without_labels_are_predicted_and_not_scored(classified: Path) -> None:
    home = classified.parent
    gestures(home / "unlabelled.csv", 10, "slow,fast", labels=False)
    done = run(
        home, "predict", "g.gates", "unlabelled.csv", "--out", "unlabelled-out.csv", "--json"
    )
    told = json.loads(done.stdout)
    assert told["examples"] == 10
    assert told["scores"] == {}


def test_a_class_that_the_model_does_not_know_is_told_and_not_scored(classified: Path) -> None:
    home = classified.parent
    gestures(home / "unseen.csv", 12, "slow,fast,odd")
    told = answer(home, "unseen.csv", "unseen-out.csv", session="g.gates")
    assert any("4 examples of the class 'odd'" in note for note in told["notes"])
    rows = rows_of(home / "unseen-out.csv")
    scored = [row for row in rows if row["class_actual"]]
    right = np.mean([row["class"] == row["class_actual"] for row in scored])
    assert len(scored) == 8
    assert told["scores"]["accuracy"]["mean"] == pytest.approx(right)


def test_a_temperature_changes_probabilities_but_no_class(classified: Path) -> None:
    home = classified.parent
    gestures(home / "warm.csv", 20, "slow,fast")
    for name, options in (("cold", ()), ("hot", ("--temperature",))):
        answer(home, "warm.csv", f"{name}.csv", *options, session="g.gates")
    cold, hot = (rows_of(home / f"{name}.csv") for name in ("cold", "hot"))
    assert [row["class"] for row in cold] == [row["class"] for row in hot]
    assert [row["p_fast"] for row in cold] != [row["p_fast"] for row in hot]


def test_only_the_forecasts_of_a_span_are_made_and_both_ends_are_included(home: Path) -> None:
    write(home / "span.csv", hourly(400, 200))
    whole, rows = predict(home, "span.csv")
    _, some = predict(home, "span.csv", "--since", "2024-01-20", "--until", "2024-01-21")
    days = [stamp[:10] for stamp in rows["time"]]
    inside = [index for index, day in enumerate(days) if day in {"2024-01-20", "2024-01-21"}]
    assert len(inside) == 48
    assert some["time"] == [rows["time"][index] for index in inside]
    assert some["load+1"] == [rows["load+1"][index] for index in inside]
    assert whole["rows"] > 48


def test_steps_from_each_row_of_a_span_stand_beside_the_truth(home: Path) -> None:
    write(home / "load.csv", [(time, load, load) for time, _, load in hourly(400, 100)])
    run(home, "compare", "train.csv", "--target", "load", "--features", "load", "--window", WINDOW,
        "--horizon", HORIZON, *TINY, "--cells", "gru", "--out", "span.gates")  # fmt: skip
    told = answer(home, "load.csv", "ahead.csv", "--steps", 5, "--since", "2024-01-18 10",
                  "--until", "2024-01-18 12", session="span.gates")  # fmt: skip
    rows = rows_of(home / "ahead.csv")
    assert told["rows"] == 15
    origins = [f"2024-01-18T{hour}:00" for hour in ("10", "11", "12")]
    assert [row["origin"] for row in rows] == [origin for origin in origins for _ in range(5)]
    truth = {time: load for time, _, load in hourly(400, 100)}
    given = [truth[row["time"]] for row in rows]
    assert [float(row["load_actual"]) for row in rows] == pytest.approx(given)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--since", "soon"), "'soon' is not a date, but the rows have dates"),
        (("--since", "2031"), "no forecast starts in that span"),
    ],
)
def test_a_span_that_holds_nothing_is_refused_with_what_there_is(
    home: Path, options: tuple[str, str], words: str
) -> None:
    write(home / "span.csv", hourly(400, 60))
    with pytest.raises(UserError, match=words):
        answer(home, "span.csv", "no.csv", *options)
    assert not (home / "no.csv").exists()
