"""Training steps of Keras on JAX, which a user could pick instead; run in a process of its own.

    python -m studio.nn.peers ROUNDS

Keras' own fit loop on as many batches as there are rounds, compiled before. Prints milliseconds of
a step by cell as JSON, a list by shape. JAX takes all cores.
"""

import json
import os
import sys
import time

import numpy as np

from studio.nn.benchmark import CELLS, SHAPES, Shape


def step_ms(cell: str, shape: Shape, rounds: int) -> float:
    """Milliseconds of a step in Keras' fit loop."""
    import keras  # type: ignore[import-not-found] # noqa: PLC0415 - no dependency of ours

    layer = {"gru": keras.layers.GRU, "lstm": keras.layers.LSTM}[cell]
    model = keras.Sequential([layer(shape.hidden), keras.layers.Dense(1)])
    model.compile(optimizer="adam", loss="mse")
    generator = np.random.default_rng(0)
    count = shape.batch * rounds
    inputs = generator.normal(size=(count, shape.steps, shape.input)).astype(np.float32)
    targets = generator.normal(size=(count, 1)).astype(np.float32)
    seconds = []
    for _ in range(3):  # the first one compiles
        start = time.perf_counter()
        model.fit(inputs, targets, batch_size=shape.batch, epochs=1, verbose=0)
        seconds.append(time.perf_counter() - start)
    return min(seconds[1:]) / rounds * 1e3


def main() -> None:
    """Measures all shapes."""
    os.environ["KERAS_BACKEND"] = "jax"
    rounds = int(sys.argv[1])
    found = [{cell: step_ms(cell, shape, rounds) for cell in CELLS} for shape in SHAPES]
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
