"""Networks that read what is known in advance of the steps that they predict."""

import numpy as np
import pytest
from unit.nn.make_runs import finish, make_trainer, resume_point

from studio.core.prepared.examples import PreparedTask
from studio.core.specs.comparison_spec import ContenderSpec, TaskSpec, TrainingSpec
from studio.data import prepare
from studio.data.dataset import Column, Series

TRAINING = TrainingSpec(epochs=25, batch_size=16, lr=0.02)


def noise_and_answer(*, known: bool) -> PreparedTask:
    """A load that nothing foretells but the column answer, which holds the same of each step."""
    values = np.random.default_rng(0).normal(size=(500, 1)).repeat(2, axis=1)
    columns = (Column("answer", "feature"), Column("load", "target"))
    options = {
        "target": ("load",),
        "window": 4,
        "horizon": 2,
        "known_ahead": ("answer",) if known else None,
    }
    data = Series("noise", "noise.csv", columns, values)
    return prepare(data, TaskSpec.model_validate(options))[0]


@pytest.mark.parametrize("cell", ["gru", "lstm", "tcn"])
def test_a_known_column_that_carries_the_answer_leaves_little_error(cell: str) -> None:
    errors = {}
    for known in (True, False):
        task = noise_and_answer(known=known)
        spec = ContenderSpec(cell=cell, hidden_size=12)
        trainer = make_trainer(TRAINING, task, spec)
        finish(trainer)
        errors[known] = trainer.result().scores["rmse"] / task.test.targets_in_units.std()
    assert errors[True] < 0.15
    assert errors[False] > 0.95  # the same column as a plain input does not tell the future


@pytest.mark.parametrize("cell", ["gru", "lstm", "rnn", "tcn"])
def test_resumed_run_equals_the_run_that_was_not_stopped(cell: str) -> None:
    training = TRAINING.model_copy(update={"epochs": 3})
    task, spec = noise_and_answer(known=True), ContenderSpec(cell=cell, hidden_size=5)
    whole = finish(make_trainer(training, task, spec))
    first = finish(make_trainer(training, task, spec), until=1)
    rest = finish(make_trainer(training, task, spec, resume=resume_point(first)))
    assert rest.snapshots[-1].weights == whole.snapshots[-1].weights
