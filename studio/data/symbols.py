"""Texts as sequences of symbols: characters, words or bytes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Integers
from studio.core.datasets import Tokens
from studio.core.errors import DatasetError
from studio.data.biology import find_alphabet, one_hot
from studio.data.dataset import Column, ExampleSet, Series
from studio.data.labels import Labels

MOST_SYMBOLS = 100_000_000
_WORD = re.compile(r"\w+(?:['\u2019]\w+)*|[^\w\s]")
_BEFORE_MARK = re.compile(r" ([.,;:!?)\]}%])")
_FEWEST_BLANKS = 2
_SAMPLE = 2000
_SINGULAR = MappingProxyType({"characters": "character", "words": "word", "bytes": "byte"})


def cut(text: str, unit: Tokens) -> list[str]:
    """The tokens of a text.

    Words are runs of letters and digits with their apostrophes; every other mark that is no
    blank is a word of its own.
    """
    if unit == "words":
        return _WORD.findall(text)
    if unit == "bytes":
        return [_byte_name(byte) for byte in text.encode()]
    return list(text)


def joined(tokens: Sequence[str], unit: Tokens) -> str:
    """A text of tokens; cut again it gives the same ones, bytes that are no UTF-8 aside."""
    if unit == "bytes":
        values = bytes(ord(each) if len(each) == 1 else int(f"0{each[1:]}", 16) for each in tokens)
        return values.decode("utf-8", "replace")
    if unit == "words":
        return _BEFORE_MARK.sub(r"\1", " ".join(tokens))
    return "".join(tokens)


def unlabelled(count: int) -> Labels:
    """The labels of examples that have none."""
    return np.zeros((count, 0), dtype=np.float64), None


@dataclass(frozen=True)
class Origin:
    """What texts come from.

    Attributes:
        name: The dataset's name.
        source: What it came from, as shown in messages.
        columns: Of the table; the one that is read has the role "feature".
    """

    name: str
    source: str
    columns: tuple[Column, ...]


def text_examples(
    texts: Sequence[str], labels: Labels, origin: Origin, unit: Tokens | None = None
) -> ExampleSet:
    """Labelled texts, cut into tokens; DNA, RNA and protein become channels of their alphabet.

    Args:
        texts: One for each example; those that `are_given` denies are left out.
        labels: Their classes or values.
        origin: What they come from.
        unit: What a text is cut into; None finds out.

    Raises:
        DatasetError: Every text is empty, or there are too many symbols.
    """
    kept = np.flatnonzero(are_given(texts)).tolist()
    if not kept:
        raise DatasetError(
            "holds no text", where=origin.source, remedy="Give texts that are not empty"
        )
    left_out = len(texts) - len(kept)
    notes = (f"{left_out} empty texts are left out",) if left_out else ()
    used = [texts[at] for at in kept]
    found = labels[0][kept]
    alphabet = find_alphabet(used) if unit is None else None
    if alphabet is not None:
        values, lengths = one_hot(used, alphabet, origin.source)
        channels = tuple(Column(letter, "feature") for letter in alphabet.channels)
        symbols = None
    else:
        unit = unit or natural_unit(used)
        codes, lengths, symbols = encode(used, unit, origin.source)
        values = codes[:, np.newaxis]
        channels = tuple(column for column in origin.columns if column.role == "feature")
    return ExampleSet(
        name=origin.name,
        source=origin.source,
        columns=origin.columns,
        channels=channels,
        values=values,
        lengths=lengths,
        labels=found,
        class_names=labels[1],
        symbols=symbols,
        tokens=None if symbols is None else unit,
        one_hot=alphabet is not None,
        notes=notes,
    )


def are_given(texts: Sequence[str]) -> NDArray[np.bool_]:
    """Whether each text holds more than blanks, (texts,)."""
    return np.array([bool(text.strip()) for text in texts], dtype=np.bool_)


def corpus(name: str, source: str, text: str, unit: Tokens | None) -> Series:
    """One long text as a series of tokens, characters where nothing else is said.

    Raises:
        DatasetError: It holds no token, or too many.
    """
    chosen = unit or "characters"
    codes, _, symbols = encode([text], chosen, source)
    column = Column(_SINGULAR[chosen], "target", "text")
    return Series(name, source, (column,), codes[:, np.newaxis], symbols=symbols, tokens=chosen)


def natural_unit(texts: Sequence[str]) -> Tokens:
    """Words where most texts have several, else characters."""
    blanks = [text.count(" ") for text in texts[:_SAMPLE]]
    return "words" if np.median(blanks) >= _FEWEST_BLANKS else "characters"


def encode(
    texts: Sequence[str], unit: Tokens, source: str
) -> tuple[Doubles, Integers, tuple[str, ...]]:
    """Codes of all tokens behind each other, tokens of each text, and what the codes mean.

    Raises:
        DatasetError: There is no token, or there are too many.
    """
    if sum(map(len, texts)) > MOST_SYMBOLS:
        raise DatasetError(
            f"holds more than {MOST_SYMBOLS // 1_000_000} million characters",
            where=source,
            remedy="Give a part of it",
        )
    codes, lengths, symbols = (
        _encode_words(texts) if unit == "words" else _encode_letters(texts, unit)
    )
    if not len(codes):
        raise DatasetError(f"holds no {unit}", where=source, remedy="Give a text")
    return codes, lengths, symbols


def _encode_letters(
    texts: Sequence[str], unit: Tokens
) -> tuple[Doubles, Integers, tuple[str, ...]]:
    text = "".join(texts)
    if unit == "bytes":
        numbers = np.frombuffer(text.encode(), dtype=np.uint8)
        lengths = [len(each.encode()) for each in texts]
    else:
        numbers = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
        lengths = [len(each) for each in texts]
    present, codes = np.unique(numbers, return_inverse=True)
    name = _byte_name if unit == "bytes" else chr
    symbols = tuple(name(number) for number in present.tolist())
    return codes.astype(np.float64), np.array(lengths, dtype=np.int64), symbols


def _encode_words(texts: Sequence[str]) -> tuple[Doubles, Integers, tuple[str, ...]]:
    index: dict[str, int] = {}
    codes: list[int] = []
    lengths = []
    for text in texts:
        words = cut(text, "words") or [""]
        codes.extend(index.setdefault(word, len(index)) for word in words)
        lengths.append(len(words))
    return np.array(codes, dtype=np.float64), np.array(lengths, dtype=np.int64), tuple(index)


def _byte_name(byte: int) -> str:
    return chr(byte) if chr(byte).isascii() and chr(byte).isprintable() else f"\\x{byte:02x}"


def texts_of(array: NDArray[np.object_]) -> list[str]:
    """Cells of a text column as plain strings."""
    return [str(cell) for cell in array.tolist()]
