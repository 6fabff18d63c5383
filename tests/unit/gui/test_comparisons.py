"""Labels that distinguish the comparisons of a session."""

from studio.core.specs.comparison_spec import (
    ComparisonSpec,
    ContenderSpec,
    GeneratedDataset,
    TaskSpec,
    TrainingSpec,
)
from studio.gui.shell.comparison_names import comparison_labels

SPEC = ComparisonSpec(dataset=GeneratedDataset(generator="adding"))


def with_gru(**settings: object) -> ComparisonSpec:
    gru = ContenderSpec.model_validate({"name": "GRU", "cell": "gru", **settings})
    return SPEC.model_copy(update={"contenders": (gru, SPEC.contenders[1])})


def test_labels_name_only_settings_that_differ() -> None:
    seeds = SPEC.model_copy(update={"training": TrainingSpec(seeds=5)})
    assert comparison_labels([SPEC, seeds], ["a", "a"]) == ("3 seeds", "5 seeds")
    cut = SPEC.model_copy(update={"task": TaskSpec(training_examples=1506)})
    assert comparison_labels([cut, cut.model_copy(update={"match": "time"})], ["a", "a"]) == (
        "same hidden size",
        "same time",
    )


def test_labels_name_contenders_with_their_sizes_first() -> None:
    other = with_gru(hidden_size=48, num_layers=2)
    longer = other.model_copy(update={"training": TrainingSpec(epochs=7)})
    assert comparison_labels([SPEC, longer], ["a", "a"]) == (
        "GRU 32, LSTM 32, 20 epochs",
        "GRU 48 × 2 layers, LSTM 32, 7 epochs",
    )


def test_a_setting_of_one_contender_follows_its_name() -> None:
    assert comparison_labels([SPEC, with_gru(dropout=0.25)], ["a", "a"]) == (
        "GRU 32, LSTM 32",
        "GRU 32 (dropout 0.25), LSTM 32",
    )


def test_a_blank_setting_is_not_named() -> None:
    cut = SPEC.model_copy(update={"task": TaskSpec(training_examples=1506)})
    assert comparison_labels([SPEC, cut], ["waves", "waves"]) == (
        "waves",
        "1,506 training examples",
    )


def test_other_datasets_are_named() -> None:
    assert comparison_labels([SPEC, SPEC], ["waves", "tides"]) == ("waves", "tides")


def test_what_differs_in_nothing_keeps_its_name() -> None:
    assert comparison_labels([SPEC, SPEC], ["waves", "waves"]) == ("waves", "waves")
