"""Hostile files raise only user errors, quickly and within little memory."""

import gzip
import io
import json
import pickle
import struct
import subprocess
import sys
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pytest
import scipy.io
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet
from support import ROOT

from studio.core.errors import DatasetError, UserError
from studio.core.specs.comparison_spec import FileDataset, TaskSpec
from studio.data import inspect, load, prepare

Writer = Callable[..., Path]
MEGABYTE = 1 << 20


def read(path: Path, **given_settings: object) -> object:
    return load(FileDataset.model_validate({"path": str(path), **given_settings}))


def is_helpful(error: UserError) -> bool:
    """Whether it says what is wrong, where, and what to do, each in one line."""
    parts = (error.what, error.where, error.remedy)
    return all(parts) and not any("\n" in part for part in parts)


def refusal_of(path: Path) -> UserError | None:
    """Why a file is refused, or None where it becomes a dataset that can be prepared."""
    try:
        dataset = load(FileDataset(path=str(path)))
        described = inspect(dataset)
        prepared, task = prepare(dataset, TaskSpec())
    except UserError as error:
        return error
    assert described["examples"] == len(dataset) > 0
    assert task.kind == prepared.preprocessing.kind
    assert len(prepared.training) > 0
    return None


def refused(path: Path, match: str) -> None:
    """The file is refused without taking more than 200 MB."""
    tracemalloc.start()
    try:
        with pytest.raises(DatasetError, match=match) as error:
            read(path)
        assert tracemalloc.get_traced_memory()[1] < 200 * MEGABYTE
    finally:
        tracemalloc.stop()
    assert is_helpful(error.value)


def zeros_array(count: int) -> bytes:
    """A .npy header for so many zeros, without them."""
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({count},), }}"
    padded = header.ljust(117).encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + len(padded).to_bytes(2, "little") + padded


