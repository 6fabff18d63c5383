"""An export that is killed or starved leaves neither processes nor folders behind."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from commands import environment, run, start
from tiny import Finished

CHOSEN = ("--contender", "GRU", "--format", "safetensors")
MODEL = (*CHOSEN[:3], "onnx")
SUFFIX = ".gate-studio-export"
PREPARED = f".*{SUFFIX}"


@pytest.fixture
def trained(finished: Finished, home: Path) -> Path:
    shutil.copyfile(finished.session, home / "s.gates")
    return home


def test_a_killed_export_leaves_no_process_and_no_folder(trained: Path) -> None:
    export = start(trained, "export", "s.gates", *MODEL, "--out", "m.onnx")
    program, workers = psutil.Process(export.pid), []
    while not workers and export.poll() is None:
        workers = [each for each in program.children() if "spawn_main" in " ".join(each.cmdline())]
        time.sleep(0.005)
    assert workers
    assert list(trained.glob(PREPARED))
    os.kill(export.pid, signal.SIGKILL)
    export.communicate()
    _, alive = psutil.wait_procs(workers, timeout=30)
    assert not alive
    assert not list(trained.glob(PREPARED))
    assert not (trained / "m.onnx").exists()


def test_an_export_removes_what_a_killed_one_left_and_nothing_else(trained: Path) -> None:
    code = """
import os, signal, sys
from pathlib import Path
from studio.export.staging import staged
with staged(Path("m.onnx")) as folder:
    (folder / "m.onnx").write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", code], cwd=trained, env=environment(trained), check=False)
    [left] = trained.glob(PREPARED)
    (trained / f".mine{SUFFIX}").mkdir()
    _, host, _, unique = left.name.removesuffix(SUFFIX).split("-")
    running = trained / f".m-{host}-{os.getpid()}-{unique}{SUFFIX}"
    running.mkdir()
    run(trained, "export", "s.gates", *CHOSEN, "--out", "m.safetensors")
    assert {path.name for path in trained.glob(PREPARED)} == {f".mine{SUFFIX}", running.name}


@pytest.mark.skipif(
    not shutil.which("unshare") or os.geteuid() != 0, reason="only root can fill shared memory"
)
def test_full_shared_memory_does_not_stop_an_export(trained: Path) -> None:
    fill = "mount -t tmpfs -o size=4k none /dev/shm && head -c 4096 /dev/zero > /dev/shm/full"
    export = "exec python -m studio export s.gates --contender GRU --format onnx --out m.onnx"
    unshare, python = shutil.which("unshare") or "", Path(sys.executable).parent
    done = subprocess.run(
        [unshare, "--mount", "sh", "-c", f"{fill} && PATH={python}:$PATH {export}"],
        cwd=trained,
        env=environment(trained),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (trained / "m.onnx").is_file()
