"""Short opinions on films that a small grammar writes, each for or against."""

import numpy as np

from studio.core.settings import Spec, setting
from studio.data.dataset import Column, ExampleSet
from studio.data.generators.generator import Generator
from studio.data.generators.grammar import OPINIONS, mistyped, with_words_lost, written
from studio.data.generators.parts import noise_setting, seed_setting
from studio.data.symbols import Origin, text_examples

_GOOD = tuple(words for _, words in OPINIONS["G"])


class OpinionsParameters(Spec):
    """Parameters of the opinions."""

    noise: float = noise_setting(0.0, "Share of the letters that are mistyped.", most=0.9)
    lost: float = setting(
        0.0, "Missing", "Share of the words that are left out.", group="Blemishes", ge=0, le=0.9
    )
    examples: int = setting(
        3000, "Examples", "How many texts are written.", unit="examples", ge=10, le=50_000
    )
    seed: int = seed_setting()


def make(parameters: OpinionsParameters) -> ExampleSet:
    """Sentences of words; "not at all" turns what is said."""
    rng = np.random.default_rng(parameters.seed)
    clean: dict[str, None] = {}
    while len(clean) < parameters.examples:
        clean[written(OPINIONS, rng, "O")] = None  # each text once, so that none leaks
    labels = [_is_for(text) for text in clean]
    texts = [
        mistyped(with_words_lost(text, parameters.lost, rng), parameters.noise, rng)
        for text in clean
    ]
    columns = (Column("text", "feature", "text"), Column("opinion", "label", "text"))
    origin = Origin("opinions", "generator opinions", columns)
    found = (np.array(labels, dtype=np.int64), ("against", "for"))
    return text_examples(texts, found, origin, "words")


def _is_for(text: str) -> bool:
    is_good = any(words in text for words in _GOOD)
    return is_good != ("not at all" in text)


GENERATOR = Generator(
    "opinions",
    "Opinions",
    "Whether a sentence is for or against a film, which two words in front can turn round.",
    OpinionsParameters,
    make,
)
