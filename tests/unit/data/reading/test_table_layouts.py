"""What a table holds is seen from its columns, and every reading can be overruled."""

from collections.abc import Callable

import numpy as np
import pytest

from studio.core.errors import SpecError
from studio.core.specs.task_spec import TaskSpec
from studio.data import Dataset, inspect, prepare
from studio.data.dataset import ExampleSet, Series

Loader = Callable[..., Dataset]
DAYS = [str(day) for day in np.arange("2024-01-01", "2024-03-01", dtype="datetime64[D]")]


def decision(dataset: Dataset, name: str) -> tuple[str, float]:
    [found] = [item for item in dataset.decisions if item.name == name]
    return found.value, found.sure


def stacked(names: list[str], header: str = "date,symbol,close") -> str:
    rows = (
        f"{day},{name},{100 * (at + 1) + step % 5}\n"
        for at, name in enumerate(names)
        for step, day in enumerate(DAYS)
    )
    return header + "\n" + "".join(rows)


def test_repeated_dates_show_which_column_is_the_id(load_text: Loader) -> None:
    dataset = load_text(stacked(["ABC", "XYZ", "QQ"]))
    assert isinstance(dataset, Series)
    assert dataset.lengths is not None
    assert dataset.lengths.tolist() == [60, 60, 60]
    assert decision(dataset, "id")[0] == "symbol"
    assert decision(dataset, "layout")[0] == "long"


def test_interleaved_series_are_taken_apart(load_text: Loader) -> None:
    rows = "".join(f"{day},{name},{at}\n" for day in DAYS for at, name in enumerate("abc"))
    dataset = load_text("date,machine,load\n" + rows)
    assert isinstance(dataset, Series)
    assert dataset.lengths is not None
    assert len(dataset.lengths) == 3
    assert np.unique(dataset.values[:60]).tolist() == [0]


def test_two_columns_together_can_be_the_id(load_text: Loader) -> None:
    rows = "".join(
        f"{day},{shop},{ware},{step}\n"
        for shop in "ab"
        for ware in "xyz"
        for step, day in enumerate(DAYS)
    )
    dataset = load_text("date,shop,ware,sold\n" + rows)
    assert isinstance(dataset, Series)
    assert dataset.lengths is not None
    assert len(dataset.lengths) == 6
    assert decision(dataset, "id")[0] == "shop,ware"
    given = load_text("date,shop,ware,sold\n" + rows, id="shop,ware")
    assert isinstance(given, Series)
    assert given.lengths is not None
    assert len(given.lengths) == 6


def test_a_counter_that_starts_again_numbers_the_steps_of_each_recording(load_text: Loader) -> None:
    rows = "".join(
        f"r{file}.csv,{step},{step / 7:.3f},{step / 5:.3f},{'wave' if file % 2 else 'tap'}\n"
        for file in range(12)
        for step in range(20 + file)
    )
    dataset = load_text("file,sample,ax,ay,gesture\n" + rows)
    assert isinstance(dataset, ExampleSet)
    assert dataset.lengths.tolist() == list(range(20, 32))
    assert inspect(dataset)["classes"] == {"tap": 6, "wave": 6}
    assert [column.name for column in dataset.channels] == ["ax", "ay"]


def test_engines_without_a_header_are_series_by_their_unit(load_text: Loader) -> None:
    rows = "".join(
        f"{unit} {cycle} {600 + cycle / 3:.4f} {cycle % 4 + 0.5}  \n"
        for unit in range(1, 8)
        for cycle in range(1, 40 + unit)
    )
    dataset = load_text(rows, "train_FD001.txt")
    assert isinstance(dataset, Series)
    assert dataset.lengths is not None
    assert dataset.lengths.tolist() == [39 + unit for unit in range(1, 8)]
    assert (decision(dataset, "id")[0], decision(dataset, "time")[0]) == ("column 1", "column 2")


def test_a_text_beside_dates_and_numbers_is_an_input(load_text: Loader) -> None:
    rows = "".join(
        f"{day},{'NW' if at % 3 else 'SE'},{at}.5,{at % 2}\n" for at, day in enumerate(DAYS)
    )
    dataset = load_text("date,wind,pm2.5,weekend\n" + rows)
    assert inspect(dataset)["task"] == "forecast"
    assert decision(dataset, "target") == ("pm2.5", 0.9)
    left_out = load_text("date,wind,pm2.5,weekend\n" + rows, ignore="wind")
    assert [column.name for column in left_out.channels] == ["pm2.5", "weekend"]


def test_flags_and_calendar_columns_are_never_the_guessed_target(load_text: Loader) -> None:
    rows = "".join(f"{day},{at}.5,{at / 3:.2f},{at % 24},{at % 2}\n" for at, day in enumerate(DAYS))
    dataset = load_text("date,energy,temperature,hour,is_weekend\n" + rows)
    value, sure = decision(dataset, "target")
    assert value == "temperature"
    assert sure < 0.8
    named = load_text("date,demand,temperature,hour,is_weekend\n" + rows)
    assert decision(named, "target")[0] == "demand"


