"""Networks trained on a stream of generated sequences and scored on the way."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from studio.claims.laboratory.laboratory import Laboratory
from studio.core.arrays import Doubles, Floats, Integers
from studio.core.prepared.examples import PreparedTask
from studio.core.specs.comparison_spec import ComparisonSpec, GeneratedDataset
from studio.data import ExampleSet, generate
from studio.runs.execution.kernels import wait_for_kernels
from studio.runs.execution.turn_order import turn_order
from studio.runs.planning.plan import make_plan

if TYPE_CHECKING:
    from studio.nn.training.online_learning import OnlineLearner

CHUNK = 10_000
"""Sequences that are generated together, so that memory does not grow with the stream."""
_SEEDS_OF_A_STREAM = 1_000_000
_ROUNDS_OF_A_CHUNK = 4
_WARM_UP = 2


@dataclass(frozen=True)
class StreamScore:
    """Correct predictions on the test set and step times after part of a stream.

    Attributes:
        sequences: Training sequences so far.
        right: 1 for a correct and 0 for a wrong prediction, by contender name, (seeds, examples).
        seconds: The median time of a step in each round except the first, by contender name,
            (seeds, rounds).
    """

    sequences: int
    right: Mapping[str, Doubles]
    seconds: Mapping[str, Doubles]


def train_on_stream(
    laboratory: Laboratory, spec: ComparisonSpec, marks: Sequence[int]
) -> Iterator[StreamScore]:
    """Trains every contender with every seed in one pass over a stream, until time runs out.

    Each seed has its own stream; its contenders see the same sequences in the same order and take
    turns, ABBA, each with part of a chunk. The first steps after a switch are not timed.

    Args:
        laboratory: Runs the training.
        spec: Contenders, training, and a generated classification task of equally long sequences,
            whose test set is scored and whose training set fits the scaler.
        marks: Numbers of sequences after which to score, increasing multiples of CHUNK.
    """
    task, batch_size = make_plan(spec).task, spec.training.batch_size
    learners = laboratory.submit(partial(_learners, spec, task))
    seconds: dict[str, list[list[float]]] = {
        contender.name: [[] for _ in learners] for contender in spec.contenders
    }
    for number in range(marks[-1] // CHUNK):
        for index, (seed, by_name) in enumerate(learners.items()):
            times = _learn(laboratory, by_name, _chunk(spec, task, seed, number), batch_size)
            if not laboratory.seconds_left:
                return
            for name, medians in times.items():
                seconds[name][index] += medians
        seen = (number + 1) * CHUNK
        laboratory.on_progress(f"{task.name}: {seen:,} of {marks[-1]:,} sequences")
        if seen in marks:
            timed = {name: np.array(by_seed)[:, 1:] for name, by_seed in seconds.items()}
            yield StreamScore(seen, _correct(laboratory, learners, task), timed)


def _learn(
    laboratory: Laboratory,
    learners: "Mapping[str, OnlineLearner]",
    chunk: tuple[Floats, Integers],
    batch_size: int,
) -> dict[str, list[float]]:
    """Trains on a chunk in rounds: the median seconds of a step in each, until time runs out."""
    inputs, classes = chunk
    medians: dict[str, list[float]] = {name: [] for name in learners}
    for turn, rows in enumerate(_rounds(len(classes), batch_size)):
        for name in turn_order(list(learners), turn):
            if not laboratory.seconds_left:
                return medians
            job = partial(learners[name].learn, inputs[rows], classes[rows])
            medians[name].append(float(np.median(laboratory.submit(job)[_WARM_UP:])))
    return medians


def _rounds(examples: int, batch_size: int) -> list[slice]:
    """The rows of a chunk for each round, whole batches."""
    batches = -(-examples // batch_size)
    size = -(-batches // _ROUNDS_OF_A_CHUNK) * batch_size
    return [slice(first, first + size) for first in range(0, examples, size)]


def _learners(spec: ComparisonSpec, task: PreparedTask) -> dict[int, "dict[str, OnlineLearner]"]:
    """By seed and contender name."""
    from studio.nn.training.online_learning import OnlineLearner

    wait_for_kernels(cells={contender.cell for contender in spec.contenders})
    return {
        seed: {
            contender.name: OnlineLearner(
                contender, task.preprocessing, spec.training, spec.machine, seed
            )
            for contender in spec.contenders
        }
        for seed in range(1, spec.training.seeds + 1)
    }


def _chunk(
    spec: ComparisonSpec, task: PreparedTask, seed: int, number: int
) -> tuple[Floats, Integers]:
    """Scaled sequences (examples, time, channels) and their classes."""
    dataset = spec.dataset
    assert isinstance(dataset, GeneratedDataset)  # noqa: S101 - streams are generated
    chunk_seed = seed * _SEEDS_OF_A_STREAM + number
    parameters = {**dataset.parameters, "examples": CHUNK, "seed": chunk_seed}
    chunk = generate(dataset.model_copy(update={"parameters": parameters}))
    assert isinstance(chunk, ExampleSet)  # noqa: S101 - likewise
    steps = chunk.values.reshape(CHUNK, -1, chunk.values.shape[1])
    classes: Integers = np.asarray(chunk.labels, dtype=np.int64)
    return task.preprocessing.input_scaler.apply(steps), classes


def _correct(
    laboratory: Laboratory,
    learners: "Mapping[int, Mapping[str, OnlineLearner]]",
    task: PreparedTask,
) -> dict[str, Doubles]:
    test = task.test
    correct: dict[str, list[Doubles]] = {}
    for by_name in learners.values():
        for name, learner in by_name.items():
            classes = laboratory.submit(partial(learner.predictions, test.inputs))
            hits = (classes == test.targets_in_units).astype(np.float64)
            correct.setdefault(name, []).append(hits)
    return {name: np.stack(by_seed) for name, by_seed in correct.items()}
