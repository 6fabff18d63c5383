"""Large tables: read in pieces, kept in the cache, opened from a memory map."""

import resource
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio.core.errors import DatasetError
from studio.core.spec import FileDataset, TaskSpec
from studio.data import Cache, Series, inspect, load, prepare
from studio.data.reading import read_head
from studio.data.scaled import fit_scaler, scaled_values

Writer = Callable[..., Path]


@pytest.fixture(autouse=True)
def small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.data.tables.large.LARGE_BYTES", 1000)
    monkeypatch.setattr("studio.data.tables.large._BLOCK", 4096)


def table(rows: int = 2000, *, gap: int | None = None) -> str:
    values = [f"{np.sin(at / 9):.6f}" for at in range(rows)]
    if gap is not None:
        values[gap] = ""
    return "date,a,load [kW],note\n" + "".join(
        f"2024-01-{1 + at // 1440:02} {at // 60 % 24:02}:{at % 60:02},{at},{value},x\n"
        for at, value in enumerate(values)
    )


def read(path: Path, cache: Cache | None) -> Series:
    dataset = load(FileDataset(path=str(path)), cache)
    assert isinstance(dataset, Series)
    return dataset


def test_large_table_is_what_it_is_when_read_whole(write: Writer, tmp_path: Path) -> None:
    path = write("big.csv", table(gap=700))
    whole, pieces = read(path, None), read(path, Cache(tmp_path / "cache"))
    assert isinstance(pieces.values, np.memmap)
    assert np.allclose(whole.values, pieces.values, equal_nan=True)
    known = {key: inspect(whole)[key] for key in ("kind", "examples", "columns", "missing")}
    assert {key: inspect(pieces)[key] for key in known} == known
    assert pieces.columns == whole.columns
    assert set(whole.notes) < set(pieces.notes)
    assert whole.times is not None
    assert pieces.times is not None
    assert pieces.times[61] == np.datetime64(whole.times[61].replace(" ", "T"))


@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
@pytest.mark.parametrize("gap", ["", " "])
def test_blank_lines_of_one_column_are_gaps_in_a_large_table_too(
    write: Writer, tmp_path: Path, line_break: str, gap: str
) -> None:
    numbers = [f"{at}.5" for at in range(2000)]
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
    rows = "".join(f"{at * 3},{at % 7}\n" for at in range(2000))
    spec = FileDataset(path=str(write("big.csv", "time,load\n" + rows)), resample="60")
    whole, pieces = load(spec), load(spec, Cache(tmp_path / "cache"))
    assert isinstance(pieces, Series)
    assert np.array_equal(whole.values, pieces.values)


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


def test_scaled_values_that_two_write_at_once_are_whole(tmp_path: Path) -> None:
    np.save(tmp_path / "values.npy", np.arange(800_000, dtype=np.float32).reshape(-1, 4))
    values = np.load(tmp_path / "values.npy", mmap_mode="r")
    scaler = fit_scaler("standard", values)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: scaled_values(scaler, values), range(4)))
    for each in found:
        assert np.array_equal(each, scaler.apply(values))
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
    assert [each.name for each in tmp_path.iterdir()] == ["values.npy"]


def test_damaged_scaled_values_are_made_again(tmp_path: Path) -> None:
    np.save(tmp_path / "values.npy", np.arange(800, dtype=np.float32).reshape(-1, 4))
    values = np.load(tmp_path / "values.npy", mmap_mode="r")
    scaler = fit_scaler("standard", values)
    scaled_values(scaler, values)
    [kept] = tmp_path.glob("scaled-*.npy")
    for content in (kept.read_bytes()[:1000], b"nonsense", b""):
        kept.write_bytes(content)
        assert np.array_equal(scaled_values(scaler, values), scaler.apply(values))


def test_second_opening_reads_the_cache_alone(write: Writer, tmp_path: Path) -> None:
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
        f"2024-01-{1 + at // 1440:02} {at // 60 % 24:02}:{at % 60:02},{cell},,{at % 7}.5\n"
        for at, cell in enumerate(cells)
    )


@pytest.mark.parametrize(
    ("late", "is_mapped"),
    [(["1.5", "NA", " 2.5"], True), (["NA", " ", ""], True), (["on", "off", "on"], False)],
)
def test_column_whose_first_cells_are_empty_is_what_it_is_when_read_whole(
    write: Writer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    late: list[str],
    is_mapped: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    monkeypatch.setattr("studio.data.tables.large.read_head", lambda path: read_head(path, 5000))
    path = write("big.csv", late_table(late))
    whole, pieces = read(path, None), read(path, Cache(tmp_path / "cache"))
    assert isinstance(pieces.values, np.memmap) == is_mapped
    assert [replace(each, missing=0, first_missing="") for each in pieces.columns] == [
        replace(each, missing=0, first_missing="") for each in whole.columns
    ]
    assert pieces.channels == whole.channels
    assert np.array_equal(whole.values, pieces.values, equal_nan=True)
    assert set(whole.notes) <= set(pieces.notes)


def test_changed_table_is_read_again(write: Writer, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    read(write("big.csv", table()), cache)
    assert len(read(write("big.csv", table(1500)), cache)) == 1500


def test_reading_can_be_ended_and_leaves_nothing(write: Writer, tmp_path: Path) -> None:
    class EndedError(Exception):
        pass

    def end(share: float) -> None:
        if share > 0.3:
            raise EndedError

    cache = Cache(tmp_path / "cache", progress=end)
    with pytest.raises(EndedError):
        read(write("big.csv", table()), cache)
    assert not list((tmp_path / "cache").iterdir())


@pytest.mark.parametrize(
    ("cell", "message"),
    [("oops", "line 1501, column 'a': 'oops'"), ("inf", "line 1501, column 'a': holds an inf")],
)
def test_wrong_cell_far_down_is_told_with_its_line(
    write: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cell: str, message: str
) -> None:
    monkeypatch.setattr("studio.data.reading.HEAD_BYTES", 5000)
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
def test_damaged_entry_of_the_cache_is_made_again(
    write: Writer, tmp_path: Path, content: bytes
) -> None:
    cache, path = Cache(tmp_path / "cache"), write("big.csv", table())
    read(path, cache)
    for name in ("values.npy", "about.json"):
        [file] = (tmp_path / "cache").rglob(name)
        file.write_bytes(content)
        assert len(read(path, cache)) == 2000


def test_dates_that_go_back_are_a_problem(write: Writer, tmp_path: Path) -> None:
    lines = table().splitlines()
    lines[100], lines[1200] = lines[1200], lines[100]
    dataset = read(write("big.csv", "\n".join(lines) + "\n"), Cache(tmp_path / "cache"))
    assert any("rising order" in problem for problem in inspect(dataset)["problems"])
