"""A TRAIN file and its TEST file as one dataset."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from studio.core.errors import DatasetError
from studio.core.specs.comparison_spec import FileDataset, TaskSpec
from studio.data import ExampleSet, load, prepare

Writer = Callable[..., Path]


def pair(write: Writer, train: str, test: str) -> ExampleSet:
    path = write("made_TRAIN.csv", train)
    write("made_TEST.csv", test)
    dataset = load(FileDataset(path=str(path)))
    assert isinstance(dataset, ExampleSet)
    return dataset


def tagged(sequences: int, tags: tuple[str, str], steps: int = 8) -> str:
    rows = (
        f"{index},{step},{step * 0.5 + index},{tags[step % 2]}\n"
        for index in range(sequences)
        for step in range(steps)
    )
    return "id,time,value,tag\n" + "".join(rows)


def test_tags_of_a_pair_are_those_of_all_its_steps(write: Writer) -> None:
    dataset = pair(write, tagged(12, ("up", "down")), tagged(6, ("still", "up")))
    assert dataset.tags is not None
    assert dataset.tags.names == ("down", "up", "still")
    assert len(dataset.tags.codes) == len(dataset.values)
    assert dataset.tags.codes[:2].tolist() == [1, 0]
    assert dataset.tags.codes[-2:].tolist() == [2, 1]
    prepared, task = prepare(dataset, TaskSpec())
    assert task.kind == "tag"
    assert prepared.test.targets[:, :2].tolist() == [[2, 1]] * 6


def test_pair_of_tags_and_labels_is_refused(write: Writer) -> None:
    constant = "".join(
        f"{index},{step},{step},{'ab'[index % 2]}\n" for index in range(6) for step in (1, 2)
    )
    with pytest.raises(DatasetError, match="different kinds of labels"):
        pair(write, tagged(12, ("up", "down")), "id,time,value,tag\n" + constant)


def test_columns_of_a_pair_that_have_other_names_are_refused(write: Writer) -> None:
    rows = "".join(f"{index},{index * 3},{'ab'[index % 2]}\n" for index in range(20))
    with pytest.raises(DatasetError, match="have the columns u, v and u, w"):
        pair(write, "u,v,label\n" + rows, "u,w,label\n" + rows)


def test_columns_of_a_pair_are_matched_by_name(write: Writer) -> None:
    rows = [(index, index * 10, "ab"[index % 2]) for index in range(20)]
    train = "u,v,label\n" + "".join(f"{u},{v},{label}\n" for u, v, label in rows)
    test = "v,u,label\n" + "".join(f"{v},{u},{label}\n" for u, v, label in rows)
    dataset = pair(write, train, test)
    half = len(dataset.values) // 2
    assert np.array_equal(dataset.values[:half], dataset.values[half:])


def test_texts_of_a_pair_are_tokenized_alike(write: Writer) -> None:
    words = ["a very good film", "a really bad film", "so good a film", "too bad a film"] * 4
    train = "text,label\n" + "".join(f"{text},{index % 2}\n" for index, text in enumerate(words))
    test = "text,label\n" + "".join(
        f"{['good', 'bad'][index % 2]},{index % 2}\n" for index in range(8)
    )
    dataset = pair(write, train, test)
    assert dataset.tokens == "words"
    assert dataset.lengths[-8:].tolist() == [1] * 8


def test_groups_that_one_file_of_a_pair_has_are_left_out(write: Writer) -> None:
    train = "subject,a,b,label\n" + "".join(
        f"s{index // 4},{index},{index % 3},{'xy'[index % 2]}\n" for index in range(40)
    )
    test = "subject,a,b,label\n" + "".join(
        f"t{index},{index},{index % 3},{'xy'[index % 2]}\n" for index in range(10)
    )
    _, task = prepare(pair(write, train, test), TaskSpec())
    assert task.group == "none"
