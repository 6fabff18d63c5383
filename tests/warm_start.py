"""Processes of the program that skip the import of other people's packages, which takes seconds.

A server imports torch and what else the program uses of others, but nothing of the program, and
forks a process for each command. All that is ours is imported there anew, as after a real start:

    python tests/warm_start.py

It reads one JSON object a line and answers each with the exit status, or -1 where it took too long.
"""

import contextlib
import importlib
import json
import os
import runpy
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

PACKAGES = (
    "numpy", "torch", "scipy.special", "pydantic", "typer.main", "rich.console", "rich.table",
    "psutil", "filelock", "safetensors", "llvmlite.binding", "asyncio", "sqlite3",
)  # fmt: skip
_TOO_LONG = -1
_LOOKS = 0.002


def run_warm(
    arguments: Sequence[str], home: Path, environment: Mapping[str, str], seconds: float
) -> "subprocess.CompletedProcess[str]":
    """Runs `python ARGUMENTS` in the folder home; as subprocess.run with text and both pipes.

    Args:
        arguments: -m with a module or -c with a program, and what follows.
        home: The current folder of the process.
        environment: All of its variables.
        seconds: It is killed after them.

    Raises:
        TimeoutExpired: It was killed.
    """
    with TemporaryDirectory() as folder:
        files = [str(Path(folder) / name) for name in ("out", "err")]
        order = {
            "arguments": list(arguments), "home": str(home), "files": files,
            "environment": dict(environment), "seconds": seconds,
        }  # fmt: skip
        server = _server()
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(json.dumps(order) + "\n")
        server.stdin.flush()
        status = int(server.stdout.readline())
        out, err = (Path(file).read_text(encoding="utf-8", errors="replace") for file in files)
    if status == _TOO_LONG:
        raise subprocess.TimeoutExpired(list(arguments), seconds, out, err)
    return subprocess.CompletedProcess(list(arguments), status, out, err)


@cache
def _server() -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
    )  # fmt: skip


def _serve() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        process = os.fork()
        if process == 0:
            _become(order)
            return
        sys.stdout.write(f"{_status(process, order['seconds'])}\n")
        sys.stdout.flush()


def _status(process: int, seconds: float) -> int:
    """The exit status of a process, which is killed once its time is over."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(_LOOKS)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    return _TOO_LONG


def _become(order: dict[str, Any]) -> None:
    """Makes this process the one that was ordered, and runs it to its end."""
    for number, file in ((1, order["files"][0]), (2, order["files"][1])):
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(opened, number)
        os.close(opened)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.chdir(order["home"])
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.path[:1] = [order["home"], *os.environ["PYTHONPATH"].split(os.pathsep)]
    importlib.invalidate_caches()
    if action := os.environ.get("PYTHONWARNINGS"):
        warnings.simplefilter(action)  # type: ignore[arg-type]
    kind, what, *words = order["arguments"]
    sys.argv = [kind, *words]
    if kind == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        sys.modules["__main__"].__dict__.update(__file__=None, __spec__=None)
        exec(compile(what, "<string>", "exec"), {"__name__": "__main__"})  # noqa: S102 - as -c


if __name__ == "__main__":
    from studio.core.system import allocator, openmp

    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    allocator.keep_freed_memory()
    openmp.limit_spinning()
    for package in PACKAGES:
        importlib.import_module(package)
    for ours in [name for name in sys.modules if name.partition(".")[0] == "studio"]:
        del sys.modules[ours]
    with contextlib.suppress(KeyboardInterrupt):
        _serve()
