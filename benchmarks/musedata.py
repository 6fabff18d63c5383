"""MuseData in plain PyTorch: what stands between our values and the published ones.

    python benchmarks/musedata.py MUSEDATA.npz [gru|lstm] [EPOCHS]

Nothing of Gate Studio is used. A cell of PyTorch with about 20,000 weights learns the next row of
each piece, in segments of 100 steps with carried state. What is printed, for each set, is the
negative log-likelihood in nats and summed over the 88 keys, averaged in the two ways that are in
use: over all steps of all pieces, and over pieces, each by the mean of its own steps.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

_HIDDEN = {"gru": 46, "lstm": 36}
_KEYS = 88
_SEGMENT, _BATCH, _RATE, _CLIP = 100, 16, 0.01, 1.0

Pieces = Sequence[Tensor]
"""Rolls of (steps, keys)."""


def read(path: Path) -> dict[str, Pieces]:
    """The pieces of each set."""
    file = np.load(path)
    return {
        name: [
            torch.tensor(roll, dtype=torch.float32)
            for roll in np.split(file[f"{name}_roll"], np.cumsum(file[f"{name}_lengths"])[:-1])
        ]
        for name in ("train", "valid", "test")
    }


def batches(pieces: Pieces, generator: torch.Generator | None = None) -> list[list[Tensor]]:
    """Pieces of similar length together, in random order if there is a generator."""
    ordered = sorted(pieces, key=len)
    groups = [ordered[at : at + _BATCH] for at in range(0, len(ordered), _BATCH)]
    if generator is None:
        return groups
    return [groups[at] for at in torch.randperm(len(groups), generator=generator).tolist()]


class Network(nn.Module):
    """A recurrent layer and a logit for each key; the biases start at the rates of the keys."""

    def __init__(self, cell: str, training: Pieces) -> None:
        super().__init__()
        kind = nn.GRU if cell == "gru" else nn.LSTM
        self.recurrent = kind(_KEYS, _HIDDEN[cell], batch_first=True)
        self.head = nn.Linear(_HIDDEN[cell], _KEYS)
        rates = torch.cat(list(training)).mean(0).clamp(1e-4, 1 - 1e-4)
        with torch.no_grad():
            self.head.bias.copy_(torch.logit(rates))

    def losses(self, rolls: Tensor, targets: Tensor, state: object = None) -> tuple[Tensor, object]:
        """Nats of each step (batch, steps), and the state behind the last one."""
        found, state = self.recurrent(rolls, state)
        loss = nn.functional.binary_cross_entropy_with_logits(
            self.head(found), targets, reduction="none"
        )
        return loss.sum(-1), state


def train_epoch(
    network: Network, optimizer: torch.optim.Optimizer, pieces: Pieces, generator: torch.Generator
) -> None:
    for group in batches(pieces, generator):
        rolls = nn.utils.rnn.pad_sequence(group, batch_first=True)
        counts = torch.tensor([len(piece) - 1 for piece in group])
        state: object = None
        for at in range(0, rolls.shape[1] - 1, _SEGMENT):
            targets = rolls[:, at + 1 : at + 1 + _SEGMENT]
            steps = torch.arange(at, at + targets.shape[1])
            is_real = steps[None] < counts[:, None]
            losses, state = network.losses(rolls[:, at : at + targets.shape[1]], targets, state)
            state = tuple(s.detach() for s in state) if isinstance(state, tuple) else state.detach()
            optimizer.zero_grad()
            (losses[is_real].sum() / is_real.sum()).backward()
            nn.utils.clip_grad_norm_(network.parameters(), _CLIP)
            optimizer.step()


@torch.no_grad()
def score(network: Network, pieces: Pieces) -> tuple[float, float]:
    """The mean over steps, and the mean over pieces."""
    sums, counts = [], []
    for group in batches(pieces):
        rolls = nn.utils.rnn.pad_sequence(group, batch_first=True)
        losses, _ = network.losses(rolls[:, :-1], rolls[:, 1:])
        for row, piece in zip(losses, group, strict=True):
            sums.append(float(row[: len(piece) - 1].sum()))
            counts.append(len(piece) - 1)
    totals, steps = np.array(sums), np.array(counts)
    return float(totals.sum() / steps.sum()), float((totals / steps).mean())


def main() -> None:
    path, cell, epochs = Path(sys.argv[1]), *(*sys.argv[2:], "gru", "100")[:2]
    sets = read(path)
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(1)
    network = Network(cell, sets["train"])
    optimizer = torch.optim.Adam(network.parameters(), _RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, int(epochs))
    print(f"{sum(each.numel() for each in network.parameters()):,} weights")
    print("epoch  " + "  ".join(f"{name}: steps, pieces" for name in sets))
    for epoch in range(1, int(epochs) + 1):
        train_epoch(network, optimizer, sets["train"], generator)
        schedule.step()
        if epoch % 10 == 0 or epoch == int(epochs):
            means = [score(network, pieces) for pieces in sets.values()]
            shown = "  ".join(f"{steps:.3f} {of_pieces:.3f}" for steps, of_pieces in means)
            print(f"{epoch:5}  {shown}", flush=True)


if __name__ == "__main__":
    main()
