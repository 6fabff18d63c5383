"""Sizes of the training part as they are asked for, and the comparison at each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.errors import SpecError
from studio.core.spec import ComparisonSpec, GeneratedDataset, TrainingSpec
from studio.core.training_sizes import Portion, at_size, portions_of, sizes_of, steps_end_it

SPEC = ComparisonSpec(dataset=GeneratedDataset(generator="adding"))


def trained(**training: object) -> ComparisonSpec:
    return SPEC.model_copy(update={"training": TrainingSpec.model_validate(training)})


def test_sizes_are_numbers_or_shares_and_come_rising_and_once() -> None:
    portions = portions_of("100%, 30 %,10, 2.5%,30%")
    assert portions[3] == Portion(2.5, is_share=True)
    assert sizes_of(portions, 400) == (10, 120, 400)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no size is given.*such as 100,300,1000 or 10%,30%,100%"),
        ("few", "'few' is no size"),
        ("-5", "'-5' is no size"),
        ("0", "0 is no number of examples"),
        ("2.5", "2.5 is no number of examples"),
        ("0%", "0% is no share"),
        ("120%", "120% is no share of a training part.*up to 100 %"),
    ],
)
def test_what_is_no_size_is_refused_with_an_example(text: str, message: str) -> None:
    with pytest.raises(SpecError, match=message) as told:
        portions_of(text)
    assert told.value.where == "sizes"


def test_sizes_that_the_training_part_does_not_have_are_refused() -> None:
    with pytest.raises(SpecError, match=r"has 80 examples, and 1,000 are asked for.*at most 80"):
        sizes_of(portions_of("10,1000"), 80)
    with pytest.raises(SpecError, match=r"0\.5% of 80 training examples is less than one"):
        sizes_of(portions_of("0.5%"), 80)


def test_the_whole_part_is_no_number() -> None:
    assert at_size(SPEC, 80, 80) == SPEC
    assert at_size(at_size(SPEC, 30, 80), 80, 80) == SPEC
    assert at_size(SPEC, 30, 80).task.training_examples == 30


@given(st.integers(1, 500), st.integers(1, 64), st.integers(1, 3000), st.integers(1, 60))
def test_what_ends_by_steps_does_so_at_every_size(
    whole: int, batch: int, steps: int, epochs: int
) -> None:
    spec = trained(steps=steps, epochs=epochs, batch_size=batch)
    ends_by_steps = steps_end_it(spec, whole)
    for examples in {1, whole // 3 or 1, whole}:
        small = at_size(spec, examples, whole)
        if ends_by_steps:
            assert steps_end_it(small, examples)
        else:
            assert small.training == spec.training


def test_without_steps_the_epochs_stay() -> None:
    assert at_size(trained(epochs=7), 10, 80).training.epochs == 7


def test_rates_that_were_tried_are_tried_again_at_another_size() -> None:
    gru, lstm = SPEC.contenders
    chosen = (gru.model_copy(update={"lr": 0.01}), lstm.model_copy(update={"lr": 0.1}))
    spec = SPEC.model_copy(update={"contenders": chosen, "tried": (0.01, 0.1)})
    small = at_size(spec, 30, 80)
    assert (small.rates, small.tried) == ((0.01, 0.1), None)
    assert small.contenders == SPEC.contenders


def test_looks_are_not_planned_anew() -> None:
    spec = trained(seeds=5).model_copy(update={"looks": (3, 5, 8), "looked": 3})
    small = at_size(spec, 30, 80)
    assert (small.looks, small.looked, small.training.seeds) == (None, None, 5)
