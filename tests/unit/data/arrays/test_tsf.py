"""The .tsf format of the Monash archive."""

from collections.abc import Callable

import numpy as np
import pytest

from studio.core.errors import DatasetError
from studio.data import Dataset, Series, inspect

Loader = Callable[..., Dataset]
HEADER = """# Tourism
@relation Tourism
@attribute series_name string
@attribute start_timestamp date
@frequency {}
@horizon 4
@missing true
@equallength false
@data
"""
ROWS = "T1:1979-01-01 00-00-00:1,2,?,4\nT2:1980-03-01 00-00-00:5,6\n"


@pytest.mark.parametrize(
    ("frequency", "second", "last"),
    [
        ("monthly", "1979-02-01 00:00:00", "1980-04-01 00:00:00"),
        ("quarterly", "1979-04-01 00:00:00", "1980-06-01 00:00:00"),
        ("yearly", "1980-01-01 00:00:00", "1981-03-01 00:00:00"),
        ("half_hourly", "1979-01-01 00:30:00", "1980-03-01 00:30:00"),
        ("4_seconds", "1979-01-01 00:00:04", "1980-03-01 00:00:04"),
        ("weekly", "1979-01-08 00:00:00", "1980-03-08 00:00:00"),
    ],
)
def test_series_of_unequal_length_have_the_times_of_their_start_and_frequency(
    load_text: Loader, frequency: str, second: str, last: str
) -> None:
    dataset = load_text(HEADER.format(frequency) + ROWS, "t.tsf")
    assert isinstance(dataset, Series)
    assert dataset.lengths is not None
    assert dataset.lengths.tolist() == [4, 2]
    assert dataset.values[:, 0] == pytest.approx([1, 2, np.nan, 4, 5, 6], nan_ok=True)
    assert dataset.times is not None
    assert [dataset.times[1], dataset.times[5]] == [second, last]
    assert inspect(dataset)["missing"] == 1
    assert dataset.columns[-1].first_missing == "t.tsf, line 10"


def test_unknown_frequency_is_told_as_unused_time_stamps(load_text: Loader) -> None:
    dataset = load_text(HEADER.format("now_and_then") + ROWS, "t.tsf")
    assert isinstance(dataset, Series)
    assert dataset.times is None
    assert any("time stamps" in str(note) for note in dataset.notes)


def test_format_is_known_by_its_header(load_text: Loader) -> None:
    assert len(load_text(HEADER.format("daily") + ROWS, "download.txt")) == 6


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEADER.format("daily") + "T1:1,2\n", "line 10: has 2 parts between colons instead of 3"),
        (HEADER.format("daily") + "T1:x:1,2\n", "line 10: 'x' is not a date"),
        (HEADER.format("daily") + "T1:1979-01-01:1,a\n", "line 10: 'a' is not a finite number"),
        (HEADER.format("daily") + "T1:1979-01-01:1,,2\n", "line 10: has an empty value"),
        (HEADER.format("daily") + "T1:1979-01-01:1,inf\n", "'inf' is not a finite number"),
        (HEADER.format("daily"), "has a header but no series"),
        ("@attribute a string\n@frequency daily\n1,2\n", "line 3: has data before"),
        ("@attribute a matrix\n@frequency daily\n@data\n", "line 1: does not declare"),
        ("@attribute a string\n@frequency daily\n", "has no line @data"),
    ],
)
def test_what_does_not_follow_the_format_is_named_with_its_line(
    load_text: Loader, text: str, message: str
) -> None:
    with pytest.raises(DatasetError, match=message):
        load_text(text, "t.tsf")
