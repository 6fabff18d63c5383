"""Sizes of sets, and stratified and grouped splits."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.errors import SpecError
from studio.data.splitting.splits import check_split, grouped_parts, part_sizes, stratified_parts

SHARES = (
    st.lists(st.integers(0, 20), min_size=2, max_size=3)
    .filter(lambda weights: weights[0] > 0)
    .map(lambda weights: tuple(weight / sum(weights) for weight in weights))
)


@given(total=st.integers(0, 100_000), shares=SHARES)
def test_set_sizes_add_up_and_are_less_than_one_off(total: int, shares: tuple[float, ...]) -> None:
    sizes = part_sizes(total, shares)
    assert sum(sizes) == total
    for size, share in zip(sizes, shares, strict=True):
        assert abs(size - share * total) < 1 + 1e-6
        assert share > 0 or size == 0


@pytest.mark.parametrize(
    ("total", "shares", "sizes"),
    [(10, (0.7, 0.1, 0.2), (7, 1, 2)), (3636, (0.8, 0, 0.2), (2909, 0, 727)),
     (1, (0.7, 0.1, 0.2), (1, 0, 0)), (67, (0.8, 0.2), (54, 13))],
)  # fmt: skip
def test_leftovers_go_to_the_largest_remainders(
    total: int, shares: tuple[float, ...], sizes: tuple[int, ...]
) -> None:
    assert part_sizes(total, shares) == sizes


@given(
    counts=st.lists(st.integers(1, 60), min_size=2, max_size=5),
    shares=SHARES,
    seed=st.integers(0, 2**31),
)
def test_every_example_is_in_one_set_and_classes_stay_in_proportion(
    counts: list[int], shares: tuple[float, ...], seed: int
) -> None:
    classes = np.repeat(np.arange(len(counts)), counts)
    parts = stratified_parts(classes, shares, seed)
    assert np.array_equal(np.sort(np.concatenate(parts)), np.arange(len(classes)))
    assert tuple(map(len, parts)) == part_sizes(len(classes), shares)
    for label, count in enumerate(counts):
        for part, share in zip(parts, shares, strict=True):
            assert abs(np.sum(classes[part] == label) - share * count) <= len(counts) + 1


def test_the_split_depends_on_the_seed_only() -> None:
    classes = np.arange(100) % 3
    first, again, other = (stratified_parts(classes, (0.5, 0.5), seed)[0] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_default_shares_are_used_unless_given() -> None:
    assert check_split(None, has_test=False) == (0.7, 0.1, 0.2)
    assert check_split(None, has_test=True) == (0.8, 0.2)


@pytest.mark.parametrize(
    ("split", "has_test", "message"),
    [
        ((0.7, 0.1, 0.2), True, "TEST file is the test set"),
        ((0.8, 0.2), False, "this dataset has none"),
        ((0.8, 0.2, 0.0), False, "a comparison needs a test set"),
    ],
)
def test_shares_that_do_not_fit_the_data_are_refused(
    split: tuple[float, ...],
    has_test: bool,  # noqa: FBT001 - a parameter of the test
    message: str,
) -> None:
    with pytest.raises(SpecError, match=message):
        check_split(split, has_test=has_test)


@given(
    counts=st.lists(st.integers(1, 9), min_size=3, max_size=40),
    shares=SHARES,
    seed=st.integers(0, 2**31),
)
def test_groups_go_one_by_one_to_the_set_that_lacks_most(
    counts: list[int], shares: tuple[float, ...], seed: int
) -> None:
    names = np.array([f"g{index:02}" for index in range(len(counts))])
    wanted = [part for part, share in enumerate(shares) if share > 0]
    lacking = {part: shares[part] * sum(counts) for part in wanted}
    shuffled = np.random.default_rng(seed).permutation(len(counts)).tolist()
    largest_first = sorted(shuffled, key=lambda group: -counts[group])
    owner: dict[int, int] = {}
    for group in largest_first:
        empty = [part for part in wanted if part not in owner.values()]
        left = len(counts) - len(owner)
        owner[group] = max(empty if left <= len(empty) else wanted, key=lacking.__getitem__)
        lacking[owner[group]] -= counts[group]
    parts = grouped_parts(np.repeat(names, counts), shares, seed)
    of_example = np.repeat([owner[group] for group in range(len(counts))], counts)
    assert [part.tolist() for part in parts] == [
        np.flatnonzero(of_example == part).tolist() for part in range(len(shares))
    ]


def test_splitting_as_many_groups_as_examples_takes_linear_time() -> None:
    def seconds(count: int) -> float:
        groups = np.array([str(index) for index in range(count)])
        times = []
        for _ in range(3):
            began = time.process_time()
            grouped_parts(groups, (0.7, 0.1, 0.2), 0)
            times.append(time.process_time() - began)
        return min(times)

    assert seconds(40_000) < 24 * seconds(5_000)  # 8 is linear, 64 quadratic
