"""Loads the model whose files lie beside this one; needs nothing but torch.

    python MODEL.py                      checks the model against its stored example
    from MODEL import Model              model = Model(); model.answer(sequences)

MODEL.json says what the numbers mean: channels and units, scaling, classes or targets.
"""

import json
import sys
from pathlib import Path
from typing import Any

import torch

DTYPES = {"F32": torch.float32, "F64": torch.float64, "I64": torch.int64}
TOLERANCE = 1e-4  # of a target's spread
ROUNDING = 1.5 * torch.finfo(torch.float32).eps  # of an answer's distance from zero


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


def doubles(values: list[float]) -> torch.Tensor:
    """In double precision, as far centres would cancel in single."""
    return torch.tensor(values, dtype=torch.float64)


class Model(torch.nn.Module):
    """The trained network with its preparation: raw sequences in, answers in their units out."""

    def __init__(self, description: Path | None = None) -> None:
        super().__init__()
        path = description or Path(__file__).with_suffix(".json")
        self.about: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        network = self.about["network"]
        kind = {"gru": torch.nn.GRU, "lstm": torch.nn.LSTM, "rnn": torch.nn.RNN}[network["cell"]]
        extra = {"nonlinearity": network["nonlinearity"]} if network["cell"] == "rnn" else {}
        codes, width = network["vocabulary_size"], network["embedding_size"]
        self.embedding = None if codes is None else torch.nn.Embedding(codes, width)
        self.recurrent = kind(
            network["input_size"] if codes is None else width,
            network["hidden_size"],
            num_layers=network["num_layers"],
            bidirectional=network["bidirectional"],
            batch_first=True,
            **extra,
        )
        self.width = network["hidden_size"] * (2 if network["bidirectional"] else 1)
        self.head = torch.nn.Linear(self.width, network["output_size"])
        self.score = torch.nn.Linear(self.width, 1) if network["pooling"] == "attention" else None
        self.load_state_dict(read_safetensors(path.with_suffix(".safetensors")))
        self.eval()

    def pool(self, outputs: torch.Tensor) -> torch.Tensor:
        """From the outputs of all steps, (batch, time, width), to one vector, (batch, width).

        Without pooling every step is answered, and the outputs stay as they are.
        """
        network = self.about["network"]
        if network["pooling"] is None:
            return outputs
        if self.score is not None:
            shares: torch.Tensor = self.score(outputs).softmax(dim=1)
            return (shares * outputs).sum(dim=1)
        if network["pooling"] == "mean":
            return outputs.mean(dim=1)
        if network["pooling"] == "max":
            return outputs.amax(dim=1)
        if not network["bidirectional"]:
            return outputs[:, -1]
        half = self.width // 2
        return torch.cat([outputs[:, -1, :half], outputs[:, 0, half:]], dim=1)

    @torch.no_grad()
    def answer(self, sequences: Any) -> torch.Tensor:  # noqa: ANN401 - lists or a tensor
        """Class probabilities, or values in the targets' units (horizon first): (batch, outputs).

        Where every step is answered (batch, time, outputs): probabilities of classes or of the
        symbols that may follow, or in the task next-step of each key to be on.

        Args:
            sequences: In the inputs' own units, (batch, time, channels), all of one length;
                codes of the vocabulary, (batch, time, 1), where there is an embedding.
        """
        raw = torch.as_tensor(sequences, dtype=torch.float64)
        scaling = self.about["input"]["scaling"]
        scaled = (raw - doubles(scaling["center"])) / doubles(scaling["scale"])
        steps = scaled.float() if self.embedding is None else self.embedding(raw[..., 0].long())
        outputs: torch.Tensor = self.head(self.pool(self.recurrent(steps)[0])).double()
        scaling = self.about["output"]["scaling"]
        if self.about["output"]["task"] == "next-step":
            return outputs.sigmoid()
        if scaling is None:
            return outputs.softmax(dim=-1)
        ahead = outputs.reshape(len(outputs), -1, len(scaling["center"]))
        values = ahead * doubles(scaling["scale"]) + doubles(scaling["center"])
        return values.reshape(outputs.shape)

    def codes(self, tokens: list[str]) -> list[list[int]]:
        """A text in its tokens as a sequence of codes, (time, 1), for a model that embeds."""
        known = {token: code for code, token in enumerate(self.about["input"]["vocabulary"])}
        return [[known.get(token, 0)] for token in tokens]

    def check(self) -> tuple[float, bool]:
        """The largest difference from the stored example's answer; whether float32 explains it."""
        example = self.about["example"]
        expected = doubles(example["answer"])
        difference = (self.answer([example["input"]])[0] - expected).abs()
        spread = torch.ones_like(expected)
        scaling = self.about["output"]["scaling"]
        if scaling is not None:
            horizon = self.about["output"]["horizon"]
            distance = (expected - doubles(scaling["center"]).repeat(horizon)).abs()
            spread = torch.maximum(doubles(scaling["scale"]).repeat(horizon), distance)
        allowed = TOLERANCE * spread + ROUNDING * expected.abs()
        return float(difference.max()), bool((difference <= allowed).all())


def main() -> int:
    """Checks the model against its example; the exit status says whether they agree."""
    model = Model()
    difference, agrees = model.check()
    print(  # noqa: T201 - a script for people
        f"{model.about['name']}: largest difference from the stored answer {difference:.2g}, "
        f"{'as expected' if agrees else 'WRONG'}"
    )
    return 0 if agrees else 1


if __name__ == "__main__":
    sys.exit(main())
