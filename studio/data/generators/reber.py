"""The embedded Reber grammar (Fahlman 1991; Hochreiter and Schmidhuber 1997)."""

import numpy as np

from studio.core.specs.settings import Spec, setting
from studio.data.dataset import ExampleSet
from studio.data.generators.generator import Generator
from studio.data.generators.parts import (
    classification_set,
    examples_setting,
    features,
    missing_setting,
    noise_setting,
    one_hot_codes,
    replace_symbols,
    seed_setting,
)

_LETTERS = "BTPSXVE"
_MOST_LETTERS = 1000
_MOST_TRIES = 5
_PATHS: tuple[tuple[tuple[str, int], ...], ...] = (
    (("T", 1), ("P", 2)),
    (("S", 1), ("X", 3)),
    (("T", 2), ("V", 4)),
    (("X", 2), ("S", 5)),
    (("P", 3), ("V", 5)),
)
"""For each state of the inner grammar, its two letters and the states they lead to."""
_END = 5


class ReberParameters(Spec):
    shortest: int = setting(
        20, "Shortest", "Minimum length of a word; longer words require longer memory.",
        unit="letters", ge=8, le=200,
    )  # fmt: skip
    noise: float = noise_setting(0.0, "Share of letters that are replaced by others.", most=0.9)
    missing: float = missing_setting("Share of letters that are missing.")
    examples: int = examples_setting(2000)
    seed: int = seed_setting()


def make(parameters: ReberParameters) -> ExampleSet:
    """Words B, T or P, B, inner word, E; the class is the letter that must come next.

    It is the second letter again, so it must be remembered over the whole inner word. Noise and
    missing values spare that letter, without which the class could not be known.
    """
    rng = np.random.default_rng(parameters.seed)
    words = _words(rng, parameters.examples, parameters.shortest - 2)
    classes = np.array(["TP".index(word[1]) for word in words])
    lengths = np.array([len(word) for word in words], dtype=np.int64)
    clean = np.array([_LETTERS.index(letter) for letter in "".join(words)])
    codes = replace_symbols(clean, len(_LETTERS), parameters.noise, rng)
    second = np.cumsum(lengths) - lengths + 1
    codes[second] = clean[second]
    return classification_set(
        "reber",
        features(_LETTERS),
        "next letter",
        values=one_hot_codes(codes, len(_LETTERS)),
        lengths=lengths,
        labels=classes,
        class_names=("T", "P"),
        one_hot=True,
    )


def _words(rng: np.random.Generator, count: int, shortest: int) -> list[str]:
    """Words without their end, unique if there are enough of them, so that none leaks."""
    words: list[str] = []
    seen: set[str] = set()
    tries = 0
    while len(words) < count:
        word = "B" + "TP"[rng.integers(0, 2)] + _inner(rng, shortest)
        tries += 1
        if word not in seen or tries > _MOST_TRIES * count:
            seen.add(word)
            words.append(word)
    return words


def _inner(rng: np.random.Generator, shortest: int) -> str:
    """A word of the inner grammar with its B and E, of at least this length."""
    while True:
        state, letters = 0, ["B"]
        while state != _END and len(letters) < _MOST_LETTERS:
            letter, state = _PATHS[state][rng.integers(0, 2)]
            if state == _END and len(letters) + 1 < shortest:
                letter, state = next(path for path in _PATHS[_before(letters)] if path[1] != _END)
            letters.append(letter)
        if state == _END:
            return "".join((*letters, "E"))


def _before(letters: list[str]) -> int:
    """The state that the letters so far lead to."""
    state = 0
    for letter in letters[1:]:
        state = next(to for name, to in _PATHS[state] if name == letter)
    return state


GENERATOR = Generator(
    "reber",
    "Embedded Reber grammar",
    "Predict the second to last letter of a word, which equals the second, many letters before.",
    ReberParameters,
    make,
)
