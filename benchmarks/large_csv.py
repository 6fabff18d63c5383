"""A large CSV: time and memory of inspect against pyarrow alone, each in a process of its own.

python benchmarks/large_csv.py [MEGABYTES] [--rounds N] [--folder FOLDER]    1000 if left out

Per round, in alternation: `inspect` for the first time, `inspect` again from its cache, and
`pyarrow.csv.read_csv`, which only parses. The page cache is warm for all. Times leave out the start
of Python and the imports. Memory is the peak during the work above that before it: anonymous memory
is the process's own, mapped memory is that of files, which the system takes back when it needs it.
A file of a tenth of the size follows. Prints a Markdown table. Linux tells the kinds of memory
apart; elsewhere all of it counts as anonymous.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psutil

MEGA = 1_000_000
SMALLER = 10
BYTES_OF_A_ROW = 48
HERE = Path(__file__).resolve()
LABELS = {
    "cold": "inspect, first time",
    "cached": "inspect, from the cache",
    "pyarrow": "pyarrow.csv.read_csv",
}
Figures = Mapping[str, float]


def memory() -> tuple[int, int]:
    """Resident anonymous and mapped memory of this process, bytes."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return int(psutil.Process().memory_info().rss), 0
    kilobytes = {line.split(":")[0]: line.split()[1] for line in lines if line.startswith("Rss")}
    return 1024 * int(kilobytes["RssAnon"]), 1024 * int(kilobytes["RssFile"])


class PeakMemory:
    """The largest resident memory of this process above that at the start, bytes by kind."""

    def __enter__(self) -> Self:
        self._before = memory()
        self.anonymous = self.mapped = self.total = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._look()

    def _watch(self) -> None:
        while not self._over.wait(0.01):
            self._look()

    def _look(self) -> None:
        anonymous, mapped = (
            now - before for now, before in zip(memory(), self._before, strict=True)
        )
        self.anonymous = max(self.anonymous, anonymous)
        self.mapped = max(self.mapped, mapped)
        self.total = max(self.total, anonymous + mapped)


def work_of(kind: str, path: Path, cache: Path) -> Callable[[], object]:
    """What a child process does; its imports are done when this returns."""
    if kind == "pyarrow":
        from pyarrow import csv  # noqa: PLC0415 - in the child that needs it

        return lambda: csv.read_csv(path)
    import pyarrow.compute  # noqa: F401, PLC0415 - what reading imports later
    from pyarrow import csv  # noqa: PLC0415

    from studio.core.specs.dataset_spec import FileDataset  # noqa: PLC0415
    from studio.data import Cache, inspect, load  # noqa: PLC0415

    return lambda: inspect(load(FileDataset(path=str(path)), Cache(cache)))


def child(kind: str, path: Path, cache: Path) -> None:
    """Does the work once and prints the figures as JSON."""
    work = work_of(kind, path, cache)
    with PeakMemory() as peak:
        started = time.perf_counter()
        result = work()
        seconds = time.perf_counter() - started
    del result
    figures = {
        "seconds": seconds,
        "anonymous": peak.anonymous,
        "mapped": peak.mapped,
        "total": peak.total,
    }
    print(json.dumps(figures))


def measured(kind: str, path: Path, cache: Path) -> Figures:
    """The figures of one child process."""
    command = [sys.executable, str(HERE), "--child", kind, str(path), str(cache)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    figures: Figures = json.loads(done.stdout)
    return figures


def rounds_of(path: Path, folder: Path, rounds: int) -> dict[str, list[Figures]]:
    """All figures by kind, in rounds of each kind once; the order turns from round to round."""
    path.read_bytes()  # into the page cache
    figures: dict[str, list[Figures]] = {kind: [] for kind in LABELS}
    for index in range(rounds):
        cache = folder / f"cache-{index}"
        inspecting, parsing = ("cold", "cached"), ("pyarrow",)
        turn = (*inspecting, *parsing) if index % 2 == 0 else (*parsing, *inspecting)
        for kind in turn:
            figures[kind].append(measured(kind, path, cache))
        shutil.rmtree(cache, ignore_errors=True)
    return figures


def row(size: int, kind: str, figures: list[Figures], parsing: list[Figures]) -> str:
    """A line of the table: medians, and the ratio of paired rounds."""

    def median(name: str) -> float:
        return statistics.median(each[name] for each in figures)

    ratios = [
        one["seconds"] / other["seconds"] for one, other in zip(figures, parsing, strict=True)
    ]
    cells = (
        f"{size / MEGA:,.0f} MB",
        LABELS[kind],
        f"{median('seconds'):.3g} s",
        f"{statistics.median(ratios):.3g}",
        f"{median('anonymous') / MEGA:,.0f} MB",
        f"{median('mapped') / MEGA:,.0f} MB",
        f"{median('total') / size:.2f}",
    )
    return f"| {' | '.join(cells)} |"


def processor() -> str:
    """The name of the processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def conditions() -> str:
    """Machine, versions, date and load, a line."""
    import pyarrow as pa  # noqa: PLC0415 - its version

    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    memory_size = psutil.virtual_memory().total / 1e9
    return (
        f"{processor()}, {os.cpu_count()} cores, {memory_size:.0f} GB, {platform.system()}, "
        f"Python {platform.python_version()}, pyarrow {pa.__version__}, "
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, load {load}"
    )


def write_csv(path: Path, size: int) -> None:
    """A date and three waves with noise, of about that size."""
    from large_data import write_table  # noqa: PLC0415 - beside this file; imports torch

    write_table(path, max(1, size // BYTES_OF_A_ROW))


def main() -> None:
    """Reads the arguments, measures and prints the table."""
    if sys.argv[1:2] == ["--child"]:
        kind, path, cache = sys.argv[2:]
        child(kind, Path(path), Path(cache))
        return
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("megabytes", nargs="?", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", help="where the files are written; default: the temporary one")
    given = parser.parse_args()
    before = conditions()
    rows = []
    with tempfile.TemporaryDirectory(prefix="gate-studio-bench-", dir=given.folder) as name:
        folder = Path(name)
        for megabytes in (given.megabytes, max(1, given.megabytes // SMALLER)):
            path = folder / "large.csv"
            write_csv(path, megabytes * MEGA)
            figures = rounds_of(path, folder, given.rounds)
            size = path.stat().st_size
            rows += [row(size, kind, figures[kind], figures["pyarrow"]) for kind in LABELS]
    print(f"{before}; medians of {given.rounds} rounds\n")
    print("| file | what | time | times pyarrow | anonymous | mapped | peak over size |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    print("\n".join(rows))


if __name__ == "__main__":
    main()
