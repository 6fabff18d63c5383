"""Small preparations, contenders and trained models for tests of core, nn and export."""

from collections.abc import Collection

import numpy as np
import torch
from hypothesis import strategies as st

from studio.core.cells import CELLS
from studio.core.prepared.examples import Examples, PreparedTask
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.prepared.scaler import Scaler, SeriesScaler, SeriesScaling
from studio.core.results.events import RunId
from studio.core.results.trained_model import TrainedModel
from studio.core.specs.comparison_spec import ContenderSpec
from studio.nn.engines.engine_selection import TorchEngine
from studio.nn.networks.network import Network, build_network
from studio.nn.networks.snapshots import weights_bytes

POOLINGS = ("last", "mean", "max", "attention")


@st.composite
def contenders(draw: st.DrawFn, cells: Collection[str] = tuple(CELLS)) -> ContenderSpec:
    """Any small contender of these cells without dropout."""
    cell = draw(st.sampled_from(sorted(cells)))
    choices = CELLS[cell].nonlinearities
    return ContenderSpec(
        cell=cell,
        hidden_size=draw(st.integers(1, 9)),
        num_layers=draw(st.integers(1, 3)),
        bidirectional=CELLS[cell].is_recurrent and draw(st.booleans()),
        pooling=draw(st.sampled_from(POOLINGS)),
        nonlinearity=draw(st.sampled_from(choices)) if choices else None,
        kernel_size=None if CELLS[cell].is_recurrent else draw(st.integers(2, 4)),
    )


def classifying(*, channels: int = 3, classes: int = 4, steps: int = 7) -> Preprocessing:
    """A classification whose channels lie far from zero."""
    return Preprocessing(
        kind="classify",
        input_names=tuple(f"x{channel}" for channel in range(channels)),
        input_units=("m/s",) * channels,
        input_scaler=far_scaler(channels),
        target_names=("label",),
        target_units=("",),
        class_names=tuple(f"class {label}" for label in range(classes)),
        min_length=steps,
        max_length=steps,
    )


def forecasting(
    *, channels: int = 3, targets: int = 2, horizon: int = 3, window: int = 7
) -> Preprocessing:
    """A forecast of several targets over several steps."""
    return Preprocessing(
        kind="forecast",
        input_names=tuple(f"x{channel}" for channel in range(channels)),
        input_units=("°C",) * channels,
        input_scaler=far_scaler(channels),
        target_names=tuple(f"y{target}" for target in range(targets)),
        target_units=("kW",) * targets,
        target_scaler=Scaler(
            kind="standard",
            center=tuple(10.0 * (1 + target) for target in range(targets)),
            scale=tuple(2.0 + target for target in range(targets)),
        ),
        window=window,
        horizon=horizon,
        min_length=window,
        max_length=window,
        naive_error=(0.5,) * targets,
    )


def forecasting_series(*, channels: int = 3, targets: int = 2) -> Preprocessing:
    """A forecast of four series of sizes from 1 to a million, the last without training steps."""
    made = forecasting(channels=channels, targets=targets)

    def scalers(count: int, other: Scaler) -> SeriesScaler:
        own = [
            Scaler(kind="standard", center=(3.0 * size,) * count, scale=(size,) * count)
            for size in (1.0, 1e3, 1e6)
        ]
        return SeriesScaler.of([*own, other], other)

    scaling = SeriesScaling(
        names=("north", "south", "east", "west"),
        fitted=(True, True, True, False),
        inputs=scalers(channels, made.input_scaler),
        targets=scalers(targets, made.target_scaler),
    )
    return made.model_copy(update={"series_scaling": scaling, "series_ends": (100, 200, 300, 400)})


def regressing(*, channels: int = 3, steps: int = 7) -> Preprocessing:
    """One value for each example."""
    made = forecasting(channels=channels, targets=1, horizon=1, window=steps)
    return made.model_copy(update={"kind": "regress", "window": None, "naive_error": None})


