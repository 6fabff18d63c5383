"""The metric that decides: the usual one, the user's, or balanced accuracy for rare classes."""

from pathlib import Path

import numpy as np
import pytest

from studio.core.errors import SpecError
from studio.core.notes import MainMetricBalanced
from studio.core.prepared.examples import PreparedTask
from studio.core.results.metrics import metrics_of
from studio.core.specs.comparison_spec import FileDataset, TaskSpec
from studio.data import load, prepare


def with_share(folder: Path, share: float, task: TaskSpec | None = None) -> PreparedTask:
    """A hundred examples, that share of them of the class "ok"."""
    rng = np.random.default_rng(0)
    classes = np.where(np.arange(100) < 100 * share, "ok", "faulty")
    rows = [
        ",".join([*(f"{value:.4f}" for value in rng.normal(size=8)), label]) for label in classes
    ]
    path = folder / "machines.csv"
    header = ",".join([*(f"t{step}" for step in range(8)), "label"])
    path.write_text("\n".join([header, *rows]) + "\n")
    return prepare(load(FileDataset(path=str(path))), task or TaskSpec())[0]


def main(task: PreparedTask) -> str:
    return metrics_of(task.preprocessing)[0].name


def test_accuracy_decides_where_no_class_prevails(tmp_path: Path) -> None:
    assert main(with_share(tmp_path, 0.7)) == "accuracy"


def test_balanced_accuracy_decides_where_one_class_has_most_examples_and_it_is_told(
    tmp_path: Path,
) -> None:
    task = with_share(tmp_path, 0.9)
    assert main(task) == "balanced_accuracy"
    [note] = [note for note in task.notes if isinstance(note, MainMetricBalanced)]
    assert "90% of the training set is of the class ok" in str(note)


def test_the_users_metric_decides_and_all_others_are_still_computed(tmp_path: Path) -> None:
    task = with_share(tmp_path, 0.9, TaskSpec(metric="pr_auc"))
    names = [metric.name for metric in metrics_of(task.preprocessing)]
    assert names[0] == "pr_auc"
    assert set(names) == {
        "accuracy", "balanced_accuracy", "macro_f1", "roc_auc", "pr_auc", "nll",
    }  # fmt: skip
    assert not any(isinstance(note, MainMetricBalanced) for note in task.notes)


def test_a_metric_of_another_kind_of_task_is_refused_with_those_that_fit(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="rmse is no metric of this task") as refused:
        with_share(tmp_path, 0.5, TaskSpec(metric="rmse"))
    assert "balanced_accuracy" in refused.value.remedy


def test_forecasts_can_be_decided_by_the_absolute_error(tmp_path: Path) -> None:
    path = tmp_path / "series.csv"
    path.write_text("x\n" + "\n".join(f"{np.sin(step / 5):.4f}" for step in range(200)) + "\n")
    task, _ = prepare(load(FileDataset(path=str(path))), TaskSpec(window=8, metric="mae"))
    assert main(task) == "mae"
