"""Synthetic bacterial promoters: two DNA boxes in the right or the wrong order."""

import numpy as np

from studio.core.specs.settings import Spec, setting
from studio.data.dataset import ExampleSet
from studio.data.generators.generator import Generator
from studio.data.generators.parts import (
    classification_set,
    equal_lengths,
    examples_setting,
    features,
    missing_setting,
    noise_setting,
    one_hot_codes,
    replace_symbols,
    seed_setting,
)

_BASES = "ACGT"
_FIRST, _SECOND = "TTGACA", "TATAAT"
_GAPS = (16, 17, 18)
_NEEDED = len(_FIRST) + len(_SECOND) + max(_GAPS)


class PromotersParameters(Spec):
    length: int = setting(57, "Length", "Bases of each sequence.", unit="bases", ge=40, le=2000)
    mutations: float = setting(
        0.1, "Mutations", "Share of bases in the boxes that are replaced.", ge=0, le=1
    )
    noise: float = noise_setting(0.0, "Share of all bases that are misread.", most=0.9)
    missing: float = missing_setting("Share of bases that are missing.")
    examples: int = examples_setting(1500)
    seed: int = seed_setting()


def make(parameters: PromotersParameters) -> ExampleSet:
    """Random DNA; half of the sequences contain TTGACA, 16 to 18 bases, TATAAT.

    That is the consensus of E. coli (Harley and Reynolds 1987). The others contain the boxes in
    the wrong order, so that counting them does not help.
    """
    rng = np.random.default_rng(parameters.seed)
    count, length = parameters.examples, parameters.length
    codes = rng.integers(0, len(_BASES), (count, length))
    labels = rng.permutation(np.arange(count) % 2)
    for index in range(count):
        boxes = (_FIRST, _SECOND) if labels[index] else (_SECOND, _FIRST)
        start = int(rng.integers(0, length - _NEEDED + 1))
        gap = int(rng.choice(_GAPS))
        for box, place in zip(boxes, (start, start + len(_FIRST) + gap), strict=True):
            letters = np.array([_BASES.index(base) for base in box])
            codes[index, place : place + len(box)] = replace_symbols(
                letters, len(_BASES), parameters.mutations, rng
            )
    read = replace_symbols(codes.reshape(-1), len(_BASES), parameters.noise, rng)
    return classification_set(
        "promoters",
        features(_BASES),
        "promoter",
        values=one_hot_codes(read, len(_BASES)),
        lengths=equal_lengths(count, length),
        labels=labels,
        class_names=("no", "yes"),
        one_hot=True,
    )


GENERATOR = Generator(
    "promoters",
    "Synthetic promoters",
    "Classify DNA by whether two boxes, some mutated, are in the right order.",
    PromotersParameters,
    make,
)
