"""Predicting many windows against the bare forward pass, interleaved; and the memory it takes.

python benchmarks/predict_many.py [WINDOWS]
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from studio.core.specs.experiment import parse_comparison
from studio.data import Series, load, prepare
from studio.data.dataset import Column
from studio.data.new_data import prepare_new_data
from studio.nn.inference.batch_inference import predict_batches
from studio.nn.networks.load_network import load_network, untrained_weights

WINDOW, HIDDEN, ROUNDS, BATCH = 32, 32, 3, 2048


def task_and_preprocessing():  # noqa: ANN201 - of a script
    """A forecast of two columns, prepared from a short series."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.csv")
        rows = np.random.default_rng(0).normal(size=(500, 2))
        path.write_text("a,b\n" + "\n".join(f"{a:.4f},{b:.4f}" for a, b in rows), "utf-8")
        spec = parse_comparison(
            {"dataset": {"source": "file", "path": str(path)}, "task": {"window": WINDOW},
             "contenders": [{"cell": "gru", "hidden_size": HIDDEN}]}, "benchmark",
        )  # fmt: skip
        prepared, task = prepare(load(spec.dataset), spec.task)
    return spec.contenders[0], task, prepared.preprocessing


def main() -> None:
    windows = int((*sys.argv[1:], "1000000")[0])
    contender, task, preprocessing = task_and_preprocessing()
    network = load_network(contender, preprocessing, untrained_weights(contender, preprocessing, 1))
    values = np.random.default_rng(1).normal(size=(windows + WINDOW - 1, 2))
    columns = (Column("a", "feature"), Column("b", "target"))
    data = prepare_new_data(Series("many", "many", columns, values), task, preprocessing)
    batch = torch.randn(BATCH, WINDOW, 2)
    begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ratios = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        with torch.no_grad():
            for _ in range(-(-len(data) // BATCH)):
                network(batch, None)
        middle = time.perf_counter()
        predict_batches([network], preprocessing, data, longest=WINDOW, report=lambda _: True)
        end = time.perf_counter()
        ratios.append((end - middle) / (middle - start))
        print(f"forward {middle - start:.1f} s, predictions {end - middle:.1f} s")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - begun
    print(f"{len(data):,} windows: {np.median(ratios):.2f} times the forward pass")
    print(
        f"memory grew by {grown / 1024:.0f} MB; the outputs alone are {len(data) * 8 / 1e6:.0f} MB"
    )


if __name__ == "__main__":
    main()
