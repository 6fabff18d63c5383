"""One-hot encoding of DNA, RNA and protein with IUPAC ambiguity codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from studio.core.arrays import Doubles, Integers
from studio.core.errors import DatasetError

AlphabetName = Literal["DNA", "RNA", "protein"]
MOST_RESIDUES = 20_000_000
_FEWEST_LETTERS = 10
_SURE_SHARE = 0.9
_GAPS = "-.*"
_NUCLEOTIDES = MappingProxyType(
    {
        "A": "A", "C": "C", "G": "G", "T": "T", "R": "AG", "Y": "CT", "S": "CG", "W": "AT",
        "K": "GT", "M": "AC", "B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG", "N": "ACGT",
        "X": "ACGT",
    }
)  # fmt: skip
_AMINO_ACIDS = "ACDEFGHIKLMNPQRSTVWY"
_RARE_AMINO_ACIDS = "UO"
_AMINO_CODES = MappingProxyType({"B": "DN", "Z": "EQ", "J": "IL", "X": _AMINO_ACIDS})


@dataclass(frozen=True)
class Alphabet:
    """An alphabet.

    Attributes:
        name: DNA, RNA or protein.
        channels: Its letters, one channel each.
        codes: For each letter of a sequence, those that it can stand for; "" is a gap.
    """

    name: AlphabetName
    channels: str
    codes: Mapping[str, str]


def _nucleic(name: AlphabetName, fourth: str) -> Alphabet:
    codes = {
        letter.replace("T", fourth): meaning.replace("T", fourth)
        for letter, meaning in _NUCLEOTIDES.items()
    }
    return Alphabet(name, f"ACG{fourth}", codes | dict.fromkeys(_GAPS, ""))


DNA, RNA = _nucleic("DNA", "T"), _nucleic("RNA", "U")
PROTEIN = Alphabet(
    "protein",
    _AMINO_ACIDS + _RARE_AMINO_ACIDS,
    {letter: letter for letter in _AMINO_ACIDS + _RARE_AMINO_ACIDS}
    | dict(_AMINO_CODES)
    | dict.fromkeys(_GAPS, ""),
)


def find_alphabet(texts: Sequence[str]) -> Alphabet | None:
    """DNA or RNA if every text consists of at least ten of its letters.

    Proteins are not detected: words in capitals could be proteins.
    """
    if any(len(text) < _FEWEST_LETTERS for text in texts):
        return None
    letters = set().union(*(set(text.upper()) for text in texts))
    if letters <= set("ACGTN-"):
        return DNA
    return RNA if letters <= set("ACGUN-") else None


def alphabet_of(sequences: Sequence[str], where: str) -> Alphabet:
    """The alphabet of sequences that are known to be biological.

    Raises:
        DatasetError: A letter is in none of the alphabets.
    """
    counts: dict[str, int] = {}
    for sequence in sequences:
        for letter in set(sequence):
            counts[letter] = counts.get(letter, 0) + sequence.count(letter)
    letters = set(counts)
    for alphabet in (DNA, RNA):
        sure = sum(counts.get(letter, 0) for letter in (*alphabet.channels, "N"))
        if letters <= set(alphabet.codes) and sure >= _SURE_SHARE * sum(counts.values()):
            return alphabet
    unknown = sorted(letters - set(PROTEIN.codes))
    if not unknown:
        rare = "".join(letter for letter in _RARE_AMINO_ACIDS if letter in letters)
        return Alphabet("protein", _AMINO_ACIDS + rare, PROTEIN.codes)
    raise DatasetError(
        f"holds {unknown[0]!r}, which is not a letter of DNA, RNA or protein",
        where=where,
        remedy="Correct the sequence",
    )


def one_hot(sequences: Sequence[str], alphabet: Alphabet, where: str) -> tuple[Doubles, Integers]:
    """One-hot letters, (steps, channels), and the steps of each sequence.

    An ambiguity code is divided equally among the letters that it can stand for; a gap is zero.

    Raises:
        DatasetError: There are too many letters.
    """
    lengths = np.array([len(sequence) for sequence in sequences], dtype=np.int64)
    if lengths.sum() > MOST_RESIDUES:
        raise DatasetError(
            f"holds more than {MOST_RESIDUES // 1_000_000} million letters",
            where=where,
            remedy="Use a part of it",
        )
    shares = np.zeros((256, len(alphabet.channels)), dtype=np.float64)
    for letter, meaning in alphabet.codes.items():
        places = [
            alphabet.channels.index(channel) for channel in meaning if channel in alphabet.channels
        ]
        if places:
            shares[[ord(letter), ord(letter.lower())], np.array(places)[:, np.newaxis]] = 1 / len(
                places
            )
    codes = np.frombuffer("".join(sequences).encode("latin-1", "replace"), dtype=np.uint8)
    return shares[codes], lengths
