"""Missing values, groups, duplicates, long examples and dates in preprocessing."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from studio.core.errors import DatasetError, SpecError
from studio.core.notes import ExamplesLeftOut, LeakedExamples, SharedGroups, ShortSeriesLeftOut
from studio.core.specs.comparison_spec import TaskSpec
from studio.data import Column, Dataset, ExampleSet, Series, prepare

Loader = Callable[..., Dataset]
NAN = np.nan


def examples(values: list[list[float]], labels: list[int]) -> ExampleSet:
    flat = np.concatenate([np.array(sequence, dtype=np.float64) for sequence in values])[
        :, np.newaxis
    ]
    channel = Column("u", "feature", missing=int(np.isnan(flat).sum()))
    return ExampleSet(
        name="toy", source="toy", columns=(channel, Column("class", "label", "text")),
        channels=(channel,), values=flat,
        lengths=np.array([len(sequence) for sequence in values], dtype=np.int64),
        labels=np.array(labels, dtype=np.int64), class_names=("a", "b"),
    )  # fmt: skip


def gappy(count: int = 20) -> ExampleSet:
    return examples(
        [[NAN, 2.0 + index % 3, NAN, 6] if index % 2 else [1, 2, 3, 4] for index in range(count)],
        [index // 2 % 2 for index in range(count)],
    )


def test_missing_values_are_refused_unless_a_treatment_is_chosen() -> None:
    with pytest.raises(DatasetError, match=r"column 'u': 20 values.*Choose how to treat"):
        prepare(gappy(), TaskSpec())


def test_dropping_keeps_only_complete_examples() -> None:
    prepared, _ = prepare(gappy(), TaskSpec(missing="drop"))
    assert sum(len(part) for part in prepared.parts.values()) == 10
    assert all((part.positions % 2 == 0).all() for part in prepared.parts.values())
    assert ExamplesLeftOut(10, "missing values") in prepared.notes


def test_forward_fill_does_not_cross_examples() -> None:
    task = TaskSpec(missing="forward", scaling="none")
    prepared, _ = prepare(gappy(), task)
    part = prepared.training
    index = int(np.flatnonzero(part.positions % 2)[0])
    first, second, third, fourth = part.sequence(index)[:, 0]
    assert (second, fourth) == (2 + part.positions[index] % 3, 6)
    assert third == second
    fill = prepared.preprocessing.fill
    assert fill is not None
    assert first == pytest.approx(fill[0])


def test_interpolation_is_linear_between_the_adjacent_values() -> None:
    dataset = examples([[0, NAN, NAN, 3], [5, NAN, 7, NAN]] * 10, [0, 0, 1, 1] * 5)
    prepared, _ = prepare(dataset, TaskSpec(missing="interpolate", scaling="none"))
    sequences_read = {tuple(part.sequence(index)[:, 0]) for part in prepared.parts.values()
             for index in range(len(part))}  # fmt: skip
    assert sequences_read == {(0, 1, 2, 3), (5, 6, 7, 7)}


def test_mask_is_a_channel_of_missing_values() -> None:
    prepared, _ = prepare(gappy(), TaskSpec(missing="mask"))
    assert prepared.preprocessing.input_names == ("u", "u missing")
    part = prepared.training
    index = int(np.flatnonzero(part.positions % 2)[0])
    assert part.sequence(index)[:, 1].tolist() == [1, 0, 1, 0]


def test_fill_is_the_mean_of_the_training_set_only() -> None:
    dataset = gappy()
    prepared, _ = prepare(dataset, TaskSpec(missing="mask"))
    for index in prepared.test.positions:
        dataset.sequence(int(index))[:] *= 1000
    assert prepare(dataset, TaskSpec(missing="mask"))[0].preprocessing == prepared.preprocessing


def test_examples_without_a_label_are_left_out_if_missing_values_are_allowed() -> None:
    dataset = examples([[1.0, 2]] * 30, [0, 1, -1] * 10)
    prepared, _ = prepare(dataset, TaskSpec(missing="drop"))
    assert sum(len(part) for part in prepared.parts.values()) == 20


@pytest.mark.parametrize(("kept", "expected"), [("first", [1, 2]), ("last", [3, 4])])
def test_long_examples_are_cut_at_the_chosen_end(kept: str, expected: list[float]) -> None:
    dataset = examples([[1, 2, 3, 4], [9]] * 10, [0, 0, 1, 1] * 5)
    task = TaskSpec.model_validate({"longest": 2, "kept": kept, "scaling": "none"})
    prepared, _ = prepare(dataset, task)
    assert prepared.preprocessing.max_length == 2
    sequences_read = {
        tuple(prepared.training.sequence(index)[:, 0]) for index in range(len(prepared.training))
    }
    assert sequences_read == {tuple(expected), (9,)}


def grouped(groups: int, size: int = 6) -> ExampleSet:
    count = groups * size
    dataset = examples(
        [[float(index), 1.0] for index in range(count)], [index % 2 for index in range(count)]
    )
    names = np.array([f"s{index // size}" for index in range(count)], dtype=str)
    return dataset.with_groups({"speaker": names})


def test_no_group_is_in_two_sets() -> None:
    dataset = grouped(10)
    prepared, task = prepare(dataset, TaskSpec())
    assert task.group == "speaker"
    owners = [set(dataset.groups["speaker"][part.positions]) for part in prepared.parts.values()]
    assert sum(map(len, owners)) == len(set().union(*owners)) == 10
    assert [len(part) for part in prepared.parts.values()] == [42, 6, 12]


def test_groups_in_two_sets_are_noted_with_their_cause() -> None:
    prepared, _ = prepare(grouped(4, 20), TaskSpec(group="none"))
    assert SharedGroups("speaker", 4, 4, "no grouping") in prepared.notes
    given = np.arange(80) % 4 == 0
    prepared, _ = prepare(replace(grouped(4, 20), in_test=given), TaskSpec(group="none"))
    assert SharedGroups("speaker", 4, 4, "given split") in prepared.notes


def test_few_groups_are_kept_whole_only_if_set() -> None:
    dataset = grouped(2, 20)
    prepared, task = prepare(dataset, TaskSpec())
    assert task.group == "none"
    assert SharedGroups("speaker", 2, 2, "few groups") in prepared.notes
    apart, _ = prepare(dataset, TaskSpec(group="speaker", split=(0.5, 0, 0.5)))
    assert len(set(dataset.groups["speaker"][apart.training.positions])) == 1
    assert len(apart.test) == 20
    with pytest.raises(SpecError, match="only 2 groups for 3 sets"):
        prepare(dataset, TaskSpec(group="speaker"))


def test_column_without_groups_is_refused() -> None:
    with pytest.raises(SpecError, match=r"'u' does not hold groups.*speaker"):
        prepare(grouped(5), TaskSpec(group="u"))


def test_leaked_duplicates_are_noted_and_can_be_dropped() -> None:
    dataset = examples(
        [[float(index % 10), 2.0] for index in range(40)], [index % 2 for index in range(40)]
    )
    prepared, _ = prepare(dataset, TaskSpec())
    assert any(isinstance(note, LeakedExamples) for note in prepared.notes)
    once, _ = prepare(dataset, TaskSpec(duplicates="drop"))
    assert sum(len(part) for part in once.parts.values()) == 10
    assert not any(isinstance(note, LeakedExamples) for note in once.notes)


def test_given_test_set_keeps_its_examples_and_training_loses_duplicates() -> None:
    made = examples(
        [[float(index % 15)] for index in range(20)], [index % 2 for index in range(20)]
    )
    dataset = replace(made, in_test=np.arange(20) >= 15)
    prepared, _ = prepare(dataset, TaskSpec(duplicates="drop"))
    assert prepared.test.positions.tolist() == [15, 16, 17, 18, 19]
    assert not set(prepared.training.positions) & {0, 1, 2, 3, 4}


def test_given_validation_set_is_kept() -> None:
    made = examples([[float(index)] for index in range(30)], [index % 2 for index in range(30)])
    order = np.arange(30)
    dataset = replace(made, in_test=order >= 25, in_validation=(order >= 20) & (order < 25))
    prepared, task = prepare(dataset, TaskSpec())
    assert [len(part) for part in prepared.parts.values()] == [20, 5, 5]
    assert task.split is None
    with pytest.raises(SpecError, match="gives all three sets"):
        prepare(dataset, TaskSpec(split=(0.7, 0.1, 0.2)))


def series(values: np.ndarray, **more: object) -> Series:
    missing = int(np.isnan(values).sum())
    column = Column("v", "target", missing=missing)
    return Series("toy", "toy", (column,), values[:, np.newaxis].astype(float), **more)  # type: ignore[arg-type]


def test_windows_never_cross_from_one_series_into_the_next() -> None:
    values = np.concatenate([np.arange(40.0), 1000 + np.arange(30.0)])
    dataset = series(values, lengths=np.array([40, 30]))
    prepared, _ = prepare(dataset, TaskSpec(window=4, scaling="none"))
    for part in prepared.parts.values():
        for index in range(len(part)):
            window = part.sequence(index)[:, 0]
            assert np.ptp(window) == 3
            assert part.targets_in_units[index, 0] == window[-1] + 1
    assert [len(part) for part in prepared.parts.values()] == [25 + 18, 4 + 3, 7 + 5]


def test_series_that_are_too_short_are_left_out_with_a_note() -> None:
    dataset = series(np.arange(46.0), lengths=np.array([40, 3, 3]))
    prepared, _ = prepare(dataset, TaskSpec(window=4))
    assert ShortSeriesLeftOut(2) in prepared.notes


@pytest.mark.parametrize("missing", ["drop", "forward", "mask"])
def test_forecast_never_predicts_a_value_that_was_filled_in(missing: str) -> None:
    values = np.arange(60.0)
    values[[10, 33]] = NAN
    task = TaskSpec.model_validate({"window": 3, "missing": missing, "scaling": "none"})
    prepared, _ = prepare(series(values), task)
    reads = [
        int(position) - 3 <= gap < position
        for part in prepared.parts.values()
        for position in part.positions
        for gap in (10, 33)
    ]
    assert any(reads) == (missing != "drop")
    for part in prepared.parts.values():
        assert np.array_equal(part.targets_in_units[:, 0], part.positions)
        assert not np.isnan(part.inputs).any()


def test_interpolation_is_refused_for_forecasts_because_it_leaks() -> None:
    with pytest.raises(SpecError, match="leak values from after a window"):
        prepare(series(np.arange(50.0)), TaskSpec(missing="interpolate"))


def test_calendar_gives_the_time_of_day_and_the_weekday_as_cycles(load_text: Loader) -> None:
    stamps = [f"2024-01-{1 + hour // 24:02} {hour % 24:02}:00" for hour in range(72)]
    rows = "\n".join(f"{stamp},{index}" for index, stamp in enumerate(stamps))
    dataset = load_text(f"date,load\n{rows}\n")
    prepared, _ = prepare(dataset, TaskSpec(window=2, calendar=("hour", "weekday")))
    assert prepared.preprocessing.input_names == (
        "load", "hour sine", "hour cosine", "weekday sine", "weekday cosine"
    )  # fmt: skip
    midnight_then_one = prepared.training.inputs[0, :, 1:]
    assert midnight_then_one[0].tolist() == [0, 1, 0, 1]  # 1 January 2024 was a Monday
    assert midnight_then_one[1, 0] == pytest.approx(np.sin(2 * np.pi / 24), abs=1e-6)
    assert prepared.preprocessing.input_scaler.scale[1:] == (1, 1, 1, 1)


def test_calendar_needs_dates_that_can_be_read(load_text: Loader) -> None:
    rows = "\n".join(f"2024-Q{1 + step % 4},{step}" for step in range(30))
    rows = rows.replace("2024-Q1", "1st quarter")
    with pytest.raises(SpecError, match="no date column"):
        prepare(load_text(f"date,load\n{rows}\n"), TaskSpec(window=2, calendar=("month",)))
    rows = "\n".join(f"{f'2024-01-{day:02}' * (day != 9)},{day}" for day in range(1, 31))
    with pytest.raises(SpecError, match="calendar: a date is missing"):
        prepare(load_text(f"date,load\n{rows}\n"), TaskSpec(window=2, calendar=("month",)))
    with pytest.raises(SpecError, match="no date column"):
        prepare(series(np.arange(50.0)), TaskSpec(calendar=("hour",)))


TEXTS = "text,label\n" + "".join(
    f"{word} {'good' if at % 2 else 'bad'} film\n".replace("\n", f",{'pos' if at % 2 else 'neg'}\n")
    for at, word in enumerate(["a", "the", "one", "this"] * 10)
)


def test_vocabulary_is_fitted_on_the_training_set_and_the_rest_is_one_symbol(
    load_text: Loader,
) -> None:
    dataset = load_text(TEXTS + "unseen zebra film,pos\n", tokens="words")
    assert isinstance(dataset, ExampleSet)
    in_test = np.arange(41) == 40
    prepared, _ = prepare(replace(dataset, in_test=in_test), TaskSpec())
    vocabulary = prepared.preprocessing.vocabulary
    assert vocabulary is not None
    assert "zebra" not in vocabulary
    assert prepared.test.sequence(0).argmax(axis=1).tolist() == [0, 0, vocabulary.index("film")]


def test_few_symbols_are_one_hot_and_many_embedded(load_text: Loader) -> None:
    dataset = load_text(TEXTS, tokens="words")
    few, _ = prepare(dataset, TaskSpec())
    assert few.preprocessing.input_names == few.preprocessing.vocabulary
    assert not few.preprocessing.embeds
    codes, _ = prepare(dataset, TaskSpec(symbols="embedding", vocabulary=3))
    assert codes.preprocessing.embeds
    assert codes.training.inputs.dtype == np.int32
    assert codes.preprocessing.vocabulary is not None
    assert len(codes.preprocessing.vocabulary) == 4
    spelled = [
        codes.preprocessing.vocabulary[int(code)] for code in codes.training.sequence(0)[:, 0]
    ]
    assert spelled[2] == "film"


def test_symbols_are_never_scaled(load_text: Loader) -> None:
    prepared, task = prepare(load_text(TEXTS), TaskSpec())
    assert task.scaling == "none"
    assert set(np.unique(prepared.training.inputs)) == {0, 1}