def embedding_text(*, symbols: int = 7, classes: int = 3, steps: int = 7) -> Preprocessing:
    """A classification of codes of a vocabulary."""
    return Preprocessing(
        kind="classify",
        input_names=("word",),
        input_units=("",),
        input_scaler=Scaler.identity(1),
        target_names=("label",),
        target_units=("",),
        class_names=tuple(f"class {label}" for label in range(classes)),
        min_length=steps,
        max_length=steps,
        vocabulary=("<other>", *(f"word {at}" for at in range(symbols - 1))),
        tokens="words",
    )


def continuing(*, symbols: int = 5, steps: int = 7) -> Preprocessing:
    """The next token of a text whose symbols have a channel each."""
    names = tuple("abcdefgh"[:symbols])
    return Preprocessing(
        kind="next-token",
        input_names=names,
        input_units=("",) * symbols,
        input_scaler=Scaler.identity(symbols),
        target_names=("character",),
        target_units=("",),
        window=steps,
        stride=steps,
        min_length=steps,
        max_length=steps,
        vocabulary=names,
        tokens="characters",
    )


def playing(*, keys: int = 4, steps: int = 7) -> Preprocessing:
    """The keys of the next step of a piano roll."""
    names = tuple(f"key {key}" for key in range(keys))
    return Preprocessing(
        kind="next-step",
        input_names=names,
        input_units=("",) * keys,
        input_scaler=Scaler.identity(keys),
        target_names=names,
        target_units=("",) * keys,
        min_length=1,
        max_length=steps,
    )


def far_scaler(channels: int) -> Scaler:
    """Centres near a million with a spread near one: single precision would lose their digits."""
    center = tuple(1e6 + 0.123 + channel for channel in range(channels))
    return Scaler(kind="standard", center=center, scale=(0.75,) * channels)


def fresh_network(spec: ContenderSpec, preprocessing: Preprocessing, seed: int = 0) -> Network:
    """An untrained network in evaluation mode."""
    torch.manual_seed(seed)
    return build_network(spec, preprocessing, TorchEngine()).eval()


def model_of(spec: ContenderSpec, preprocessing: Preprocessing, seed: int = 0) -> TrainedModel:
    """A model as a session would give it, with fresh weights."""
    weights = weights_bytes(fresh_network(spec, preprocessing, seed))
    scores = {"rmse": 0.25}
    return TrainedModel(spec, preprocessing, RunId("GRU", 3), 5, weights, scores, "toy")


def raw_sequences(preprocessing: Preprocessing, lengths: tuple[int, ...]) -> list[np.ndarray]:
    """Sequences in their own units, each (time, channels); of several series in turn."""
    generator = np.random.default_rng(0)
    size = preprocessing.input_size
    if preprocessing.vocabulary is not None and preprocessing.embeds:
        most = len(preprocessing.vocabulary)
        return [generator.integers(0, most, (length, 1)).astype(np.float32) for length in lengths]
    scaled = [generator.normal(size=(length, size)) for length in lengths]
    if preprocessing.series_scaling is not None:
        return [
            preprocessing.inputs_in_units(each[np.newaxis], np.array([index % 4]))[0]
            for index, each in enumerate(scaled)
        ]
    return [preprocessing.input_scaler.undo(each) for each in scaled]


def ragged_task(*, classes: int = 3, counts: tuple[int, int, int] = (40, 20, 20)) -> PreparedTask:
    """Classes of sequences of different lengths, told by the mean of the first channel."""
    preprocessing = classifying(channels=2, classes=classes, steps=9).model_copy(
        update={"min_length": 1, "input_scaler": Scaler.identity(2)}
    )
    parts = [_ragged_examples(count, classes, seed) for seed, count in enumerate(counts)]
    return PreparedTask("ragged", preprocessing, *parts)


def _ragged_examples(count: int, classes: int, seed: int) -> Examples:
    generator = np.random.default_rng(seed)
    labels = np.arange(count) % classes
    lengths = generator.integers(1, 10, size=count)
    inputs = generator.normal(size=(count, 9, 2)).astype(np.float32)
    inputs[:, :, 0] += labels[:, None]
    inputs[np.arange(9) >= lengths[:, None]] = 0
    return Examples(inputs, lengths, labels, labels, np.arange(count))
