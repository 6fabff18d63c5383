"""Readers under made-up bytes for a minute each; needs atheris, which make verify installs."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from support import ROOT

SECONDS = 60
SCRIPT = Path(__file__).with_name("fuzz_readers.py")
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


@pytest.mark.verify
@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris is not installed")
@pytest.mark.parametrize(("kind", "seeds"), [("ts", TS), ("fasta", FASTA)])
def test_reader_makes_a_dataset_or_a_user_error_of_any_bytes(
    kind: str, seeds: dict[str, str], tmp_path: Path
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name, text in seeds.items():
        (corpus / name).write_text(text)
    limits = (f"-max_total_time={SECONDS}", "-timeout=20", "-rss_limit_mb=3000", "-max_len=4000")
    done = subprocess.run(
        [sys.executable, SCRIPT, kind, *limits, "-verbosity=0", corpus],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    crashes = {path.name: path.read_bytes() for path in tmp_path.glob("crash-*")}
    assert done.returncode == 0, f"{crashes}\n{done.stderr[-4000:]}"
    assert len(list(corpus.iterdir())) > len(seeds), "nothing new was found to try"
