"""The source of a network in PyTorch, with nothing but what this network needs."""

from studio.core.results.trained_model import TrainedModel
from studio.export.source_parts import answers_of, listed, refuse_own_scalers, trained_on

_CLASS = {"gru": "GRU", "lstm": "LSTM", "rnn": "RNN"}


def torch_source(model: TrainedModel, weights: str) -> str:
    """A Python file that builds the network, loads its weights and takes raw sequences.

    Args:
        model: The model.
        weights: The name of the safetensors file beside it.

    Raises:
        ExportError: Each series has its own scaler.
    """
    refuse_own_scalers(model)
    preprocessing = model.preprocessing
    return f'''"""A recurrent network in PyTorch, written by Gate Studio.

{trained_on(model)}

    python THIS.py         builds the network and counts its parameters
    model = load()         model(sequences)
"""

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

WEIGHTS = Path(__file__).with_name({weights!r})
INPUTS = {listed(preprocessing.input_names)}
OUTPUTS = {listed(preprocessing.output_names)}


class Network(nn.Module):
    """From raw sequences (batch, time, inputs) to {answers_of(model)}."""

    def __init__(self) -> None:
        super().__init__()
{_layers(model)}

    def forward(self, sequences: Tensor) -> Tensor:
{_forward(model)}


def load(path: Path = WEIGHTS) -> Network:
    """The trained network."""
    model = Network()
    model.load_state_dict(load_file(path))
    return model.eval()


if __name__ == "__main__":
    count = sum(each.numel() for each in load().parameters())
    print(f"{{count:,}} parameters, {{len(INPUTS)}} inputs, {{len(OUTPUTS)}} outputs")
'''


def _layers(model: TrainedModel) -> str:
    preprocessing, spec = model.preprocessing, model.contender
    lines = []
    read = preprocessing.read_size(spec.embedding_size)
    if preprocessing.embeds:
        lines.append(
            f"self.embedding = nn.Embedding({len(preprocessing.vocabulary or ())}, {read})"
        )
    options = [f"num_layers={spec.num_layers}", "batch_first=True"]
    if spec.bidirectional:
        options.append("bidirectional=True")
    if spec.cell == "rnn":
        options.append(f"nonlinearity={spec.nonlinearity or 'tanh'!r}")
    given = ", ".join([str(read), str(spec.hidden_size), *options])
    lines.append(f"self.recurrent = nn.{_CLASS[spec.cell]}({given})")
    width = spec.hidden_size * (2 if spec.bidirectional else 1)
    lines.append(f"self.head = nn.Linear({width}, {preprocessing.output_size})")
    if not preprocessing.per_step and spec.pooling == "attention":
        lines.append(f"self.score = nn.Linear({width}, 1)")
    if not preprocessing.embeds:
        scaler = preprocessing.input_scaler
        lines += _buffers("input", list(scaler.center), list(scaler.scale))
    scales = preprocessing.target_scales()
    if scales is not None:
        lines += _buffers("output", scales[0].tolist(), scales[1].tolist())
    return "\n".join(f"        {line}" for line in lines)


def _buffers(side: str, center: list[float], scale: list[float]) -> list[str]:
    """In double precision, as single precision loses digits far from zero."""
    return [
        f'self.register_buffer("{side}_{name}", torch.tensor({values}, dtype=torch.float64), '
        "persistent=False)"
        for name, values in (("center", center), ("scale", scale))
    ]


def _forward(model: TrainedModel) -> str:
    preprocessing, spec = model.preprocessing, model.contender
    if preprocessing.embeds:
        lines = ["steps = self.embedding(sequences[..., 0].long())"]
    else:
        lines = ["steps = ((sequences.double() - self.input_center) / self.input_scale).float()"]
    lines.append("outputs, _ = self.recurrent(steps)")
    if not preprocessing.per_step:
        lines += _pooled(spec.pooling, spec.hidden_size, both_ways=spec.bidirectional)
    lines.append("raw = self.head(outputs).double()")
    if preprocessing.kind == "next-step":
        lines.append("return raw.sigmoid()")
    elif preprocessing.target_scaler is None:
        lines.append("return raw.softmax(dim=-1)")
    else:
        lines.append("return raw * self.output_scale + self.output_center")
    return "\n".join(f"        {line}" for line in lines)


def _pooled(pooling: str, hidden: int, *, both_ways: bool) -> list[str]:
    if pooling == "mean":
        return ["outputs = outputs.mean(dim=1)"]
    if pooling == "max":
        return ["outputs = outputs.amax(dim=1)"]
    if pooling == "attention":
        return [
            "shares = self.score(outputs).softmax(dim=1)",
            "outputs = (shares * outputs).sum(dim=1)",
        ]
    if both_ways:  # the reverse direction ends at the first step
        ends = f"outputs[:, -1, :{hidden}], outputs[:, 0, {hidden}:]"
        return [f"outputs = torch.cat([{ends}], dim=1)"]
    return ["outputs = outputs[:, -1]"]