def test_archive_that_unpacks_to_gigabytes_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.npz"
    count = 200_000_000
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("X.npy", "w", force_zip64=True) as member,
    ):
        member.write(zeros_array(count))
        for _ in range(count * 8 // MEGABYTE // 16 + 1):
            member.write(bytes(16 * MEGABYTE))
    refused(path, "unpacks to more than")


def test_archive_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "liar.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("X.npy", zeros_array(10**12))
    refused(path, "is truncated, or its header is damaged")


def test_gzip_that_unpacks_to_gigabytes_is_refused_on_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.data.formats.fasta.SMALL_BYTES", 50 * MEGABYTE)
    monkeypatch.setattr("studio.data.files.text_files.SMALL_BYTES", 50 * MEGABYTE)
    packed = gzip.compress(b">1|a\n" + b"ACGT" * (50 * MEGABYTE), compresslevel=1)
    path = tmp_path / "bomb.fa.gz"
    path.write_bytes(packed)
    refused(path, "unpacks to more than")


def test_matlab_array_that_unpacks_to_gigabytes_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    scipy.io.savemat(buffer, {"X": np.zeros((10, 10))})
    raw = buffer.getvalue()
    element = raw[128:]
    shape = struct.pack("<ii", 10, 10)
    packed = zlib.compress(element.replace(shape, struct.pack("<ii", 40_000, 40_000), 1))
    path = tmp_path / "bomb.mat"
    path.write_bytes(raw[:128] + struct.pack("<II", 15, len(packed)) + packed)
    refused(path, "unpacks to more than|is not a complete MATLAB file")


def test_parquet_that_repeats_one_value_for_ever_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.data.files.text_files.SMALL_BYTES", 50 * MEGABYTE)
    path = tmp_path / "bomb.parquet"
    chunk = pa.table({str(index): pa.array(np.zeros(1_000_000)) for index in range(2)})
    with parquet.ParquetWriter(path, chunk.schema) as writer:
        for _ in range(6):
            writer.write_table(chunk)
    refused(path, "unpacks to more than 0.096 GB")


def test_parquet_with_long_lists_of_one_value_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.data.files.text_files.SMALL_BYTES", 50 * MEGABYTE)
    path = tmp_path / "bomb.parquet"
    lists = pa.ListArray.from_arrays(np.arange(11) * 1_000_000, np.zeros(10_000_000))
    parquet.write_table(pa.table({"x": lists, "y": ["a", "b"] * 5}), path, compression="zstd")
    refused(path, "unpacks to more than 0.0813 GB")


def test_parquet_whose_columns_contradict_themselves_does_not_end_the_process() -> None:
    """Asked what such a column says of itself, pyarrow calls abort()."""
    code = (
        "import sys; sys.argv[1:] = ['inspect', sys.argv[1]]; from studio.cli.app import run; run()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, ROOT / "tests" / "fuzz" / "found" / "levels.parquet"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "levels.parquet: is not a complete Parquet file" in done.stderr


def test_parquet_that_repeats_one_long_text_takes_its_memory_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "texts.parquet"
    table = pa.table({"label": ["a" * MEGABYTE] * 100, "v": np.arange(100.0)})
    parquet.write_table(table, path, compression="zstd")
    monkeypatch.setattr("studio.data.files.text_files.SMALL_BYTES", 50 * MEGABYTE)
    refused(path, "unpacks to more than 0.105 GB")


@pytest.mark.parametrize("name", ["bomb.arrow", "bomb.arrows", "bomb.feather"])
@pytest.mark.parametrize("compression", ["zstd", "lz4"])
def test_arrow_files_that_unpack_to_gigabytes_are_refused_by_their_headers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, compression: str
) -> None:
    monkeypatch.setattr("studio.data.files.text_files.SMALL_BYTES", 50 * MEGABYTE)
    path = tmp_path / name
    table = pa.table({"x": np.zeros(10_000_000)})
    options = pa.ipc.IpcWriteOptions(compression=compression)
    kind = pa.ipc.new_stream if name.endswith("arrows") else pa.ipc.new_file
    with pa.OSFile(str(path), "wb") as file, kind(file, table.schema, options=options) as writer:
        writer.write_table(table)
    refused(path, "unpacks to more than 0.08 GB")


def test_table_that_does_not_fit_in_memory_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "large.parquet"
    parquet.write_table(pa.table({"x": np.random.default_rng(0).normal(size=MEGABYTE)}), path)
    np.save(tmp_path / "large.npy", np.ones((MEGABYTE, 2)))
    monkeypatch.setattr("studio.core.system.memory.available_memory", lambda: 20 * MEGABYTE)
    refused(path, r"needs about 34 MB of memory to read, and 21 MB are available")
    refused(tmp_path / "large.npy", r"needs about 50 MB of memory to read, and 21 MB are available")


@pytest.mark.parametrize("name", ["wide.csv", "wide.jsonl", "wide.parquet"])
def test_tables_of_too_many_columns_are_refused(tmp_path: Path, name: str) -> None:
    names = [f"c{index}" for index in range(50_001)]
    path = tmp_path / name
    if name.endswith("csv"):
        path.write_text(",".join(names) + "\n" + 3 * ("1.5," * 50_000 + "1\n"))
    elif name.endswith("jsonl"):
        path.write_text(3 * (json.dumps(dict.fromkeys(names, 1.5)) + "\n"))
    else:
        parquet.write_table(pa.table({each: [1.5, 2.5] for each in names}), path)
    refused(path, "has 50,001 columns, and at most 50,000 can be read")


@pytest.mark.parametrize("rate", [1, 536_870_912])
def test_recordings_that_claim_an_impossible_rate_are_refused(tmp_path: Path, rate: int) -> None:
    samples = np.zeros(1000, dtype=np.float32)
    for label in ("a", "b"):
        (tmp_path / label).mkdir()
        soundfile.write(tmp_path / label / "1.wav", samples, 8000)
        soundfile.write(tmp_path / label / "2.wav", samples, 8000)
    spoiled = tmp_path / "b" / "2.wav"
    header = bytearray(spoiled.read_bytes())
    header[24:28] = struct.pack("<I", rate)
    spoiled.write_bytes(header)
    refused(tmp_path, f"claims a sampling rate of {rate:,} Hz")


def test_whatever_a_reader_raises_becomes_a_message_and_its_cause_goes_to_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "x.parquet"
    parquet.write_table(pa.table({"x": [1.0, 2.0, 3.0]}), path)

    def fails(*_: object) -> object:
        raise pa.ArrowException("wrapping failed")

    monkeypatch.setattr("studio.data.formats.parquet.typed_dataset", fails)
    refused(path, "cannot be read as Parquet table: it is damaged")
    assert "wrapping failed" in caplog.text


def test_memory_that_runs_out_while_reading_is_told_with_what_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.csv"
    path.write_text("x\n1\n2\n3\n")

    def fails(*_: object) -> object:
        raise MemoryError

    monkeypatch.setattr("studio.data.formats.table.find_dialect", fails)
    refused(path, r"needs more memory than the [0-9.]+ GB that are available")


class Bomb:
    def __reduce__(self) -> tuple[object, ...]:
        return pytest.fail, ("unpickled",)


@pytest.mark.parametrize(
    ("name", "match"),
    [("x.mat", "is damaged, or a MATLAB file of version 4"),
     ("x.parquet", "not a complete Parquet file"),
     ("x.arrow", "not a complete Arrow"), ("x.xlsx", "not a complete Excel workbook"),
     *((f"x.{ending}", "is a Python pickle") for ending in ("arff", "fasta", "jsonl", "txt", "pos",
                                                            "ts", "csv"))],
)  # fmt: skip
def test_pickle_is_never_opened_whatever_its_name(write: Writer, name: str, match: str) -> None:
    write("x.neg", "the other class of x.pos\n")
    refused(write(name, pickle.dumps(Bomb())), match)


def test_pickle_among_recordings_is_never_opened(tmp_path: Path) -> None:
    for label in "ab":
        (tmp_path / "set" / label).mkdir(parents=True)
        (tmp_path / "set" / label / "1.wav").write_bytes(pickle.dumps(Bomb()))
    refused(tmp_path / "set", "is not a complete WAV or FLAC file")


def test_objects_in_an_archive_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", X=np.array([Bomb()]), y=np.zeros(1))
    refused(tmp_path / "x.npz", "Python objects")


@pytest.mark.parametrize("name", ["x.ts", "x.fasta", "x.jsonl", "x.csv", "x.arff", "x.unknown"])
def test_endless_line_is_refused(write: Writer, name: str) -> None:
    start = {"x.fasta": b">1|a\n", "x.ts": b"@problemName x\n@classLabel true a\n@data\n"}
    refused(write(name, start.get(name, b"") + b"{1," * 5_000_000), "has a line longer than 10 MB")


def test_deeply_nested_json_is_refused(write: Writer) -> None:
    refused(write("x.jsonl", '{"a": ' * 500 + "1" + "}" * 500 + "\n"), "nested too deeply")


def test_recording_that_claims_hours_in_a_few_bytes_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    for label in "ab":
        (folder / label).mkdir(parents=True)
        soundfile.write(folder / label / "1.wav", np.zeros(800), 8000)
    path = folder / "a" / "1.wav"
    content = bytearray(path.read_bytes())
    content[40:44] = struct.pack("<I", 0xFFFFFFF0)
    path.write_bytes(content)
    assert inspect(read(folder))["length"] == {"min": 8, "max": 8}  # type: ignore[arg-type]


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    for label in "ab":
        (folder / label).mkdir(parents=True)
        (folder / label / "1.txt").write_text(f"the letter {label} again")
        (folder / label / "2.txt").write_text(f"once more {label} of it")
    (folder / "a" / "round").symlink_to(folder)
    (folder / "b" / "self.txt").symlink_to(folder / "b" / "self.txt")
    assert inspect(read(folder))["examples"] == 4  # type: ignore[arg-type]


def test_link_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("not part of the dataset")
    for label in "ab":
        (tmp_path / "set" / label).mkdir(parents=True)
        (tmp_path / "set" / label / "1.txt").write_text(f"the letter {label} again")
    (tmp_path / "set" / "a" / "2.txt").symlink_to(secret)
    refused(tmp_path / "set", "leads out of the folder")


def test_folder_without_data_says_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "x" / "y").mkdir(parents=True)
    (tmp_path / "x" / "y" / "z.png").write_bytes(b"\x89PNG")
    refused(tmp_path / "x", r"holds z\.png")


