import math
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from studio.core.specs.comparison_spec import (
    ComparisonSpec,
    GeneratedDataset,
    TaskSpec,
    TrainingSpec,
)
from studio.gui.view import run_estimate as outlook
from studio.gui.view.number_format import (
    count_of,
    format_bytes,
    format_change,
    format_datetime,
    format_value,
    format_whole,
)

SPEC = ComparisonSpec(dataset=GeneratedDataset(generator="adding"))


def trained(**training: object) -> ComparisonSpec:
    return SPEC.model_copy(update={"training": TrainingSpec.model_validate(training)})


def test_the_plan_is_a_product_that_adds_up() -> None:
    spec = trained(epochs=20, seeds=3, batch_size=32)
    told = outlook.planned_text(spec, 2547)
    assert told == "2 contenders × 3 seeds × 20 epochs of 80 steps = 9,600 steps"


def test_a_limit_of_steps_shortens_the_plan() -> None:
    spec = trained(epochs=20, seeds=1, steps=100)
    assert outlook.planned_text(spec, 2547) == "2 contenders × 1 seed × 100 steps = 200 steps"


def test_patience_makes_the_plan_an_upper_bound() -> None:
    assert "at most" in outlook.planned_text(trained(patience=3), 100)


@given(st.integers(1, 200), st.integers(1, 10_000), st.integers(1, 512))
def test_every_example_is_seen_once_in_an_epoch(epochs: int, examples: int, batch: int) -> None:
    training = TrainingSpec(epochs=epochs, batch_size=batch)
    steps = outlook.steps_of_a_run(training, examples)
    assert examples * epochs <= steps * batch < (examples + batch) * epochs


def test_the_time_is_shown_only_when_every_contender_is_timed() -> None:
    spec = trained(epochs=1, seeds=2, batch_size=10)
    assert outlook.expected_seconds(spec, 100, {"GRU": 0.5}) is None
    seconds = outlook.expected_seconds(spec, 100, {"GRU": 0.5, "LSTM": 1.0})
    assert seconds == 30
    assert outlook.expected_text(None, from_runs=False) == ""
    told = outlook.expected_text(seconds, from_runs=False)
    assert told == "About 30 s of training, measured on this machine."


def test_the_rule_of_thumb_comes_with_the_offer_to_measure() -> None:
    for sequences, steps, cell in ((2547, 14, "GRU"), (2547, 400, "LSTM"), (10**6, 14, "LSTM")):
        told = outlook.advice_text(sequences, steps)
        assert f"a common rule of thumb picks the {cell}" in told
        assert told.endswith("Measure it.")


def test_more_seeds_detect_smaller_differences() -> None:
    assert "cannot" in outlook.detectable_difference(trained(seeds=1))
    assert "2.5 times" in outlook.detectable_difference(trained(seeds=3))
    assert "1.2 times" in outlook.detectable_difference(trained(seeds=5))


def test_folds_that_share_examples_detect_less_than_as_many_seeds() -> None:
    folds = SPEC.model_copy(update={"task": TaskSpec(folds=10)})
    assert "10 folds can detect differences larger than 1.0 times" in outlook.detectable_difference(
        folds
    )
    assert "0.7 times" in outlook.detectable_difference(trained(seeds=10))


def test_a_plan_of_time_counts_seconds_of_every_run() -> None:
    spec = trained(seeds=2, seconds=5).model_copy(update={"match": "time"})
    spec = spec.model_copy(update={"task": TaskSpec(folds=3)})
    told = outlook.planned_text(spec, 100)
    assert told == "2 contenders × 2 seeds × 3 folds × 5 s of training each"
    assert outlook.expected_seconds(spec, 100, {"GRU": 0.5, "LSTM": 1.0}) == 60


def test_step_times_are_shared_by_what_does_not_change_them() -> None:
    gru, lstm = SPEC.contenders
    longer = trained(epochs=99, seeds=7, lr=0.1)
    renamed = gru.model_copy(update={"name": "other"})
    assert outlook.timing_key(SPEC, gru) == outlook.timing_key(longer, renamed)
    assert outlook.timing_key(SPEC, gru) != outlook.timing_key(trained(batch_size=64), gru)
    assert outlook.timing_key(SPEC, gru) != outlook.timing_key(SPEC, lstm)
    assert outlook.known_step_seconds(None, SPEC) == {}


def test_figures_are_plain() -> None:
    assert format_whole(11520) == "11,520"
    assert count_of(1, "seed") == "1 seed"
    assert [format_change(share) for share in (0.333, -0.0043, 0.0)] == ["+33 %", "−0.4 %", "±0 %"]
    assert format_bytes(640) == "640 bytes"
    assert format_bytes(13_000) == "13.0 kB"
    assert [format_value(v) for v in (0.0, 0.0123, 20.7, -1234.0)] == [
        "0",
        "0.0123",
        "20.7",
        "−1234",
    ]
    assert format_value(math.nan) == ""


def test_dates_have_no_leading_zero_on_any_system() -> None:
    assert format_datetime(datetime(2026, 11, 4, 9, 5, tzinfo=UTC)) == "4 Nov 2026, 09:05"
