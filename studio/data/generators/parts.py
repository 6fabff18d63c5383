"""What generators have in common: settings, sets of examples, gaps where values go missing."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from studio.core.arrays import Doubles, Integers
from studio.core.settings import setting
from studio.data.dataset import Column, Dataset, ExampleSet, Series, is_coded

MOST_STEPS = 50_000_000
_OWN_STREAM = 7


def examples_setting(count: int) -> Any:  # noqa: ANN401 - as setting
    """How many sequences are made."""
    return setting(
        count, "Examples", "How many sequences are made.", unit="examples", ge=10, le=1_000_000
    )


def seed_setting() -> Any:  # noqa: ANN401 - as setting
    """The seed."""
    return setting(0, "Seed", "Seed of the random numbers.", ge=0)


def noise_setting(level: float, explanation: str, most: float = 10) -> Any:  # noqa: ANN401 - as setting
    """How much noise there is."""
    return setting(level, "Noise", explanation, group="Blemishes", ge=0, le=most)


def missing_setting(explanation: str = "Share of the values that go missing.") -> Any:  # noqa: ANN401
    """How many values go missing."""
    return setting(0.0, "Missing", explanation, group="Blemishes", ge=0, le=0.9)


def refuse_vast(steps: int, what: str, most: int = MOST_STEPS) -> None:
    """Raises ValueError where parameters make more values than can be held.

    Args:
        steps: How many they make.
        what: The parameters that they are a product of, such as "length times examples".
        most: How many there may be.
    """
    if steps > most:
        raise ValueError(f"{what} must not be above {most // 1_000_000} million")


def features(names: Iterable[str], unit: str = "") -> tuple[Column, ...]:
    """Channels that the networks read."""
    return tuple(Column(name, "feature", unit=unit) for name in names)


def labelled_set(  # noqa: PLR0913 - what a set of examples is made of
    name: str,
    channels: tuple[Column, ...],
    target: str,
    *,
    values: Doubles,
    lengths: Integers,
    labels: Integers,
    class_names: tuple[str, ...],
    one_hot: bool = False,
) -> ExampleSet:
    """Sequences of a generator, each with a class; shapes as in ExampleSet."""
    return ExampleSet(
        name=name,
        source=f"generator {name}",
        columns=(*channels, Column(target, "label", "text")),
        channels=channels,
        values=values.reshape(-1, len(channels)),
        lengths=lengths,
        labels=labels.astype(np.int64),
        class_names=class_names,
        one_hot=one_hot,
    )


def valued_set(
    name: str,
    channels: tuple[Column, ...],
    targets: tuple[str, ...],
    values: Doubles,
    labels: Doubles,
) -> ExampleSet:
    """Sequences of a generator, each with numbers to predict.

    Args:
        name: Of the generator.
        channels: What each step holds.
        targets: Names of the numbers.
        values: (examples, time, channels).
        labels: (examples, targets).
    """
    return ExampleSet(
        name=name,
        source=f"generator {name}",
        columns=(*channels, *(Column(each, "target") for each in targets)),
        channels=channels,
        values=values.reshape(-1, len(channels)),
        lengths=equally_long(len(values), values.shape[1]),
        labels=labels,
        class_names=None,
    )


def equally_long(examples: int, steps: int) -> Integers:
    """The lengths of examples that are all as long, (examples,)."""
    return np.full(examples, steps, dtype=np.int64)


def with_gaps(dataset: Dataset, share: float, seed: int) -> Dataset:
    """The dataset with values missing at random; of coded symbols whole steps.

    The random numbers are a stream of their own, so that all other values stay as they are.
    """
    if not share:
        return dataset
    rng = np.random.default_rng([seed, _OWN_STREAM])
    values = np.array(dataset.values, dtype=np.float64)
    lost = rng.random((len(values), 1 if is_coded(dataset) else values.shape[1])) < share
    values[np.broadcast_to(lost, values.shape)] = np.nan
    counts = _counts(dataset.channels, values, dataset.source)
    columns = tuple(counts.get(column.name, column) for column in dataset.columns)
    if isinstance(dataset, Series):
        return replace(dataset, values=values, columns=columns)
    channels = tuple(counts[column.name] for column in dataset.channels)
    return replace(dataset, values=values, columns=columns, channels=channels)


def _counts(channels: tuple[Column, ...], values: Doubles, source: str) -> dict[str, Column]:
    counted = {}
    for at, column in enumerate(channels):
        lost = np.flatnonzero(np.isnan(values[:, at]))
        first = f"{source}, step {lost[0] + 1}" if len(lost) else ""
        counted[column.name] = replace(column, missing=len(lost), first_missing=first)
    return counted


def one_hot_of(codes: np.ndarray, symbols: int) -> Doubles:
    """Codes (steps,) as channels (steps, symbols)."""
    channels: Doubles = np.eye(symbols, dtype=np.float64)[codes]
    return channels


def replaced(codes: np.ndarray, symbols: int, share: float, rng: np.random.Generator) -> np.ndarray:
    """Codes of which a share is replaced by random symbols."""
    swaps = rng.random(len(codes)) < share
    return np.where(swaps, rng.integers(0, symbols, len(codes)), codes)
