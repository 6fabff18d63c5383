"""Splits by shares: sizes of the sets, stratified and grouped splits, nested subsets."""

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Integers
from studio.core.errors import SpecError

DEFAULT_SPLIT = (0.7, 0.1, 0.2)
DEFAULT_SPLIT_OF_TRAIN = (0.8, 0.2)
PART_NAMES = ("training", "validation", "test")
_ALL_PARTS = 3


def split_into_folds(split: tuple[float, ...] | None, folds: int) -> tuple[float, ...]:
    """The shares of each fold: what is not tested is split in the ratio of the first two shares."""
    training, validation = (split or DEFAULT_SPLIT)[:2]
    rest = (1 - 1 / folds) / (training + validation)
    return training * rest, validation * rest, 1 / folds


def check_split(split: tuple[float, ...] | None, *, has_test: bool) -> tuple[float, ...]:
    """The shares to use, or the default ones if None.

    Raises:
        SpecError: Their number does not fit the data, or the test set would be empty.
    """
    if split is None:
        return DEFAULT_SPLIT_OF_TRAIN if has_test else DEFAULT_SPLIT
    if has_test and len(split) == _ALL_PARTS:
        raise SpecError(
            "the TEST file is the test set",
            where="split",
            remedy="Give two shares, which split the TRAIN file, such as 0.8,0.2",
        )
    if not has_test and len(split) != _ALL_PARTS:
        raise SpecError(
            "two shares split a given TRAIN file, but this dataset has none",
            where="split",
            remedy="Give three shares, such as 0.7,0.1,0.2",
        )
    if not has_test and split[-1] <= 0:
        raise SpecError(
            "a comparison needs a test set",
            where="split",
            remedy="Choose a third share above 0",
        )
    return split


def part_sizes(total: int, shares: tuple[float, ...]) -> tuple[int, ...]:
    """Integers in the ratio of the shares that add up to the total (largest remainder)."""
    exact = np.array(shares, dtype=np.float64) * total
    sizes = np.floor(exact + 1e-9).astype(np.int64)
    by_remainder = np.argsort(-(exact - sizes), kind="stable")
    candidates = [int(index) for index in by_remainder if shares[index] > 0]
    left = total - int(sizes.sum())
    for index in candidates[:left]:
        sizes[index] += 1
    return tuple(int(size) for size in sizes)


def sizes_in_time(
    total: int, shares: tuple[float, ...], folds: int | None = None, fold: int = 0
) -> tuple[int, ...]:
    """Steps of the training, validation and test sets of a series, and of the unused rest.

    Folds are expanding-window folds: the test set of the plain split is cut into blocks, and each
    is tested after a training set that has grown by the earlier blocks and a validation set of
    constant size.

    Args:
        total: Steps that can be predicted.
        shares: Of the first training set, the validation set, and all test blocks together.
        folds: Number of test blocks, or None.
        fold: The block that is tested, from 1.
    """
    training, validation, test = part_sizes(total, shares)
    if folds is None:
        return training, validation, test
    blocks = part_sizes(test, (1 / folds,) * folds)
    before = sum(blocks[: fold - 1])
    return training + before, validation, blocks[fold - 1], test - before - blocks[fold - 1]


Seed = int | tuple[int, ...]


def stratified_parts(
    classes: Integers, shares: tuple[float, ...], seed: Seed
) -> tuple[Integers, ...]:
    """Splits examples at random so that every set has every class in proportion.

    Each class is shuffled and spread evenly over 0 to 1; the sets are cut from that common line.
    So the sets have exactly their sizes, and each class is at most a few examples off its share.

    Args:
        classes: The class of each example, (examples,); all zero for a plain random split.
        shares: Shares of the sets, adding up to 1.
        seed: Seed of the random numbers.

    Returns:
        The indices of each set, in ascending order.
    """
    rng = np.random.default_rng(seed)
    spread = np.empty(len(classes), dtype=np.float64)
    for label in np.unique(classes):
        members = rng.permutation(np.flatnonzero(classes == label))
        spread[members] = (np.arange(len(members)) + rng.random()) / len(members)
    order = np.argsort(spread, kind="stable")
    borders = np.cumsum(part_sizes(len(classes), shares))[:-1]
    return tuple(np.sort(part).astype(np.int64) for part in np.split(order, borders))