@pytest.mark.parametrize("header", ["m4", "dates", "weeks"])
def test_a_series_in_each_row_is_read_along_the_rows(load_text: Loader, header: str) -> None:
    steps = 12
    names = {
        "m4": [f"V{step + 2}" for step in range(steps)],
        "dates": DAYS[:steps],
        "weeks": [f"week {step + 1}" for step in range(steps)],
    }[header]
    cells = [[f"{row}{step}.5" for step in range(steps - row)] + [""] * row for row in range(4)]
    rows = "".join(f"S{row},{','.join(numbers)}\n" for row, numbers in enumerate(cells))
    dataset = load_text(",".join(["name", *names]) + "\n" + rows)
    assert isinstance(dataset, Series)
    assert dataset.lengths is not None
    assert dataset.lengths.tolist() == [12, 11, 10, 9]
    assert decision(dataset, "layout")[0] == "rows"
    assert (dataset.times is not None) == (header == "dates")


def test_the_layout_can_be_set(load_text: Loader) -> None:
    text = "a,b,label\n" + "1.5,2,x\n3.5,4,y\n" * 20
    assert inspect(load_text(text))["task"] == "classify"
    assert isinstance(load_text(text, layout="columns"), Series)
    with pytest.raises(SpecError, match="layout: needs a column that says which series"):
        load_text(text, layout="long")
    with pytest.raises(SpecError, match="ignore: the data has no column 'c'"):
        load_text(text, ignore="c")


def test_a_class_without_a_header_is_seen_beside_measurements(load_text: Loader) -> None:
    rng = np.random.default_rng(0)
    rows = "".join(
        ",".join(f"{value:.3f}" for value in rng.random(30)) + f",{row % 3}.0\n"
        for row in range(60)
    )
    dataset = load_text(rows, "beats.csv")
    assert isinstance(dataset, ExampleSet)
    assert set(dataset.lengths.tolist()) == {30}
    assert inspect(dataset)["classes"] == {"0": 20, "1": 20, "2": 20}


def test_missing_cells_at_the_ends_of_rows_are_unequal_lengths(load_text: Loader) -> None:
    rows = "".join(
        f"{1 + row % 2}\t"
        + "\t".join(f"{row}.{step}" if step < 12 + row % 9 else "NaN" for step in range(24))
        + "\n"
        for row in range(40)
    )
    dataset = load_text(rows, "Wave_TRAIN.tsv")
    assert isinstance(dataset, ExampleSet)
    assert (dataset.lengths.min(), dataset.lengths.max()) == (12, 20)
    assert inspect(dataset)["missing"] == 0


@pytest.mark.parametrize("cell", ["[{}]", "{}", "({})"])
@pytest.mark.parametrize("separator", [", ", " ", ";"])
def test_a_list_of_numbers_in_a_cell_is_a_sequence(
    load_text: Loader, cell: str, separator: str
) -> None:
    lists = [separator.join(str(row + step / 4) for step in range(6)) for row in range(20)]
    rows = "".join(f'"{cell.format(text)}",{"ab"[row % 2]}\n' for row, text in enumerate(lists))
    dataset = load_text("sequence,label\n" + rows)
    assert isinstance(dataset, ExampleSet)
    assert set(dataset.lengths.tolist()) == {6}
    assert dataset.sequence(3)[:, 0].tolist() == [3 + step / 4 for step in range(6)]
    assert inspect(dataset)["classes"] == {"a": 10, "b": 10}


ACTIVITY = "time,ax,ay,activity\n" + "".join(
    f"2024-01-01 {step // 60:02}:{step % 60:02},{step % 7}.5,{step % 5}.25,"
    f"{('walk', 'sit', 'run')[step // 40 % 3]}\n"
    for step in range(600)
)


def test_labels_on_the_rows_of_a_stamped_table_are_a_class_for_each_step(
    load_text: Loader,
) -> None:
    dataset = load_text(ACTIVITY)
    assert isinstance(dataset, Series)
    assert dataset.tags is not None
    assert dataset.tags.names == ("run", "sit", "walk")
    assert [column.name for column in dataset.channels] == ["ax", "ay"]
    assert inspect(dataset)["task"] == "tag"
    assert decision(dataset, "label")[0] == "activity"
    renamed = load_text(ACTIVITY.replace("activity", "behaviour"), label="behaviour")
    assert isinstance(renamed, Series)
    assert renamed.tags is not None


def test_windows_of_a_labelled_series_have_the_class_of_their_steps(load_text: Loader) -> None:
    task = TaskSpec(kind="classify", window=20, stride=10)
    prepared, _ = prepare(load_text(ACTIVITY), task)
    assert prepared.preprocessing.class_names == ("run", "sit", "walk")
    assert prepared.training.inputs.shape[1:] == (20, 2)
