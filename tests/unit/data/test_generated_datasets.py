"""Generators: what they promise, and parameters that name themselves when wrong."""

import numpy as np
import pytest

from studio.core.errors import SpecError
from studio.core.spec import GeneratedDataset, TaskSpec
from studio.data import GENERATORS, ExampleSet, Series, generate, inspect, load, prepare


def make(generator: str, **parameters: float) -> Series | ExampleSet:
    return load(GeneratedDataset(generator=generator, parameters=parameters))


@pytest.mark.parametrize("name", GENERATORS)
def test_every_generator_is_ready_for_training_and_repeatable(name: str) -> None:
    one, two = make(name), make(name)
    assert np.array_equal(one.values, two.values)
    prepared, task = prepare(one, TaskSpec())
    assert task.kind == inspect(one)["task"]
    assert len(prepared.test)
    assert not inspect(one)["problems"]


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


def test_adding_problem_asks_for_the_sum_of_two_marked_numbers() -> None:
    dataset = make("adding", length=30, examples=50)
    assert isinstance(dataset, ExampleSet)
    for at in range(50):
        numbers, marks = dataset.sequence(at).T
        assert marks.sum() == 2
        assert marks[:15].sum() == 1
        assert dataset.labels[at, 0] == pytest.approx((numbers * marks).sum())


def test_delayed_recall_asks_for_the_first_symbol() -> None:
    dataset = make("delayed-recall", delay=20, symbols=5, noise=0, examples=40)
    assert isinstance(dataset, ExampleSet)
    for at in range(40):
        sequence = dataset.sequence(at)
        assert len(sequence) == 22
        assert sequence[0].argmax() == dataset.labels[at]
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
