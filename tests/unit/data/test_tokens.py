"""The next token of one long text."""

import numpy as np
import pytest

from studio.core.errors import DatasetError, SpecError
from studio.core.examples import NOT_ASKED, PreparedTask
from studio.core.spec import TaskSpec
from studio.data import Column, Series, prepare
from studio.data.symbols import corpus

SPLIT = (0.5, 0.25, 0.25)
LETTERS = "abcdefghij" * 20


def prepared(text: str = LETTERS, **task: object) -> PreparedTask:
    series = corpus("tale", "tale.txt", text, None)
    return prepare(series, TaskSpec.model_validate({"window": 5, "split": SPLIT, **task}))[0]


def text_of(codes: np.ndarray, task: PreparedTask) -> str:
    assert task.preparation.vocabulary is not None
    return "".join(task.preparation.vocabulary[code] for code in codes.ravel())


def test_every_token_of_a_training_piece_is_answered_by_the_one_that_follows() -> None:
    task = prepared(symbols="embedding")
    read, answered = task.training.inputs, task.training.targets
    assert (read.shape, answered.shape) == ((19, 5, 1), (19, 5))
    assert text_of(read, task) == LETTERS[:95]
    assert text_of(answered, task) == LETTERS[1:96]


def test_scored_pieces_are_read_behind_as_many_tokens_that_are_not_asked() -> None:
    task = prepared(symbols="embedding")
    for part, begin in ((task.validation, 100), (task.test, 150)):
        assert part.inputs.shape == (10, 10, 1)
        assert np.all(part.targets[:, :5] == NOT_ASKED)
        assert text_of(part.targets[:, 5:], task) == LETTERS[begin : begin + 50]
        assert text_of(part.inputs[0], task) == LETTERS[begin - 6 : begin + 4]
        assert part.positions.tolist() == list(range(begin, begin + 50, 5))


def test_pieces_that_carry_the_state_follow_each_other_and_are_answered_throughout() -> None:
    task = prepared(symbols="embedding", carry_state=True)
    for part, begin, pieces in ((task.training, 1, 19), (task.validation, 100, 10),
                                (task.test, 150, 10)):  # fmt: skip
        assert part.carried
        assert text_of(part.inputs, task) == LETTERS[begin - 1 : begin - 1 + pieces * 5]
        assert text_of(part.targets, task) == LETTERS[begin : begin + pieces * 5]
        assert part.positions.tolist() == list(range(begin, begin + pieces * 5, 5))


@pytest.mark.parametrize("carry_state", [False, True])
def test_validation_part_may_be_left_out(carry_state: bool) -> None:  # noqa: FBT001 - a parameter
    task = prepared(split=(0.5, 0, 0.5), carry_state=carry_state)
    assert [len(part) for part in task.parts.values()] == [19, 0, 20]


def test_state_is_carried_through_nothing_but_one_long_text() -> None:
    numbers = Series("wave", "wave.csv", (Column("level", "target"),), np.ones((90, 1)))
    with pytest.raises(SpecError, match=r"carried through one long text.*Leave it out") as told:
        prepare(numbers, TaskSpec(carry_state=True))
    assert told.value.where == "carry_state"


def test_what_is_carried_is_told() -> None:
    carried, plain = prepared(carry_state=True), prepared()
    assert carried.preparation.carried
    assert not plain.preparation.carried
    assert (
        "state is carried from piece to piece of 5 tokens, without its gradient"
        in (carried.notes[-1])
    )
    assert "each from a zero state: none is carried" in plain.notes[-1]


def test_few_symbols_enter_by_a_channel_each() -> None:
    task = prepared()
    assert task.preparation.input_names == ("<other>", *"abcdefghij")
    assert task.training.inputs.shape == (19, 5, 11)
    assert np.all(task.training.inputs.sum(axis=2) == 1)
    assert task.preparation.output_size == 11


def test_symbols_that_the_training_part_has_not_are_others() -> None:
    task = prepared("ab" * 50 + "zz" * 50, split=(0.5, 0, 0.5), symbols="embedding")
    assert task.preparation.outcomes == ("<other>", "a", "b")
    assert np.all(task.test.targets[:, 5:] == 0)


@pytest.mark.parametrize(
    ("task", "message"),
    [
        ({"window": 300}, "200 tokens, and a piece takes 300"),
        ({"window": 60}, "validation part would be empty"),
        ({"horizon": 2}, "horizon and stride belong to forecasts"),
        ({"group": "speaker"}, "belong to examples"),
        ({"target": ("word",)}, "nothing to choose from"),
    ],
)
def test_settings_that_do_not_fit_a_text_are_refused(task: dict[str, object], message: str) -> None:
    with pytest.raises((SpecError, DatasetError), match=message):
        prepared(**task)
