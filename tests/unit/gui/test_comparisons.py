"""How the comparisons of a session are told apart."""

from studio.core.spec import ComparisonSpec, ContenderSpec, GeneratedDataset, TaskSpec, TrainingSpec
from studio.gui.viewstate.comparisons import tell_apart

SPEC = ComparisonSpec(dataset=GeneratedDataset(generator="adding"))


def with_gru(**settings: object) -> ComparisonSpec:
    gru = ContenderSpec.model_validate({"name": "GRU", "cell": "gru", **settings})
    return SPEC.model_copy(update={"contenders": (gru, SPEC.contenders[1])})


def test_only_what_differs_is_said() -> None:
    seeds = SPEC.model_copy(update={"training": TrainingSpec(seeds=5)})
    assert tell_apart([SPEC, seeds], ["a", "a"]) == ("3 seeds", "5 seeds")
    cut = SPEC.model_copy(update={"task": TaskSpec(training_examples=1506)})
    assert tell_apart([cut, cut.model_copy(update={"match": "time"})], ["a", "a"]) == (
        "same hidden size",
        "same time",
    )


def test_contenders_are_said_with_their_sizes_first() -> None:
    other = with_gru(hidden_size=48, num_layers=2)
    longer = other.model_copy(update={"training": TrainingSpec(epochs=7)})
    assert tell_apart([SPEC, longer], ["a", "a"]) == (
        "GRU 32, LSTM 32, 20 epochs",
        "GRU 48 × 2 layers, LSTM 32, 7 epochs",
    )


def test_a_setting_of_one_contender_stands_behind_it() -> None:
    assert tell_apart([SPEC, with_gru(dropout=0.25)], ["a", "a"]) == (
        "GRU 32, LSTM 32",
        "GRU 32 (dropout 0.25), LSTM 32",
    )


def test_a_blank_setting_is_not_said() -> None:
    cut = SPEC.model_copy(update={"task": TaskSpec(training_examples=1506)})
    assert tell_apart([SPEC, cut], ["waves", "waves"]) == ("waves", "1,506 training examples")


def test_other_data_is_told_by_its_name() -> None:
    assert tell_apart([SPEC, SPEC], ["waves", "tides"]) == ("waves", "tides")


def test_what_differs_in_nothing_keeps_its_name() -> None:
    assert tell_apart([SPEC, SPEC], ["waves", "waves"]) == ("waves", "waves")
