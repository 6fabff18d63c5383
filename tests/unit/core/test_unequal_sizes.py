"""What is said where a match by hidden size compares networks of different sizes."""

import pytest

from studio.core.spec import ComparisonSpec, ContenderSpec, GeneratedDataset, Match
from studio.core.unequal_sizes import unequal_sizes

LSTM = ContenderSpec(name="LSTM", cell="lstm")


def comparison(gru: dict[str, object], match: Match = "hidden") -> ComparisonSpec:
    first = ContenderSpec.model_validate({"name": "GRU", "cell": "gru", **gru})
    return ComparisonSpec(
        dataset=GeneratedDataset(generator="adding"), contenders=(first, LSTM), match=match
    )


def test_equal_sizes_have_nothing_to_tell() -> None:
    assert unequal_sizes(comparison({"dropout": 0.5})) == ""


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
            "Not the same number of directions: GRU 32 in both directions, LSTM 32.",
        ),
    ],
)
def test_what_differs_is_named_with_the_size_of_each(gru: dict[str, object], sentence: str) -> None:
    assert unequal_sizes(comparison(gru)) == sentence


@pytest.mark.parametrize("match", ["parameters", "compute", "time"])
def test_other_matches_promise_no_hidden_size(match: Match) -> None:
    assert unequal_sizes(comparison({"hidden_size": 48}, match)) == ""
