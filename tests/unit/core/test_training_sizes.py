"""Sizes of the training set, and the comparison at each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.errors import SpecError
from studio.core.specs.comparison_spec import ComparisonSpec, GeneratedDataset, TrainingSpec
from studio.core.specs.training_sizes import (
    TrainingSize,
    ends_by_steps,
    example_counts,
    parse_training_sizes,
    with_training_size,
)

SPEC = ComparisonSpec(dataset=GeneratedDataset(generator="adding"))


def comparison(**training: object) -> ComparisonSpec:
    return SPEC.model_copy(update={"training": TrainingSpec.model_validate(training)})


def test_sizes_are_numbers_or_shares_and_come_ascending_and_distinct() -> None:
    sizes = parse_training_sizes("100%, 30 %,10, 2.5%,30%")
    assert sizes[3] == TrainingSize(2.5, is_share=True)
    assert example_counts(sizes, 400) == (10, 120, 400)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no size is given.*such as 100,300,1000 or 10%,30%,100%"),
        ("few", "'few' is not a training-set size"),
        ("-5", "'-5' is not a training-set size"),
        ("0", "0 is not a number of examples"),
        ("2.5", "2.5 is not a number of examples"),
        ("0%", "0% is not a share"),
        ("120%", "120% is not a share of the training set.*up to 100 %"),
    ],
)
def test_text_that_is_not_a_size_is_refused_with_an_example(text: str, message: str) -> None:
    with pytest.raises(SpecError, match=message) as caught:
        parse_training_sizes(text)
    assert caught.value.field == "sizes"


def test_sizes_beyond_the_training_set_or_below_one_example_are_refused() -> None:
    with pytest.raises(
        SpecError,
        match=r"1,000 training examples were requested.*set has only 80.*at most 80",
    ):
        example_counts(parse_training_sizes("10,1000"), 80)
    with pytest.raises(SpecError, match=r"0\.5% of 80 training examples is less than one"):
        example_counts(parse_training_sizes("0.5%"), 80)


def test_the_whole_training_set_is_stored_as_no_limit() -> None:
    assert with_training_size(SPEC, 80, 80) == SPEC
    assert with_training_size(with_training_size(SPEC, 30, 80), 80, 80) == SPEC
    assert with_training_size(SPEC, 30, 80).task.training_examples == 30


@given(st.integers(1, 500), st.integers(1, 64), st.integers(1, 3000), st.integers(1, 60))
def test_runs_that_end_by_steps_do_so_at_every_size(
    whole: int, batch: int, steps: int, epochs: int
) -> None:
    spec = comparison(steps=steps, epochs=epochs, batch_size=batch)
    by_steps = ends_by_steps(spec, whole)
    for examples in {1, whole // 3 or 1, whole}:
        small = with_training_size(spec, examples, whole)
        if by_steps:
            assert ends_by_steps(small, examples)
        else:
            assert small.training == spec.training


def test_without_steps_the_epochs_stay() -> None:
    assert with_training_size(comparison(epochs=7), 10, 80).training.epochs == 7


def test_learning_rates_are_tried_again_at_another_size() -> None:
    gru, lstm = SPEC.contenders
    chosen = (gru.model_copy(update={"lr": 0.01}), lstm.model_copy(update={"lr": 0.1}))
    spec = SPEC.model_copy(update={"contenders": chosen, "tried": (0.01, 0.1)})
    small = with_training_size(spec, 30, 80)
    assert (small.rates, small.tried) == ((0.01, 0.1), None)
    assert small.contenders == SPEC.contenders


def test_interim_looks_are_dropped() -> None:
    spec = comparison(seeds=5).model_copy(update={"looks": (3, 5, 8), "looked": 3})
    small = with_training_size(spec, 30, 80)
    assert (small.looks, small.looked, small.training.seeds) == (None, None, 5)
