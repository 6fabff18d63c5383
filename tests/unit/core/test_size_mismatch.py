"""The note on a match by hidden size of networks that differ in size."""

import pytest

from studio.core.specs.comparison_spec import ComparisonSpec, ContenderSpec, GeneratedDataset, Match
from studio.core.specs.size_mismatch import size_mismatch

LSTM = ContenderSpec(name="LSTM", cell="lstm")


def comparison(gru: dict[str, object], match: Match = "hidden") -> ComparisonSpec:
    first = ContenderSpec.model_validate({"name": "GRU", "cell": "gru", **gru})
    return ComparisonSpec(
        dataset=GeneratedDataset(generator="adding"), contenders=(first, LSTM), match=match
    )


def test_networks_of_equal_size_need_no_note() -> None:
    assert size_mismatch(comparison({"dropout": 0.5})) is None


@pytest.mark.parametrize(
    ("gru", "sentence"),
    [
        ({"hidden_size": 48}, "Not the same hidden size: GRU 48, LSTM 32."),
        ({"num_layers": 2}, "Not the same number of layers: GRU 32 × 2 layers, LSTM 32."),
        (
            {"hidden_size": 48, "num_layers": 2},
            "Not the same hidden size and number of layers: GRU 48 × 2 layers, LSTM 32.",
        ),
        (
            {"bidirectional": True},
            "Not the same number of directions: GRU 32 (bidirectional), LSTM 32.",
        ),
    ],
)
def test_the_note_names_what_differs_and_the_size_of_each_network(
    gru: dict[str, object], sentence: str
) -> None:
    assert str(size_mismatch(comparison(gru))) == sentence


@pytest.mark.parametrize("match", ["parameters", "compute", "time"])
def test_other_matches_need_no_note(match: Match) -> None:
    assert size_mismatch(comparison({"hidden_size": 48}, match)) is None
