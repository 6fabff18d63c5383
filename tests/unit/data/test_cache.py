"""The cache that several programs share: cleared, measured and filled at the same time."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from studio.data import Cache


def fill(folder: Path) -> None:
    for index in range(20):
        (folder / f"{index}.npy").write_bytes(b"x" * 10)


def test_clearing_keeps_entries_being_created(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.make("older", fill)

    def cleared_meanwhile(folder: Path) -> None:
        fill(folder)
        cache.clear()

    entry = cache.make("newer", cleared_meanwhile)
    assert len(list(entry.iterdir())) == 20
    assert cache.entry("older") is None


def test_what_a_crash_left_is_cleared(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    left = (tmp_path / f"making-{int(ended.stdout)}-abc", tmp_path / "making-of-an-earlier-version")
    for folder in left:
        folder.mkdir()
        fill(folder)
    cache = Cache(tmp_path)
    assert cache.size() == 400
    cache.clear()
    assert not list(tmp_path.iterdir())


def test_size_is_known_while_files_vanish(tmp_path: Path) -> None:
    def made_and_cleared() -> None:
        for index in range(100):
            Cache(tmp_path).make(f"{os.getpid()}{index}", fill)
            Cache(tmp_path).clear()

    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(made_and_cleared)
        while not work.done():
            assert Cache(tmp_path).size() >= 0
    work.result()


def test_two_processes_that_create_the_same_entry_both_get_it(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        for _ in range(50):
            for entry in pool.map(lambda _: Cache(tmp_path).make("same", fill), range(4)):
                assert entry == tmp_path / "same"
    assert len(list((tmp_path / "same").iterdir())) == 20
