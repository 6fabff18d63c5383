"""Shares of a dataset as whole numbers of examples or time steps."""

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Integers
from studio.core.errors import SpecError

DEFAULT_SPLIT = (0.7, 0.1, 0.2)
DEFAULT_SPLIT_OF_TRAIN = (0.8, 0.2)
PART_NAMES = ("training", "validation", "test")
_ALL_PARTS = 3


def split_into_folds(split: tuple[float, ...] | None, folds: int) -> tuple[float, ...]:
    """The shares of each fold: what is not tested is divided in the split's ratio.

    Two shares divide what is not tested; of three the third gives way to the fold.
    """
    training, validation = (split or DEFAULT_SPLIT)[:2]
    rest = (1 - 1 / folds) / (training + validation)
    return training * rest, validation * rest, 1 / folds


def check_split(split: tuple[float, ...] | None, *, has_test: bool) -> tuple[float, ...]:
    """The shares to use, the usual ones where none are given.

    Raises:
        SpecError: Their number does not fit the data, or nothing is left for the test.
    """
    if split is None:
        return DEFAULT_SPLIT_OF_TRAIN if has_test else DEFAULT_SPLIT
    if has_test and len(split) == _ALL_PARTS:
        raise SpecError(
            "the test part is given by the TEST file",
            where="split",
            remedy="Give two shares, which divide the TRAIN file, such as 0.8,0.2",
        )
    if not has_test and len(split) != _ALL_PARTS:
        raise SpecError(
            "two shares divide a given TRAIN file, and this dataset has none",
            where="split",
            remedy="Give three shares, such as 0.7,0.1,0.2",
        )
    if not has_test and split[-1] <= 0:
        raise SpecError(
            "a comparison needs a test part",
            where="split",
            remedy="Give the third share more than 0",
        )
    return split


def part_sizes(total: int, shares: tuple[float, ...]) -> tuple[int, ...]:
    """Whole numbers in the ratio of the shares that add up to the total (largest remainder)."""
    exact = np.array(shares, dtype=np.float64) * total
    sizes = np.floor(exact + 1e-9).astype(np.int64)
    by_remainder = np.argsort(-(exact - sizes), kind="stable")
    candidates = [int(at) for at in by_remainder if shares[at] > 0]
    left = total - int(sizes.sum())
    for at in candidates[:left]:
        sizes[at] += 1
    return tuple(int(size) for size in sizes)


def sizes_in_time(
    total: int, shares: tuple[float, ...], folds: int | None = None, fold: int = 0
) -> tuple[int, ...]:
    """Steps of training, validation and test part of a series, and of what comes after them.

    Folds cut the test part of the one division into blocks: each is tested behind a training
    part that has grown by the blocks before it, and a validation part of the same size.

    Args:
        total: Steps that can be predicted.
        shares: Of the first training part, the validation part, and all blocks together.
        folds: Number of blocks, or None.
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
    """Divides examples at random so that every part holds every class in its share.

    Each class is shuffled and spread evenly over 0 to 1; the parts are cut from that common line.
    So the parts have exactly their sizes, and each class is at most a few examples off its share.

    Args:
        classes: The class of each example, (examples,); all zero for a plain random division.
        shares: Shares of the parts, adding up to 1.
        seed: What keys the random numbers.

    Returns:
        The indices of each part, rising.
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
    """Divides examples so that no group is in two parts.

    The largest groups are given out first, ties at random, each to the part that lacks most of
    its share; every part with a share gets at least one.

    Args:
        groups: Whose each example is, (examples,).
        shares: Shares of the parts, adding up to 1.
        seed: What keys the random numbers.

    Returns:
        The indices of each part, rising.

    Raises:
        SpecError: There are fewer groups than parts.
    """
    names, codes, counts = np.unique(groups, return_inverse=True, return_counts=True)
    wanted = [at for at, share in enumerate(shares) if share > 0]
    if len(names) < len(wanted):
        raise SpecError(
            f"there are {len(names)} groups for {len(wanted)} parts",
            where="split",
            remedy="Leave out the validation part, such as 0.5,0,0.5, or divide without groups",
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


def growing_order(classes: Integers, seed: Seed) -> Integers:
    """The order in which examples enter a training part that grows.

    One of each class enters first. From then on every class holds its share of whatever has
    entered: each is shuffled and spread evenly over a common line, as in `stratified_parts`.

    Args:
        classes: The class of each example, (examples,); all zero for a plain shuffle.
        seed: What keys the random numbers.

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


def growing_groups(groups: NDArray[np.str_], seed: Seed) -> tuple[Integers, Integers]:
    """The order in which whole groups enter a training part that grows.

    Args:
        groups: Whose each example is, (examples,).
        seed: What keys the random numbers.

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
    """Raises SpecError where a part that was given a share has nothing."""
    for name, size, share in zip(PART_NAMES, sizes, shares, strict=False):
        if share > 0 and size == 0:
            raise SpecError(
                f"the {name} part would be empty: {what}",
                where="split",
                remedy="Give it a larger share, or give more data",
            )
