"""Large tables: read in blocks, cached, opened from a memory map."""

import resource
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio.core.errors import DatasetError, UserError
from studio.core.problems import HourRepeated, TimesRepeated
from studio.core.specs.comparison_spec import FileDataset, TaskSpec
from studio.data import Cache, Series, inspect, load, prepare
from studio.data.files.text_files import read_head
from studio.data.tasks.fitted.scaling import fit_scaler, scaled_values

Writer = Callable[..., Path]


@pytest.fixture(autouse=True)
def small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.data.tables.large_tables.LARGE_BYTES", 1000)
    monkeypatch.setattr("studio.data.tables.large_tables._BLOCK", 4096)


def table(rows: int = 2000, *, gap: int | None = None) -> str:
    values = [f"{np.sin(index / 9):.6f}" for index in range(rows)]
    if gap is not None:
        values[gap] = ""
    return "date,a,load [kW],note\n" + "".join(
        f"2024-01-{1 + index // 1440:02} {index // 60 % 24:02}:{index % 60:02},{index},{value},x\n"
        for index, value in enumerate(values)
    )


def read(path: Path, cache: Cache | None) -> Series:
    dataset = load(FileDataset(path=str(path)), cache)
    assert isinstance(dataset, Series)
    return dataset


def test_large_table_equals_the_table_read_whole(write: Writer, tmp_path: Path) -> None:
    path = write("big.csv", table(gap=700))
    whole, pieces = read(path, None), read(path, Cache(tmp_path / "cache"))
    assert isinstance(pieces.values, np.memmap)
    assert np.allclose(whole.values, pieces.values, equal_nan=True)
    known = {key: inspect(whole)[key] for key in ("kind", "examples", "columns", "missing")}
    assert {key: inspect(pieces)[key] for key in known} == known
    assert pieces.columns == whole.columns
    assert set(whole.notes) == set(pieces.notes)
    assert set(whole.decisions) == set(pieces.decisions)
    assert whole.times is not None
    assert pieces.times is not None
    assert pieces.times[61] == np.datetime64(whole.times[61].replace(" ", "T"))


@pytest.mark.parametrize(
    "pattern", ["{0:02}.01.2024 {1:02}:{2:02}", "{0}/1/2024;{1}", "{0}-Jan-24 {1}:{2:02}"]
)
def test_large_table_with_other_dates_equals_the_table_read_whole(
    write: Writer, tmp_path: Path, pattern: str
) -> None:
    rows = (
        f"{pattern.format(13 + step // 96, step // 4 % 24, step % 4 * 15)};{step};{step / 7:.3f}\n"
        for step in range(1600)
    )
    header = "date;hour;a;load\n" if ";" in pattern else "date;a;load\n"
    path = write("big.csv", header + "".join(rows))
    whole, pieces = read(path, None), read(path, Cache(tmp_path / "cache"))
    assert [column.name for column in pieces.columns] == [column.name for column in whole.columns]
    assert np.allclose(whole.values, pieces.values)
    assert whole.times is not None
    assert pieces.times is not None
    assert np.datetime64(str(pieces.times[97])) == np.datetime64(whole.times[97])


@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
@pytest.mark.parametrize("gap", ["", " "])
def test_blank_lines_in_a_single_large_column_are_missing_values(
    write: Writer, tmp_path: Path, line_break: str, gap: str
) -> None:
    numbers = [f"{index}.5" for index in range(2000)]
    whole = read(
        write("whole.csv", line_break.join(["a", *numbers, "", ""])), Cache(tmp_path / "c")
    )
    assert isinstance(whole.values, np.memmap)
    numbers[700] = gap
    gappy = read(write("gaps.csv", line_break.join(["a", *numbers, ""])), Cache(tmp_path / "c"))
    assert np.flatnonzero(np.isnan(gappy.values[:, 0])).tolist() == [700]
    assert len(gappy) == 2000


def test_large_table_is_resampled_as_one_that_is_read_whole(write: Writer, tmp_path: Path) -> None:
    spec = FileDataset(path=str(write("big.csv", table(gap=700))), resample="1h")
    whole, pieces = load(spec), load(spec, Cache(tmp_path / "cache"))
    assert isinstance(whole, Series)
    assert isinstance(pieces, Series)
    assert whole.values == pytest.approx(pieces.values, abs=1e-3)
    assert whole.times is not None
    assert pieces.times is not None
    assert whole.times.tolist() == pieces.times.tolist()
    assert len(whole) == 34


def test_large_table_whose_times_are_numbers_is_resampled(write: Writer, tmp_path: Path) -> None:
    rows = "".join(f"{index * 3},{index % 7}\n" for index in range(2000))
    spec = FileDataset(path=str(write("big.csv", "time,load\n" + rows)), resample="60")
    whole, pieces = load(spec), load(spec, Cache(tmp_path / "cache"))
    assert isinstance(pieces, Series)
    assert np.array_equal(whole.values, pieces.values)


