"""Synthetic promoters of bacteria: two boxes of DNA at the right distance, or nothing."""

import numpy as np

from studio.core.settings import Spec, setting
from studio.data.dataset import ExampleSet
from studio.data.generators.generator import Generator
from studio.data.generators.parts import (
    equally_long,
    examples_setting,
    features,
    labelled_set,
    missing_setting,
    noise_setting,
    one_hot_of,
    replaced,
    seed_setting,
)

_BASES = "ACGT"
_FIRST, _SECOND = "TTGACA", "TATAAT"
_GAPS = (16, 17, 18)
_NEEDED = len(_FIRST) + len(_SECOND) + max(_GAPS)


class PromotersParameters(Spec):
    """Parameters of the synthetic promoters."""

    length: int = setting(57, "Length", "Bases of each piece.", unit="bases", ge=40, le=2000)
    mutations: float = setting(
        0.1, "Mutations", "Share of the bases of the boxes that are replaced.", ge=0, le=1
    )
    noise: float = noise_setting(0.0, "Share of all bases that are read wrongly.", most=0.9)
    missing: float = missing_setting("Share of the bases that go missing.")
    examples: int = examples_setting(1500)
    seed: int = seed_setting()


def make(parameters: PromotersParameters) -> ExampleSet:
    """Random DNA; half of the pieces hold TTGACA, 16 to 18 bases, TATAAT.

    That is the consensus of E. coli (Harley and Reynolds 1987). The others hold the same boxes in
    the wrong order, so that counting them is no help.
    """
    rng = np.random.default_rng(parameters.seed)
    count, length = parameters.examples, parameters.length
    codes = rng.integers(0, len(_BASES), (count, length))
    labels = rng.permutation(np.arange(count) % 2)
    for at in range(count):
        boxes = (_FIRST, _SECOND) if labels[at] else (_SECOND, _FIRST)
        start = int(rng.integers(0, length - _NEEDED + 1))
        gap = int(rng.choice(_GAPS))
        for box, place in zip(boxes, (start, start + len(_FIRST) + gap), strict=True):
            letters = np.array([_BASES.index(base) for base in box])
            codes[at, place : place + len(box)] = replaced(
                letters, len(_BASES), parameters.mutations, rng
            )
    read = replaced(codes.reshape(-1), len(_BASES), parameters.noise, rng)
    return labelled_set(
        "promoters",
        features(_BASES),
        "promoter",
        values=one_hot_of(read, len(_BASES)),
        lengths=equally_long(count, length),
        labels=labels,
        class_names=("no", "yes"),
        one_hot=True,
    )


GENERATOR = Generator(
    "promoters",
    "Synthetic promoters",
    "Pieces of DNA with two boxes in the right or in the wrong order, some of them mutated.",
    PromotersParameters,
    make,
)
