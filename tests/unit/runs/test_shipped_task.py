"""Prepared data as files for workers: the same arrays, overlapping windows stored once."""

from pathlib import Path

import numpy as np
import pytest

from studio.core.prepared.examples import Examples
from studio.core.specs.comparison_spec import GeneratedDataset, TaskSpec
from studio.data import load, prepare
from studio.runs.workers.shipped_task import content_key, read_task, write_task

ARRAYS = ("inputs", "lengths", "targets", "targets_in_units", "positions")
TASKS = {
    "mackey-glass": TaskSpec(window=50, horizon=3),
    "adding": TaskSpec(),
    "opinions": TaskSpec(),
    "battery": TaskSpec(kind="track", window=60, washout=10, past_target=True),
    "grammar-corpus": TaskSpec(window=40),
}


def same(one: Examples, other: Examples) -> bool:
    pairs = [(getattr(one, name), getattr(other, name)) for name in ARRAYS]
    return (one.per_step, one.carried) == (other.per_step, other.carried) and all(
        (first is None and second is None)
        or (
            first.dtype == second.dtype
            and first.shape == second.shape
            and first.tobytes() == second.tobytes()
        )
        for first, second in pairs
    )


@pytest.mark.parametrize("generator", TASKS)
def test_a_task_is_the_same_after_its_files(generator: str, tmp_path: Path) -> None:
    task, _ = prepare(load(GeneratedDataset(generator=generator)), TASKS[generator])
    key = write_task(task, tmp_path)
    read = read_task(tmp_path / key)
    assert read.preprocessing == task.preprocessing
    assert all(same(part, read.parts[name]) for name, part in task.parts.items())
    assert key == content_key(tmp_path / key)


def test_overlapping_windows_take_the_space_of_their_series(tmp_path: Path) -> None:
    task, _ = prepare(load(GeneratedDataset(generator="mackey-glass")), TaskSpec(window=200))
    key = write_task(task, tmp_path)
    size = sum(path.stat().st_size for path in (tmp_path / key).iterdir())
    assert size < task.training.inputs.nbytes / 5


def test_the_same_data_is_written_once_and_other_data_elsewhere(tmp_path: Path) -> None:
    dataset = load(GeneratedDataset(generator="adding"))
    first, again = (write_task(prepare(dataset, TaskSpec())[0], tmp_path) for _ in range(2))
    other = write_task(prepare(dataset, TaskSpec(split_seed=1))[0], tmp_path)
    assert first == again != other
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted({first, other})


def test_changing_a_read_array_leaves_the_file(tmp_path: Path) -> None:
    task, _ = prepare(load(GeneratedDataset(generator="adding")), TaskSpec())
    key = write_task(task, tmp_path)
    read = read_task(tmp_path / key)
    np.asarray(read.training.targets)[:] = 7
    assert content_key(tmp_path / key) == key
