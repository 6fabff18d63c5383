"""The fused engine: equally optimised kernels for all cells on the CPU, in float32."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from studio.core.cells import CELLS
from studio.nn.engines.fused.autograd_layer import RunLayer
from studio.nn.engines.fused.buffers import Layer, LayerSizes, LayerTensors, States, joined
from studio.nn.engines.fused.cells import FUSED_CELLS, FusedCell
from studio.nn.engines.fused.forward_pass import run_forward
from studio.nn.engines.fused.kernel_cache import KERNELS
from studio.nn.engines.recurrent_layers import (
    RecurrentConfig,
    RecurrentLayers,
    layer_weights,
    stock_module,
)


def fused_cell(config: RecurrentConfig) -> FusedCell:
    """The fused cell of these layers; the RNN has one for each nonlinearity."""
    name = f"rnn_{config.nonlinearity}" if config.cell == "rnn" else config.cell
    return FUSED_CELLS[name]


class FusedLayers(RecurrentLayers):
    """Recurrent layers computed by fused kernels; the weights are in a torch.nn module."""

    def __init__(self, config: RecurrentConfig) -> None:
        super().__init__()
        self.config = config
        self.stock = stock_module(config)
        self._cell = fused_cell(config)
        self._names = [_weight_names(config, number) for number in range(config.num_layers)]

    def forward(self, inputs: Tensor, lengths: Tensor | None = None) -> Tensor:
        """See RecurrentLayers."""
        return self.run(inputs, lengths)[0]

    def last(self, inputs: Tensor, lengths: Tensor | None = None) -> Tensor:
        """See RecurrentLayers; its gradient needs no pass over the outputs of all steps."""
        h = self._run_layers(inputs, lengths)[1][-1].h
        return h.squeeze(0) if len(h) == 1 else torch.cat(h.unbind(), dim=1)

    def run(
        self,
        inputs: Tensor,
        lengths: Tensor | None = None,
        before: States | None = None,
        nudges: list[Tensor] | None = None,
    ) -> tuple[Tensor, States]:
        """Outputs of the last layer, and the final states of all.

        Args:
            inputs: (batch, time, input_size), padded on the right.
            lengths: Valid steps, (batch,) int64, or None if there is no padding.
            before: Initial states, (layers x directions, batch, hidden_size); zeros if None.
            nudges: Zeros (batch, time, output_size) for each layer that require a gradient, which
                becomes that of each state over all later steps.

        Returns:
            (batch, time, output_size), and the states after each example's last valid step.

        Raises:
            TypeError: The tensors are not float32 on the CPU.
        """
        outputs, last = self._run_layers(inputs, lengths, before, nudges)
        return outputs, joined(last)

    def nudged(self, inputs: Tensor, nudges: Sequence[Tensor]) -> Tensor:
        """See RecurrentLayers."""
        outputs, _ = self.run(inputs[None], nudges=[nudge[None] for nudge in nudges])
        return outputs[0]

    @torch.no_grad()
    def record(
        self, inputs: Tensor, layer: int, *, reverse: bool
    ) -> tuple[Tensor, Mapping[str, Tensor]]:
        """See RecurrentLayers; the gates are those saved for the backward pass."""
        self._require_float32_on_cpu(inputs)
        weights = LayerTensors(
            tuple(weight.detach() for weight in layer_weights(self, layer, reverse=reverse))
        )
        worker = self._layer()
        units = self.config.hidden_size
        sizes = LayerSizes(worker.library.lanes, 1, 1, len(inputs), inputs.shape[1], units)
        zeros = inputs.new_zeros(1, 1, units)
        before = States(zeros, zeros if self._cell.has_c else None)
        batch = inputs.contiguous()[None]
        outputs, _, saved = run_forward(worker, sizes, batch, None, before, weights, keep=True)
        cell, hidden = CELLS[self.config.cell], outputs[0]
        assert saved is not None  # noqa: S101 - because of keep
        planes = saved[0, :, 0].unbind(dim=1)
        arrays = {gate.name: plane for gate, plane in zip(cell.gates, planes, strict=False)}
        arrays["h"] = hidden
        if self._cell.has_c:
            arrays["c"] = planes[-1]
        return hidden, arrays

    def _run_layers(
        self,
        inputs: Tensor,
        lengths: Tensor | None = None,
        before: States | None = None,
        nudges: list[Tensor] | None = None,
    ) -> tuple[Tensor, list[States]]:
        """Outputs of the last layer, and the final states of each; see run."""
        self._require_float32_on_cpu(inputs)
        worker, directions = self._layer(), 2 if self.config.bidirectional else 1
        lengths = None if lengths is None else lengths.contiguous()
        keep = torch.is_grad_enabled()
        last: list[States] = []
        for number in range(self.config.num_layers):
            if number:
                inputs = nn.functional.dropout(inputs, self.config.dropout, self.training)
            initial = self._initial(inputs, before, number * directions, directions)
            nudge = None if nudges is None else nudges[number]
            inputs, h, c = RunLayer.apply(  # type: ignore[no-untyped-call]
                worker, keep, lengths, inputs, initial.h, initial.c, nudge, *self._weights(number)
            )
            last.append(States(h, c))
        return inputs, last

    def _layer(self) -> Layer:
        return Layer(KERNELS.library(self._cell.name), self._cell, torch.get_num_threads())

    def _weights(self, number: int) -> list[Tensor]:
        """Of both directions; looked up by name at every step, as they can be replaced."""
        return [getattr(self.stock, name) for name in self._names[number]]

    def _initial(
        self, inputs: Tensor, before: States | None, first: int, directions: int
    ) -> States:
        if before is not None:
            return before.part(slice(first, first + directions))
        zeros = inputs.new_zeros(directions, len(inputs), self.config.hidden_size)
        return States(zeros, zeros if self._cell.has_c else None)

    def _require_float32_on_cpu(self, inputs: Tensor) -> None:
        for tensor in (inputs, getattr(self.stock, self._names[0][0])):
            if tensor.dtype != torch.float32 or tensor.device.type != "cpu":
                raise TypeError(
                    f"the fused engine computes in float32 on the CPU, not in {tensor.dtype} on "
                    f"{tensor.device.type}; build the layers with torch.nn"
                )


def _weight_names(config: RecurrentConfig, number: int) -> list[str]:
    kinds = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    directions = ("", "_reverse") if config.bidirectional else ("",)
    return [f"{kind}_l{number}{direction}" for direction in directions for kind in kinds]


class FusedEngine:
    """Our own CPU kernels, compiled for this processor."""

    name = "fused"

    def refusal(self, config: RecurrentConfig, device: torch.device) -> str:
        """See Engine; waits for kernels that are being compiled."""
        if device.type != "cpu":
            return "the fused engine runs on the CPU only"
        return KERNELS.refusal(fused_cell(config).name)

    def build(self, config: RecurrentConfig) -> RecurrentLayers:
        """See Engine."""
        return FusedLayers(config)
