"""Kernels are compiled once, in a process of their own; nothing wrong with them is fatal."""

import os
import stat
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
import torch
from support import CACHE, ROOT
from unit.nn.fused.make_layers import fused_layers

from studio.nn.engines.engine_selection import RecurrentConfig
from studio.nn.engines.fused.kernel_cache import Kernels
from studio.nn.engines.fused.kernel_files import folder_of
from studio.nn.engines.fused.library import LibraryError, load_library

ASK = """
import sys, time
from pathlib import Path
start = time.perf_counter()
from studio.nn.engines.fused.kernel_cache import Kernels
KERNELS = Kernels(["rnn_relu"])
KERNELS.start(Path(sys.argv[1]))
KERNELS.wait()
print("READY", time.perf_counter() - start)
print("PROBLEM", KERNELS.refusal("rnn_relu"))
print("IMPORTED", *(name for name in ("numba", "torch") if name in sys.modules))
if not KERNELS.refusal("rnn_relu"):
    import torch
    import studio.nn.engines.fused_layers
    from studio.nn.engines.engine_selection import ENGINES, RecurrentConfig
    studio.nn.engines.fused_layers.KERNELS = KERNELS
    torch.manual_seed(0)
    layers = ENGINES["fused"].build(RecurrentConfig("rnn", 3, 11, nonlinearity="relu"))
    inputs = torch.randn(5, 7, 3)
    off = (layers(inputs) - layers.stock(inputs)[0]).abs().max()
    losses = [outputs.sum() for outputs in (layers(inputs), layers.stock(inputs)[0])]
    pairs = zip(*(torch.autograd.grad(loss, list(layers.parameters())) for loss in losses))
    print("OFF", max(float(off), *(float((a - b).abs().max()) for a, b in pairs)))
"""
WITHOUT_NUMBA = """
import sys
class NoNumba:
    def find_spec(self, name, *rest):
        if name.partition(".")[0] in {"numba", "llvmlite"}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, NoNumba())
import importlib.util
known = importlib.util.find_spec
def find_spec(name, *rest):
    return None if name in {"numba", "llvmlite"} else known(name, *rest)
importlib.util.find_spec = find_spec
"""


