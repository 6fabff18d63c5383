"""Loads the model whose files are next to this one; needs nothing but torch.

    python MODEL.py                      checks the model against its stored example
    from MODEL import Model              model = Model(); model.predict(sequences)
                                         prediction, state = model.step(values, state)

MODEL.json describes the numbers: channels and units, scaling, classes or targets, and what each
output is, such as "load+2 q0.9": the 0.9 quantile of load two steps ahead. If it lists series,
each has its own scaling: model.predict(sequences, ["store 1", "store 7"]). A channel such as
"price +2" is known in advance: each step holds the price of two steps later.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch

DTYPES = {"F32": torch.float32, "F64": torch.float64, "I64": torch.int64}
TOLERANCE = 1e-4  # of a target's spread
ROUNDING = 1.5 * torch.finfo(torch.float32).eps  # of a prediction's distance from zero


def read_safetensors(path: Path) -> dict[str, torch.Tensor]:
    """The tensors of a safetensors file by name: a JSON header, then the numbers."""
    data = bytearray(path.read_bytes())
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            first, end = entry["data_offsets"]
            flat = torch.frombuffer(data[start + first : start + end], dtype=DTYPES[entry["dtype"]])
            tensors[name] = flat.reshape(entry["shape"])
    return tensors


def doubles(values: Any) -> torch.Tensor:  # noqa: ANN401 - nested lists of numbers
    """In double precision, as single precision would lose digits far from zero."""
    return torch.tensor(values, dtype=torch.float64)


def recurrent(network: dict[str, Any], inputs: int) -> torch.nn.RNNBase:
    """The recurrent layers of a described network."""
    kind = {"gru": torch.nn.GRU, "lstm": torch.nn.LSTM, "rnn": torch.nn.RNN}[network["cell"]]
    extra = {"nonlinearity": network["nonlinearity"]} if network["cell"] == "rnn" else {}
    layers: torch.nn.RNNBase = kind(
        inputs,
        network["hidden_size"],
        num_layers=network["num_layers"],
        bidirectional=network["bidirectional"],
        batch_first=True,
        **extra,
    )
    return layers


class State(NamedTuple):
    """What a model carries from step to step.

    Attributes:
        h: The state of all layers, (layers, batch, hidden).
        c: The cell state of an LSTM, of the same shape, else None.
        pooled: The pooled vector so far, (batch, hidden).
        steps: Steps so far, (batch, 1).
    """

    h: torch.Tensor
    c: torch.Tensor | None
    pooled: torch.Tensor
    steps: torch.Tensor


class Block(torch.nn.Module):
    """Two causal convolutions beside a residual connection; (batch, channels, time)."""

    def __init__(self, inputs: int, channels: int, kernel_size: int, dilation: int) -> None:
        super().__init__()
        self.zeros = (kernel_size - 1) * dilation
        self.first = torch.nn.Conv1d(inputs, channels, kernel_size, dilation=dilation)
        self.second = torch.nn.Conv1d(channels, channels, kernel_size, dilation=dilation)
        self.residual = None if inputs == channels else torch.nn.Conv1d(inputs, channels, 1)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Zeros stand before the first step, so that an output sees no later one."""
        hidden = values
        for convolution in (self.first, self.second):
            padded = torch.nn.functional.pad(hidden, (self.zeros, 0))
            hidden = convolution(padded).relu()
        return (hidden + (values if self.residual is None else self.residual(values))).relu()


class Convolutions(torch.nn.Module):
    """A causal convolutional network; the dilation doubles from block to block."""

    def __init__(self, network: dict[str, Any], inputs: int) -> None:
        super().__init__()
        channels = network["hidden_size"]
        self.blocks = torch.nn.Sequential(
            *(
                Block(channels if level else inputs, channels, network["kernel_size"], 2**level)
                for level in range(network["num_layers"])
            )
        )

    def forward(self, steps: torch.Tensor) -> torch.Tensor:
        """From (batch, time, inputs) to (batch, time, channels)."""
        outputs: torch.Tensor = self.blocks(steps.transpose(1, 2))
        return outputs.transpose(1, 2)


