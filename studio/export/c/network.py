"""What the generated C computes, as arrays: layers, scaling, head."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from safetensors.numpy import load

from studio.core.arrays import Doubles, Floats
from studio.core.cells import CELLS
from studio.core.errors import ExportError
from studio.core.results.c_refusals import OWN_SCALERS, lost_digits
from studio.core.results.trained_model import TrainedModel
from studio.export.stepwise.refusals import refuse_whole_sequences
from studio.export.weight_names import plain_weight_names

Kind = Literal["values", "softmax", "sigmoid"]


@dataclass(frozen=True)
class CLayer:
    """A recurrent layer, in double precision; gates in the order of PyTorch's rows.

    Attributes:
        from_input: (gates, units, inputs).
        from_state: (gates, units, units).
        biases: Merged biases (units, biases): one for each gate, and for a GRU the recurrent bias
            of the candidate in addition.
    """

    from_input: Doubles
    from_state: Doubles
    biases: Doubles

    @property
    def units(self) -> int:
        return int(self.from_input.shape[1])

    @property
    def inputs(self) -> int:
        return int(self.from_input.shape[2])


@dataclass(frozen=True)
class CNetwork:
    """A network as the generated C computes it.

    Attributes:
        model: Where it comes from.
        cell: "gru", "lstm" or "rnn".
        relu: Whether an RNN has ReLU in place of tanh.
        layers: The layers, the first one first.
        embedding: Vectors of the symbols, (symbols, size), or None.
        center: Of the inputs, (inputs,).
        scale: The same.
        pooling: "last", "mean" or "max"; "last" with an answer at each step.
        head: Weights (outputs, units), in the targets' units.
        bias: (outputs,), likewise.
        kind: What the head's outputs are.
        per_step: Whether every step is answered.
    """

    model: TrainedModel
    cell: str
    relu: bool
    layers: tuple[CLayer, ...]
    embedding: Floats | None
    center: Doubles
    scale: Doubles
    pooling: str
    head: Doubles
    bias: Doubles
    kind: Kind
    per_step: bool

    @property
    def inputs(self) -> int:
        """Numbers of a step; 1 for the code of a symbol."""
        return 1 if self.embedding is not None else len(self.center)

    @property
    def outputs(self) -> int:
        return len(self.bias)

    @property
    def widest(self) -> int:
        """Units of the widest layer."""
        return max(layer.units for layer in self.layers)

    @property
    def units(self) -> int:
        """Units of all layers."""
        return sum(layer.units for layer in self.layers)

    @property
    def macs(self) -> int:
        """Multiply-accumulates of a step with its answer."""
        recurrent = sum(layer.from_input.size + layer.from_state.size for layer in self.layers)
        return recurrent + self.head.size


def c_network(model: TrainedModel) -> CNetwork:
    """The network of a trained model.

    Raises:
        ExportError: It cannot be served step by step, or not by the generated C.
    """
    refuse_whole_sequences(model)
    preprocessing, spec = model.preprocessing, model.contender
    if preprocessing.series_scaling is not None:
        raise ExportError(
            OWN_SCALERS,
            where=spec.name,
            remedy="Train with one scaler for all series, or export it as onnx-step",
        )
    _refuse_lost_digits(model)
    weights = plain_weight_names(load(model.weights))
    if not all(np.isfinite(array).all() for array in weights.values()):
        raise ExportError("has weights that are not finite", where=spec.name)
    head = weights["head.weight"].astype(np.float64)
    bias = weights["head.bias"].astype(np.float64)
    scales = preprocessing.target_scales()
    if scales is not None:
        center, scale = scales
        head, bias = head * scale[:, np.newaxis], bias * scale + center
    kind: Kind = "values" if scales is not None else "softmax"
    return CNetwork(
        model=model,
        cell=spec.cell,
        relu=spec.nonlinearity == "relu",
        layers=tuple(_layer(spec.cell, weights, index) for index in range(spec.num_layers)),
        embedding=weights["embedding.weight"] if preprocessing.embeds else None,
        center=np.array(preprocessing.input_scaler.center),
        scale=np.array(preprocessing.input_scaler.scale),
        pooling="last" if preprocessing.per_step else spec.pooling,
        head=head,
        bias=bias,
        kind="sigmoid" if preprocessing.kind == "next-step" else kind,
        per_step=preprocessing.per_step,
    )


def _layer(cell: str, weights: dict[str, Floats], index: int) -> CLayer:
    blocks = CELLS[cell].blocks

    def of(kind: str) -> Doubles:
        rows = weights[f"recurrent.{kind}_l{index}"].astype(np.float64)
        return rows.reshape(blocks, -1, *rows.shape[1:])

    from_input, from_state = of("bias_ih"), of("bias_hh")
    biases = from_input + from_state
    if cell == "gru":  # the candidate's biases lie on both sides of the reset gate
        biases = np.stack([*biases[:2], from_input[2], from_state[2]])
    return CLayer(of("weight_ih"), of("weight_hh"), np.ascontiguousarray(biases.T))


def _refuse_lost_digits(model: TrainedModel) -> None:
    """Refuses channels whose values a float cannot tell apart."""
    if why := lost_digits(model.preprocessing):
        raise ExportError(
            why,
            where=model.contender.name,
            remedy="Subtract a constant from the column before training, and on the device",
        )
