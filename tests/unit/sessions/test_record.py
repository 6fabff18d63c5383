"""Everything written to a session is read back."""

import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from unit.sessions.make_sessions import (
    GRU_1,
    GRU_2,
    LSTM_1,
    LSTM_2,
    MEMORY,
    SERVED,
    TRUTH,
    epoch_finished,
    failed,
    finished,
    new_comparison,
    record,
    snapshot,
    started,
    stopped,
    timed,
)

from studio.core.errors import SessionError
from studio.core.results.events import GatesTraced, RunEvent, RunId, RunStarted, StepsTimed, Trace
from studio.core.results.history import ComparisonHistory
from studio.sessions import SessionFile


def test_a_new_comparison_has_a_waiting_run_for_every_contender_and_seed(
    session: SessionFile, comparison: int
) -> None:
    history = session.history(comparison)
    runs = [run for contender in history.contenders for run in contender.runs]
    assert [run.run for run in runs] == [GRU_1, GRU_2, LSTM_1, LSTM_2]
    assert {run.status for run in runs} == {"waiting"}
    assert (runs[0].execution, runs[0].memory, runs[0].result, runs[0].best_epoch) == (None,) * 4


def test_a_new_comparison_is_read_back_unchanged(session: SessionFile, comparison: int) -> None:
    history, new = session.history(comparison), new_comparison()
    assert history.spec == new.spec
    assert history.preprocessing == new.preprocessing
    assert history.part_sizes == new.part_sizes
    assert history.environment == new.environment
    assert history.dataset_name == "weather"
    assert [(c.name, c.parameters, c.macs) for c in history.contenders] == [
        ("GRU", 3000, 9000),
        ("LSTM", 4000, 12000),
    ]
    np.testing.assert_array_equal(history.test_truth, new.test_truth)
    assert history.test_truth.dtype == np.float32
    np.testing.assert_array_equal(history.test_positions, new.test_positions)
    assert session.dataset(comparison) == new.dataset


def test_a_baseline_keeps_nan_scores(session: SessionFile, comparison: int) -> None:
    (baseline,) = session.history(comparison).baselines
    assert baseline.scores == {"rmse": 0.5}
    assert math.isnan(baseline.validation_scores["rmse"])
    assert math.isnan(baseline.validation_loss)
    np.testing.assert_array_equal(baseline.predictions, TRUTH + 0.5)


def test_stored_examples_are_read_back_in_order(session: SessionFile, comparison: int) -> None:
    first, second = session.examples(comparison)
    assert (first.part, first.index, first.inputs.shape) == ("test", 3, (4, 1))
    np.testing.assert_array_equal(first.targets_in_units, TRUTH[3])
    assert second.part == "training"


def test_epochs_are_read_back_as_they_were_recorded(session: SessionFile, comparison: int) -> None:
    odd = {"train_loss": math.inf, "validation_loss": None, "scores": {}}
    session.record(
        comparison,
        [started(GRU_1), epoch_finished(GRU_1, 0), epoch_finished(GRU_1, 1, best=True, **odd)],
    )
    run = session.history(comparison).contender("gru").run(1)
    assert run.epochs == (record(0), record(1, **odd))
    assert (run.status, run.best_epoch, run.execution, run.memory) == ("running", 1, SERVED, MEMORY)
    assert run.seconds == 0.5


def test_a_nan_loss_stays_nan(session: SessionFile, comparison: int) -> None:
    changes = {"train_loss": math.nan, "validation_loss": math.nan, "gradient_norm": math.nan}
    session.record(comparison, [started(GRU_1), epoch_finished(GRU_1, 1, **changes)])
    (epoch,) = session.history(comparison).contender("GRU").run(1).epochs
    assert all(math.isnan(getattr(epoch, name)) for name in changes)