class Model(torch.nn.Module):
    """The trained network with its preprocessing: raw sequences in, predictions in units out."""

    def __init__(self, description: Path | None = None) -> None:
        super().__init__()
        path = description or Path(__file__).with_suffix(".json")
        self.about: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        network = self.about["network"]
        codes, width = network["vocabulary_size"], network["embedding_size"]
        self.embedding = None if codes is None else torch.nn.Embedding(codes, width)
        inputs = network["input_size"] if codes is None else width
        is_recurrent = network["cell"] != "tcn"
        self.recurrent = recurrent(network, inputs) if is_recurrent else None
        self.convolutions = None if is_recurrent else Convolutions(network, inputs)
        self.width = network["hidden_size"] * (2 if network["bidirectional"] else 1)
        self.head = torch.nn.Linear(self.width, network["output_size"])
        self.score = torch.nn.Linear(self.width, 1) if network["pooling"] == "attention" else None
        self.load_state_dict(read_safetensors(path.with_suffix(".safetensors")))
        self.eval()

    def pool(self, outputs: torch.Tensor) -> torch.Tensor:
        """From the outputs of all steps, (batch, time, width), to one vector, (batch, width).

        Without pooling there is a prediction at every step, and the outputs are returned unchanged.
        """
        network = self.about["network"]
        if network["pooling"] is None:
            return outputs
        if self.score is not None:
            weights: torch.Tensor = self.score(outputs).softmax(dim=1)
            return (weights * outputs).sum(dim=1)
        if network["pooling"] == "mean":
            return outputs.mean(dim=1)
        if network["pooling"] == "max":
            return outputs.amax(dim=1)
        if not network["bidirectional"]:
            return outputs[:, -1]
        half = self.width // 2
        return torch.cat([outputs[:, -1, :half], outputs[:, 0, half:]], dim=1)

    @torch.no_grad()
    def predict(
        self,
        sequences: Any,  # noqa: ANN401 - lists or a tensor
        series: Sequence[int | str] | None = None,
    ) -> torch.Tensor:
        """Class probabilities, or values in the targets' units: (batch, outputs).

        Values are ordered by step ahead, then target, then quantile.

        With a prediction at every step (batch, time, outputs): probabilities of the classes, of
        the next symbol, or for the task next-step of each key being on.

        An example with a missing value (NaN) is answered by NaN.

        Args:
            sequences: In the inputs' own units, (batch, time, channels), all of one length;
                codes of the vocabulary, (batch, time, 1), if the model has an embedding.
            series: The series of each sequence, by its name or its index in MODEL.json, if the
                model scales each series on its own; -1 for a new series, which is scaled like the
                training steps of all.

        Raises:
            ValueError: The series are needed and missing, or the model has no such series.
        """
        raw = torch.as_tensor(sequences, dtype=torch.float64)
        center, scale = self.scaling("input", series)
        scaled = (raw - center) / scale
        steps = scaled.float() if self.embedding is None else self.embedding(raw[..., 0].long())
        raw_outputs = self.head(self.pool(self.outputs_of(steps))).double()
        predictions = self.predictions_from(raw_outputs, series)
        predictions[raw.isnan().flatten(1).any(dim=1)] = float("nan")
        return predictions

    def predictions_from(
        self, outputs: torch.Tensor, series: Sequence[int | str] | None = None
    ) -> torch.Tensor:
        """Probabilities, or values in units, from the head's outputs, (batch, ..., outputs)."""
        if self.about["output"]["task"] == "next-step":
            return outputs.sigmoid()
        if self.about["output"]["scaling"] is None:
            return outputs.softmax(dim=-1)
        return self.in_units(outputs, series)

    @torch.no_grad()
    def step(
        self,
        values: Any,  # noqa: ANN401 - lists or a tensor
        state: State | None = None,
        series: Sequence[int | str] | None = None,
    ) -> tuple[torch.Tensor, State]:
        """One step: the prediction so far, (batch, outputs), and the state for the next step.

        Pooling covers the steps so far. A step with a missing value (NaN) is answered by NaN and
        leaves the state as it was.

        Args:
            values: One step in the inputs' own units, (batch, channels); codes (batch, 1).
            state: What the step before returned; None at the start of a sequence.
            series: As in predict.

        Raises:
            ValueError: The model needs whole sequences.
        """
        network = self.about["network"]
        if self.recurrent is None or network["bidirectional"] or self.score is not None:
            raise ValueError("this model needs whole sequences; use predict")
        raw = torch.as_tensor(values, dtype=torch.float64)[:, None]
        center, scale = self.scaling("input", series)
        missing = raw.isnan().flatten(1).any(dim=1)
        known = raw.nan_to_num()
        read = ((known - center) / scale).float()
        read = read if self.embedding is None else self.embedding(known[..., 0].long())
        before = state or self.first_state(len(raw))
        h, c = before.h, before.c
        top, after = self.recurrent(read, h if c is None else (h, c))
        h, c = (after, None) if c is None else after
        count = before.steps + 1
        pooled = top[:, 0]
        if network["pooling"] == "mean":
            pooled = before.pooled + (pooled - before.pooled) / count
        elif network["pooling"] == "max":
            pooled = pooled.where(before.steps == 0, pooled.maximum(before.pooled))
        predictions = self.predictions_from(self.head(pooled).double()[:, None], series)[:, 0]
        predictions[missing] = float("nan")
        kept = missing[:, None]
        new_c = None if c is None or before.c is None else before.c.where(kept, c)
        return predictions, State(
            before.h.where(kept, h),
            new_c,
            before.pooled.where(kept, pooled),
            before.steps.where(kept, count),
        )

    def first_state(self, batch: int) -> State:
        """The state at the start of a sequence."""
        network = self.about["network"]
        h = torch.zeros(network["num_layers"], batch, network["hidden_size"])
        c = torch.zeros_like(h) if network["cell"] == "lstm" else None
        return State(h, c, torch.zeros(batch, self.width), torch.zeros(batch, 1))

    def in_units(
        self, outputs: torch.Tensor, series: Sequence[int | str] | None = None
    ) -> torch.Tensor:
        """Scaled outputs, (batch, ..., outputs), in the targets' units."""
        center, scale = self.scaling("output", series)
        levels = len(self.about["output"].get("quantiles") or [None])
        steps_ahead = outputs.reshape(len(outputs), -1, center.shape[-1], levels)
        values = steps_ahead * scale.unsqueeze(-1) + center.unsqueeze(-1)
        return values.reshape(outputs.shape)

    @torch.no_grad()
    def simulate(self, sequences: Any) -> torch.Tensor:  # noqa: ANN401 - lists or a tensor
        """Free running: after the washout each step reads the prediction of the step before.

        Only for models that read the target of the step before, which are their last channels.

        Args:
            sequences: As in predict; of the past targets only those up to the step after the
                washout are read.

        Returns:
            In the targets' units, (batch, time, outputs).

        Raises:
            ValueError: The model does not read the target of the step before.
        """
        about = self.about["output"]
        if not about.get("past_target") or self.recurrent is None:
            raise ValueError("this model does not read the target of the step before; use predict")
        center, scale = self.scaling("input", None)
        steps = ((torch.as_tensor(sequences, dtype=torch.float64) - center) / scale).float()
        levels, targets = about["quantiles"] or [0.5], len(about["names"])
        known = about["washout"] + 1
        read, state = self.recurrent(steps[:, :known])
        outputs = [self.head(read)]
        for step in range(known, steps.shape[1]):
            step_before = outputs[-1][:, -1:, levels.index(0.5) :: len(levels)]
            inputs = torch.cat([steps[:, step : step + 1, :-targets], step_before], dim=2)
            read, state = self.recurrent(inputs, state)
            outputs.append(self.head(read))
        return self.in_units(torch.cat(outputs, dim=1).double())

    def outputs_of(self, steps: torch.Tensor) -> torch.Tensor:
        """The outputs of all steps, (batch, time, width)."""
        outputs: torch.Tensor
        if self.recurrent is not None:
            outputs = self.recurrent(steps)[0]
        else:
            assert self.convolutions is not None  # noqa: S101 - one of both, by the constructor
            outputs = self.convolutions(steps)
        return outputs

    answer = predict
    """The name of `predict` in version 0.1.0."""

    def scaling(
        self, side: str, series: Sequence[int | str] | None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Center and scale of "input" or "output", (channels,); by series (batch, 1, channels)."""
        listed = self.about.get("series")
        if listed is None:
            scaling = self.about[side]["scaling"]
            return doubles(scaling["center"]), doubles(scaling["scale"])
        if series is None:
            raise ValueError("this model scales each series on its own: give each one's series")
        index_of = {each["name"]: index for index, each in enumerate(listed[:-1])}
        chosen = [index_of.get(each, each) if isinstance(each, str) else each for each in series]
        unknown = [each for each in chosen if each not in range(-1, len(listed))]
        if unknown:
            raise ValueError(f"there is no series {unknown[0]!r}; -1 stands for a new series")
        rows = [listed[index][side] for index in chosen]
        center, scale = (doubles([row[key] for row in rows]) for key in ("center", "scale"))
        return center.unsqueeze(1), scale.unsqueeze(1)

    def codes(self, tokens: list[str]) -> list[list[int]]:
        """Tokens as a sequence of codes, (time, 1), for a model with an embedding."""
        code_of = {token: code for code, token in enumerate(self.about["input"]["vocabulary"])}
        return [[code_of.get(token, 0)] for token in tokens]

    def check(self) -> tuple[float, bool]:
        """The largest difference from the stored prediction, and whether float32 explains it."""
        example = self.about["example"]
        expected = doubles(example["answer"])
        series = [example["series"]] if "series" in example else None
        difference = (self.predict([example["input"]], series)[0] - expected).abs()
        spread = torch.ones_like(expected)
        if self.about["output"]["scaling"] is not None:
            horizon = self.about["output"]["horizon"]
            center, scale = (each.flatten() for each in self.scaling("output", series))
            levels = len(self.about["output"].get("quantiles") or [None])
            center, scale = (
                each.repeat(horizon).repeat_interleave(levels) for each in (center, scale)
            )
            spread = torch.maximum(scale.expand_as(expected), (expected - center).abs())
        allowed = TOLERANCE * spread + ROUNDING * expected.abs()
        return float(difference.max()), bool((difference <= allowed).all())


def main() -> int:
    """Checks the model against its example; the exit status is 0 if they agree."""
    model = Model()
    difference, agrees = model.check()
    print(  # noqa: T201 - a script for people
        f"{model.about['name']}: largest difference from the stored prediction {difference:.2g}, "
        f"{'as expected' if agrees else 'WRONG'}"
    )
    return 0 if agrees else 1


if __name__ == "__main__":
    sys.exit(main())