def grouped_parts(
    groups: NDArray[np.str_], shares: tuple[float, ...], seed: Seed
) -> tuple[Integers, ...]:
    """Splits examples so that no group is in two sets.

    The largest groups are assigned first, ties at random, each to the set that is furthest below
    its size; every set with a share gets at least one group.

    Args:
        groups: The group of each example, (examples,).
        shares: Shares of the sets, adding up to 1.
        seed: Seed of the random numbers.

    Returns:
        The indices of each set, in ascending order.

    Raises:
        SpecError: There are fewer groups than sets.
    """
    names, codes, counts = np.unique(groups, return_inverse=True, return_counts=True)
    wanted = [index for index, share in enumerate(shares) if share > 0]
    if len(names) < len(wanted):
        raise SpecError(
            f"there are only {len(names)} groups for {len(wanted)} sets",
            where="split",
            remedy="Leave out the validation set, such as 0.5,0,0.5, or split without groups",
        )
    shuffled = np.random.default_rng(seed).permutation(len(names))
    lacking = np.array(shares, dtype=np.float64) * len(groups)
    owner = np.empty(len(names), dtype=np.int64)
    ordered = shuffled[np.argsort(-counts[shuffled], kind="stable")]
    empty = list(wanted)
    for given, group in enumerate(ordered.tolist()):
        must = len(names) - given <= len(empty)
        part = max(empty if must else wanted, key=lacking.__getitem__)
        owner[group] = part
        lacking[part] -= counts[group]
        if part in empty:
            empty.remove(part)
    of_example = owner[codes]
    return tuple(np.flatnonzero(of_example == part).astype(np.int64) for part in range(len(shares)))


def nested_order(classes: Integers, seed: Seed) -> Integers:
    """The order in which examples enter a growing training set.

    One of each class enters first. From then on every class stays in proportion: each is shuffled
    and spread evenly over a common line, as in `stratified_parts`.

    Args:
        classes: The class of each example, (examples,); all zero for a plain shuffle.
        seed: Seed of the random numbers.

    Returns:
        The indices of all examples, (examples,).
    """
    rng = np.random.default_rng(seed)
    spread = np.empty(len(classes), dtype=np.float64)
    for label in np.unique(classes):
        members = rng.permutation(np.flatnonzero(classes == label))
        spread[members] = (np.arange(len(members)) + rng.random()) / len(members)
        spread[members[0]] -= 1
    return np.argsort(spread, kind="stable")


def nested_groups(groups: NDArray[np.str_], seed: Seed) -> tuple[Integers, Integers]:
    """The order in which whole groups enter a growing training set.

    Args:
        groups: The group of each example, (examples,).
        seed: Seed of the random numbers.

    Returns:
        The indices of all examples, group after group, (examples,), and the sizes of the groups in
        that order, (groups,).
    """
    names, codes, counts = np.unique(groups, return_inverse=True, return_counts=True)
    entering = np.random.default_rng(seed).permutation(len(names))
    place = np.empty(len(names), dtype=np.int64)
    place[entering] = np.arange(len(names))
    return np.argsort(place[codes], kind="stable"), counts[entering].astype(np.int64)


def refuse_empty(sizes: tuple[int, ...], shares: tuple[float, ...], what: str) -> None:
    """Raises SpecError where a set with a share would be empty."""
    for name, size, share in zip(PART_NAMES, sizes, shares, strict=False):
        if share > 0 and size == 0:
            raise SpecError(
                f"the {name} set would be empty: {what}",
                where="split",
                remedy="Give it a larger share, or use more data",
            )
