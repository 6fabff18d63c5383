"""The fused engine: all cells at the same standard on the CPU, in float32."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from studio.core.cells import CELLS
from studio.nn.fused.ahead import run_forward
from studio.nn.fused.buffers import Layer, Sizes, States, Weights, joined
from studio.nn.fused.cells import FUSED_CELLS, FusedCell
from studio.nn.fused.compilation import KERNELS
from studio.nn.fused.layer import RunLayer
from studio.nn.layers import LayersRequest, RecurrentLayers, layer_weights, stock_module


def fused_cell(request: LayersRequest) -> FusedCell:
    """The cell of a request, with its nonlinearity."""
    name = f"rnn_{request.nonlinearity}" if request.cell == "rnn" else request.cell
    return FUSED_CELLS[name]


class FusedLayers(RecurrentLayers):
    """Recurrent layers that fused kernels compute; the weights stand in a torch.nn module."""

    def __init__(self, request: LayersRequest) -> None:
        super().__init__()
        self.request = request
        self.stock = stock_module(request)
        self._cell = fused_cell(request)
        self._names = [_weight_names(request, number) for number in range(request.num_layers)]

    def forward(self, inputs: Tensor, lengths: Tensor | None = None) -> Tensor:
        """See RecurrentLayers."""
        return self.run(inputs, lengths)[0]

    def last(self, inputs: Tensor, lengths: Tensor | None = None) -> Tensor:
        """See RecurrentLayers; its gradient costs no pass over the outputs of all steps."""
        h = self._run_layers(inputs, lengths)[1][-1].h
        return h.squeeze(0) if len(h) == 1 else torch.cat(h.unbind(), dim=1)

    def run(
        self,
        inputs: Tensor,
        lengths: Tensor | None = None,
        before: States | None = None,
        nudges: list[Tensor] | None = None,
    ) -> tuple[Tensor, States]:
        """Outputs of the last layer, and the last states of all.

        Args:
            inputs: (batch, time, input_size), padded on the right.
            lengths: Valid steps, (batch,) int64, or None where all are equal.
            before: Initial states, (layers x directions, batch, hidden_size); zeros if left out.
            nudges: For each layer zeros (batch, time, output_size) that require a gradient: it
                becomes the gradient of each state over all later steps.

        Returns:
            (batch, time, output_size), and the states after each example's last valid step.

        Raises:
            TypeError: The numbers are not float32 on the CPU.
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
        """See RecurrentLayers: the gates are those that a backward pass would read."""
        self._refuse_others(inputs)
        weights = Weights(
            tuple(each.detach() for each in layer_weights(self, layer, reverse=reverse))
        )
        worker = self._layer()
        units = self.request.hidden_size
        sizes = Sizes(worker.library.lanes, 1, 1, len(inputs), inputs.shape[1], units)
        zeros = inputs.new_zeros(1, 1, units)
        before = States(zeros, zeros if self._cell.has_c else None)
        given = inputs.contiguous()[None]
        outputs, _, kept = run_forward(worker, sizes, given, None, before, weights, keep=True)
        cell, hidden = CELLS[self.request.cell], outputs[0]
        assert kept is not None  # noqa: S101 - it was asked for
        planes = kept[0, :, 0].unbind(dim=1)
        found = {gate.name: plane for gate, plane in zip(cell.gates, planes, strict=False)}
        found["h"] = hidden
        if self._cell.has_c:
            found["c"] = planes[-1]
        return hidden, found

    def _run_layers(
        self,
        inputs: Tensor,
        lengths: Tensor | None = None,
        before: States | None = None,
        nudges: list[Tensor] | None = None,
    ) -> tuple[Tensor, list[States]]:
        """Outputs of the last layer, and the last states of each; see run."""
        self._refuse_others(inputs)
        worker, directions = self._layer(), 2 if self.request.bidirectional else 1
        lengths = None if lengths is None else lengths.contiguous()
        keep = torch.is_grad_enabled()
        last: list[States] = []
        for number in range(self.request.num_layers):
            if number:
                inputs = nn.functional.dropout(inputs, self.request.dropout, self.training)
            own = self._initial(inputs, before, number * directions, directions)
            nudge = None if nudges is None else nudges[number]
            inputs, h, c = RunLayer.apply(  # type: ignore[no-untyped-call]
                worker, keep, lengths, inputs, own.h, own.c, nudge, *self._weights(number)
            )
            last.append(States(h, c))
        return inputs, last

    def _layer(self) -> Layer:
        return Layer(KERNELS.library(self._cell.name), self._cell, torch.get_num_threads())

    def _weights(self, number: int) -> list[Tensor]:
        """Of both directions; looked up by name at every step, as they may be replaced."""
        return [getattr(self.stock, name) for name in self._names[number]]

    def _initial(
        self, inputs: Tensor, before: States | None, first: int, directions: int
    ) -> States:
        if before is not None:
            return before.part(slice(first, first + directions))
        zeros = inputs.new_zeros(directions, len(inputs), self.request.hidden_size)
        return States(zeros, zeros if self._cell.has_c else None)

    def _refuse_others(self, inputs: Tensor) -> None:
        for tensor in (inputs, getattr(self.stock, self._names[0][0])):
            if tensor.dtype != torch.float32 or tensor.device.type != "cpu":
                raise TypeError(
                    f"the fused engine computes in float32 on the CPU, not in {tensor.dtype} on "
                    f"{tensor.device.type}: build the layers with torch.nn"
                )


def _weight_names(request: LayersRequest, number: int) -> list[str]:
    kinds = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    directions = ("", "_reverse") if request.bidirectional else ("",)
    return [f"{kind}_l{number}{direction}" for direction in directions for kind in kinds]


class FusedEngine:
    """Kernels of our own for the CPU, compiled for this processor."""

    name = "fused"

    def refusal(self, request: LayersRequest, device: torch.device) -> str:
        """It serves every request on the CPU once its kernels are compiled; waits for that."""
        if device.type != "cpu":
            return "the fused engine computes on the CPU only"
        return KERNELS.refusal(fused_cell(request).name)

    def unequal(self, device: torch.device) -> str:
        """All cells are computed alike."""
        del device
        return ""

    def build(self, request: LayersRequest) -> RecurrentLayers:
        """See Engine."""
        return FusedLayers(request)