def run_program(cache: Path, program: str = ASK, **variables: str) -> dict[str, str]:
    """Runs a program that starts the kernels; returns its output by the first word of each line."""
    done = subprocess.run(
        [sys.executable, "-c", program, str(cache)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    return dict(line.partition(" ")[::2] for line in done.stdout.splitlines())


def copied(folder: Path) -> Path:
    """A cache of its own with the compiled kernels."""
    here = folder_of(folder)
    here.mkdir(parents=True)
    for path in folder_of(CACHE).glob("*.zip"):
        (here / path.name).write_bytes(path.read_bytes())
    return here


def test_a_warm_start_takes_half_a_second_and_imports_neither_numba_nor_torch() -> None:
    outputs = [run_program(CACHE) for _ in range(3)]
    assert min(float(output["READY"]) for output in outputs) < 0.5
    assert outputs[0]["IMPORTED"] == ""
    assert float(outputs[0]["OFF"]) < 1e-4


def test_a_damaged_file_is_compiled_again(tmp_path: Path) -> None:
    here = copied(tmp_path)
    damaged = here / "rnn_relu.zip"
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[: len(whole) // 2])
    output = run_program(tmp_path)
    assert output["PROBLEM"] == ""
    assert float(output["OFF"]) < 1e-4
    assert len(damaged.read_bytes()) > 0.9 * len(whole)


@pytest.mark.parametrize("place", [100, 30_000])
def test_a_flipped_byte_is_detected(tmp_path: Path, place: int) -> None:
    here = copied(tmp_path)
    damaged = here / "rnn_relu.zip"
    data = bytearray(damaged.read_bytes())
    data[place] ^= 0xFF
    damaged.write_bytes(bytes(data))
    with pytest.raises(LibraryError):
        load_library(damaged, "rnn_relu")


def test_whole_code_whose_digest_is_another_is_not_run(tmp_path: Path) -> None:
    here = copied(tmp_path)
    with zipfile.ZipFile(here / "rnn_relu.zip") as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    kernel = next(name for name in entries if name != "library.json")
    entries[kernel] = entries[kernel][:4000] + bytes(64) + entries[kernel][4064:]
    with zipfile.ZipFile(here / "rnn_relu.zip", "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    with pytest.raises(LibraryError, match="damaged, or not of the cell"):
        load_library(here / "rnn_relu.zip", "rnn_relu")


def test_one_cell_s_file_in_the_place_of_another_s_is_not_run(tmp_path: Path) -> None:
    here = copied(tmp_path)
    (here / "lstm.zip").replace(here / "rnn_relu.zip")
    with pytest.raises(LibraryError, match="not of the cell rnn_relu"):
        load_library(here / "rnn_relu.zip", "rnn_relu")


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps other users out by the folder")
@pytest.mark.parametrize("what", ["rnn_relu.zip", "."])
def test_code_that_other_users_may_have_written_is_not_run(tmp_path: Path, what: str) -> None:
    here = copied(tmp_path)
    load_library(here / "rnn_relu.zip", "rnn_relu")
    (here / what).chmod(0o777)
    with pytest.raises(LibraryError, match="other users may have written it"):
        load_library(here / "rnn_relu.zip", "rnn_relu")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root can give files away")
def test_code_of_another_user_is_not_run(tmp_path: Path) -> None:
    here = copied(tmp_path)
    os.chown(here / "rnn_relu.zip", 12345, 12345)
    with pytest.raises(LibraryError, match="other users may have written it"):
        load_library(here / "rnn_relu.zip", "rnn_relu")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_warm_read_only_cache_is_used(tmp_path: Path) -> None:
    here = copied(tmp_path)
    here.chmod(stat.S_IRUSR | stat.S_IXUSR)
    output = run_program(tmp_path)
    here.chmod(stat.S_IRWXU)
    assert output["PROBLEM"] == ""


@pytest.mark.verify
def test_a_cache_that_cannot_be_written_is_replaced_by_a_temporary_one(tmp_path: Path) -> None:
    blocked = tmp_path / "cache"
    blocked.write_text("a file where the folder should be")
    (tmp_path / "tmp").mkdir()
    output = run_program(blocked, TMPDIR=str(tmp_path / "tmp"))
    assert output["PROBLEM"] == ""
    assert float(output["OFF"]) < 1e-4
    assert list((tmp_path / "tmp").iterdir()) == []


def test_without_numba_torch_is_used_and_the_result_says_why(tmp_path: Path) -> None:
    program = (
        WITHOUT_NUMBA
        + """
from pathlib import Path
import torch
from studio.runs.execution.kernels import start_kernels, wait_for_kernels
from studio.runs.execution.kernels import kernels_state, describe_kernels
start_kernels(Path(sys.argv[1]))
wait_for_kernels()
from studio.core.specs.comparison_spec import ContenderSpec, MachineSpec
from studio.nn.engines.engine_selection import ENGINES, choose_engine, fallback_reason
from studio.nn.engines.recurrent_config import RecurrentConfig
request, cpu = RecurrentConfig("gru", 2, 4), torch.device("cpu")
print("ENGINE", choose_engine("auto", request, cpu).name)
print("NOTE", fallback_reason("auto", request, cpu))
print("STATE", kernels_state().sentence)
print("FOUND", describe_kernels(Path(sys.argv[1])))
"""
    )
    output = run_program(tmp_path, program)
    assert output["ENGINE"] == "torch.nn"
    assert output["NOTE"] == "torch.nn is used: the package numba is not installed"
    assert (
        output["STATE"] == "The fused engine is not available: the package numba is not installed."
    )
    assert output["FOUND"] == "not available: the package numba is not installed"


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="names processors of that kind")
@pytest.mark.parametrize(
    ("name", "features"),
    [("generic", "+sse2"), ("haswell", "+sse2,+avx,+avx2,+fma")],
)
@pytest.mark.verify
def test_other_processors_get_correct_kernels_of_their_own(
    tmp_path: Path, name: str, features: str
) -> None:
    cache = CACHE / name
    output = run_program(
        cache, NUMBA_CPU_NAME=name, NUMBA_CPU_FEATURES=features, TMPDIR=str(tmp_path)
    )
    assert output["PROBLEM"] == ""
    assert float(output["OFF"]) < 1e-4


def test_progress_does_not_wait(tmp_path: Path) -> None:
    copied(tmp_path)
    kernels = Kernels()
    assert kernels.progress().problem == "its kernels have not been compiled yet"
    start = time.perf_counter()
    kernels.start(tmp_path)
    kernels.start(tmp_path)
    first = kernels.progress()
    assert time.perf_counter() - start < 0.2
    assert first.is_over or 0 <= first.share < 1
    assert kernels.wait(20)
    assert kernels.progress().share == 1
    assert kernels.progress().problem == ""
    assert kernels.wait(0, ["gru"])


def test_a_failed_compilation_has_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing = [sys.executable, "-c", "import sys; sys.exit('no room left')"]
    monkeypatch.setattr("studio.nn.engines.fused.kernel_cache.compiler_command", lambda: failing)
    kernels = Kernels()
    kernels.start(tmp_path)
    assert kernels.wait(20)
    assert kernels.refusal("gru") == "its kernels cannot be compiled: no room left"
    with pytest.raises(LibraryError, match="no room left"):
        kernels.library("gru")


def test_kernels_run_in_any_thread() -> None:
    """torch's thread pool belongs to one thread, but any thread may call."""
    import threading  # noqa: PLC0415 - only here

    layers = fused_layers(RecurrentConfig("gru", 3, 40))
    inputs = torch.randn(32, 10, 3)
    expected = layers(inputs).detach()
    outputs: list[torch.Tensor] = []

    def work() -> None:
        torch.set_num_threads(2)
        outputs.extend(layers(inputs).detach() for _ in range(20))

    others = [threading.Thread(target=work) for _ in range(3)]
    for other in others:
        other.start()
    for other in others:
        other.join()
    assert len(outputs) == 60
    assert all(torch.equal(output, expected) for output in outputs)
