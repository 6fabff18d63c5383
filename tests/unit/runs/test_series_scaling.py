"""A whole comparison whose series are scaled on their own: trained, stored, inspected, exported."""

from pathlib import Path

import numpy as np
import pytest
from running import run_to_end, workspace

from studio.core.results.history import ComparisonHistory
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.core.specs.experiment import parse_comparison
from studio.export import export_model, report_html
from studio.runs.stored.gate_inspection import (
    example_of,
    inspect_gates,
    kept_example,
    models_at,
    task_of,
)
from studio.runs.stored.models import raw_sequences, stored_model
from studio.sessions import SessionFile

SIZES = {"small": 1.0, "large": 1000.0}
LENGTH = 90


def spec_of(folder: Path) -> ComparisonSpec:
    generator = np.random.default_rng(1)
    lines = ["store,day,sales"]
    for name, size in SIZES.items():
        values = size * (5 + np.sin(np.arange(LENGTH) / 3) + 0.05 * generator.normal(size=LENGTH))
        lines += [f"{name},{day},{value:.6g}" for day, value in enumerate(values)]
    path = folder / "sales.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return parse_comparison(
        {
            "dataset": {"source": "file", "path": str(path), "id_column": "store"},
            "task": {"window": 8, "scale_by": "series"},
            "contenders": [{"cell": "gru", "hidden_size": 6}, {"cell": "lstm", "hidden_size": 6}],
            "training": {"epochs": 12, "seeds": 1, "lr": 0.02},
            "machine": {"device": "cpu", "threads": 1},
        },
        "test",
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ComparisonHistory]:
    folder = tmp_path_factory.mktemp("scaled")
    path = folder / "s.gates"
    with workspace(path) as work:
        running, _ = run_to_end(work, spec_of(folder))
        return path, work.history(running.comparison)


def opened(made: tuple[Path, ComparisonHistory]) -> SessionFile:
    return SessionFile.open(made[0], made[0].parent / "locks")


def test_scores_and_predictions_are_in_the_units_of_each_series(
    made: tuple[Path, ComparisonHistory],
) -> None:
    history = made[1]
    run = history.contender("GRU").runs[0]
    errors = np.abs(run.result.predictions - history.test_truth)[:, 0]
    own = history.preprocessing.scaled_series(history.test_positions)
    small, large = errors[own == 0].mean(), errors[own == 1].mean()
    assert 200 < large / small < 5000
    assert run.result.scores["mae"] == pytest.approx(errors.mean(), rel=1e-5)
    assert small < 0.5 < np.std(history.test_truth[own == 1])
    assert run.result.scores["mase"] == pytest.approx(
        (errors / history.preprocessing.naive_errors(history.test_positions)[:, 0]).mean(), rel=1e-5
    )


def test_stored_model_predicts_what_was_scored(made: tuple[Path, ComparisonHistory]) -> None:
    from studio.nn.inference.inference import InferenceModel  # noqa: PLC0415 - imports torch

    with opened(made) as session:
        model = stored_model(session, 1, "GRU")
        sequences, series, _ = raw_sequences(session, 1, 40)
    stored = made[1].contender("GRU").runs[0].result.predictions
    found = InferenceModel(model).predict_each(sequences, series)
    np.testing.assert_allclose(found[: len(stored)], stored[: len(found)], rtol=1e-4)


def test_gates_show_inputs_in_the_units_of_their_series(
    made: tuple[Path, ComparisonHistory],
) -> None:
    with opened(made) as session:
        task = task_of(session, 1)
        pairs = models_at(session, 1, seed=1, epoch=3)
        for index in (0, len(task.test) - 1):
            inspection = inspect_gates(pairs, example_of(task, "test", index))["GRU"]
            shown = inspection.inputs_in_units(task.preprocessing)
            own = task.preprocessing.scaled_series(task.test.positions[[index]])[0]
            assert 3 < shown.mean() / list(SIZES.values())[own] < 7


def test_copy_in_the_session_knows_its_series(made: tuple[Path, ComparisonHistory]) -> None:
    with opened(made) as session:
        task = task_of(session, 1)
        copies = [stored for stored in session.examples(1) if stored.part == "test"]
        for stored in (copies[0], copies[-1]):
            example = example_of(task, "test", stored.index)
            copy = kept_example(session, 1, "test", stored.index)
            assert copy is not None
            assert copy.position == example.position
            np.testing.assert_allclose(copy.target, example.target, atol=1e-6)


def test_model_is_exported_from_the_copies_where_the_data_is_gone(
    made: tuple[Path, ComparisonHistory], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        from studio.core.errors import DatasetError  # noqa: PLC0415 - in this test alone

        raise DatasetError("is missing", where="sales.csv")

    with opened(made) as session:
        model = stored_model(session, 1, "LSTM")
        whole, series, _ = raw_sequences(session, 1, 100)
        monkeypatch.setattr("studio.runs.stored.models.recover_task", gone)
        copies, of_copies, _ = raw_sequences(session, 1, 100)
    assert set(of_copies.tolist()) == set(series.tolist()) == {0, 1}
    assert len(copies) < len(whole)
    done = export_model(model, "safetensors", tmp_path / "m", copies, of_copies)
    assert "of 2 series" in done.checks


def test_report_says_how_series_are_scaled(made: tuple[Path, ComparisonHistory]) -> None:
    with opened(made) as session:
        html = report_html(session.history(1), session.dataset(1), "2026-01-01", ())
    assert "One scaler for" in html
