import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import toy_task

from studio.gui.viewstate import dataset


@given(st.integers(1, 5000), st.integers(10, 400))
def test_a_thinned_series_keeps_its_lows_and_highs(count: int, most: int) -> None:
    values = np.random.default_rng(count).normal(size=(count, 2))
    steps, kept = dataset.thinned(values, most)
    assert len(steps) == len(kept) <= max(count, 1)
    assert len(steps) <= most + 2
    assert kept.max() == values.max()
    assert kept.min() == values.min()
    assert np.all(np.diff(steps) >= 0)


def test_the_highest_spike_of_a_long_series_is_seen() -> None:
    values = np.zeros((10_000, 1))
    values[7_777] = 5
    _, kept = dataset.thinned(values, 200)
    assert kept.max() == 5


@given(st.lists(st.integers(1, 500), min_size=1, max_size=80))
def test_every_length_is_counted_once(lengths: list[int]) -> None:
    ranges = dataset.length_ranges(np.array(lengths))
    assert sum(count for _, count in ranges) == len(lengths)
    assert len(ranges) <= 11


def test_each_class_shows_examples_of_its_own() -> None:
    labels = np.array([0, 1, 0, 0, 2, 1])
    found = dataset.sample_of_each_class(labels, ["a", "b", "c", "none"], 2)
    assert [(name, size) for name, size, _ in found] == [("a", 3), ("b", 2), ("c", 1)]
    for at, (_, _, picks) in enumerate(found):
        assert all(labels[pick] == at for pick in picks)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("each row is read as an example", "Each row is read as an example."),
        ("it is cut.", "It is cut."),
        ("rt-polarity.neg is read as cp1252", "rt-polarity.neg is read as cp1252."),
        ("my notes is read as cp1252", "my notes is read as cp1252."),
        ("notes/a is empty", "notes/a is empty."),
    ],
)
def test_a_note_is_a_sentence_and_a_file_keeps_its_name(text: str, told: str) -> None:
    assert dataset.sentence(text, "my notes") == told


def test_words_say_what_there_is() -> None:
    series = {"kind": "series", "channels": 1, "length": {"min": 9, "max": 9}}
    assert dataset.kind_in_words(series) == "One series of 9 steps, 1 column of numbers"
    examples = {
        "kind": "examples",
        "channels": 12,
        "symbols": 0,
        "length": {"min": 7, "max": 29},
        "parts": {"train": 270, "test": 370},
        "examples": 640,
    }
    told = dataset.kind_in_words(examples)
    assert (
        told == "640 examples (270 to train, 370 to test) of 7 to 29 steps, 12 values at each step"
    )
    names = {**examples, "parts": {}, "symbols": 83}
    assert dataset.kind_in_words(names) == "640 examples of 7 to 29 steps, 83 different symbols"
    corpus = {"kind": "text", "symbols": 65, "length": {"min": 9, "max": 1200}}
    assert dataset.kind_in_words(corpus) == "One text of 1,200 symbols, 65 different symbols"
    assert "1 number to estimate" in dataset.parts_in_words(toy_task())
    assert dataset.part_counts(toy_task()) == {"training": 96, "validation": 32, "test": 64}
