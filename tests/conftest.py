"""Rules for the whole suite: no noise, no leaked threads, nothing below the window needs Qt."""

import logging
import os
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from importlib.abc import MetaPathFinder
from pathlib import Path

import pytest
from hypothesis import settings

from studio.core.system import openmp

openmp.limit_spinning()
# No deadline, as a busy machine is no failure, and the same examples each time, so that only a
# change can turn the suite red. `make verify` looks for new ones.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.register_profile("new-examples", deadline=None, max_examples=1000)
settings.load_profile("suite")


class NoQt(MetaPathFinder):
    """Refuses the window's libraries, as on a machine that does not have them."""

    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname.partition(".")[0] in {"PySide6", "pyqtgraph"}:
            raise ModuleNotFoundError(f"{fullname}: not importable below the window")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--without-qt",
        action="store_true",
        help="refuse to import Qt, and leave out the tests of the window",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--without-qt"):
        sys.meta_path.insert(0, NoQt())
        _keep_to_one_core(os.environ.get("PYTEST_XDIST_WORKER", ""))


def _keep_to_one_core(worker: str) -> None:
    """Tests that run side by side, and the programs that they start, share no core."""
    if worker and hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[int(worker.removeprefix("gw")) % len(cores)]})


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    folder = collection_path.relative_to(Path(__file__).parent).as_posix()
    if config.getoption("--without-qt") and folder.startswith(("unit/gui", "ui")):
        return True
    return None


def _of_ours(threads: Iterable[threading.Thread]) -> set[threading.Thread]:
    """Without Dask's pool for serialisation, which lives as long as the process."""
    return {thread for thread in threads if not thread.name.startswith("Dask-Offload")}


@pytest.fixture(autouse=True)
def no_thread_outlives_its_test() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 2
    while leaked := _of_ours(threading.enumerate()) - before:
        if time.monotonic() > deadline:
            pytest.fail(f"threads left running: {[thread.name for thread in leaked]}")
        time.sleep(0.01)


@pytest.fixture(autouse=True)
def no_error_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    errors = [r.getMessage() for r in caplog.get_records("call") if r.levelno >= logging.ERROR]
    assert not errors, f"errors were logged: {errors}"
