"""Layers of the minGRU in plain torch operations: all steps at once, by a scan in log space."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout, logsigmoid, softplus

from studio.nn.engines.padding import flip_padded
from studio.nn.engines.recurrent_config import RecurrentConfig
from studio.nn.engines.recurrent_layers import RecurrentLayers, States

_PIECE = 64
"""Steps that are scanned at once: over longer ones, sums of logarithms lose digits."""


class MinGruLayers(RecurrentLayers):
    """Layers whose gates read the input alone.

    Attributes:
        config: Their configuration.
        projections: For each layer and direction the weights of update gate and candidate, in this
            order of the rows.
    """

    def __init__(self, config: RecurrentConfig) -> None:
        super().__init__()
        self.config = config
        self.projections = nn.ModuleList(
            nn.Linear(config.output_size if layer else config.input_size, 2 * config.hidden_size)
            for layer in range(config.num_layers)
            for _ in self._directions
        )

    @property
    def _directions(self) -> tuple[bool, ...]:
        return (False, True) if self.config.bidirectional else (False,)

    def forward(self, inputs: Tensor, lengths: Tensor | None = None) -> Tensor:
        """See SequenceLayers."""
        return self.run(inputs, lengths)[0]

    def run(
        self, inputs: Tensor, lengths: Tensor | None = None, before: States | None = None
    ) -> tuple[Tensor, States]:
        """See RecurrentLayers."""
        ends: list[Tensor] = []
        for layer in range(self.config.num_layers):
            if layer:
                inputs = dropout(inputs, self.config.dropout, self.training)
            outputs = []
            for reverse in self._directions:
                start = None if before is None else before.h[len(ends)]
                directed = flip_padded(inputs, lengths) if reverse else inputs
                hidden = log_scan(*self._gates(directed, layer, reverse=reverse), start)
                ends.append(hidden[:, -1])
                outputs.append(flip_padded(hidden, lengths) if reverse else hidden)
            inputs = torch.cat(outputs, dim=2)
        return inputs, States(torch.stack(ends), None)

    def nudged(self, inputs: Tensor, nudges: Sequence[Tensor]) -> Tensor:
        """See RecurrentLayers; computed step by step."""
        for layer, nudge in enumerate(nudges):
            parts = nudge.split(self.config.hidden_size, dim=1)
            outputs = []
            for reverse, part in zip(self._directions, parts, strict=True):
                directed, added = (inputs.flip(0), part.flip(0)) if reverse else (inputs, part)
                gate, candidate = self._gates(directed, layer, reverse=reverse)
                hidden = _step_by_step(gate.sigmoid(), positive(candidate), added)
                outputs.append(hidden.flip(0) if reverse else hidden)
            inputs = torch.cat(outputs, dim=1)
        return inputs

    def record(
        self, inputs: Tensor, layer: int, *, reverse: bool
    ) -> tuple[Tensor, Mapping[str, Tensor]]:
        """See RecurrentLayers."""
        gate, candidate = self._gates(inputs[None], layer, reverse=reverse)
        hidden = log_scan(gate, candidate, None)[0]
        arrays = {"update": gate[0].sigmoid(), "new": positive(candidate[0]), "h": hidden}
        return hidden, arrays

    def set_memory_bias(self, value: float) -> None:
        """See RecurrentLayers."""
        with torch.no_grad():
            for projection in self.projections:
                projection.bias[: self.config.hidden_size] = value

    def _gates(self, inputs: Tensor, layer: int, *, reverse: bool) -> tuple[Tensor, Tensor]:
        """Pre-activations of update gate and candidate, each (..., hidden_size)."""
        place = layer * len(self._directions) + int(reverse)
        both: Tensor = self.projections[place](inputs)
        gate, candidate = both.chunk(2, dim=-1)
        return gate, candidate


def positive(values: Tensor) -> Tensor:
    """The paper's g: x + 0.5 for x of 0 and above, else the sigmoid."""
    return torch.where(values >= 0, values + 0.5, values.sigmoid())


def log_positive(values: Tensor) -> Tensor:
    """Its logarithm, without rounding to log 0."""
    return torch.where(values >= 0, (values.relu() + 0.5).log(), -softplus(-values))


def log_scan(gate: Tensor, candidate: Tensor, start: Tensor | None) -> Tensor:
    """States h' = z h + (1 - z) n of all steps, appendix B of the paper.

    Args:
        gate: Pre-activation of the update gate z, (batch, time, hidden_size).
        candidate: Pre-activation of the candidate n, likewise.
        start: The state before the first step, (batch, hidden_size), 0 and above; None for zeros.

    Returns:
        (batch, time, hidden_size).
    """
    pieces = []
    for part in zip(gate.split(_PIECE, dim=1), candidate.split(_PIECE, dim=1), strict=True):
        pieces.append(_scan_piece(*part, start))
        start = pieces[-1][:, -1]
    return torch.cat(pieces, dim=1)


def _scan_piece(gate: Tensor, candidate: Tensor, start: Tensor | None) -> Tensor:
    log_kept = logsigmoid(gate).cumsum(dim=1)
    log_added = logsigmoid(-gate) + log_positive(candidate) - log_kept
    if start is None:
        return (log_kept + log_added.logcumsumexp(dim=1)).exp()
    log_start = start.clamp(min=torch.finfo(start.dtype).tiny).log()[:, None]
    log_sums = torch.cat([log_start, log_added], dim=1).logcumsumexp(dim=1)
    return (log_kept + log_sums[:, 1:]).exp()


def _step_by_step(keep: Tensor, candidate: Tensor, nudge: Tensor) -> Tensor:
    """The same by the recurrence, with a nudge added to each state, (time, hidden_size)."""
    state = torch.zeros_like(nudge[0])
    states = []
    for kept, new, added in zip(keep, candidate, nudge, strict=True):
        state = kept * state + (1 - kept) * new + added
        states.append(state)
    return torch.stack(states)
