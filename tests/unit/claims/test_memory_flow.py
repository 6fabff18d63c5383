"""Claim C12: probes on the states decide, and the states are those of the trace."""

from pathlib import Path

import numpy as np
import pytest

from studio.claims.gates.memory_flow import judge_readings
from studio.claims.laboratory.laboratory import Laboratory, experiment, pair
from studio.claims.laboratory.stored_states import (
    finished_seeds,
    prepared_task,
    state_by_example,
    traces_by_contender,
)
from studio.core.arrays import Doubles
from studio.runs.execution.compute import ComputeThread
from studio.runs.stored.gate_inspection import example_of, inspect_gates, models_at
from studio.runs.workspace import Workspace

RNG = np.random.default_rng(0)


def around(value: float) -> Doubles:
    return value + RNG.normal(0, 0.001, (6, 4))


@pytest.mark.parametrize(
    ("gru", "cell", "outcome"),
    [(0.5, 0.9, "supported"), (0.9, 0.5, "refuted"), (0.9, 0.9, "refuted")],
)
def test_the_cell_state_must_be_easier_to_probe_than_the_gru(
    gru: float, cell: float, outcome: str
) -> None:
    readings = {("GRU", "h"): around(gru), ("LSTM", "h"): around(0.7), ("LSTM", "c"): around(cell)}
    result = judge_readings(readings, "LSTM")
    assert result.verdict == outcome
    assert abs(result.figure - (cell - gru)) < 0.02
    assert len(result.conditions) == 12


def test_probed_states_equal_those_of_a_trace(tmp_path: Path) -> None:
    with (
        ComputeThread() as compute,
        Workspace.create(tmp_path / "claims.gates", tmp_path, compute) as workspace,
    ):
        laboratory = Laboratory(workspace, compute, threads=1)
        spec = experiment(
            "delayed-recall",
            laboratory.machine("torch"),
            parameters={"delay": 5, "examples": 40},
            contenders=pair(4),
            training={"epochs": 1, "seeds": 1},
        )
        measured = laboratory.compare(spec)
        (seed,) = finished_seeds(measured)
        task = prepared_task(laboratory, measured)
        states = state_by_example(
            traces_by_contender(laboratory, measured, seed, task.test, 3)["LSTM"], "c", -1
        )
        assert states.shape == (3, 4)
        pairs = workspace.ask(lambda session: models_at(session, 1, seed, 99)).result()
        shown = laboratory.submit(lambda: inspect_gates(pairs, example_of(task, "test", 1)))["LSTM"]
        assert np.array_equal(states[1], shown.trace.layers["l0_c"][-1])
