"""Gates over the test set of a session, against the trace of each example alone."""

import numpy as np
import pytest
from running import small_spec, whole_history

from studio.analysis.gates.dataset.passages import GateCondition
from studio.analysis.gates.half_life import half_lives
from studio.core.errors import SessionError
from studio.core.prepared.examples import PreparedTask
from studio.core.results.trained_model import TrainedModel
from studio.runs.stored.dataset_gates import DatasetGatesPass, recurrent_models
from studio.runs.stored.gate_inspection import task_of, traces_of
from studio.runs.stored.unit_traces import UnitTracesPass
from studio.sessions import SessionFile


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[TrainedModel], PreparedTask]:
    path = tmp_path_factory.mktemp("gates") / "made.gates"
    whole_history(path, small_spec(epochs=1, seeds=2))
    with SessionFile.open(path, path.parent / "locks") as session:
        with pytest.raises(SessionError, match="no contender 'TCN'"):
            recurrent_models(session, 1, "TCN")
        return recurrent_models(session, 1), task_of(session, 1)


def test_figures_of_the_test_set_are_those_of_the_trace_of_every_example(
    read: tuple[list[TrainedModel], PreparedTask],
) -> None:
    models, task = read
    counting = DatasetGatesPass(models, task)
    reports: list[int] = []
    assert counting.run(lambda done, _: not reports.append(done))
    assert reports[-1] == counting.total == 4 * len(task.test)
    found = counting.result()
    assert (found.examples, found.available) == (len(task.test), len(task.test))
    grus = [model for model in models if model.run.contender == "GRU"]
    assert found.contenders["GRU"].seeds == (1, 2)
    sequences = [task.test.sequence(index) for index in range(len(task.test))]
    lives, below = [], []
    for model in grus:
        traces = traces_of(model, sequences)
        update = np.concatenate([trace.layers["l1_update"] for trace in traces])
        lives.append(np.median(half_lives(update)))
        below.append((update < 0.1).mean())
    summary = found.contenders["GRU"].arrays["l1_update"]
    assert summary.half_life is not None
    assert summary.half_life.value == pytest.approx(np.mean(lives), rel=1e-3)
    assert summary.below.value == pytest.approx(np.mean(below), abs=1e-3)


def test_passages_are_those_of_the_trace_of_each_example_with_the_means_of_their_inputs(
    read: tuple[list[TrainedModel], PreparedTask],
) -> None:
    models, task = read
    reading = UnitTracesPass(models[0], task, "l1", [2])
    reading.run(lambda *_: True)
    traces = reading.result()
    middle = float(np.median(traces.arrays["update"][..., 2]))
    asked = [GateCondition("update", 2, is_above=True, value=middle, steps=2)]
    assert traces.knows(asked)
    found = traces.find(asked)
    expected, inside, elsewhere = [], [], []
    for index in range(len(task.test)):
        sequence = task.test.sequence(index)
        (trace,) = traces_of(models[0], [sequence])
        units = task.preprocessing.inputs_in_units(sequence[None])[0]
        holds = trace.layers["l1_update"][:, 2] > middle
        assert np.array_equal(traces.arrays["update"][index, :, 2] > middle, holds)
        rows = found.numbers == index
        covered = np.zeros(len(sequence), bool)
        places = zip(found.passages.first[rows], found.passages.steps[rows], strict=True)
        for first, steps in places:
            assert holds[first : first + steps].all()
            assert steps >= 2
            covered[first : first + steps] = True
        inside += list(units[covered])
        elsewhere += list(units[~covered])
        expected.append(int(covered.sum()))
    assert 0 < sum(expected) == found.passages.mask.sum()
    assert found.inside is not None
    assert found.elsewhere is not None
    assert np.allclose(found.inside, np.mean(inside, axis=0))
    assert np.allclose(found.elsewhere, np.mean(elsewhere, axis=0))
    around = traces.aligned(found, 0)
    assert around.passages == len(found.passages)
    assert len(around.mean) == len(around.offsets)


def test_of_a_large_set_examples_are_spread_evenly_and_the_number_is_told(
    read: tuple[list[TrainedModel], PreparedTask],
) -> None:
    models, task = read
    counting = DatasetGatesPass(models[:1], task, most=5)
    counting.run(lambda *_: True)
    found = counting.result()
    assert (found.examples, found.available) == (5, len(task.test))
    steps = found.contenders["GRU"].arrays["l0_h"]
    assert steps.place_means.shape == (8,)


def test_it_stops_between_two_batches(
    read: tuple[list[TrainedModel], PreparedTask],
) -> None:
    models, task = read
    counting = DatasetGatesPass(models, task)
    assert not counting.run(lambda *_: False)
    assert 0 < counting.done < counting.total
