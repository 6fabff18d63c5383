"""Synthetic words, each a sequence of vowels made of tones, as log-mel features."""

import numpy as np

from studio.core.arrays import Doubles, Floats
from studio.core.specs.dataset_spec import FileDataset
from studio.core.specs.settings import Spec, setting
from studio.data.dataset import ExampleSet
from studio.data.generators.generator import Generator
from studio.data.generators.parts import (
    classification_set,
    features,
    missing_setting,
    noise_setting,
    seed_setting,
)
from studio.data.transform.audio import log_mel

_RATE = 4000
_VOWELS = {"a": (750, 1200), "e": (450, 1700), "i": (300, 1900), "o": (450, 800), "u": (320, 700)}
_WORDS = ("aio", "oia", "uei", "ieu", "aoe", "eoa", "iua", "aui", "oeu", "ueo")
_SECONDS = 0.09


class ToneWordsParameters(Spec):
    words: int = setting(6, "Words", "Number of words.", ge=2, le=len(_WORDS))
    speakers: int = setting(8, "Speakers", "Number of voices.", ge=2, le=100)
    takes: int = setting(12, "Takes", "Recordings of each word by each voice.", ge=1, le=500)
    mels: int = setting(16, "Mel bands", "Mel bands of the spectrum.", ge=4, le=64)
    noise: float = noise_setting(
        0.1, "Standard deviation of the noise; voices have amplitude about 1."
    )
    missing: float = missing_setting()
    seed: int = seed_setting()


def make(parameters: ToneWordsParameters) -> ExampleSet:
    """Vowels of two tones each (their formants), which the size of a voice shifts together.

    Words with the same vowels differ only in their order.
    """
    rng = np.random.default_rng(parameters.seed)
    settings = FileDataset(path="", mels=parameters.mels, frame_ms=25, hop_ms=12)
    pieces: list[Floats] = []
    labels, speakers = [], []
    for speaker in range(parameters.speakers):
        size = float(np.exp(rng.normal(0, 0.08)))
        for label, word in enumerate(_WORDS[: parameters.words]):
            for _ in range(parameters.takes):
                sound = _speak(word, size, rng)
                hiss = rng.normal(0, 1, len(sound)) * parameters.noise
                pieces.append(log_mel((sound + hiss).astype(np.float32), _RATE, settings))
                labels.append(label)
                speakers.append(f"speaker {speaker + 1}")
    examples = classification_set(
        "tone-words",
        features(f"mel {index + 1}" for index in range(parameters.mels)),
        "word",
        values=np.concatenate(pieces).astype(np.float64),
        lengths=np.array([len(piece) for piece in pieces], dtype=np.int64),
        labels=np.array(labels),
        class_names=_WORDS[: parameters.words],
    )
    return examples.with_groups({"speaker": np.array(speakers, dtype=str)})


def _speak(word: str, size: float, rng: np.random.Generator) -> Doubles:
    pieces = []
    for vowel in word:
        count = int(_RATE * _SECONDS * rng.uniform(0.7, 1.3))
        time = np.arange(count) / _RATE
        fade = np.minimum(1, np.minimum(np.arange(count), np.arange(count)[::-1]) / 20)
        low, high = (tone * size * rng.uniform(0.97, 1.03) for tone in _VOWELS[vowel])
        loud = rng.uniform(0.6, 1.4)
        pieces.append(loud * fade * (np.sin(2 * np.pi * low * time)
                                     + 0.6 * np.sin(2 * np.pi * high * time)))  # fmt: skip
    return np.concatenate(pieces)


GENERATOR = Generator(
    "tone-words",
    "Tone words",
    "Classify short spoken words, some of which differ only in the order of their vowels.",
    ToneWordsParameters,
    make,
)
