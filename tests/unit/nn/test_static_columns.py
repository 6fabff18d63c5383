"""Networks that read static columns."""

from types import MappingProxyType

import numpy as np
import pytest
from unit.nn.make_runs import finish, make_trainer, resume_point

from studio.core.prepared.examples import PreparedTask
from studio.core.specs.comparison_spec import ContenderSpec, TaskSpec, TrainingSpec
from studio.data import prepare
from studio.data.dataset import Column, ExampleSet

TRAINING = TrainingSpec(epochs=12, batch_size=16, lr=0.02)


def noise_with_sites(*, static: bool) -> PreparedTask:
    """Sequences of noise whose class is told by the site alone."""
    random, count, steps = np.random.default_rng(0), 120, 6
    labels = np.arange(count) % 2
    columns = (Column("x", "feature"), Column("class", "label", "text"))
    sites = np.array(["hill", "coast"])[labels]
    data = ExampleSet(
        name="noise",
        source="noise.csv",
        columns=columns,
        channels=columns[:1],
        values=random.normal(size=(count * steps, 1)),
        lengths=np.full(count, steps),
        labels=labels,
        class_names=("a", "b"),
        statics=MappingProxyType({"site": sites} if static else {}),
    )
    return prepare(data, TaskSpec(kind="classify"))[0]


@pytest.mark.parametrize("cell", ["gru", "tcn"])
def test_a_static_column_that_tells_the_class_is_learnt(cell: str) -> None:
    scores = {}
    for static in (True, False):
        spec = ContenderSpec(cell=cell, hidden_size=6)
        trainer = make_trainer(TRAINING, noise_with_sites(static=static), spec)
        finish(trainer)
        scores[static] = trainer.result().scores["accuracy"]
    assert scores[True] == 1
    assert scores[False] < 0.8


def test_resumed_run_equals_the_run_that_was_not_stopped() -> None:
    training = TRAINING.model_copy(update={"epochs": 3})
    task, spec = noise_with_sites(static=True), ContenderSpec(cell="lstm", hidden_size=5)
    whole = finish(make_trainer(training, task, spec))
    first = finish(make_trainer(training, task, spec), until=1)
    rest = finish(make_trainer(training, task, spec, resume=resume_point(first)))
    assert rest.snapshots[-1].weights == whole.snapshots[-1].weights