FUZZ = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
GRAMMARS = {
    ".fasta": st.lists(st.sampled_from([b">a|x\n", b">b|y\n", b"ACGT", b"N-", b"\n", b";", b"\xff",
                                        b">", b"|", b"MKL*", b"1", b" "]), max_size=30),
    ".pos": st.lists(st.sampled_from([b"a b", b"\n", b"\r", b"\x85", "\u2028".encode(), b"\xe9",
                                      b"\0", b" "]), max_size=30),
    ".ts": st.lists(st.sampled_from([b"@data\n", b"@classLabel true a b\n", b"1,2", b":", b"a",
                                     b"\n", b"?", b"@dimension 2\n", b"#", b"b\n", b"nan", b","]),
                    max_size=30),
    ".arff": st.lists(st.sampled_from([b"@relation r\n", b"@attribute a numeric\n", b"@data\n",
                                       b"@attribute c {x,y}\n", b"1,x\n", b"?", b",", b"'", b"\n",
                                       b"@attribute r relational\n", b"@end r\n"]), max_size=30),
    ".jsonl": st.lists(st.sampled_from([b'{"a": 1}\n', b'{"a": [1, 2]}\n', b'{"a": "x"}\n', b"{",
                                        b"}", b"[", b"null", b"\n", b'"', b'{"b": {"c": 1}}\n']),
                       max_size=20),
    ".txt": st.lists(st.sampled_from([b"a", b"1", b",", b"\t", b"\n", b"\xff\xfe", b"\xe9", b" "]),
                     max_size=30),
}  # fmt: skip


