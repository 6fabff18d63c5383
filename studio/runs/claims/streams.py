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
from studio.runs.schedule import turn_order

if TYPE_CHECKING:
    from studio.nn.streaming import StreamLearner

CHUNK = 10_000
"""Sequences that are made at once, so that memory does not grow with the stream."""
_SEEDS_OF_A_STREAM = 1_000_000


_ROUNDS_OF_A_CHUNK = 4
_WARM_UP = 2


@dataclass(frozen=True)
class Learned:
    """What was answered rightly on the test part, and what it took to learn it.

    Attributes:
        sequences: How many of the stream had been seen.
        right: By contender name, 1 or 0, (seeds, examples).
        seconds: By contender name, the median of a step in each round so far but for the first,
            (seeds, rounds).
    """

    sequences: int
    right: Mapping[str, Doubles]
    seconds: Mapping[str, Doubles]


def follow(laboratory: Laboratory, spec: ComparisonSpec, marks: Sequence[int]) -> Iterator[Learned]:
    """Trains every contender with every seed on one pass of a stream, until time is up.

    Each seed has a stream of its own; its contenders see the same sequences in the same order and
    take turns, ABBA, a part of a chunk each. The first steps after a switch are not timed.

    Args:
        laboratory: Where.
        spec: Contenders, training, and a generated classification of equally long sequences,
            whose test part is scored and whose training part fits the scaler.
        marks: After how many sequences it is scored, rising multiples of CHUNK.
    """
    task, batch_size = make_plan(spec).task, spec.training.batch_size
    learners = laboratory.submit(partial(_learners, spec, task))
    seconds: dict[str, list[list[float]]] = {
        each.name: [[] for _ in learners] for each in spec.contenders
    }
    for number in range(marks[-1] // CHUNK):
        for at, (seed, own) in enumerate(learners.items()):
            taken = _learn(laboratory, own, _chunk(spec, task, seed, number), batch_size)
            if not laboratory.seconds_left:
                return
            for name, medians in taken.items():
                seconds[name][at] += medians
        seen = (number + 1) * CHUNK
        laboratory.tell(f"{task.name}: {seen:,} sequences of {marks[-1]:,}")
        if seen in marks:
            timed = {name: np.array(each)[:, 1:] for name, each in seconds.items()}
            yield Learned(seen, _right(laboratory, learners, task), timed)


def _learn(
    laboratory: Laboratory,
    own: "Mapping[str, StreamLearner]",
    chunk: tuple[Floats, Integers],
    batch_size: int,
) -> dict[str, list[float]]:
    """Teaches a chunk in rounds: the median seconds of a step in each, until time is up."""
    inputs, classes = chunk
    medians: dict[str, list[float]] = {name: [] for name in own}
    for turn, part in enumerate(_parts(len(classes), batch_size)):
        for name in turn_order(list(own), turn):
            if not laboratory.seconds_left:
                return medians
            job = partial(own[name].learn, inputs[part], classes[part])
            medians[name].append(float(np.median(laboratory.submit(job)[_WARM_UP:])))
    return medians


def _parts(examples: int, batch_size: int) -> list[slice]:
    """A chunk for each round, of whole batches."""
    batches = -(-examples // batch_size)
    each = -(-batches // _ROUNDS_OF_A_CHUNK) * batch_size
    return [slice(first, first + each) for first in range(0, examples, each)]


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
