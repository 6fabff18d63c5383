"""Times of training steps of Keras on JAX, an alternative for users; run in a separate process.

    python -m studio.nn.benchmarking.keras_steps ROUNDS

Runs Keras' fit loop on one batch per round, after compilation. Prints milliseconds per step by cell
as JSON, a list by shape. JAX uses all cores.
"""

import json
import os
import sys
import time

import numpy as np

from studio.nn.benchmarking.engine_steps import CELLS, SHAPES, Shape


def step_ms(cell: str, shape: Shape, rounds: int) -> float:
    """Milliseconds of a step in Keras' fit loop."""
    import keras  # type: ignore[import-not-found]  # not a dependency

    layer = {"gru": keras.layers.GRU, "lstm": keras.layers.LSTM}[cell]
    model = keras.Sequential([layer(shape.hidden), keras.layers.Dense(1)])
    model.compile(optimizer="adam", loss="mse")
    generator = np.random.default_rng(0)
    count = shape.batch * rounds
    inputs = generator.normal(size=(count, shape.steps, shape.input)).astype(np.float32)
    targets = generator.normal(size=(count, 1)).astype(np.float32)
    seconds = []
    for _ in range(3):  # the first pass compiles
        start = time.perf_counter()
        model.fit(inputs, targets, batch_size=shape.batch, epochs=1, verbose=0)
        seconds.append(time.perf_counter() - start)
    return min(seconds[1:]) / rounds * 1e3


def main() -> None:
    os.environ["KERAS_BACKEND"] = "jax"
    rounds = int(sys.argv[1])
    times = [{cell: step_ms(cell, shape, rounds) for cell in CELLS} for shape in SHAPES]
    json.dump(times, sys.stdout)


if __name__ == "__main__":
    main()
