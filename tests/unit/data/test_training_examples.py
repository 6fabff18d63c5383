"""A training part that is cut: nested, in its shares, and the only part that changes."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core.errors import SpecError
from studio.core.examples import PreparedTask
from studio.core.spec import TaskSpec
from studio.data import Column, Dataset, ExampleSet, Series, prepare
from studio.data.splits import growing_order
from studio.data.symbols import corpus

CLASSES = np.repeat([0, 1, 2], (120, 60, 20))
SPEAKERS = np.array([f"s{at % 20}" for at in range(len(CLASSES))])
NAN = np.nan


def examples(**more: object) -> ExampleSet:
    """200 examples of two steps with values of their own, three unequal classes."""
    count = len(CLASSES)
    return ExampleSet(
        name="few", source="few.csv",
        columns=(Column("x", "feature"), Column("label", "label")),
        channels=(Column("x", "feature"),),
        values=np.arange(2.0 * count).reshape(-1, 1),
        lengths=np.full(count, 2),
        labels=CLASSES,
        class_names=("a", "b", "c"),
        **more,
    )  # fmt: skip


def spoken() -> ExampleSet:
    return examples().with_groups({"speaker": SPEAKERS})


def series(values: np.ndarray, **more: object) -> Series:
    column = Column("v", "target", missing=int(np.isnan(values).sum()))
    return Series("wave", "wave.csv", (column,), values[:, np.newaxis].astype(float), **more)  # type: ignore[arg-type]


def several() -> Series:
    """Three series of unequal length whose values tell which step of which they are."""
    values = np.concatenate([np.arange(60.0), 1000 + np.arange(110.0), 2000 + np.arange(35.0)])
    return series(values, lengths=np.array([60, 110, 35]))


def cut(dataset: Dataset, count: int | None, **task: object) -> PreparedTask:
    given_task = TaskSpec.model_validate({"training_examples": count, **task})
    return prepare(dataset, given_task)[0]


def symbols(task: PreparedTask, codes: np.ndarray) -> np.ndarray:
    """What is answered, in letters where it is a text: codes go by how common a letter is."""
    names = task.preparation.vocabulary
    return codes if names is None else np.array([*names, "not asked"])[codes]


def of_each_series(dataset: Series, positions: np.ndarray) -> list[np.ndarray]:
    lengths = np.array([len(dataset)]) if dataset.lengths is None else dataset.lengths
    return np.split(positions, np.searchsorted(positions, np.cumsum(lengths)[:-1]))


LETTERS = corpus("tale", "tale.txt", "abcdefghij" * 60, None)
GAPS = np.where(np.arange(200) % 23 == 0, NAN, np.arange(200.0))
KINDS: dict[str, tuple[Dataset, dict[str, object]]] = {
    "classes": (examples(), {}),
    "groups": (spoken(), {}),
    "folds": (examples(), {"folds": 4}),
    "one series": (series(np.arange(200.0)), {"window": 6, "stride": 2}),
    "several series": (several(), {"window": 5}),
    "gaps": (series(GAPS), {"window": 4, "missing": "drop"}),
    "blocks in time": (series(np.arange(200.0)), {"window": 6, "folds": 3}),
    "text": (LETTERS, {"window": 5, "symbols": "embedding"}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_smaller_training_part_lies_within_every_larger_one(kind: str) -> None:
    dataset, task = KINDS[kind]
    parts = [cut(dataset, count, **task).training for count in (20, 21, 40, 57, None)]
    if kind != "groups":
        assert [len(part) for part in parts[:-1]] == [20, 21, 40, 57]
    for small, large in pairwise(parts):
        assert set(small.positions) <= set(large.positions)
    assert set(parts[0].positions) < set(parts[-1].positions)


@pytest.mark.parametrize("kind", KINDS)
def test_validation_and_test_part_stay_as_they_are(kind: str) -> None:
    dataset, task = KINDS[kind]
    small, whole = (cut(dataset, count, **task) for count in (20, None))
    for name in ("validation", "test"):
        one, other = small.parts[name], whole.parts[name]
        assert np.array_equal(one.positions, other.positions)
        assert np.array_equal(symbols(small, one.truth), symbols(whole, other.truth))


@pytest.mark.parametrize("kind", KINDS)
def test_all_examples_are_the_same_as_no_number(kind: str) -> None:
    dataset, task = KINDS[kind]
    whole = cut(dataset, None, **task)
    numbered = cut(dataset, len(whole.training), **task)
    assert numbered.preparation == whole.preparation
    assert np.array_equal(numbered.training.inputs, whole.training.inputs)


@given(
    counts=st.lists(st.integers(1, 60), min_size=2, max_size=5),
    seed=st.integers(0, 2**31),
    data=st.data(),
)
def test_every_class_keeps_its_share_and_one_of_each_comes_first(
    counts: list[int], seed: int, data: st.DataObject
) -> None:
    classes = np.repeat(np.arange(len(counts)), counts)
    order = growing_order(classes, seed)
    assert np.array_equal(np.sort(order), np.arange(len(classes)))
    size = data.draw(st.integers(len(counts), len(classes)))
    entered = classes[order[:size]]
    assert len(np.unique(entered)) == len(counts)
    for label, count in enumerate(counts):
        assert abs(np.sum(entered == label) - size * count / len(classes)) <= len(counts) + 1


def test_another_split_seed_draws_another_subset() -> None:
    one, same, other = (cut(examples(), 30, split_seed=seed).training for seed in (0, 0, 1))
    assert np.array_equal(one.positions, same.positions)
    assert not np.array_equal(one.positions, other.positions)


def test_groups_enter_whole() -> None:
    dataset = spoken()
    whole, small = (cut(dataset, count).training for count in (None, 47))
    owners = dataset.groups["speaker"]
    for name in set(owners[small.positions]):
        members = set(whole.positions[owners[whole.positions] == name])
        assert members <= set(small.positions)
    assert len(small) == 40  # four groups of ten; a fifth would be too many
    assert any("whole groups of the column 'speaker'" in note for note in cut(dataset, 47).notes)


def test_of_a_series_the_latest_windows_before_the_validation_part_are_kept() -> None:
    task = cut(series(np.arange(200.0)), 12, window=6)
    assert task.training.positions[-1] + 1 == task.validation.positions[0]
    assert np.array_equal(np.diff(task.training.positions), np.ones(11))


def test_several_series_are_cut_to_the_same_share_each() -> None:
    whole, small = (
        cut(several(), count, window=5, scaling="none").training.truth[:, 0] for count in (None, 40)
    )
    for number in range(3):
        there, kept = (values[values // 1000 == number] for values in (whole, small))
        assert abs(len(kept) - len(there) * 40 / len(whole)) <= 1
        assert np.array_equal(kept, there[-len(kept) :])


def test_the_latest_pieces_of_a_text_are_kept_and_its_vocabulary_is_theirs() -> None:
    text = "x" * 200 + "abcdefghij" * 40
    task = cut(corpus("tale", "tale.txt", text, None), 10, window=5, symbols="embedding")
    whole = cut(corpus("tale", "tale.txt", text, None), None, window=5, symbols="embedding")
    assert np.array_equal(task.training.positions, whole.training.positions[-10:])
    assert whole.preparation.vocabulary is not None
    assert "x" in whole.preparation.vocabulary
    assert set(task.preparation.vocabulary or ()) == {"<other>", *"abcdefghij"}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "text"])
def test_scaler_is_fitted_on_the_cut_training_part_only(kind: str) -> None:
    dataset, task = KINDS[kind]
    prepared = cut(dataset, 20, **task)
    if isinstance(dataset, ExampleSet):
        inside = np.repeat(np.isin(np.arange(len(dataset)), prepared.training.positions), 2)
    else:
        assert prepared.preparation.window is not None
        inside = np.zeros(len(dataset.values), dtype=bool)
        for own in of_each_series(dataset, prepared.training.positions):
            inside[min(own) - prepared.preparation.window : max(own) + 1] = True
    assert 0 < inside.sum() < len(inside)
    values = dataset.values.copy()
    values[~inside] *= 1000
    changed = cut(replace(dataset, values=values), 20, **task).preparation
    center = np.nanmean(dataset.values[inside])
    assert changed.input_scaler == prepared.preparation.input_scaler
    assert prepared.preparation.input_scaler.center[0] == pytest.approx(center)
    assert changed.target_scaler == prepared.preparation.target_scaler


def test_mase_has_one_unit_at_all_sizes() -> None:
    dataset = series(np.arange(200.0) ** 2)
    errors = [cut(dataset, count, window=6).preparation.naive_error for count in (10, 80, None)]
    assert errors[0] == errors[1] == errors[2]


@pytest.mark.parametrize(
    ("dataset", "count", "message"),
    [
        (
            examples(),
            141,
            r"has 140 examples, and 141 are asked for.*at most 140",
        ),
        (
            examples(),
            2,
            r"2 training examples cannot hold one of each.*at least 3",
        ),
        (spoken(), 9, r"groups are kept whole, and the first that enters has 10 examples"),
        (
            series(np.arange(100.0)),
            500,
            r"has 63 examples, and 500 are asked for",
        ),
        (several(), 500, r"the training part has .* examples, and 500 are asked for"),
        (LETTERS, 99, r"the training part has .* examples, and 99 are asked for"),
    ],
)
def test_a_size_that_cannot_be_is_refused_with_what_can(
    dataset: Dataset, count: int, message: str
) -> None:
    with pytest.raises(SpecError, match=message) as told:
        cut(dataset, count)
    assert told.value.where == "training_examples"
    assert told.value.remedy


def test_no_example_at_all_is_no_setting() -> None:
    with pytest.raises(ValueError, match="greater than or equal to 1"):
        TaskSpec(training_examples=0)


def test_how_much_is_trained_on_is_told() -> None:
    note = "30 of the 140 examples of the training part are trained on"
    assert note in cut(examples(), 30).notes
    assert not any("are trained on" in note for note in cut(examples(), None).notes)
    told = cut(series(np.arange(100.0)), 12, window=10).notes
    assert "12 of the 63 examples of the training part are trained on, the latest" in told
