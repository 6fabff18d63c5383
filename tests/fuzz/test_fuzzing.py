"""Readers and sessions under made-up bytes, five minutes each; atheris comes from make verify."""

import gzip
import io
import os
import random
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
import small_files
from session_mutations import mutated, read_all, recover_all, small_session
from support import ROOT

SECONDS = int(os.environ.get("FUZZ_SECONDS", "300"))
HERE = Path(__file__).parent
TS = {
    "plain": "@problemName x\n@timeStamps false\n@missing true\n@univariate true\n@equalLength "
    "false\n@classLabel true a b\n@data\n1,2,?:a\n3,4:b\n",
    "channels": "@problemName x\n@univariate false\n@dimensions 2\n@classLabel true 1 2\n@data\n"
    "1,2:3,4:1\n# a remark\n5,NaN:7,8:2\n",
    "stamped": "@problemName x\n@timeStamps true\n@univariate true\n@classLabel true a b\n@data\n"
    "(2024-01-01,1),(2024-01-02,2):a\n(0,3),(1,4):b\n",
    "target": "@problemName x\n@univariate true\n@targetLabel true\n@data\n1,2:0.5\n3,4:1.5\n",
}
FASTA = {
    "dna": ">one|a\nACGTN-\nacgt\n>two|b\nRYKM\n;remark\n",
    "protein": ">sp|P1|a\nMKLVWXBZ*\n>sp|P2|b\nMAAA\n",
    "bare": ">1\nACGU\n\n>2\nACGU\n",
}


TABLES = {
    "stamped": "date,load\n2024-01-01,1.5\n2024-01-02,2\n2024-01-03,?\n",
    "european": "Bericht\n\nDatum;Uhrzeit;Verbrauch (kWh)\n28.01.2024;13:00;1.234,56\n"
    "28.01.2024;14:00;987,5\n",
    "panel": "date,symbol,close\n2024-01-01,a,1\n2024-01-02,a,2\n2024-01-01,b,3\n2024-01-02,b,4\n",
    "units": "t,x\ns,m/s\n0,1\n1,2\n2,3\n",
    "lists": 'values,label\n"[1, 2, 3]",a\n"[4, 5, 6]",b\n',
    "rows": "name,V2,V3,V4,V5,V6\na,1,2,3,4,5\nb,1,2,3,,\n",
    "marks": "t,price\n0,$1.2K\n1,$3M\n",
}
ARFF = {
    "plain": "@relation r\n@attribute a numeric\n@attribute c {x,y}\n@data\n1,x\n?,y\n",
    "sparse": "@relation r\n@attribute a numeric\n@attribute c {x,y}\n@data\n{0 1,1 y}\n{}\n",
    "dates": "@relation r\n@attribute t date 'yyyy-MM-dd'\n@attribute a real\n@data\n"
    "2024-01-01,1\n",
}
TSF = {
    "plain": "@relation r\n@attribute series_name string\n@attribute start_timestamp date\n"
    "@frequency daily\n@data\nT1:2024-01-01 00-00-00:1,2,3,?\nT2:2024-01-01 00-00-00:4,5\n"
}
LVM = {
    "segments": "LabVIEW Measurement\t\nSeparator\tTab\nDecimal_Separator\t,\nX_Columns\tOne\n"
    "***End_of_Header***\t\n\nChannels\t1\t\nY_Unit_Label\tV\t\nX0\t0\t\nDelta_X\t1\t\n"
    "***End_of_Header***\t\t\nX_Value\tUntitled\tComment\n0\t1,5\n1\t2,5\nChannels\t1\t\n"
    "***End_of_Header***\t\t\nX_Value\tUntitled\tComment\n2\t1\tx\n3\t2\n",
}
JSON = {
    "records": '[{"t": 0, "x": 1.5}, {"t": 1, "x": null}]',
    "columns": '{"a": [1, 2, 3], "b": [4, 5, 6]}',
    "sets": '{"X": [[[1, 2], [3, 4]], [[5, 6], [7, 8]]], "y": ["a", "b"]}',
}
TEXTS = {
    ".ts": TS,
    ".fasta": FASTA,
    ".csv": TABLES,
    ".arff": ARFF,
    ".tsf": TSF,
    ".json": JSON,
    ".lvm": LVM,
}
FILES = {
    ".npz": small_files.npz,
    ".npy": small_files.npy,
    ".mat": small_files.mat,
    ".xlsx": small_files.xlsx,
    ".parquet": small_files.parquet_table,
}


