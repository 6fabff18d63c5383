"""A corpus that a small probabilistic grammar writes."""

import numpy as np

from studio.core.datasets import Tokens
from studio.core.settings import Spec, setting
from studio.data.dataset import Series
from studio.data.generators.generator import Generator
from studio.data.generators.grammar import STORIES, mistyped, with_words_lost, written
from studio.data.generators.parts import noise_setting, seed_setting
from studio.data.symbols import corpus


class GrammarCorpusParameters(Spec):
    """Parameters of the corpus."""

    sentences: int = setting(
        4000, "Sentences", "How many sentences are written.", ge=20, le=500_000
    )
    tokens: Tokens = setting("characters", "Tokens", "What the text is cut into.")
    noise: float = noise_setting(0.0, "Share of the letters that are mistyped.", most=0.9)
    lost: float = setting(
        0.0, "Missing", "Share of the words that are left out.", group="Blemishes", ge=0, le=0.9
    )
    seed: int = seed_setting()


def make(parameters: GrammarCorpusParameters) -> Series:
    """Sentences one after the other, a line for each."""
    rng = np.random.default_rng(parameters.seed)
    lines = [written(STORIES, rng).capitalize() for _ in range(parameters.sentences)]
    lines = [
        mistyped(with_words_lost(line, parameters.lost, rng), parameters.noise, rng)
        for line in lines
    ]
    text = "\n".join(lines) + "\n"
    return corpus("grammar-corpus", "generator grammar-corpus", text, parameters.tokens)


GENERATOR = Generator(
    "grammar-corpus",
    "Grammar corpus",
    "A text that a small grammar writes, in which the next letter can partly be known.",
    GrammarCorpusParameters,
    make,
)
