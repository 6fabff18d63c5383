"""Nothing finished is lost, and nothing half-written is shown as whole, whatever the disk does."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support import CACHE, ROOT

SCRIPT = Path(__file__).with_name("campaign.py")
SOURCE = Path(__file__).with_name("faulty.c")
COUNT = int(os.environ.get("FAULTS", "1000"))
MOST_AT_ONCE = 4
SECONDS_OF_A_FAULT = 30
"""At most, of one process; a thousand take about an hour on two cores."""

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("cc") is None,
    reason="faults are preloaded on Linux, by a library that a C compiler makes",
)


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    library = tmp_path_factory.mktemp("faulty") / "faulty.so"
    compiler = shutil.which("cc") or ""
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-o", library, SOURCE, "-ldl", "-lpthread"],
        check=True,
    )
    return library


def begin(folder: Path, library: Path, count: int, seed: int) -> "subprocess.Popen[str]":
    folder.mkdir()
    return subprocess.Popen(
        [sys.executable, SCRIPT, folder, str(count), str(seed)],
        env={
            **os.environ,
            "LD_PRELOAD": str(library),
            "HOME": str(folder),
            "XDG_CACHE_HOME": str(CACHE.parent),
            "PYTHONPATH": str(ROOT),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.verify
@pytest.mark.timeout(300 + COUNT * SECONDS_OF_A_FAULT)
def test_random_faults_of_disk_and_clock_lose_nothing_and_fake_nothing(
    tmp_path: Path, faulty: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("attempts", COUNT)
    at_once = min(MOST_AT_ONCE, os.cpu_count() or 1)
    share = -(-COUNT // at_once)
    processes = [begin(tmp_path / f"worker-{seed}", faulty, share, seed) for seed in range(at_once)]
    outputs = [process.communicate() for process in processes]
    met, problems = 0, []
    for process, (out, err) in zip(processes, outputs, strict=True):
        assert process.returncode == 0, err
        found = json.loads(out.splitlines()[-1])
        problems += found["problems"]
        met += sum(number for kind, number in found["counts"].items() if ", disk " in kind)
    assert problems == []
    assert met >= COUNT


@pytest.mark.verify
@pytest.mark.timeout(900)
def test_a_power_cut_at_any_operation_of_an_export_leaves_every_file_old_or_new(
    tmp_path: Path, faulty: Path
) -> None:
    process = begin(tmp_path / "cuts", faulty, 0, 0)
    out, err = process.communicate()
    assert process.returncode == 0, err
    found = json.loads(out.splitlines()[-1])
    assert found["counts"]["cuts"] > 5
    assert found["problems"] == []