def test_warm_up_steps_are_excluded_from_timings(session: SessionFile, comparison: int) -> None:
    session.record(comparison, [started(GRU_1), timed(GRU_1, 7, 0)])
    (timing,) = session.history(comparison).contender("GRU").run(1).timings
    assert (timing.turn, timing.position) == (7, 1)
    np.testing.assert_allclose(timing.seconds, [0.002, 0.003, 0.004], rtol=1e-6)
    assert timing.seconds.dtype == np.float32


@pytest.mark.parametrize(
    ("event", "remembered"),
    [
        (finished(GRU_1), ("finished", "", True)),
        (finished(GRU_1, "early"), ("early", "", True)),
        (stopped(GRU_1), ("stopped", "", True)),
        (failed(GRU_1), ("failed", "the loss is not a number", False)),
    ],
)
def test_the_ending_of_a_run_is_stored(
    session: SessionFile, comparison: int, event: RunEvent, remembered: tuple[str, str, bool]
) -> None:
    session.record(comparison, [started(GRU_1), epoch_finished(GRU_1, 1), event])
    run = session.history(comparison).contender("GRU").run(1)
    assert (run.status, run.reason, run.result is not None) == remembered
    if run.result is not None:
        assert (run.result.kept_epoch, run.result.scores) == (2, {"rmse": 0.1})
        assert run.result.predictions.dtype == np.float32


def test_a_resumed_run_drops_leftovers_of_the_lost_turn(
    session: SessionFile, comparison: int
) -> None:
    session.record(
        comparison,
        [
            started(GRU_1),
            epoch_finished(GRU_1, 1, best=True),
            timed(GRU_1, 0, 0, steps=8),
            timed(GRU_1, 1, 8, steps=8),
            timed(GRU_1, 2, 16, steps=4),
            epoch_finished(GRU_1, 2, best=True),
            stopped(GRU_1),
            started(GRU_1, first_epoch=2),
        ],
    )
    run = session.history(comparison).contender("GRU").run(1)
    assert [epoch.epoch for epoch in run.epochs] == [1]
    assert (run.best_epoch, run.status, run.result) == (1, "running", None)
    assert [len(timing.seconds) for timing in run.timings] == [6, 0]
    assert session.kept_epochs(comparison, GRU_1) == (0, 1)


def test_a_restarted_run_drops_everything(session: SessionFile, comparison: int) -> None:
    session.record(
        comparison,
        [started(GRU_1), timed(GRU_1, 0, 0), epoch_finished(GRU_1, 1), failed(GRU_1)],
    )
    session.record(comparison, [started(GRU_1)])
    run = session.history(comparison).contender("GRU").run(1)
    assert (run.epochs, run.timings, run.status, run.reason) == ((), (), "running", "")
    assert session.last_state(comparison, GRU_1) is None
    assert session.kept_epochs(comparison, GRU_1) == (0,)


def test_the_last_state_is_that_of_the_last_finished_epoch(
    session: SessionFile, comparison: int
) -> None:
    assert session.last_state(comparison, GRU_1) is None
    events = [started(GRU_1), *(epoch_finished(GRU_1, epoch) for epoch in range(1, 6))]
    session.record(comparison, events)
    assert session.last_state(comparison, GRU_1) == (record(5), snapshot(5))


def test_missing_weights_are_an_error_that_lists_the_stored_ones(
    session: SessionFile, comparison: int
) -> None:
    events = [started(GRU_1), *(epoch_finished(GRU_1, epoch) for epoch in range(1, 8))]
    session.record(comparison, events)
    assert session.weights(comparison, GRU_1, 4) == snapshot(4).weights
    with pytest.raises(SessionError, match="stored epoch: 0, 1, 2, 3, 4, 6, 7"):
        session.weights(comparison, GRU_1, 5)