def doubled(times: list[str], header: str = "date") -> str:
    rows = [f"{time},{index},{np.sin(index):.6f}" for index, time in enumerate(times)]
    return "\n".join([f"{header},a,load", *rows, ""])


def test_repeated_times_of_a_large_table_are_told_as_of_one_read_whole(
    write: Writer, tmp_path: Path
) -> None:
    times = [
        f"2024-{1 + at // 672:02}-{1 + at // 24 % 28:02} {at % 24:02}:00" for at in range(2000)
    ]
    for at in (300, 301, 1200):
        times[at] = times[at - 1]
    path, cache = write("big.csv", doubled(times)), Cache(tmp_path / "cache")
    whole, pieces, again = read(path, None), read(path, cache), read(path, cache)
    assert isinstance(pieces.values, np.memmap)
    assert pieces.problems == again.problems == whole.problems == (TimesRepeated("date", 3),)


def test_hour_that_comes_twice_in_a_large_table_is_told_as_of_one_read_whole(
    write: Writer, tmp_path: Path
) -> None:
    first = np.datetime64("2024-10-01T00:00")
    hours = [first + np.timedelta64(at, "h") for at in range(2000)]
    hours[627:] = hours[626:-1]
    path = write("big.csv", doubled([str(hour).replace("T", " ") + ":00" for hour in hours]))
    whole, pieces = read(path, None), read(path, Cache(tmp_path / "cache"))
    assert isinstance(pieces.values, np.memmap)
    assert pieces.problems == whole.problems
    assert pieces.problems == (HourRepeated("date", "2024-10-27 02:00:00"),)


def test_repeated_times_that_are_numbers_are_told(write: Writer, tmp_path: Path) -> None:
    times = [str(at // 2 if at < 20 else at) for at in range(2000)]
    spec = FileDataset(path=str(write("big.csv", doubled(times, "time"))), time_column="time")
    whole, pieces = load(spec), load(spec, Cache(tmp_path / "cache"))
    assert isinstance(pieces.values, np.memmap)
    assert pieces.problems == whole.problems == (TimesRepeated("time", 10),)


def test_times_that_are_numbers_and_fall_are_put_in_order(write: Writer, tmp_path: Path) -> None:
    times = [str(at) for at in [*range(1000), 999.5, *range(1000, 1999)]]
    times[1500], times[1501] = times[1501], times[1500]
    spec = FileDataset(path=str(write("big.csv", doubled(times, "time"))), time_column="time")
    whole, pieces = load(spec), load(spec, Cache(tmp_path / "cache"))
    assert isinstance(pieces, Series)
    assert pieces.times is not None
    assert (np.diff(pieces.times.astype(float)) > 0).all()
    assert np.array_equal(pieces.values, whole.values)


def test_windows_of_a_large_table_are_views_of_the_memory_map(
    write: Writer, tmp_path: Path
) -> None:
    path = write("big.csv", table())
    task = TaskSpec(window=50)
    mapped, _ = prepare(read(path, Cache(tmp_path / "cache")), task)
    whole, _ = prepare(read(path, None), task)
    base = mapped.training.inputs
    while base.base is not None and not isinstance(base, np.memmap):
        base = base.base
    assert isinstance(base, np.memmap)
    for one, other in zip(mapped.parts.values(), whole.parts.values(), strict=True):
        assert np.allclose(one.inputs, other.inputs, atol=1e-5)
        assert np.allclose(one.targets, other.targets, atol=1e-5)
        assert np.array_equal(one.positions, other.positions)


def test_scaled_values_written_twice_at_once_are_complete(tmp_path: Path) -> None:
    np.save(tmp_path / "values.npy", np.arange(800_000, dtype=np.float32).reshape(-1, 4))
    values = np.load(tmp_path / "values.npy", mmap_mode="r")
    scaler = fit_scaler("standard", values)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: scaled_values(scaler, values), range(4)))
    for scaled in results:
        assert np.array_equal(scaled, scaler.apply(values))
    assert len(list(tmp_path.iterdir())) == 2


def test_scaled_values_that_cannot_be_written_leave_nothing(
    tmp_path: Path,
) -> None:
    np.save(tmp_path / "values.npy", np.arange(800, dtype=np.float32).reshape(-1, 4))
    values = np.load(tmp_path / "values.npy", mmap_mode="r")
    scaler = fit_scaler("standard", values)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(DatasetError, match="cannot be written"):
            scaled_values(scaler, values)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [column.name for column in tmp_path.iterdir()] == ["values.npy"]


