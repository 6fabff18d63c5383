"""How long a contender is trained on all data, and with which seed."""

from dataclasses import replace

import pytest
from running import whole_history

from studio.core.errors import SessionError, SpecError
from studio.core.results.history import ComparisonHistory, ContenderHistory, RunHistory
from studio.core.specs.experiment import parse_comparison
from studio.runs.planning.final_training import epochs_sentence, plan_final_training


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> ComparisonHistory:
    spec = parse_comparison(
        {
            "dataset": {
                "source": "generated",
                "generator": "mackey-glass",
                "parameters": {"steps": 200},
            },
            "task": {"window": 8},
            "contenders": [{"cell": "gru", "hidden_size": 2}],
            "training": {"epochs": 4, "seeds": 3, "steps": 12, "batch_size": 32},
            "machine": {"device": "cpu", "threads": 1},
        },
        "test",
    )
    return whole_history(tmp_path_factory.mktemp("final") / "s.gates", spec)


def with_losses(contender: ContenderHistory, losses: list[list[float]]) -> ContenderHistory:
    """The contender with other validation losses, by run and epoch."""

    def run_with(run: RunHistory, own: list[float]) -> RunHistory:
        epochs = [
            replace(run.epochs[0], epoch=index + 1, validation_loss=loss)
            for index, loss in enumerate(own)
        ]
        return replace(run, epochs=tuple(epochs), best_epoch=own.index(min(own)) + 1)

    runs = [run_with(run, own) for run, own in zip(contender.runs, losses, strict=True)]
    return replace(contender, runs=tuple(runs))


def test_it_trains_for_the_median_of_the_best_epochs_with_the_seed_of_the_best_run(
    history: ComparisonHistory,
) -> None:
    losses = [[0.9, 0.5, 0.8, 0.9], [0.3, 0.4, 0.4, 0.4], [0.9, 0.8, 0.7, 0.6]]
    plan = plan_final_training(history, with_losses(history.contenders[0], losses))
    assert (plan.epochs, plan.seed) == (2, 2)
    assert epochs_sentence(plan) == (
        "Trained for 2 epochs: the median of the epochs that validation chose (2, 1, 4)."
    )


def test_the_schedule_is_that_of_the_comparison_and_steps_end_it_no_earlier(
    history: ComparisonHistory,
) -> None:
    plan = plan_final_training(history, history.contenders[0], epochs=3)
    assert plan.training.steps is None
    assert plan.training.patience is None
    size = history.part_sizes["training"]
    assert plan.training.epochs == max(3, -(-12 // -(-size // 32)))


def test_more_epochs_than_any_training_has_are_refused(history: ComparisonHistory) -> None:
    with pytest.raises(SpecError, match="0 epochs cannot be trained"):
        plan_final_training(history, history.contenders[0], epochs=0)


def test_a_contender_without_a_finished_run_cannot_be_trained_on_all_data(
    history: ComparisonHistory,
) -> None:
    contender = history.contenders[0]
    waiting = replace(contender, runs=(replace(contender.runs[0], status="waiting"),))
    with pytest.raises(SessionError, match="no run of GRU has finished"):
        plan_final_training(history, waiting)
