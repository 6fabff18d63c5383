"""Every session that a released version wrote opens for ever, and is read in full."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from unit.sessions.make_sessions import (
    CONTENT,
    GRU_1,
    GRU_2,
    LSTM_1,
    TRUTH,
    preprocessing,
    record,
    snapshot,
)

from studio.sessions import CURRENT_VERSION, SessionFile

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*.gates"))


@pytest.fixture(params=FILES, ids=lambda path: path.name)
def copy(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy, which opening may bring to the current version."""
    target = tmp_path / "user" / request.param.name
    target.parent.mkdir()
    shutil.copyfile(request.param, target)
    return target


def test_there_is_a_session_of_the_current_version() -> None:
    assert f"v{CURRENT_VERSION // 1000}.{CURRENT_VERSION % 1000}.gates" in {f.name for f in FILES}


@pytest.mark.parametrize("read_only", [False, True])
def test_an_old_session_is_read_in_full(copy: Path, tmp_path: Path, *, read_only: bool) -> None:
    with SessionFile.open(copy, tmp_path / "locks", read_only=read_only) as session:
        first, second = session.comparisons()
        assert (first.name, second.name, first.dataset_name) == ("first", "second", "weather")
        assert first.statuses == {"finished": 1, "early": 1, "stopped": 1, "failed": 1}
        history = session.history(first.id)
        assert history.preprocessing == preprocessing()
        np.testing.assert_array_equal(history.test_truth, TRUTH)
        run = history.contender("GRU").run(1)
        assert run.epochs == (record(1), record(2), record(3))
        assert (run.best_epoch, run.result.kept_epoch, len(run.timings)) == (2, 2, 3)
        assert history.contender("LSTM").run(2).reason == "the loss is not a number"
        assert history.baselines[0].name == "persistence"
        assert session.kept_epochs(first.id, LSTM_1) == (0, 1, 2, 3)
        assert session.weights(first.id, LSTM_1, 2) == snapshot(2).weights
        assert session.last_state(first.id, GRU_2) == (record(3), snapshot(3))
        assert len(session.examples(first.id)) == 2
        assert session.dataset(second.id).files[0].content == CONTENT
        assert [note.run for note in session.notes(first.id)] == [GRU_1, None]


def test_an_old_session_can_be_written_to(copy: Path, tmp_path: Path) -> None:
    with SessionFile.open(copy, tmp_path / "locks") as session:
        session.add_note(1, None, "written later")
    with SessionFile.open(copy, tmp_path / "locks") as session:
        assert session.notes(1)[-1].text == "written later"


def test_runs_of_an_old_session_started_with_random_output_biases(
    copy: Path, tmp_path: Path
) -> None:
    if copy.name >= "v2.2":
        pytest.skip("since 2.2 the settings say how biases start")
    with SessionFile.open(copy, tmp_path / "locks", read_only=False) as session:
        first = session.comparisons()[0].id
        assert session.history(first).spec.training.output_bias == "random"
        session.extend(first, seeds=9)
        assert session.history(first).spec.training.output_bias == "random"


def test_a_session_of_version_2_2_keeps_its_model_trained_on_all_data(tmp_path: Path) -> None:
    target = tmp_path / "copy.gates"
    shutil.copyfile(HERE / "v2.2.gates", target)
    with SessionFile.open(target, tmp_path / "locks", read_only=True) as session:
        [model] = session.final_models(1)
        assert (model.contender, model.seed, model.epochs, model.examples) == ("GRU", 1, 3, 30)
        assert model.weights == snapshot(3).weights
        assert session.final_models(2) == ()
