"""Shared by generators: settings, sets of examples, and values missing at random."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from studio.core.arrays import Doubles, Integers
from studio.core.specs.settings import setting
from studio.data.dataset import Column, Dataset, ExampleSet, Series, is_coded

MOST_STEPS = 50_000_000
_OWN_STREAM = 7


def examples_setting(count: int) -> Any:  # noqa: ANN401 - as setting
    return setting(count, "Examples", "Number of sequences.", unit="examples", ge=10, le=1_000_000)


def seed_setting() -> Any:  # noqa: ANN401 - as setting
    return setting(0, "Seed", "Seed of the random numbers.", ge=0)


def noise_setting(level: float, explanation: str, most: float = 10) -> Any:  # noqa: ANN401 - as setting
    return setting(level, "Noise", explanation, group="Noise and missing values", ge=0, le=most)


def missing_setting(explanation: str = "Share of values that are missing.") -> Any:  # noqa: ANN401
    return setting(0.0, "Missing", explanation, group="Noise and missing values", ge=0, le=0.9)


def refuse_too_many_values(steps: int, what: str, most: int = MOST_STEPS) -> None:
    """Raises ValueError where parameters lead to too many values.

    Args:
        steps: The number of values.
        what: The parameters whose product it is, such as "length times examples".
        most: The largest number allowed.
    """
    if steps > most:
        raise ValueError(f"{what} must not exceed {most // 1_000_000} million")


def features(names: Iterable[str], unit: str = "") -> tuple[Column, ...]:
    """Channels with the role of features."""
    return tuple(Column(name, "feature", unit=unit) for name in names)


def classification_set(  # noqa: PLR0913 - what a set of examples is made of
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


def regression_set(
    name: str,
    channels: tuple[Column, ...],
    targets: tuple[str, ...],
    values: Doubles,
    labels: Doubles,
) -> ExampleSet:
    """Sequences of a generator, each with values to predict.

    Args:
        name: Name of the generator.
        channels: The values of each time step.
        targets: Names of the values to predict.
        values: (examples, time, channels).
        labels: (examples, targets).
    """
    return ExampleSet(
        name=name,
        source=f"generator {name}",
        columns=(*channels, *(Column(target, "target") for target in targets)),
        channels=channels,
        values=values.reshape(-1, len(channels)),
        lengths=equal_lengths(len(values), values.shape[1]),
        labels=labels,
        class_names=None,
    )


def equal_lengths(examples: int, steps: int) -> Integers:
    """Equal lengths for all examples, (examples,)."""
    return np.full(examples, steps, dtype=np.int64)


def with_missing_values(dataset: Dataset, share: float, seed: int) -> Dataset:
    """The dataset with values missing at random; of coded symbols, whole time steps.

    The random numbers are a separate stream, so that all other values stay the same.
    """
    if not share:
        return dataset
    rng = np.random.default_rng([seed, _OWN_STREAM])
    values = np.array(dataset.values, dtype=np.float64)
    is_missing = rng.random((len(values), 1 if is_coded(dataset) else values.shape[1])) < share
    values[np.broadcast_to(is_missing, values.shape)] = np.nan
    counts = _counts(dataset.channels, values, dataset.source)
    columns = tuple(counts.get(column.name, column) for column in dataset.columns)
    if isinstance(dataset, Series):
        return replace(dataset, values=values, columns=columns)
    channels = tuple(counts[column.name] for column in dataset.channels)
    return replace(dataset, values=values, columns=columns, channels=channels)


def _counts(channels: tuple[Column, ...], values: Doubles, source: str) -> dict[str, Column]:
    counted = {}
    for index, column in enumerate(channels):
        missing = np.flatnonzero(np.isnan(values[:, index]))
        first = f"{source}, step {missing[0] + 1}" if len(missing) else ""
        counted[column.name] = replace(column, missing=len(missing), first_missing=first)
    return counted


def one_hot_codes(codes: np.ndarray, symbols: int) -> Doubles:
    """One-hot channels, (steps, symbols), of codes, (steps,)."""
    channels: Doubles = np.eye(symbols, dtype=np.float64)[codes]
    return channels


def replace_symbols(
    codes: np.ndarray, symbols: int, share: float, rng: np.random.Generator
) -> np.ndarray:
    """The codes, with a share of them replaced by random symbols."""
    swaps = rng.random(len(codes)) < share
    return np.where(swaps, rng.integers(0, symbols, len(codes)), codes)
