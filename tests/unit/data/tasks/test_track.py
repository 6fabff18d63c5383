"""Numbers at each step: which steps are read, trained on and scored."""

from dataclasses import replace

import numpy as np
import pytest

from studio.core.errors import SpecError, UserError
from studio.core.notes import TrackedSteps
from studio.core.prepared.examples import PreparedTask
from studio.core.prepared.task_checks import refuse_unsuitable_networks
from studio.core.results.metrics import has_target
from studio.core.specs.comparison_spec import ContenderSpec, GeneratedDataset, TaskSpec
from studio.data import Dataset, load, prepare
from studio.data.dataset import Column, Series

STEPS, WINDOW, WASHOUT = 400, 20, 5
COLUMNS = (Column("current", "feature"), Column("voltage", "feature"), Column("charge", "target"))
SETTINGS = [
    {"missing": missing, "scaling": scaling, **more}
    for missing in ("forward", "mask", "drop")
    for scaling in ("standard", "min-max", "robust")
    for more in (
        {},
        {"past_target": True},
        {"folds": 3},
        {"past_target": True, "carry_state": True},
    )
    if not (missing == "drop" and "carry_state" in more)
]


def series(values: np.ndarray | None = None, lengths: tuple[int, ...] | None = None) -> Series:
    if values is None:
        values = np.random.default_rng(0).normal(size=(STEPS, 3)).cumsum(axis=0)
    several = None if lengths is None else np.array(lengths)
    return Series("cell", "made here", COLUMNS, values, lengths=several)


def with_gaps() -> np.ndarray:
    rng = np.random.default_rng(7)
    values = rng.normal(size=(STEPS, 3)).cumsum(axis=0)
    values[rng.random(values.shape) < 0.005] = np.nan
    return values


def prepared(dataset: Dataset, **settings: object) -> PreparedTask:
    options = {"kind": "track", "window": WINDOW, "washout": WASHOUT, **settings}
    return prepare(dataset, TaskSpec.model_validate(options))[0]


def scored_rows(task: PreparedTask, part: str) -> list[int]:
    """The row of the series of every scored step of a set."""
    examples = task.parts[part]
    steps = examples.positions[:, np.newaxis] + np.arange(examples.targets_in_units.shape[1])
    return sorted(steps[has_target(examples.targets_in_units)].tolist())


def test_every_step_of_a_set_after_its_washout_is_scored_once() -> None:
    task = prepared(series())
    first = 0
    for part, steps in (("training", 280), ("validation", 40), ("test", 80)):
        assert scored_rows(task, part) == list(range(first + WASHOUT, first + steps))
        first += steps
    assert task.preprocessing.stride == WINDOW - WASHOUT


def test_each_step_reads_the_inputs_and_predicts_the_target_of_its_row() -> None:
    values = series().values
    task = prepared(series(), scaling="none")
    for part in task.parts.values():
        for index, first in enumerate(part.positions.tolist()):
            rows = values[first : first + part.length_of(index)]
            np.testing.assert_array_equal(part.sequence(index), rows[:, :2].astype(np.float32))
            truth = part.targets_of(index)[:, 0]
            assert np.isnan(truth[:WASHOUT]).all()
            np.testing.assert_array_equal(truth[WASHOUT:], rows[WASHOUT:, 2])
    assert task.preprocessing.input_names == ("current", "voltage")


def test_past_target_is_that_of_the_step_before_and_at_first_the_training_mean() -> None:
    values = series().values
    task = prepared(series(), past_target=True)
    assert task.preprocessing.input_names == ("current", "voltage", "charge (step before)")
    trained = values[scored_rows(task, "training"), 2]
    assert task.preprocessing.past_target == (pytest.approx(trained.mean()),)
    for part in task.parts.values():
        past = task.preprocessing.inputs_in_units(part.inputs)[..., 2]
        for index, first in enumerate(part.positions.tolist()):
            length = part.length_of(index)
            assert past[index, 0] == pytest.approx(trained.mean(), abs=1e-4)
            before = values[first : first + length - 1, 2]
            np.testing.assert_allclose(past[index, 1:length], before, atol=1e-4)


def test_carried_windows_follow_each_other_and_only_the_first_has_a_washout() -> None:
    task = prepared(series(), carry_state=True, past_target=True)
    for part in task.parts.values():
        assert part.carried
        assert np.diff(part.positions).tolist() == [WINDOW] * (len(part) - 1)
        unscored = (~has_target(part.targets_in_units)).sum(axis=1)
        assert unscored.tolist() == [WASHOUT] + [0] * (len(part) - 1)
    past = task.preprocessing.inputs_in_units(task.test.inputs)[..., 2]
    before = series().values[task.test.positions[1:] - 1, 2]
    np.testing.assert_allclose(past[1:, 0], before, atol=1e-4)


def test_several_series_stay_whole_without_a_window() -> None:
    lengths = tuple(range(20, 40))
    values = np.random.default_rng(0).normal(size=(sum(lengths), 3))
    task = prepared(series(values, lengths), window=None)
    assert sum(len(part) for part in task.parts.values()) == len(lengths)
    used = [length for part in task.parts.values() for length in
            (range(len(part)) and [part.length_of(i) for i in range(len(part))])]  # fmt: skip
    assert sorted(used) == list(lengths)
    assert not task.preprocessing.is_cut