def write_seeds(suffix: str, corpus: Path) -> int:
    """Writes the files that the fuzzer starts from; returns how many."""
    if suffix in TEXTS:
        for name, text in TEXTS[suffix].items():
            (corpus / name).write_text(text, encoding="utf-8")
        return len(TEXTS[suffix])
    if suffix in {".csv.gz", ".zip"}:
        text = TABLES["stamped"].encode()
        packed = gzip.compress(text)
        if suffix == ".zip":
            memory = io.BytesIO()
            with zipfile.ZipFile(memory, "w") as archive:
                archive.writestr("table.csv", text)
            packed = memory.getvalue()
        (corpus / "packed").write_bytes(packed)
        return 1
    made = FILES[suffix](corpus)
    made.rename(corpus / "seed")
    return 1


def fuzz(script: str, arguments: list[str], corpus: Path, longest: int) -> int:
    """Runs a fuzzer to its end; fails with what it found. Returns how many inputs it tried."""
    seeds = len(list(corpus.iterdir()))
    limits = (
        f"-max_total_time={SECONDS}", "-timeout=10", "-rss_limit_mb=3000", f"-max_len={longest}",
        "-verbosity=0", "-print_final_stats=1",
    )  # fmt: skip
    done = subprocess.run(
        [sys.executable, HERE / script, *arguments, *limits, corpus],
        cwd=corpus.parent,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
        capture_output=True,
        text=True,
        check=False,
    )
    crashes = {
        path.name: path.read_bytes()[:2000]
        for pattern in ("crash-*", "timeout-*", "oom-*")
        for path in corpus.parent.glob(pattern)
    }
    assert done.returncode == 0, f"{crashes}\n{done.stderr[-4000:]}"
    assert len(list(corpus.iterdir())) > seeds, "nothing new was found to try"
    tried = re.search(r"number_of_executed_units:\s*(\d+)", done.stderr)
    return int(tried[1]) if tried else 1


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    return folder


@pytest.mark.verify
@pytest.mark.timeout(SECONDS + 300)
@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris is not installed")
@pytest.mark.parametrize("suffix", [*TEXTS, *FILES, ".csv.gz", ".zip"])
def test_reader_makes_a_dataset_or_a_user_error_of_any_bytes(
    suffix: str, corpus: Path, record_property: Callable[[str, object], None]
) -> None:
    write_seeds(suffix, corpus)
    tried = fuzz("fuzz_readers.py", [suffix], corpus, 20_000)
    record_property("attempts", tried)
    assert tried > 100


@pytest.mark.verify
@pytest.mark.timeout(SECONDS + 300)
@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris is not installed")
def test_a_session_of_any_bytes_is_read_or_refused_and_recovered_or_not(
    corpus: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    small_session(corpus / "small", tmp_path / "locks")
    for old in (ROOT / "tests" / "old_sessions").glob("*.gates"):
        shutil.copyfile(old, corpus / old.stem)
    tried = fuzz("fuzz_sessions.py", [], corpus, 400_000)
    record_property("attempts", tried)
    assert tried > 100


@pytest.mark.verify
@pytest.mark.timeout(SECONDS + 300)
def test_a_session_changed_anywhere_is_read_or_refused_and_recovered_or_not(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Other changes each time, also where there is no atheris; a failure names its seed."""
    locks = tmp_path / "locks"
    original = small_session(tmp_path / "original.gates", locks, comparisons=2)
    first, end = random.SystemRandom().randrange(2**40), time.monotonic() + SECONDS
    seed = first
    while time.monotonic() < end:
        seed += 1
        copy = mutated(seed, original, tmp_path / "copy.gates")
        try:
            read_all(copy, locks)
            recover_all(copy, locks)
        except BaseException as error:
            error.add_note(f"session_mutations.mutated({seed}, ...)")
            raise
    record_property("attempts", seed - first)
    assert seed > first + 100
