import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.specs.comparison_spec import ContenderSpec
from studio.core.specs.receptive_field import receptive_field, short_receptive_field


def tcn(levels: int, kernel_size: int | None = None) -> ContenderSpec:
    return ContenderSpec(name="TCN", cell="tcn", num_layers=levels, kernel_size=kernel_size)


@pytest.mark.parametrize(
    ("levels", "kernel_size", "steps"), [(1, 2, 3), (1, 3, 5), (4, 3, 61), (8, 2, 511)]
)
def test_each_level_adds_two_convolutions_of_twice_the_dilation(
    levels: int, kernel_size: int, steps: int
) -> None:
    assert receptive_field(levels, kernel_size) == steps


@given(st.integers(1, 6), st.integers(2, 5), st.integers(1, 500))
def test_as_many_levels_as_are_advised_see_the_whole_sequence(
    levels: int, kernel_size: int, length: int
) -> None:
    short = short_receptive_field(tcn(levels, kernel_size), length)
    assert (short is None) == (receptive_field(levels, kernel_size) >= length)
    if short is not None:
        assert short.levels is not None
        assert short_receptive_field(tcn(short.levels, kernel_size), length) is None
        assert short_receptive_field(tcn(short.levels - 1, kernel_size), length) is not None


def test_a_recurrent_network_sees_every_step() -> None:
    assert short_receptive_field(ContenderSpec(cell="gru"), 10**6) is None


def test_what_is_not_seen_is_said_with_the_levels_that_would_see_it() -> None:
    assert str(short_receptive_field(tcn(1), 100)) == (
        "TCN sees only 5 of 100 steps at a time; 5 levels would see all"
    )
    assert str(short_receptive_field(tcn(1), 10**9)) == (
        "TCN sees only 5 of 1,000,000,000 steps at a time"
    )
