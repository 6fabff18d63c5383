"""Small probabilistic grammars that generate text."""

from bisect import bisect
from collections.abc import Mapping
from itertools import accumulate
from types import MappingProxyType

import numpy as np

Rules = Mapping[str, tuple[tuple[float, str], ...]]
"""Weighted expansions of each symbol; a word without a rule is a terminal."""

_MOST_DEEP = 40

STORIES: Rules = MappingProxyType(
    {
        "S": ((6, "NP VP ."), (2, "NP VP and NP VP ."), (1, "when NP VP , NP VP ."),
              (1, "NP said that NP VP .")),
        "NP": ((4, "the N"), (2, "the A N"), (1, "every N"), (1, "the N that VP"),
               (1, "the N in the P")),
        "VP": ((3, "V NP"), (2, "I"), (1, "I in the P"), (1, "V NP in the P")),
        "N": ((3, "cat"), (3, "dog"), (2, "child"), (1, "old man"), (1, "farmer"), (1, "bird")),
        "A": ((2, "small"), (1, "brown"), (1, "quiet"), (1, "clever")),
        "V": ((3, "sees"), (2, "follows"), (1, "hears"), (1, "likes"), (1, "wakes")),
        "I": ((3, "sleeps"), (2, "runs"), (1, "sings"), (1, "waits")),
        "P": ((2, "garden"), (2, "house"), (1, "wood"), (1, "street")),
    }
)  # fmt: skip

OPINIONS: Rules = MappingProxyType(
    {
        "O": ((1, "W in T on D , S"), (1, "on D W in T , S"), (1, "S . W in T on D")),
        "W": ((2, "we saw it"), (1, "it was shown"), (1, "I went with my sister"),
              (1, "they played it twice"), (1, "it began late"), (1, "nobody else came")),
        "T": ((1, "Lund"), (1, "Porto"), (1, "Graz"), (1, "Bergen"), (1, "Utrecht"), (1, "Lyon"),
              (1, "Krakow"), (1, "Siena"), (1, "Ghent"), (1, "Cork"), (1, "Tartu"), (1, "Bern")),
        "D": ((1, "Monday"), (1, "Tuesday"), (1, "Wednesday"), (1, "Thursday"), (1, "Friday"),
              (1, "Saturday"), (1, "Sunday")),
        "S": ((3, "F is Q"), (2, "X says F is Q"), (2, "F has M and is Q"), (1, "I found F Q")),
        "F": ((2, "the film"), (1, "this story"), (1, "the play"), (1, "the second part")),
        "X": ((1, "my friend"), (1, "the paper"), (1, "everyone in the row behind me")),
        "M": ((1, "music by a full orchestra"), (1, "long scenes in the rain"),
              (1, "a cast of hundreds"), (1, "pictures of the sea")),
        "Q": ((3, "G"), (3, "B"), (1, "not at all B"), (1, "not at all G")),
        "G": ((2, "good"), (1, "warm"), (1, "clever"), (1, "a joy from start to end")),
        "B": ((2, "bad"), (1, "dull"), (1, "much too long"), (1, "a waste of time")),
    }
)  # fmt: skip


def generate_text(rules: Rules, rng: np.random.Generator, start: str = "S") -> str:
    """A text of the grammar, without spaces before punctuation."""
    words = _expand(rules, start, rng, 0)
    return " ".join(words).replace(" .", ".").replace(" ,", ",")


def _expand(rules: Rules, symbol: str, rng: np.random.Generator, depth: int) -> list[str]:
    choices = rules.get(symbol)
    if choices is None:
        return [symbol]
    borders = list(accumulate(weight for weight, _ in choices))
    index = 0 if depth > _MOST_DEEP else bisect(borders, rng.random() * borders[-1])
    parts = choices[index][1].split(" ")
    return [word for part in parts for word in _expand(rules, part, rng, depth + 1)]


def with_typos(text: str, share: float, rng: np.random.Generator) -> str:
    """The text with a share of its letters replaced by others."""
    if not share:
        return text
    letters = np.array(list(text))
    swaps = (rng.random(len(letters)) < share) & np.char.isalpha(letters)
    letters[swaps] = rng.choice(list("abcdefghijklmnopqrstuvwxyz"), int(swaps.sum()))
    return "".join(letters.tolist())


def with_missing_words(text: str, share: float, rng: np.random.Generator) -> str:
    """The text with a share of its words left out."""
    if not share:
        return text
    words = text.split(" ")
    kept = [word for word, is_lost in zip(words, rng.random(len(words)) < share, strict=True)
            if not is_lost]  # fmt: skip
    return " ".join(kept or words[:1])
