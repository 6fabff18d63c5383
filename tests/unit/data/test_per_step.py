"""Predictions at every step: keys, symbols and tags."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio.core.errors import DatasetError, SpecError
from studio.core.notes import ExamplesLeftOut
from studio.core.prepared.examples import IGNORE_INDEX, PADDING_KEY, PreparedTask
from studio.core.specs.comparison_spec import FileDataset, TaskSpec
from studio.data import Dataset, ExampleSet, inspect, load, prepare

Loader = Callable[..., Dataset]
LENGTHS = {"train": (3, 5, 4, 1), "valid": (2, 6), "test": (7, 3)}


@pytest.fixture
def rolls(tmp_path: Path) -> ExampleSet:
    """Pieces of three keys of which each step has another pattern."""
    rng = np.random.default_rng(0)
    arrays = {}
    for part, lengths in LENGTHS.items():
        arrays[f"{part}_roll"] = rng.integers(0, 2, (sum(lengths), 3)).astype(np.uint8)
        arrays[f"{part}_lengths"] = np.array(lengths)
    np.savez(tmp_path / "rolls.npz", **arrays)
    dataset = load(FileDataset(path=str(tmp_path / "rolls.npz")))
    assert isinstance(dataset, ExampleSet)
    return dataset


def prepared(dataset: Dataset, **task: object) -> PreparedTask:
    return prepare(dataset, TaskSpec.model_validate(task))[0]


def test_keys_of_each_step_predict_those_of_the_next(rolls: ExampleSet) -> None:
    task = prepared(rolls)
    assert task.preprocessing.kind == "next-step"
    for part, first in ((task.training, 0), (task.validation, 4), (task.test, 6)):
        for index in range(len(part)):
            piece = rolls.sequence(first + index)
            assert np.array_equal(part.sequence(index), piece[:-1])
            assert np.array_equal(part.targets_of(index), piece[1:])
            on = part.targets_in_units[index, : len(piece) - 1]
            assert np.array_equal(on, piece[1:].sum(axis=1))


def test_given_sets_are_kept_and_sequences_of_one_step_left_out(rolls: ExampleSet) -> None:
    task = prepared(rolls)
    assert task.training.lengths is not None
    assert task.training.lengths.tolist() == [2, 4, 3]
    assert (len(task.validation), len(task.test)) == (2, 2)
    assert ExamplesLeftOut(1, "one step") in task.notes


def test_nothing_is_predicted_after_the_end_of_a_sequence(rolls: ExampleSet) -> None:
    part = prepared(rolls).training
    assert part.targets.shape == (3, 4, 3)
    assert np.all(part.targets[0, 2:] == PADDING_KEY)
    assert np.all(part.targets_in_units[0, 2:] == IGNORE_INDEX)


def test_next_step_needs_columns_that_are_0_or_1(rolls: ExampleSet) -> None:
    with pytest.raises(SpecError, match="columns that are 0 or 1"):
        prepared(replace(rolls, values=rolls.values / 2), kind="next-step")
    with pytest.raises(SpecError, match="gives all three sets"):
        prepared(rolls, split=(0.5, 0.25, 0.25))


def test_names_can_be_continued_letter_by_letter(load_text: Loader) -> None:
    names = ["anna", "hannah", "otto", "bob"] * 10
    dataset = load_text("name,language\n" + "\n".join(f"{name},x{len(name)}" for name in names))
    task = prepared(dataset, kind="next-token", split=(0.5, 0.25, 0.25))
    symbols = task.preprocessing.outcomes
    assert symbols is not None
    for part in task.parts.values():
        for index in range(len(part)):
            read = [symbols[at] for at in part.sequence(index).argmax(axis=1)]
            answered = [symbols[at] for at in part.targets_of(index)]
            assert read[1:] == answered[:-1]
            assert "".join([read[0], *answered]) in names


def test_ambiguous_letter_of_an_alphabet_is_not_predicted(load_text: Loader) -> None:
    dataset = load_text(">1\nACGNA\n>2\nACGTA\n>3\nTTGCA\n>4\nGATTA\n", "dna.fasta")
    task = prepared(dataset, kind="next-token", split=(0.5, 0, 0.5))
    asked = [part.targets_in_units for part in task.parts.values()]
    assert sum(int((truth == IGNORE_INDEX).sum()) for truth in asked) == 1
    assert task.preprocessing.outcomes == task.preprocessing.input_names


TAGGED = "id,time,x,state\n" + "\n".join(
    f"r{run},{step},{step + run / 10},{'up' if step > run else 'down'}"
    for run in range(6)
    for step in range(8)
)


def test_label_that_changes_within_sequences_tags_their_steps(load_text: Loader) -> None:
    dataset = load_text(TAGGED.replace("state", "label"))
    summary = inspect(dataset)
    assert (summary["task"], summary["examples"]) == ("tag", 6)
    assert summary["classes"] == {"down": 21, "up": 27}
    task = prepared(dataset, split=(0.5, 0, 0.5), scaling="none")
    assert task.preprocessing.class_names == ("down", "up")
    for part in (task.training, task.test):
        for index, run in enumerate(part.positions.tolist()):
            steps = np.arange(8)
            assert np.allclose(part.sequence(index)[:, 0], steps + run / 10)
            assert np.array_equal(part.targets_of(index), (steps > run).astype(int))


def test_column_of_tags_can_be_named(load_text: Loader) -> None:
    assert inspect(load_text(TAGGED, label_column="state"))["task"] == "tag"
    with pytest.raises(DatasetError, match="changes within sequences but does not hold classes"):
        load_text(TAGGED, label_column="x")


def test_tags_are_no_numbers_and_labels_of_sequences_no_tags(load_text: Loader) -> None:
    with pytest.raises(SpecError, match="changes within sequences, but the task is regress"):
        prepared(load_text(TAGGED, label_column="state"), kind="regress")
    rows = "".join(f"{run},{step},{step},{'ab'[run % 2]}\n" for run in range(6) for step in (1, 2))
    with pytest.raises(SpecError, match="no column holds a class for each time step"):
        prepared(load_text("id,time,x,label\n" + rows), kind="tag")


def test_sequences_that_are_cut_to_one_step_have_no_next(load_text: Loader) -> None:
    rows = "".join(f"good film number {index} here,{index % 2}\n" for index in range(40))
    dataset = load_text("text,label\n" + rows)
    with pytest.raises(SpecError, match="longest: a sequence of one time step has no next step"):
        prepare(dataset, TaskSpec(kind="next-token", longest=1))
