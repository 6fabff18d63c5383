"""Generators: their data, and errors of their parameters."""

import re
from itertools import pairwise

import numpy as np
import pytest

from studio.core.errors import SpecError
from studio.core.specs.comparison_spec import GeneratedDataset, TaskSpec
from studio.data import GENERATORS, TASKS, ExampleSet, Series, generate, inspect, load, prepare


def make(generator: str, **parameters: float) -> Series | ExampleSet:
    return load(GeneratedDataset(generator=generator, parameters=parameters))


@pytest.mark.parametrize("name", GENERATORS)
def test_every_generator_is_ready_for_training_and_repeatable(name: str) -> None:
    one, two = make(name), make(name)
    assert np.array_equal(one.values, two.values)
    assert not inspect(one)["problems"]
    if inspect(one)["task"] in TASKS:
        prepared, task = prepare(one, TaskSpec())
        assert task.kind == inspect(one)["task"]
        assert len(prepared.test)


@pytest.mark.parametrize("name", GENERATORS)
def test_another_seed_gives_other_data(name: str) -> None:
    assert not np.array_equal(make(name, seed=1).values, make(name, seed=2).values)


@pytest.mark.parametrize("name", GENERATORS)
def test_every_parameter_explains_itself(name: str) -> None:
    generator = GENERATORS[name]
    assert generator.meaning.endswith(".")
    for field in generator.parameters.model_fields.values():
        assert field.title
        assert field.description
        assert field.description.endswith(".")


@pytest.mark.parametrize("name", GENERATORS)
def test_every_generator_has_noise_and_missing_values(name: str) -> None:
    clean, noisy = make(name, noise=0), make(name, noise=0.5)
    assert not np.array_equal(clean.values, noisy.values)
    if "missing" in GENERATORS[name].parameters.model_fields:
        gappy = make(name, noise=0, missing=0.2)
        share = np.isnan(gappy.values).mean()
        assert share == pytest.approx(0.2, abs=0.03)
        kept = ~np.isnan(gappy.values)
        assert np.array_equal(gappy.values[kept], clean.values[kept])
        assert inspect(gappy)["missing"] > 0
    else:
        assert len(make(name, noise=0, lost=0.3).values) < len(clean.values)


def test_adding_problem_asks_for_the_sum_of_two_marked_numbers() -> None:
    dataset = make("adding", length=30, examples=50)
    assert isinstance(dataset, ExampleSet)
    for index in range(50):
        numbers, marks = dataset.sequence(index).T
        assert marks.sum() == 2
        assert marks[:15].sum() == 1
        assert dataset.labels[index, 0] == pytest.approx((numbers * marks).sum())


def test_delayed_recall_asks_for_the_first_symbol() -> None:
    dataset = make("delayed-recall", delay=20, symbols=5, noise=0, examples=40)
    assert isinstance(dataset, ExampleSet)
    for index in range(40):
        sequence = dataset.sequence(index)
        assert len(sequence) == 22
        assert sequence[0].argmax() == dataset.labels[index]
        assert not sequence[1:-1].any()
        assert sequence[-1].tolist() == [0, 0, 0, 0, 0, 1]


def test_sine_without_noise_repeats_after_its_period() -> None:
    dataset = make("sine-mixture", waves=1, shortest=20, longest=20, noise=0, steps=200)
    assert isinstance(dataset, Series)
    assert np.allclose(dataset.values[20:], dataset.values[:-20])
    assert np.abs(dataset.values).max() == pytest.approx(1, abs=0.02)


def test_mackey_glass_follows_its_equation() -> None:
    dataset = make("mackey-glass", steps=400, delay=17)
    x = dataset.values[:, 0]
    middle = slice(100, 300)
    slope = (x[101:301] - x[99:299]) / 2
    delayed = x[83:283]
    expected = 0.2 * delayed / (1 + delayed**10) - 0.1 * x[middle]
    assert np.abs(slope - expected).max() < 0.005
    assert 0.2 < x.min() < x.max() < 1.5


def test_copy_memory_asks_for_the_symbols_in_their_order() -> None:
    dataset = make("copy-memory", delay=5, items=3, symbols=5, examples=40)
    assert isinstance(dataset, ExampleSet)
    for index in range(40):
        sequence = dataset.sequence(index)
        assert (sequence[:3, :5].argmax(axis=1) / 4).tolist() == dataset.labels[index].tolist()
        assert not sequence[3:-1].any()


