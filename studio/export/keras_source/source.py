"""The source of a network in Keras 3, with nothing but what this network needs."""

from studio.core.results.trained_model import TrainedModel
from studio.export.source_parts import answers_of, listed, refuse_own_scalers, trained_on

_CLASS = {"gru": "GRU", "lstm": "LSTM", "rnn": "SimpleRNN"}


def keras_source(model: TrainedModel, weights: str) -> str:
    """A Python file that builds the network, loads its weights and takes raw sequences.

    Args:
        model: The model.
        weights: The name of the file beside it with the arrays of keras_arrays.

    Raises:
        ExportError: Each series has its own scaler.
    """
    refuse_own_scalers(model)
    preprocessing = model.preprocessing
    answers = answers_of(model)
    return f'''"""A recurrent network in Keras 3, written by Gate Studio.

{trained_on(model)}

    python THIS.py                     builds the network and counts its parameters
    model = load()
    predict(model, sequences)          for raw sequences (batch, time, inputs)

Keras computes with TensorFlow, JAX or PyTorch, as its variable KERAS_BACKEND says.
"""

from pathlib import Path

import keras
import numpy as np
from keras import layers

WEIGHTS = Path(__file__).with_name({weights!r})
INPUTS = {listed(preprocessing.input_names)}
OUTPUTS = {listed(preprocessing.output_names)}
{_constants(model)}

def build():
    """The network, from scaled sequences to raw outputs."""
{_layers(model)}
    return keras.Model(sequences, outputs)


def load(path=WEIGHTS):
    """The trained network."""
    model = build()
    with np.load(path) as arrays:
        for layer in model.layers:
            count = len(layer.get_weights())
            layer.set_weights([arrays[f"{{layer.name}}/{{number}}"] for number in range(count)])
    return model


def predict(model, sequences):
    """{answers[0].upper()}{answers[1:]}."""
{_scaled(model)}
    raw = keras.ops.convert_to_numpy(model(steps, training=False)).astype(np.float64)
{_in_units(model)}


if __name__ == "__main__":
    count = load().count_params()
    print(f"{{count:,}} parameters, {{len(INPUTS)}} inputs, {{len(OUTPUTS)}} outputs")
'''


def _constants(model: TrainedModel) -> str:
    """Scales, in double precision, as single precision loses digits far from zero."""
    preprocessing = model.preprocessing
    lines = []
    if not preprocessing.embeds:
        scaler = preprocessing.input_scaler
        lines += [
            f"INPUT_CENTER = np.array({list(scaler.center)})",
            f"INPUT_SCALE = np.array({list(scaler.scale)})",
        ]
    scales = preprocessing.target_scales()
    if scales is not None:
        lines += [
            f"OUTPUT_CENTER = np.array({scales[0].tolist()})",
            f"OUTPUT_SCALE = np.array({scales[1].tolist()})",
        ]
    return "".join(f"{line}\n" for line in lines)


def _layers(model: TrainedModel) -> str:
    preprocessing, spec = model.preprocessing, model.contender
    if preprocessing.embeds:
        count = len(preprocessing.vocabulary or ())
        lines = [
            'sequences = keras.Input((None,), dtype="int32")',
            f'embedding = layers.Embedding({count}, {spec.embedding_size}, name="embedding")',
            "steps = embedding(sequences)",
        ]
    else:
        lines = ["steps = sequences = keras.Input((None, len(INPUTS)))"]
    takes_last = not preprocessing.per_step and spec.pooling == "last"
    for layer in range(spec.num_layers):
        every = not (takes_last and layer == spec.num_layers - 1)
        lines.append(f"steps = {_recurrent(model, layer, every=every)}(steps)")
    pooled = "steps"
    if not preprocessing.per_step and spec.pooling != "last":
        pooled = "pooled"
        lines += {
            "mean": ["pooled = layers.GlobalAveragePooling1D()(steps)"],
            "max": ["pooled = layers.GlobalMaxPooling1D()(steps)"],
            "attention": [
                'shares = layers.Softmax(axis=1)(layers.Dense(1, name="score")(steps))',
                "pooled = keras.ops.sum(shares * steps, axis=1)",
            ],
        }[spec.pooling]
    size = preprocessing.output_size
    lines.append(f'outputs = layers.Dense({size}, name="head")({pooled})')
    return "\n".join(f"    {line}" for line in lines)


def _recurrent(model: TrainedModel, layer: int, *, every: bool) -> str:
    spec = model.contender
    options = [str(spec.hidden_size)]
    if every:
        options.append("return_sequences=True")
    if spec.cell == "rnn" and spec.nonlinearity == "relu":
        options.append('activation="relu"')
    named = f'name="recurrent_{layer}"'
    if not spec.bidirectional:
        return f"layers.{_CLASS[spec.cell]}({', '.join([*options, named])})"
    inner = f"layers.{_CLASS[spec.cell]}({', '.join(options)})"
    return f"layers.Bidirectional({inner}, {named})"


def _scaled(model: TrainedModel) -> str:
    if model.preprocessing.embeds:
        return "    steps = np.asarray(sequences)[..., 0].astype(np.int32)"
    return (
        "    steps = (np.asarray(sequences, dtype=np.float64) - INPUT_CENTER) / INPUT_SCALE\n"
        "    steps = steps.astype(np.float32)"
    )


def _in_units(model: TrainedModel) -> str:
    preprocessing = model.preprocessing
    if preprocessing.kind == "next-step":
        return "    return 1 / (1 + np.exp(-raw))"
    if preprocessing.target_scaler is None:
        return (
            "    shares = np.exp(raw - raw.max(axis=-1, keepdims=True))\n"
            "    return shares / shares.sum(axis=-1, keepdims=True)"
        )
    return "    return raw * OUTPUT_SCALE + OUTPUT_CENTER"