def test_weights_stay_within_the_budget(path: Path, locks: Path) -> None:
    with SessionFile.create(path, locks, budget=5000) as session:
        comparison = session.begin(new_comparison())
        session.record(comparison, [started(GRU_1)])
        for epoch in range(1, 40):
            event = epoch_finished(GRU_1, epoch, best=epoch == 21, size=1000)
            session.record(comparison, [event])
        kept = session.kept_epochs(comparison, GRU_1)
        assert {0, 21, 39} <= set(kept)
        assert sum(len(session.weights(comparison, GRU_1, epoch)) for epoch in kept) <= 5000


def test_events_of_one_call_are_written_all_or_none(session: SessionFile, comparison: int) -> None:
    with pytest.raises(SessionError, match="GRU, seed 9"):
        session.record(comparison, [started(GRU_1), started(RunId("GRU", 9))])
    assert session.history(comparison).contender("GRU").run(1).status == "waiting"


def test_traces_are_not_stored(session: SessionFile, comparison: int) -> None:
    trace = Trace(np.zeros((4, 1), np.float32), {})
    session.record(comparison, [GatesTraced(GRU_1, 1, 0, trace)])
    assert session.history(comparison).contender("GRU").run(1).status == "waiting"


def test_a_session_holds_several_comparisons(session: SessionFile, comparison: int) -> None:
    other = session.begin(new_comparison("second", seeds=1))
    session.record(comparison, [started(GRU_1), failed(GRU_1)])
    first, second = session.comparisons()
    assert (first.id, first.name, first.dataset_name) == (comparison, "weather", "weather")
    assert first.statuses == {"waiting": 3, "failed": 1}
    assert (second.id, second.name, second.statuses) == (other, "second", {"waiting": 2})
    assert first.created.endswith("+00:00")


def test_a_dataset_is_embedded_once_for_all_its_comparisons(
    session: SessionFile, comparison: int
) -> None:
    assert session.begin(new_comparison("second")) != comparison
    (count,) = session._opened.db.execute("SELECT count(*) FROM dataset_file").fetchone()
    assert count == 1


def test_a_missing_comparison_is_an_error(session: SessionFile) -> None:
    for read in (session.history, session.dataset):
        with pytest.raises(SessionError, match="no comparison 5"):
            read(5)


def test_arrays_of_another_byte_order_are_stored_as_little_endian(
    session: SessionFile, comparison: int
) -> None:
    swapped = StepsTimed(GRU_1, 0, 0, 0, np.array([1.5, 2.5], dtype=">f4"), 0)
    session.record(comparison, [RunStarted(GRU_1, SERVED, MEMORY, 1, None), swapped])
    (timing,) = session.history(comparison).contender("GRU").run(1).timings
    assert timing.seconds.dtype == np.dtype("<f4")
    assert timing.seconds.tolist() == [1.5, 2.5]


def test_a_session_is_used_from_several_threads(session: SessionFile, comparison: int) -> None:
    session.record(comparison, [started(run) for run in (GRU_1, GRU_2, LSTM_1, LSTM_2)])

    def train(run: RunId) -> int:
        for epoch in range(1, 11):
            session.record(comparison, [timed(run, epoch, epoch), epoch_finished(run, epoch)])
        return len(session.history(comparison).contender(run.contender).run(run.seed).epochs)

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(train, (GRU_1, GRU_2, LSTM_1, LSTM_2))) == [10] * 4


def test_a_closed_session_says_so(session: SessionFile, comparison: int) -> None:
    session.close()
    with pytest.raises(SessionError, match="closed"):
        session.history(comparison)
    session.close()


def test_a_reopened_session_is_read_the_same(
    session: SessionFile, comparison: int, locks: Path
) -> None:
    session.record(comparison, [started(LSTM_2), epoch_finished(LSTM_2, 1), finished(LSTM_2)])
    before = session.history(comparison)
    session.close()
    assert [file.name for file in session.path.parent.iterdir()] == ["work.gates"]
    with SessionFile.open(session.path, locks) as again:
        after = again.history(comparison)
    assert isinstance(after, ComparisonHistory)
    assert after.contenders[1].runs[1].epochs == before.contenders[1].runs[1].epochs
    assert after.spec == before.spec