@pytest.mark.parametrize("suffix", GRAMMARS)
@FUZZ
@given(data=st.data())
def test_no_text_format_escapes_as_anything_but_a_user_error(
    tmp_path: Path, suffix: str, data: st.DataObject
) -> None:
    content = b"".join(data.draw(GRAMMARS[suffix]))
    path = tmp_path / f"fuzz{suffix}"
    path.write_bytes(content)
    (tmp_path / "fuzz.neg").write_bytes(b"one line\n")
    error = refusal_of(path)
    assert error is None or is_helpful(error), str(error)


@pytest.fixture(scope="module")
def binary_seeds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Sound files, written once: some hold the time of their making."""
    folder = tmp_path_factory.mktemp("seeds")
    table = pa.table({"a": [1.0, 2, 3], "x": [[1, 2], [3], [4, 5]], "label": ["u", "v", "u"]})
    parquet.write_table(table, folder / "seed.parquet")
    with (
        pa.OSFile(str(folder / "seed.arrow"), "wb") as sink,
        pa.ipc.new_file(sink, table.schema) as writer,
    ):
        writer.write_table(table)
    scipy.io.savemat(folder / "seed.mat", {"X": np.ones((3, 2)), "y": [1, 2, 1]})
    np.savez(folder / "seed.npz", X=np.ones((3, 2)), y=[1, 2, 1])
    book = openpyxl.Workbook()
    for row in (["a", "b"], [1, 2.5], [3, None], [4, 1]):
        book.active.append(row)
    book.save(folder / "seed.xlsx")
    return {path.suffix: path.read_bytes() for path in folder.glob("seed.*")}


@pytest.mark.parametrize("suffix", [".parquet", ".arrow", ".mat", ".npz", ".xlsx"])
@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_changed_binary_file_escapes_as_anything_but_a_user_error(
    tmp_path: Path, binary_seeds: dict[str, bytes], suffix: str, data: st.DataObject
) -> None:
    content = bytearray(binary_seeds[suffix])
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / f"fuzz{suffix}"
    path.write_bytes(content[: data.draw(st.integers(1, len(content)))])
    error = refusal_of(path)
    assert error is None or is_helpful(error), str(error)
