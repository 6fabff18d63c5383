"""Symbols that a network draws."""

import numpy as np
import pytest
import torch
from networks import continuing, fresh_network

from studio.core.prepared.preprocessing import Preprocessing
from studio.core.specs.comparison_spec import ContenderSpec
from studio.nn.inference.sampling import draw_symbol, sample_tokens

SPEC = ContenderSpec(cell="lstm", hidden_size=6, num_layers=2)
CONVOLUTIONAL = ContenderSpec(cell="tcn", hidden_size=6, num_layers=2)
DRAWS = np.random.default_rng(0).random(40)


def embedding(symbols: int = 9) -> Preprocessing:
    names = ("<other>", *"abcdefgh"[: symbols - 1])
    return continuing().model_copy(update={"input_names": ("character",), "vocabulary": names})


@pytest.mark.parametrize("preprocessing", [continuing(), embedding()], ids=["one-hot", "embedding"])
@pytest.mark.parametrize("spec", [SPEC, CONVOLUTIONAL], ids=["recurrent", "convolutional"])
def test_each_symbol_depends_on_the_whole_text_before_it(
    preprocessing: Preprocessing, spec: ContenderSpec
) -> None:
    """One pass over prompt and continuation gives the outputs that each symbol was drawn from."""
    network = fresh_network(spec, preprocessing)
    prompt = [2, 1, 3]
    codes = sample_tokens(network, preprocessing, prompt, DRAWS, 0.7)
    text = [*prompt, *codes]
    inputs = torch.tensor(text)[None, :, None].int()
    if not preprocessing.embeds:
        inputs = torch.eye(preprocessing.input_size)[text][None]
    with torch.no_grad():
        outputs = network(inputs)[0].double().numpy()
    outputs[:, 0] = -np.inf
    for at, (code, draw) in enumerate(zip(codes, DRAWS.tolist(), strict=True)):
        assert code == draw_symbol(outputs[len(prompt) - 1 + at], draw, 0.7)


def test_the_unknown_symbol_is_never_sampled() -> None:
    network = fresh_network(SPEC, embedding())
    with torch.no_grad():
        network.head.bias[0] = 50
    assert 0 not in sample_tokens(network, embedding(), [1], DRAWS, 1.0)


def test_all_letters_of_an_alphabet_can_be_sampled() -> None:
    alphabet = continuing().model_copy(update={"vocabulary": None, "tokens": None})
    network = fresh_network(SPEC, alphabet)
    assert set(sample_tokens(network, alphabet, [1], DRAWS, 5.0)) == {0, 1, 2, 3, 4}


def test_symbols_occur_with_their_probability() -> None:
    outputs = np.log([0.1, 0.2, 0.7])
    draws = np.random.default_rng(1).random(20_000)
    counts = np.bincount([draw_symbol(outputs, draw, 1.0) for draw in draws.tolist()])
    assert counts / len(draws) == pytest.approx([0.1, 0.2, 0.7], abs=0.02)


def test_a_lower_temperature_favours_likely_symbols() -> None:
    outputs = np.log([0.3, 0.3, 0.4])
    draws = np.random.default_rng(2).random(4000).tolist()
    shares = [
        np.mean([draw_symbol(outputs, draw, temperature) == 2 for draw in draws])
        for temperature in (10, 1, 0.1, 0)
    ]
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_no_draw_and_no_temperature_leaves_the_vocabulary() -> None:
    outputs = np.array([-np.inf, 800.0, -800.0])
    for temperature in (0, 1e-9, 1, 10):
        for draw in (0.0, np.nextafter(1, 0)):
            assert draw_symbol(outputs, draw, temperature) in {1, 2}