def test_sequences_no_longer_than_the_washout_are_left_out_and_told() -> None:
    lengths = (*range(20, 40), WASHOUT, WASHOUT - 2)
    values = np.random.default_rng(0).normal(size=(sum(lengths), 3))
    task = prepared(series(values, lengths), window=None)
    assert sum(len(part) for part in task.parts.values()) == 20
    assert "2 examples no longer than the washout are left out" in [
        str(note) for note in task.notes
    ]


def test_target_scaler_is_fitted_on_the_steps_that_are_trained_on() -> None:
    task = prepared(series())
    trained = series().values[scored_rows(task, "training"), 2]
    scaler = task.preprocessing.target_scaler
    assert scaler is not None
    assert scaler.center[0] == pytest.approx(trained.mean())
    assert scaler.scale[0] == pytest.approx(trained.std())


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_what_comes_after_the_training_set_changes_nothing_of_it(
    settings: dict[str, object],
) -> None:
    values = with_gaps()
    plain = prepared(series(values), **settings)
    changed = values.copy()
    changed[int(plain.validation.positions.min()) :] *= -7
    other = prepared(series(changed), **settings)
    for name in ("inputs", "targets", "targets_in_units", "positions"):
        np.testing.assert_array_equal(getattr(plain.training, name), getattr(other.training, name))
    assert plain.preprocessing == other.preprocessing


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_no_step_reads_a_later_input_or_the_target_of_its_own_step(
    settings: dict[str, object],
) -> None:
    values = with_gaps()
    plain = prepared(series(values), **settings)
    part = plain.test
    border = int(part.positions[len(part) // 2]) + WINDOW // 2
    changed = values.copy()
    changed[border, 2] += 9  # its own target
    changed[border + 1 :] += 9  # everything after it
    other = prepared(series(changed), **settings).test
    both = np.intersect1d(part.positions, other.positions)
    read = 0
    for position in both[both <= border].tolist():
        mine, theirs = (np.flatnonzero(each.positions == position)[0] for each in (part, other))
        steps = slice(0, border - position + 1)
        np.testing.assert_array_equal(part.inputs[mine, steps], other.inputs[theirs, steps])
        read += 1
    assert read


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"missing": "interpolate"}, "leak values from after a step"),
        ({"washout": WINDOW}, "a washout of 20 steps leaves none of 20 to score"),
        ({"features": ("current", "charge")}, "'charge' is the target"),
        ({"target": ("current", "voltage", "charge")}, "no column is left as an input"),
        ({"horizon": 2}, "horizon and stride apply to forecasts"),
        ({"kind": "forecast"}, "only the task track has this setting"),
        ({"kind": "forecast", "washout": 0, "past_target": True}, "only the task track has this"),
        ({"window": STEPS + 1}, "has only 400 time steps"),
    ],
)
def test_what_cannot_be_tracked_is_refused(settings: dict[str, object], problem: str) -> None:
    with pytest.raises(UserError, match=problem):
        prepared(series(), **settings)


def test_state_of_several_series_is_not_carried() -> None:
    with pytest.raises(SpecError, match="there are several"):
        prepared(series(lengths=(200, 200)), carry_state=True)


def test_sequences_with_a_label_each_have_no_number_at_each_step() -> None:
    adding = load(GeneratedDataset(generator="adding", parameters={"examples": 50}))
    with pytest.raises(SpecError, match="this is sequences with a label each"):
        prepared(adding)


@pytest.mark.parametrize(
    ("contender", "settings", "problem"),
    [
        (ContenderSpec(bidirectional=True), {}, "would see the steps that it has to predict"),
        (ContenderSpec(cell="tcn"), {"past_target": True}, "cannot read its own predictions"),
        (ContenderSpec(cell="tcn"), {"carry_state": True}, "has no state to carry"),
        (ContenderSpec(pooling="mean"), {}, "needs a prediction at every step"),
    ],
)
def test_networks_that_look_ahead_or_cannot_run_freely_are_refused(
    contender: ContenderSpec, settings: dict[str, object], problem: str
) -> None:
    preprocessing = prepared(series(), **settings).preprocessing
    named = contender.model_copy(update={"name": "net"})
    with pytest.raises(SpecError, match=problem):
        refuse_unsuitable_networks([named], preprocessing)


def test_steps_without_a_target_are_not_scored() -> None:
    values = series().values.copy()
    values[300:310, 2] = np.nan
    gappy = series(values)
    columns = [replace(column, missing=10) if column.name == "charge" else column
               for column in COLUMNS]  # fmt: skip
    task = prepared(replace(gappy, columns=tuple(columns)), missing="forward")
    rows = [row for part in task.parts for row in scored_rows(task, part)]
    assert not set(rows) & set(range(300, 310))


def test_set_whose_windows_all_have_gaps_is_refused() -> None:
    values = series().values.copy()
    values[320::4, 0] = np.nan
    with pytest.raises(SpecError, match="each of its windows has a missing value"):
        prepared(series(values), missing="drop")


def test_target_that_was_not_named_is_told() -> None:
    notes = [str(note) for note in prepared(series()).notes]
    assert "the column 'charge' is predicted at each step because no target is named" in notes


def test_teacher_forcing_is_told() -> None:
    notes = [str(note) for note in prepared(series(), past_target=True).notes
             if isinstance(note, TrackedSteps)]  # fmt: skip
    assert "teacher forcing" in notes[0]
    assert "free running" in notes[0]
