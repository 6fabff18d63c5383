"""Large data: a table of a gigabyte read in pieces, and windows gathered from its memory map.

python benchmarks/large_data.py [ROWS]    20 million rows if left out, about 1 GB of CSV

Prints the time and the anonymous memory of the first reading, the time of the second, and the time
of an epoch of two million windows of 100 steps from the memory map against the same in memory.
"""

import statistics
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Self

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import psutil
import pyarrow as pa
import torch
from pyarrow import csv

from studio.core.prepared.examples import PreparedTask
from studio.core.specs.comparison_spec import FileDataset, TaskSpec
from studio.data import Cache, Series, load, prepare
from studio.nn.batching.batches import DeviceExamples

WINDOW, BATCH, MOST_WINDOWS = 100, 256, 2_000_000
ROUNDS = 7


class PeakMemory:
    """The largest anonymous memory of this process above that at the start, in bytes."""

    def __enter__(self) -> Self:
        self._before = self._now()
        self.peak = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.02):
            self.peak = max(self.peak, self._now() - self._before)

    @staticmethod
    def _now() -> int:
        found = psutil.Process().memory_info()
        return int(found.rss - found.shared)


def write_table(path: Path, rows: int) -> None:
    """A date, two waves with noise and a counter, a million rows at a time."""
    rng = np.random.default_rng(0)
    writer: csv.CSVWriter | None = None
    for start in range(0, rows, 1_000_000):
        steps = np.arange(start, min(rows, start + 1_000_000))
        table = pa.table(
            {
                "date": pa.array(np.datetime64("2000-01-01T00:00:00", "s") + steps),
                "a": np.round(np.sin(steps / 50) + rng.normal(0, 0.1, len(steps)), 6),
                "b": np.round(np.cos(steps / 90) + rng.normal(0, 0.1, len(steps)), 6),
                "load": np.round(np.sin(steps / 70) * 100 + rng.normal(0, 5, len(steps)), 3),
            }
        )
        dates = table.column("date").cast(pa.timestamp("s"))
        text = pa.compute.strftime(dates, format="%Y-%m-%d %H:%M:%S")
        table = table.set_column(0, "date", text)
        writer = writer or csv.CSVWriter(path, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()


def seconds_of(action: object) -> float:
    started = time.perf_counter()
    action()  # type: ignore[operator]
    return time.perf_counter() - started


def epoch_seconds(task: PreparedTask) -> float:
    """One pass over the training part in shuffled order, each batch reduced to its mean."""
    examples = DeviceExamples(task.training, torch.device("cpu"))
    started = time.perf_counter()
    for batch in examples.epoch(1, 1, BATCH):
        batch.inputs.mean()
    return time.perf_counter() - started


def in_memory(series: Series) -> Series:
    return replace(series, values=np.array(series.values))


def report(name: str, value: str) -> None:
    print(f"{name:<58}{value}", flush=True)


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000_000
    torch.set_num_threads(2)
    with tempfile.TemporaryDirectory(prefix="gate-studio-bench-") as folder:
        path, cache = Path(folder) / "big.csv", Cache(Path(folder) / "cache")
        write_table(path, rows)
        size = path.stat().st_size
        report("table", f"{rows / 1e6:.0f} million rows, {size / 1e9:.2f} GB")
        spec = FileDataset(path=str(path))
        with PeakMemory() as memory:
            first = seconds_of(lambda: load(spec, cache))
        report("first reading", f"{first:.1f} s, {memory.peak / size:.2f} times its size of memory")
        again = [seconds_of(lambda: load(spec, cache)) for _ in range(5)]
        report("opening it again (page cache warm)", f"{statistics.median(again):.3f} s")
        series = load(spec, cache)
        if not isinstance(series, Series):
            raise TypeError(series)
        kept = min(rows, int(MOST_WINDOWS / 0.7) + WINDOW)
        series = replace(series, values=series.values[:kept], times=None)
        task = TaskSpec(window=WINDOW, target=("load",))
        with PeakMemory() as memory:
            mapped, _ = prepare(series, task)
        report("preparing from the memory map", f"{memory.peak / 1e6:.0f} MB of memory")
        with PeakMemory() as memory:
            held, _ = prepare(in_memory(series), task)
        report("preparing in memory", f"{memory.peak / 1e6:.0f} MB of memory")
        report("windows of the training part", f"{len(mapped.training):,} of {WINDOW} steps")
        pairs = [(epoch_seconds(mapped), epoch_seconds(held)) for _ in range(ROUNDS)]
        ratio = statistics.median(one / other for one, other in pairs)
        report("an epoch of batches, memory map against memory", f"{ratio:.2f} times the time")
        report("", f"{statistics.median(one for one, _ in pairs):.1f} s from the memory map")


if __name__ == "__main__":
    main()
