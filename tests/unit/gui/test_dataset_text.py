import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from support import toy_task

from studio.core.notes import SheetRead
from studio.core.problems import DuplicateExamples, SingleClass
from studio.gui.pages.data.view import dataset_text as dataset
from studio.gui.pages.data.view.relevant_settings import relevant_settings


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


def test_a_note_is_shown_as_a_sentence() -> None:
    assert dataset.sentence(SheetRead("readings")) == "The sheet 'readings' is read."
    assert dataset.sentence("/data/a.csv has vanished") == "/data/a.csv has vanished."


def test_duplicates_are_a_setting_where_examples_repeat_each_other() -> None:
    schema = {"kind": "examples", "columns": [], "missing": 0, "symbols": 0, "length": {"max": 1}}
    assert relevant_settings(schema, [DuplicateExamples(2, 9)]).has_duplicates
    assert not relevant_settings(schema, [SingleClass()]).has_duplicates


def test_a_dataset_is_described_in_words() -> None:
    series = {"kind": "series", "channels": 1, "length": {"min": 9, "max": 9}}
    assert dataset.kind_text(series) == "One series of 9 steps, 1 column of numbers"
    examples = {
        "kind": "examples",
        "channels": 12,
        "symbols": 0,
        "length": {"min": 7, "max": 29},
        "parts": {"train": 270, "test": 370},
        "examples": 640,
    }
    told = dataset.kind_text(examples)
    assert told == "640 examples (270 training, 370 test) of 7 to 29 steps, 12 values per step"
    names = {**examples, "parts": {}, "symbols": 83}
    assert dataset.kind_text(names) == "640 examples of 7 to 29 steps, 83 distinct symbols"
    corpus = {"kind": "text", "symbols": 65, "length": {"min": 9, "max": 1200}}
    assert dataset.kind_text(corpus) == "One text of 1,200 symbols, 65 distinct symbols"
    assert "1 number to predict" in dataset.parts_text(toy_task())
    assert dataset.part_counts(toy_task()) == {"training": 96, "validation": 32, "test": 64}