def test_letter_that_decides_a_reber_word_is_its_second_and_words_follow_the_grammar() -> None:
    follow = {"B": "TPTP", "T": "STVXPE", "P": "TXVSE", "S": "SXE", "X": "XSTVP", "V": "PVE"}
    dataset = make("reber", examples=200, shortest=12)
    assert isinstance(dataset, ExampleSet)
    letters = np.array(list("BTPSXVE"))
    for index in range(200):
        word = "".join(letters[dataset.sequence(index).argmax(axis=1)])
        assert len(word) >= 12
        assert word[0] == word[2] == "B"
        assert word[-1] == "E"
        assert "TP".index(word[1]) == dataset.labels[index]
        assert all(after in follow[letter] for letter, after in pairwise(word[2:]))


def test_subjects_of_the_wearable_and_speakers_of_the_words_are_groups() -> None:
    wearable, words = make("wearable", subjects=3, takes=2), make("tone-words", speakers=3, takes=1)
    assert isinstance(wearable, ExampleSet)
    assert isinstance(words, ExampleSet)
    assert len(set(wearable.groups["subject"].tolist())) == 3
    assert len(set(words.groups["speaker"].tolist())) == 3


def test_a_stuck_sensor_gives_the_same_value_to_its_end() -> None:
    dataset = make("sensor-faults", examples=60)
    assert isinstance(dataset, ExampleSet)
    assert dataset.class_names is not None
    stuck = np.flatnonzero(dataset.labels == dataset.class_names.index("stuck"))
    for index in stuck:
        assert len(set(dataset.sequence(int(index))[-20:, 0])) == 1


def test_half_of_the_promoters_hold_both_boxes_at_their_distance() -> None:
    dataset = make("promoters", examples=100, mutations=0)
    assert isinstance(dataset, ExampleSet)
    for index in range(100):
        bases = "".join("ACGT"[int(code)] for code in dataset.sequence(index).argmax(axis=1))
        is_promoter = re.search("TTGACA.{16,18}TATAAT", bases) is not None
        assert is_promoter == bool(dataset.labels[index])


def test_not_at_all_reverses_an_opinion() -> None:
    dataset = make("opinions", examples=200)
    assert isinstance(dataset, ExampleSet)
    assert dataset.symbols is not None
    for index in range(200):
        text = " ".join(dataset.symbols[int(code)] for code in dataset.sequence(index)[:, 0])
        good = any(word in text for word in ("good", "warm", "clever", "joy"))
        assert bool(dataset.labels[index]) == (good != ("not at all" in text))


def test_corpus_reads_as_sentences() -> None:
    dataset = make("grammar-corpus", sentences=30)
    assert isinstance(dataset, Series)
    assert dataset.symbols is not None
    lines = "".join(dataset.symbols[int(code)] for code in dataset.values[:, 0]).splitlines()
    assert len(lines) == 30
    assert all(line.endswith(".") and line[0].isupper() for line in lines)


def test_unknown_generator_lists_the_known_ones() -> None:
    with pytest.raises(SpecError, match=r"no generator 'noise'.*adding, delayed-recall"):
        generate(GeneratedDataset(generator="noise"))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"length": 1}, "generator adding: length: "),
        ({"lenght": 9}, "generator adding: lenght: "),
        ({"length": "long"}, "generator adding: length: "),
        ({"length": 100_000, "examples": 1_000_000}, "50 million"),
    ],
)
def test_wrong_parameter_is_named(parameters: dict[str, float | str], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        load(GeneratedDataset.model_validate({"generator": "adding", "parameters": parameters}))


def test_battery_is_charged_by_what_flows_and_stays_within_its_voltages() -> None:
    current, voltage, temperature, charge = make("battery", noise=0, steps=3000).values.T
    flows = np.diff(charge) + 100 * current[1:] * 10 / (2.5 * 3600)
    np.testing.assert_allclose(flows[(charge[1:] > 0) & (charge[1:] < 100)], 0, atol=1e-9)
    assert charge.min() > 5
    assert charge.max() < 100
    assert (voltage.min(), voltage.max()) == (
        pytest.approx(3, abs=0.5),
        pytest.approx(4.3, abs=0.2),
    )
    assert temperature.min() > -5
    assert temperature.max() < 60


def test_hourly_load_follows_the_smoothed_temperature_and_the_opening_hours() -> None:
    series = make("hourly-load", noise=0, steps=2000)
    temperature, day_off, load = series.values.T
    smooth, level = [], temperature[0]
    for value in temperature:
        level += (1 - np.exp(-1 / 10)) * (value - level)
        smooth.append(level)
    clock = np.arange(2000) % 24
    is_open = (day_off == 0) & (clock >= 7) & (clock < 18)
    heating = 2.2 * np.maximum(0, 18 - np.array(smooth))
    np.testing.assert_allclose(load, 12 + heating + 45 * is_open, rtol=1e-9)
    assert series.times is not None
    assert series.times[25] == "2024-01-02 01:00"
    assert set(day_off[5 * 24 : 7 * 24]) == {1.0}
