from pathlib import Path

import numpy as np
import pytest
from running import small_spec, whole_history

from studio.core.errors import SessionError
from studio.core.results.events import RunId
from studio.core.results.history import ComparisonHistory
from studio.core.specs.comparison_spec import ContenderSpec
from studio.runs.stored.cell_inspection import open_cells, require_terms
from studio.runs.stored.gate_inspection import (
    example_of,
    inspect_gates,
    inspect_untrained,
    kept_epochs,
    kept_example,
    models_at,
    task_of,
)
from studio.sessions import SessionFile


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ComparisonHistory]:
    path = tmp_path_factory.mktemp("looking") / "made.gates"
    return path, whole_history(path, small_spec(epochs=2, seeds=2))


def opened(made: tuple[Path, ComparisonHistory]) -> SessionFile:
    return SessionFile.open(made[0], made[0].parent / "locks")


def test_epoch_zero_is_the_untrained_network(
    made: tuple[Path, ComparisonHistory],
) -> None:
    """Weights from the seed alone equal the initial ones of the run."""
    with opened(made) as session:
        example = example_of(task_of(session, 1), "test", 0)
        stored = inspect_gates(models_at(session, 1, seed=2, epoch=0), example)
        history = session.history(1)
    fresh = inspect_untrained(history.spec.contenders, history.preprocessing, 2, example)
    for name, seen in stored.items():
        assert seen.epoch == 0
        for layer, values in seen.trace.layers.items():
            assert np.array_equal(values, fresh[name].trace.layers[layer])


def test_an_epoch_between_stored_ones_shows_the_last_stored_before_it(
    made: tuple[Path, ComparisonHistory],
) -> None:
    with opened(made) as session:
        kept = kept_epochs(session, 1)[RunId("GRU", 1)]
        pairs = models_at(session, 1, seed=1, epoch=99)
    assert {pair.model.epoch for pair in pairs} == {kept[-1]}
    assert all(pair.untrained is not None for pair in pairs)


def test_the_copy_in_the_session_is_the_example_of_the_dataset(
    made: tuple[Path, ComparisonHistory],
) -> None:
    with opened(made) as session:
        copy = kept_example(session, 1, "test", 0)
        example = example_of(task_of(session, 1), "test", 0)
    assert copy is not None
    assert np.array_equal(copy.inputs, example.inputs)
    assert np.allclose(copy.target, example.target, atol=1e-6)


def test_a_missing_example_is_refused(made: tuple[Path, ComparisonHistory]) -> None:
    with opened(made) as session:
        task = task_of(session, 1)
    with pytest.raises(SessionError, match="no example 5000"):
        example_of(task, "test", 5000)


def test_the_course_by_hand_is_the_trace_of_the_stored_model(
    made: tuple[Path, ComparisonHistory],
) -> None:
    with opened(made) as session:
        example = example_of(task_of(session, 1), "test", 3)
        pairs = models_at(session, 1, seed=1, epoch=2)
    inspected = open_cells(pairs, example)
    assert list(inspected) == ["GRU", "LSTM"]
    for name, seen in inspect_gates(pairs, example).items():
        for array, values in seen.trace.layers.items():
            prefix, what = array.split("_", 1)
            course = inspected[name].course.values(prefix, what)
            assert np.abs(course - values).max() < 1e-5


def test_terms_of_a_convolutional_network_are_refused_with_the_reason() -> None:
    with pytest.raises(SessionError, match="convolutional network, which has no gates"):
        require_terms(ContenderSpec(name="TCN", cell="tcn", kernel_size=3))
