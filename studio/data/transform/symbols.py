"""Tokenizes texts into characters, words or bytes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from studio.core.arrays import Doubles, Integers
from studio.core.errors import DatasetError
from studio.core.notes import EmptyTextsLeftOut
from studio.core.specs.dataset_spec import Tokens
from studio.data.dataset import Column, ExampleSet, Series
from studio.data.transform.biology import find_alphabet, one_hot
from studio.data.transform.labels import Labels

MOST_SYMBOLS = 100_000_000
_WORD = re.compile(r"\w+(?:['\u2019]\w+)*|[^\w\s]")
_BEFORE_MARK = re.compile(r" ([.,;:!?)\]}%])")
_FEWEST_BLANKS = 2
_SAMPLE = 2000
_SINGULAR = MappingProxyType({"characters": "character", "words": "word", "bytes": "byte"})


def tokenize(text: str, unit: Tokens) -> list[str]:
    """The tokens of a text.

    Words are runs of letters and digits with their apostrophes; every other mark that is not
    white space is a token of its own.
    """
    if unit == "words":
        return _WORD.findall(text)
    if unit == "bytes":
        return [_byte_name(byte) for byte in text.encode()]
    return list(text)


def detokenize(tokens: Sequence[str], unit: Tokens) -> str:
    """The text of tokens; tokenizing it again gives the same tokens, except for invalid UTF-8."""
    if unit == "bytes":
        values = bytes(
            ord(token) if len(token) == 1 else int(f"0{token[1:]}", 16) for token in tokens
        )
        return values.decode("utf-8", "replace")
    if unit == "words":
        return _BEFORE_MARK.sub(r"\1", " ".join(tokens))
    return "".join(tokens)


def unlabelled(count: int) -> Labels:
    """The labels of unlabelled examples."""
    return np.zeros((count, 0), dtype=np.float64), None


@dataclass(frozen=True)
class TextOrigin:
    """Where texts come from.

    Attributes:
        name: The dataset's name.
        source: What it came from, as shown in messages.
        columns: Columns of the table; the text column has the role "feature".
    """

    name: str
    source: str
    columns: tuple[Column, ...]


def text_examples(
    texts: Sequence[str], labels: Labels, origin: TextOrigin, unit: Tokens | None = None
) -> ExampleSet:
    """Labelled texts as tokens; DNA and RNA are one-hot encoded.

    Args:
        texts: One for each example; blank texts are left out.
        labels: Their classes or values.
        origin: What they come from.
        unit: What texts are cut into; None chooses.

    Raises:
        DatasetError: Every text is blank, or there are too many symbols.
    """
    kept = np.flatnonzero(are_present(texts)).tolist()
    if not kept:
        raise DatasetError(
            "holds no text", where=origin.source, remedy="Use texts that are not empty"
        )
    left_out = len(texts) - len(kept)
    notes = (EmptyTextsLeftOut(left_out),) if left_out else ()
    used = [texts[index] for index in kept]
    kept_labels = labels[0][kept]
    alphabet = find_alphabet(used) if unit is None else None
    if alphabet is not None:
        values, lengths = one_hot(used, alphabet, origin.source)
        channels = tuple(Column(letter, "feature") for letter in alphabet.channels)
        symbols = None
    else:
        unit = unit or default_unit(used)
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
        labels=kept_labels,
        class_names=labels[1],
        symbols=symbols,
        tokens=None if symbols is None else unit,
        one_hot=alphabet is not None,
        notes=notes,
    )


def are_present(texts: Sequence[str]) -> NDArray[np.bool_]:
    """Whether each text is not blank, (texts,)."""
    return np.array([bool(text.strip()) for text in texts], dtype=np.bool_)


def corpus_series(name: str, source: str, text: str, unit: Tokens | None) -> Series:
    """One long text as a series of tokens, characters by default.

    Raises:
        DatasetError: It has no tokens, or too many.
    """
    chosen = unit or "characters"
    codes, _, symbols = encode([text], chosen, source)
    column = Column(_SINGULAR[chosen], "target", "text")
    return Series(name, source, (column,), codes[:, np.newaxis], symbols=symbols, tokens=chosen)


def default_unit(texts: Sequence[str]) -> Tokens:
    """Words if most texts have several, otherwise characters."""
    blanks = [text.count(" ") for text in texts[:_SAMPLE]]
    return "words" if np.median(blanks) >= _FEWEST_BLANKS else "characters"


def encode(
    texts: Sequence[str], unit: Tokens, source: str
) -> tuple[Doubles, Integers, tuple[str, ...]]:
    """Codes of all tokens, the number of tokens of each text, and the token of each code.

    Raises:
        DatasetError: There are no tokens, or too many.
    """
    if sum(map(len, texts)) > MOST_SYMBOLS:
        raise DatasetError(
            f"holds more than {MOST_SYMBOLS // 1_000_000} million characters",
            where=source,
            remedy="Use a part of it",
        )
    codes, lengths, symbols = (
        _encode_words(texts) if unit == "words" else _encode_letters(texts, unit)
    )
    if not len(codes):
        raise DatasetError(f"holds no {unit}", where=source, remedy="Use a longer text")
    return codes, lengths, symbols


def _encode_letters(
    texts: Sequence[str], unit: Tokens
) -> tuple[Doubles, Integers, tuple[str, ...]]:
    joined = "".join(texts)
    if unit == "bytes":
        numbers = np.frombuffer(joined.encode(), dtype=np.uint8)
        lengths = [len(text.encode()) for text in texts]
    else:
        numbers = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32)
        lengths = [len(text) for text in texts]
    present, codes = np.unique(numbers, return_inverse=True)
    name = _byte_name if unit == "bytes" else chr
    symbols = tuple(name(number) for number in present.tolist())
    return codes.astype(np.float64), np.array(lengths, dtype=np.int64), symbols


def _encode_words(texts: Sequence[str]) -> tuple[Doubles, Integers, tuple[str, ...]]:
    index: dict[str, int] = {}
    codes: list[int] = []
    lengths = []
    for text in texts:
        words = tokenize(text, "words") or [""]
        codes.extend(index.setdefault(word, len(index)) for word in words)
        lengths.append(len(words))
    return np.array(codes, dtype=np.float64), np.array(lengths, dtype=np.int64), tuple(index)


def _byte_name(byte: int) -> str:
    return chr(byte) if chr(byte).isascii() and chr(byte).isprintable() else f"\\x{byte:02x}"


def texts_from_array(array: NDArray[np.object_]) -> list[str]:
    """Cells of a text column as plain strings."""
    return [str(cell) for cell in array.tolist()]
