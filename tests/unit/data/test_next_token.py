"""Next-token prediction on one long text."""

import numpy as np
import pytest

from studio.core.errors import DatasetError, SpecError
from studio.core.notes import TextWindows
from studio.core.prepared.examples import IGNORE_INDEX, PreparedTask
from studio.core.specs.comparison_spec import TaskSpec
from studio.data import Column, Series, prepare
from studio.data.transform.symbols import corpus_series

SPLIT = (0.5, 0.25, 0.25)
LETTERS = "abcdefghij" * 20


def prepared(text: str = LETTERS, **task: object) -> PreparedTask:
    series = corpus_series("tale", "tale.txt", text, None)
    return prepare(series, TaskSpec.model_validate({"window": 5, "split": SPLIT, **task}))[0]


def text_of(codes: np.ndarray, task: PreparedTask) -> str:
    assert task.preprocessing.vocabulary is not None
    return "".join(task.preprocessing.vocabulary[code] for code in codes.ravel())


def test_every_token_of_a_training_window_predicts_the_next_one() -> None:
    task = prepared(symbols="embedding")
    read, answered = task.training.inputs, task.training.targets
    assert (read.shape, answered.shape) == ((19, 5, 1), (19, 5))
    assert text_of(read, task) == LETTERS[:95]
    assert text_of(answered, task) == LETTERS[1:96]


def test_scored_windows_follow_a_window_of_context() -> None:
    task = prepared(symbols="embedding")
    for part, begin in ((task.validation, 100), (task.test, 150)):
        assert part.inputs.shape == (10, 10, 1)
        assert np.all(part.targets[:, :5] == IGNORE_INDEX)
        assert text_of(part.targets[:, 5:], task) == LETTERS[begin : begin + 50]
        assert text_of(part.inputs[0], task) == LETTERS[begin - 6 : begin + 4]
        assert part.positions.tolist() == list(range(begin, begin + 50, 5))


def test_windows_with_carried_state_are_adjacent_and_predicted_throughout() -> None:
    task = prepared(symbols="embedding", carry_state=True)
    for part, begin, pieces in ((task.training, 1, 19), (task.validation, 100, 10),
                                (task.test, 150, 10)):  # fmt: skip
        assert part.carried
        assert text_of(part.inputs, task) == LETTERS[begin - 1 : begin - 1 + pieces * 5]
        assert text_of(part.targets, task) == LETTERS[begin : begin + pieces * 5]
        assert part.positions.tolist() == list(range(begin, begin + pieces * 5, 5))


@pytest.mark.parametrize("carry_state", [False, True])
def test_validation_set_may_be_left_out(carry_state: bool) -> None:  # noqa: FBT001 - a parameter
    task = prepared(split=(0.5, 0, 0.5), carry_state=carry_state)
    assert [len(part) for part in task.parts.values()] == [19, 0, 20]


def test_state_is_carried_only_through_one_long_text() -> None:
    numbers = Series("wave", "wave.csv", (Column("level", "target"),), np.ones((90, 1)))
    with pytest.raises(
        SpecError, match=r"carried only through one long text.*Leave it out"
    ) as error:
        prepare(numbers, TaskSpec(carry_state=True))
    assert error.value.where == "carry_state"


def test_whether_the_state_is_carried_is_noted() -> None:
    carried, plain = prepared(carry_state=True), prepared()
    assert carried.preprocessing.carried
    assert not plain.preprocessing.carried
    assert carried.notes[-1] == TextWindows(5, carried=True)
    assert plain.notes[-1] == TextWindows(5, carried=False)


def test_few_symbols_are_one_hot_encoded() -> None:
    task = prepared()
    assert task.preprocessing.input_names == ("<other>", *"abcdefghij")
    assert task.training.inputs.shape == (19, 5, 11)
    assert np.all(task.training.inputs.sum(axis=2) == 1)
    assert task.preprocessing.output_size == 11


def test_symbols_outside_the_training_set_share_one_entry() -> None:
    task = prepared("ab" * 50 + "zz" * 50, split=(0.5, 0, 0.5), symbols="embedding")
    assert task.preprocessing.outcomes == ("<other>", "a", "b")
    assert np.all(task.test.targets[:, 5:] == 0)


@pytest.mark.parametrize(
    ("task", "message"),
    [
        ({"window": 300}, "only 200 tokens, too few for a window of 300"),
        ({"window": 60}, "validation set would be empty"),
        ({"horizon": 2}, "horizon and stride apply to forecasts"),
        ({"group": "speaker"}, "apply to examples"),
        ({"target": ("word",)}, "has only one column"),
    ],
)
def test_settings_that_do_not_fit_a_text_are_refused(task: dict[str, object], message: str) -> None:
    with pytest.raises((SpecError, DatasetError), match=message):
        prepared(**task)