def test_damaged_scaled_values_are_computed_again(tmp_path: Path) -> None:
    np.save(tmp_path / "values.npy", np.arange(800, dtype=np.float32).reshape(-1, 4))
    values = np.load(tmp_path / "values.npy", mmap_mode="r")
    scaler = fit_scaler("standard", values)
    scaled_values(scaler, values)
    [stored] = tmp_path.glob("scaled-*.npy")
    for content in (stored.read_bytes()[:1000], b"nonsense", b""):
        stored.write_bytes(content)
        assert np.array_equal(scaled_values(scaler, values), scaler.apply(values))


def test_second_opening_reads_only_the_cache(write: Writer, tmp_path: Path) -> None:
    path = write("big.csv", table())
    seen: list[float] = []
    cache = Cache(tmp_path / "cache", progress=seen.append)
    read(path, cache)
    assert seen == sorted(seen)
    assert seen[-1] == 1
    assert len(seen) > 5
    seen.clear()
    read(path, cache)
    assert not seen


def late_table(late: list[str], rows: int = 2000) -> str:
    """A column without a cell at first, and at the end of the table those that are given."""
    cells = [""] * (rows - len(late)) + late
    return "date,late,void,load\n" + "".join(
        f"2024-01-{1 + row // 1440:02} {row // 60 % 24:02}:{row % 60:02},{cell},,{row % 7}.5\n"
        for row, cell in enumerate(cells)
    )


@pytest.mark.parametrize(
    ("late", "is_mapped"),
    [(["1.5", "NA", " 2.5"], True), (["NA", " ", ""], True), (["on", "off", "on"], False)],
)
def test_column_that_begins_empty_equals_the_column_read_whole(
    write: Writer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    late: list[str],
    is_mapped: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    monkeypatch.setattr(
        "studio.data.tables.large_tables.read_head", lambda path: read_head(path, 5000)
    )
    path = write("big.csv", late_table(late))
    whole, pieces = read(path, None), read(path, Cache(tmp_path / "cache"))
    assert isinstance(pieces.values, np.memmap) == is_mapped
    assert [replace(column, missing=0, first_missing="") for column in pieces.columns] == [
        replace(column, missing=0, first_missing="") for column in whole.columns
    ]
    assert pieces.channels == whole.channels
    assert np.array_equal(whole.values, pieces.values, equal_nan=True)
    assert set(whole.notes) <= set(pieces.notes)


def test_changed_table_is_read_again(write: Writer, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    read(write("big.csv", table()), cache)
    assert len(read(write("big.csv", table(1500)), cache)) == 1500


def test_reading_can_be_cancelled_and_leaves_nothing(write: Writer, tmp_path: Path) -> None:
    class EndedError(UserError):
        pass

    def end(share: float) -> None:
        if share > 0.3:
            raise EndedError("was stopped")

    cache = Cache(tmp_path / "cache", progress=end)
    with pytest.raises(EndedError):
        read(write("big.csv", table()), cache)
    assert not list((tmp_path / "cache").iterdir())


@pytest.mark.parametrize(
    ("cell", "message"),
    [("inf", "line 1501, column 'a': holds an infinite")],
)
def test_error_of_a_cell_far_down_names_its_line(
    write: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cell: str, message: str
) -> None:
    monkeypatch.setattr("studio.data.files.text_files.HEAD_BYTES", 5000)
    lines = table().splitlines()
    lines[1500] = lines[1500].replace(",1499,", f",{cell},")
    path = write("big.csv", "\n".join(lines) + "\n")
    with pytest.raises(DatasetError, match=message):
        read(path, Cache(tmp_path / "cache"))


def test_large_table_of_another_kind_is_read_whole(write: Writer, tmp_path: Path) -> None:
    path = write("set.csv", "a,b,label\n" + "1.5,2,x\n3.5,4,y\n" * 300)
    dataset = load(FileDataset(path=str(path)), Cache(tmp_path / "cache"))
    assert inspect(dataset)["kind"] == "examples"


@pytest.mark.parametrize("content", [b"nonsense", b""])
def test_damaged_cache_entry_is_created_again(
    write: Writer, tmp_path: Path, content: bytes
) -> None:
    cache, path = Cache(tmp_path / "cache"), write("big.csv", table())
    read(path, cache)
    for name in ("values.npy", "about.json"):
        [file] = (tmp_path / "cache").rglob(name)
        file.write_bytes(content)
        assert len(read(path, cache)) == 2000


def test_rows_out_of_order_are_put_in_order_of_time(write: Writer, tmp_path: Path) -> None:
    lines = table().splitlines()
    lines[100], lines[1200] = lines[1200], lines[100]
    dataset = read(write("big.csv", "\n".join(lines) + "\n"), Cache(tmp_path / "cache"))
    in_order = read(write("small.csv", table()), Cache(tmp_path / "cache"))
    assert np.array_equal(dataset.values[:, -1], in_order.values[:, -1])
    assert "order" in {decision.name for decision in dataset.decisions}
