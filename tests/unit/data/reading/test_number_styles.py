"""Numbers are read as they are written: thousands, decimal commas, currencies, units."""

from collections.abc import Callable

import numpy as np
import pytest

from studio.analysis.baselines.baselines import score_baselines
from studio.core.errors import DatasetError
from studio.core.specs.task_spec import TaskSpec
from studio.data import Dataset, inspect, prepare
from studio.data.dataset import Series

Loader = Callable[..., Dataset]


def first_channel(dataset: Dataset) -> list[float]:
    assert isinstance(dataset, Series)
    values: list[float] = dataset.values[:, 0].tolist()
    return values


def decision(dataset: Dataset, name: str) -> tuple[str, float]:
    [found] = [item for item in dataset.decisions if item.name == name]
    return found.value, found.sure


@pytest.mark.parametrize(
    ("text", "decimal", "thousands"),
    [
        ("day;sales\n1;987\n2;1.234\n3;1.301\n", ",", "."),
        ("day;sales\n1;987,5\n2;1.234,5\n3;1.301,0\n", ",", "."),
        ("day;sales\n1;987\n2;1,234\n3;1,301\n", ".", ","),
        ("day\tsales\n1\t987\n2\t1,234\n3\t1,301\n", ".", ","),
        ('day,sales\n1,987\n2,"1,234"\n3,"1,301"\n', ".", ","),
        ("day;sales\n1;987\n2;1 234\n3;1 301\n", ".", " "),
        ("day;sales\n1;987\n2;1\u202f234\n3;1\u202f301\n", ".", " "),
        ("day;sales\n1;987\n2;1'234\n3;1'301\n", ".", "'"),
        ("day;sales\n1;987,25\n2;1'234,25\n3;1'301,5\n", ",", "'"),
        ("day;sales\n1;1.234.567,5\n2;2.234.567,5\n3;987,5\n", ",", "."),
    ],
)
def test_thousands_are_told_from_decimals(
    load_text: Loader, text: str, decimal: str, thousands: str
) -> None:
    dataset = load_text(text.replace("day", "t"))
    assert isinstance(dataset, Series)
    assert dataset.values.min() > 900
    assert decision(dataset, "thousands")[0] == thousands
    if decimal == ",":
        assert decision(dataset, "decimal")[0] == ","


def test_three_digits_after_every_comma_are_a_question(load_text: Loader) -> None:
    dataset = load_text("a;b\n1,234;2,345\n2,345;1,250\n3,456;1,111\n")
    value, sure = decision(dataset, "decimal")
    assert (value, sure < 0.8) == (",", True)
    assert first_channel(load_text("a;b\n1,234;2\n2,345;3\n", thousands=",")) == [1234, 2345]


@pytest.mark.parametrize(
    ("cells", "expected", "unit"),
    [
        (["$1,234.50", "$987.00"], [1234.5, 987], "$"),
        (["12 %", "7.5 %"], [12, 7.5], "%"),
        (["1.2K", "3M", "2B"], [1200, 3e6, 2e9], ""),
        (["21 °C", "-3 °C"], [21, -3], "°C"),
        (["(1,250)", "980"], [-1250, 980], ""),
        (["€ 5", "€ -7"], [5, -7], "€"),
    ],
)
def test_numbers_lose_a_mark_that_all_cells_of_a_column_carry(
    load_text: Loader, cells: list[str], expected: list[float], unit: str
) -> None:
    rows = "".join(f"{index};{cell}\n" for index, cell in enumerate(cells * 3))
    dataset = load_text("t;x\n" + rows)
    assert isinstance(dataset, Series)
    column = next(column for column in dataset.columns if column.name == "x")
    assert column.unit == unit
    assert dataset.values[:, -1].tolist() == expected * 3
    assert decision(dataset, "marks")[0] == "strip"


def test_letters_before_numbers_stay_classes(load_text: Loader) -> None:
    dataset = load_text("a,b,label\n" + "1,2,A1\n3,4,B2\n" * 5)
    assert inspect(dataset)["classes"] == {"A1": 5, "B2": 5}


def test_one_odd_cell_in_many_is_missing_counted_and_shown(load_text: Loader) -> None:
    rows = "".join(f"{step},{step / 2}\n" for step in range(1000))
    dataset = load_text("t,x\n" + rows.replace("500,250.0", "500,n.d."))
    described = inspect(dataset)
    assert described["missing"] == 1
    [told] = [item for item in described["reading"] if item["decision"] == "na_values"]
    assert "'n.d.' (given.csv, line 502) is not a number" in told["evidence"]
    assert any(item["option"] == "--data-option na_values=n.d." for item in described["problems"])


def test_many_odd_cells_are_refused_with_the_cell_and_the_setting(load_text: Loader) -> None:
    with pytest.raises(DatasetError, match=r"line 3, column 'x': 'M' is not a number.*na_values"):
        load_text("t,x\n1,2\n2,M\n3,4\n4,5\n")
    dataset = load_text("t,x\n1,2\n2,M\n3,4\n4,5\n", na_values="M")
    assert inspect(dataset)["missing"] == 1


def test_a_number_that_recurs_far_from_the_others_is_asked_about_and_not_taken(
    load_text: Loader,
) -> None:
    values = np.round(2 + np.sin(np.arange(300) / 9), 2)
    values[[20, 21, 90]] = -200
    rows = "".join(f"{step},{value}\n" for step, value in enumerate(values))
    dataset = load_text("t,CO\n" + rows)
    assert isinstance(dataset, Series)
    assert dataset.values.min() == -200
    [asked] = [item for item in dataset.decisions if item.name == "na_values"]
    assert asked.is_doubtful
    assert asked.option() == "--data-option na_values=-200"
    answered = load_text("t,CO\n" + rows, na_values="-200")
    assert inspect(answered)["missing"] == 3


@pytest.mark.parametrize("offset", [0.0, 5.4e6, 1e9])
def test_large_numbers_keep_their_last_digits(load_text: Loader, offset: float) -> None:
    values = offset + np.arange(50) * 0.004
    rows = "".join(f"{step},{value:.3f}\n" for step, value in enumerate(values))
    dataset = load_text("t,height\n" + rows)
    assert np.allclose(np.diff(first_channel(dataset)), 0.004, atol=1e-6)


@pytest.mark.parametrize("offset", [0.0, 1e7, 1e8, 1e9])
def test_scores_far_from_zero_are_those_near_it(load_text: Loader, offset: float) -> None:
    steps = np.random.default_rng(3).normal(size=600)
    values = np.zeros(600)
    for at in range(1, 600):
        values[at] = 0.7 * values[at - 1] + steps[at]
    rows = "".join(f"{offset + value:.6f}\n" for value in values)
    prepared, _ = prepare(load_text("x\n" + rows), TaskSpec(window=8))
    persistence = next(one for one in score_baselines(prepared) if one.name == "persistence")
    test = values[-120:]
    expected = np.sqrt(np.mean(np.diff(test) ** 2))
    assert persistence.scores["rmse"] == pytest.approx(expected, rel=0.1)
    reference, _ = prepare(
        load_text("x\n" + "".join(f"{v:.6f}\n" for v in values)), TaskSpec(window=8)
    )
    near = next(one for one in score_baselines(reference) if one.name == "persistence")
    assert persistence.scores["rmse"] == pytest.approx(near.scores["rmse"], rel=1e-3)
