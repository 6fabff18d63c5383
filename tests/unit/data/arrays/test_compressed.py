"""Compressed files and archives around any format that is read from one file."""

import bz2
import gzip
import io
import lzma
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from studio.core.decisions import ReadingDecision
from studio.core.errors import DatasetError, SpecError
from studio.core.specs.dataset_spec import FileDataset
from studio.data import Dataset, Series, inspect, load, source_files
from studio.data.files.cache import Cache

TABLE = ("day,load\n" + "".join(f"2024-01-{day:02d},{day / 4}\n" for day in range(1, 31))).encode()
OTHER = b"a,b\n" + b"".join(b"%d,%d\n" % (at, at % 5) for at in range(9))
TS = "@problemName p\n@univariate true\n@classLabel true a b\n@data\n" + "1,2,3:a\n2,3,5:b\n" * 6


def read(path: Path, cache: Cache | None = None, **settings: object) -> Dataset:
    return load(FileDataset.model_validate({"path": str(path), **settings}), cache)


def by_pyarrow(kind: str) -> Callable[[bytes], bytes]:
    def compress(data: bytes) -> bytes:
        sink = pa.BufferOutputStream()
        with pa.CompressedOutputStream(sink, kind) as stream:
            stream.write(data)
        return bytes(sink.getvalue())

    return compress


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def tarred(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


COMPRESSED = {
    "load.csv.gz": gzip.compress, "load.csv.bz2": bz2.compress, "load.csv.xz": lzma.compress,
    "load.csv.zst": by_pyarrow("zstd"), "load.csv.lz4": by_pyarrow("lz4"),
    "load.zip": lambda data: zipped({"load.csv": data}),
    "load.tar": lambda data: tarred({"load.csv": data}),
    "load.tar.gz": lambda data: gzip.compress(tarred({"load.csv": data})),
    "load.tgz": lambda data: gzip.compress(tarred({"folder/load.csv": data})),
    "load.csv.gz.zip": lambda data: zipped({"load.csv.gz": gzip.compress(data)}),
    "download": gzip.compress,
    "load.csv": gzip.compress,
}  # fmt: skip


@pytest.mark.parametrize("name", COMPRESSED)
@pytest.mark.parametrize("is_cached", [False, True])
def test_table_is_read_however_it_is_compressed(
    tmp_path: Path, name: str, is_cached: bool  # noqa: FBT001 - a parameter
) -> None:  # fmt: skip
    path = tmp_path / "given" / name
    path.parent.mkdir()
    path.write_bytes(COMPRESSED[name](TABLE))
    cache = Cache(tmp_path / "cache") if is_cached else None
    for _ in range(2):
        dataset = read(path, cache)
        assert isinstance(dataset, Series)
        assert dataset.values[:, 0].tolist() == [day / 4 for day in range(1, 31)]
    assert [each.name for each in path.parent.iterdir()] == [name]
    spec = FileDataset(path=str(path))
    assert [Path(each.path) for each in source_files(spec)] == [path.resolve()]


@pytest.mark.parametrize("ending", [".npy", ".npz", ".ts", ".json"])
def test_other_formats_are_read_from_an_archive(tmp_path: Path, ending: str) -> None:
    buffer = io.BytesIO()
    if ending == ".npy":
        np.save(buffer, np.arange(30.0))
    elif ending == ".npz":
        np.savez(buffer, X=np.ones((6, 5)), y=np.arange(6) % 2)
    else:
        buffer.write(TS.encode() if ending == ".ts" else b'{"a": [1, 2], "b": [3, 4]}')
    for name, data in (("a.zip", zipped({f"d{ending}": buffer.getvalue()})),
                       (f"d{ending}.gz", gzip.compress(buffer.getvalue()))):  # fmt: skip
        (tmp_path / name).write_bytes(data)
        assert len(read(tmp_path / name)) in {30, 6, 12, 2}


def test_nothing_is_left_in_the_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    (tmp_path / "a.zip").write_bytes(zipped({"load.csv": TABLE}))
    (tmp_path / "b.zip").write_bytes(zipped({"load.csv": b"a,b\n1,2\n3\n"}))
    read(tmp_path / "a.zip")
    with pytest.raises(DatasetError, match=r"load\.csv, line 3"):
        read(tmp_path / "b.zip")
    assert list(folder.iterdir()) == []


def test_only_member_with_data_is_read_whatever_stands_beside_it(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(
        zipped({"README.txt": b"text", "__MACOSX/._load.csv": b"\0", ".DS_Store": b"\0",
                "x/load.csv": TABLE, "x/licence.md": b"text", "x/picture.png": b"\x89PNG"})
    )  # fmt: skip
    dataset = read(tmp_path / "a.zip")
    assert len(dataset) == 30
    evidence = "the only file of data in the archive"
    assert dataset.decisions[0] == ReadingDecision("member", "x/load.csv", 1.0, evidence)


def test_largest_of_several_members_is_doubtful_and_another_can_be_set(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped({"x/other.csv": OTHER, "load.csv": TABLE}))
    decision = read(tmp_path / "a.zip").decisions[0]
    assert (decision.name, decision.value) == ("member", "load.csv")
    assert decision.is_doubtful
    assert decision.alternatives == ("x/other.csv",)
    assert decision.option() == "--data-option member=x/other.csv"
    for name in ("x/other.csv", "other.csv"):
        dataset = read(tmp_path / "a.zip", member=name)
        assert len(dataset) == 9
        assert dataset.decisions[0].is_set
    with pytest.raises(SpecError, match=r"member: a\.zip has no member 'y'.*load\.csv"):
        read(tmp_path / "a.zip", member="y")


def test_pair_of_training_and_test_set_is_read_together(tmp_path: Path) -> None:
    members = {"p_TEST.ts": TS, "p_TRAIN.ts": TS, "p_TRAIN.txt": "1 2 3\n", "p_TEST.txt": "1 2 3\n",
               "p.txt": "about"}  # fmt: skip
    path = tmp_path / "p.zip"
    path.write_bytes(zipped({name: text.encode() for name, text in members.items()}))
    dataset = read(path)
    assert inspect(dataset)["parts"] == {"train": 12, "test": 12}
    assert dataset.decisions[0].value == "p_TRAIN.ts"


def test_member_cannot_lead_out_of_its_folder(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    for number, name in enumerate(("../../outside/load.csv", "/outside/load.csv", "..\\load.csv",
                                   "a/../../load.csv")):  # fmt: skip
        for ending, pack in ((".zip", zipped), (".tar", tarred)):
            path = tmp_path / f"{number}{ending}"
            path.write_bytes(pack({name: TABLE}))
            assert len(read(path)) == 30
    assert list(outside.iterdir()) == []


def test_link_in_an_archive_is_not_followed(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        entry = tarfile.TarInfo("load.csv")
        entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(entry)
    (tmp_path / "a.tar").write_bytes(buffer.getvalue())
    with pytest.raises(DatasetError, match="holds no file of data, but nothing"):
        read(tmp_path / "a.tar")


@pytest.mark.parametrize("name", ["load.csv.gz", "load.csv.bz2", "load.csv.xz", "load.csv.zst",
                                  "load.zip", "load.tar.gz"])  # fmt: skip
def test_file_that_unpacks_to_gigabytes_is_refused_on_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("studio.data.files.text_files.SMALL_BYTES", 200_000)
    path = tmp_path / name
    path.write_bytes(COMPRESSED[name](b"1\n" * 3_000_000))
    with pytest.raises(DatasetError, match="unpacks to more than"):
        read(path, Cache(tmp_path / "cache"))
    assert list((tmp_path / "cache").iterdir()) == []


def test_archive_within_archives_is_refused(tmp_path: Path) -> None:
    data = TABLE
    for _ in range(4):
        data = gzip.compress(data)
    (tmp_path / "load.csv.gz").write_bytes(data)
    with pytest.raises(DatasetError, match="holds archives within archives"):
        read(tmp_path / "load.csv.gz")


def encrypted() -> bytes:
    data = bytearray(zipped({"load.csv": TABLE}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.zip", encrypted(), r"a\.zip: is encrypted\. Pack it without a password"),
        ("a.zip", zipped({"load.csv": TABLE})[:-30], "begins like a ZIP archive .* not complete"),
        ("a.csv.gz", gzip.compress(TABLE)[:-9], "is not a complete compressed file"),
        ("a.csv.xz", lzma.compress(TABLE)[:-9], "is not a complete compressed file"),
        ("a.csv.bz2", bz2.compress(TABLE)[:-9], "is not a complete compressed file"),
        ("a.csv.zst", by_pyarrow("zstd")(TABLE)[:-9], "is not a complete|line"),
        ("a.csv.gz", gzip.compress(b"", mtime=0), "is empty"),
        ("a.zip", zipped({}), "holds no file of data, but nothing"),
        ("a.zip", zipped({"a.png": b"x", "b.pdf": b"x"}), r"but a\.png, b\.pdf\. Unpack it"),
        (
            "a.zip",
            zipped({"c/a.wav": b"x", "d/b.wav": b"x"}),
            "holds 2 recordings.*open the folder",
        ),
        ("a.ods", zipped({"mimetype": b"x", "content.xml": b"x"}), "is a document, not an archive"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c" + bytes(90), "is a 7z archive. Unpack it"),
        ("a.rar", b"Rar!\x1a\x07" + bytes(90), "is a RAR archive"),
    ],
)
def test_what_cannot_be_unpacked_says_why(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DatasetError, match=message):
        read(tmp_path / name)


def test_text_that_begins_like_a_signature_is_text(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"BZhang,b\n" + b"".join(b"%d,2\n" % at for at in range(9)))
    assert len(read(tmp_path / "a.csv")) == 9
