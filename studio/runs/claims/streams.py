"""A stream of generated sequences, and what networks have learned after so many of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from studio.core.arrays import Doubles, Floats, Integers
from studio.core.examples import PreparedTask
from studio.core.spec import ComparisonSpec, GeneratedDataset
from studio.data import ExampleSet, generate
from studio.runs.claims.laboratory import Laboratory
from studio.runs.kernels import wait_for_kernels
from studio.runs.plan import make_plan

if TYPE_CHECKING:
    from studio.nn.streaming import StreamLearner

CHUNK = 10_000
"""Sequences that are made at once, so that memory does not grow with the stream."""
_SEEDS_OF_A_STREAM = 1_000_000


@dataclass(frozen=True)
class Learned:
    """What was answered rightly on the test part.

    Attributes:
        sequences: How many of the stream had been seen.
        right: By contender name, 1 or 0, (seeds, examples).
    """

    sequences: int
    right: Mapping[str, Doubles]


def follow(laboratory: Laboratory, spec: ComparisonSpec, marks: Sequence[int]) -> Iterator[Learned]:
    """Trains every contender with every seed on one pass of a stream, until time is up.

    Each seed has a stream of its own; its contenders see the same sequences in the same order, a
    chunk each in turns.

    Args:
        laboratory: Where.
        spec: Contenders, training, and a generated classification of equally long sequences,
            whose test part is scored and whose training part fits the scaler.
        marks: After how many sequences it is scored, rising multiples of CHUNK.
    """
    task = make_plan(spec).task
    learners = laboratory.submit(partial(_learners, spec, task))
    for number in range(marks[-1] // CHUNK):
        for seed, own in learners.items():
            inputs, classes = _chunk(spec, task, seed, number)
            for learner in own.values():
                if not laboratory.seconds_left:
                    return
                laboratory.submit(partial(learner.learn, inputs, classes))
        seen = (number + 1) * CHUNK
        laboratory.tell(f"{task.name}: {seen:,} sequences of {marks[-1]:,}")
        if seen in marks:
            yield Learned(seen, _right(laboratory, learners, task))


def _learners(spec: ComparisonSpec, task: PreparedTask) -> dict[int, "dict[str, StreamLearner]"]:
    """By seed and contender name."""
    from studio.nn.streaming import StreamLearner  # noqa: PLC0415 - imports torch

    wait_for_kernels(cells={contender.cell for contender in spec.contenders})
    return {
        seed: {
            each.name: StreamLearner(each, task.preparation, spec.training, spec.machine, seed)
            for each in spec.contenders
        }
        for seed in range(1, spec.training.seeds + 1)
    }


def _chunk(
    spec: ComparisonSpec, task: PreparedTask, seed: int, number: int
) -> tuple[Floats, Integers]:
    """Scaled sequences (examples, time, channels) and their classes, made anew each time."""
    dataset = spec.dataset
    assert isinstance(dataset, GeneratedDataset)  # noqa: S101 - what a stream is made of
    own = {"examples": CHUNK, "seed": seed * _SEEDS_OF_A_STREAM + number}
    parameters = {**dataset.parameters, **own}
    made = generate(dataset.model_copy(update={"parameters": parameters}))
    assert isinstance(made, ExampleSet)  # noqa: S101 - likewise
    steps = made.values.reshape(CHUNK, -1, made.values.shape[1])
    classes: Integers = np.asarray(made.labels, dtype=np.int64)
    return task.preparation.input_scaler.apply(steps), classes


def _right(
    laboratory: Laboratory,
    learners: "Mapping[int, Mapping[str, StreamLearner]]",
    task: PreparedTask,
) -> dict[str, Doubles]:
    test = task.test
    right: dict[str, list[Doubles]] = {}
    for own in learners.values():
        for name, learner in own.items():
            named = laboratory.submit(partial(learner.answers, test.inputs))
            right.setdefault(name, []).append((named == test.truth).astype(np.float64))
    return {name: np.stack(each) for name, each in right.items()}
