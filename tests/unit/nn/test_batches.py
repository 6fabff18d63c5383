from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from networks import ragged_task
from support import toy_examples
from unit.nn.make_runs import CPU, TASK, finish, make_trainer

from studio.core.prepared.examples import Examples
from studio.core.specs.comparison_spec import TrainingSpec
from studio.nn.batching.batches import Batch, DeviceExamples

SERIES = np.random.default_rng(0).normal(size=(60, 2)).astype(np.float32)


def windows(series: np.ndarray, *, writeable: bool) -> Examples:
    """Overlapping windows of a series with a stride of two, a view."""
    view = np.lib.stride_tricks.sliding_window_view(series, 6, axis=0, writeable=writeable)
    inputs = view.transpose(0, 2, 1)[:40:2]
    targets = series[6:46:2, :1].copy()
    return Examples(inputs, None, targets, targets, np.arange(20))


def contents(examples: Examples, batch_size: int) -> np.ndarray:
    batches = DeviceExamples(examples, CPU).in_order(batch_size)
    return np.concatenate([batch.inputs.numpy() for batch in batches])


@pytest.mark.parametrize("batch_size", [1, 7, 20, 99])
def test_batches_in_order_hold_every_example_once(batch_size: int) -> None:
    examples = toy_examples(20, 6, 2, 1, seed=0)
    assert np.array_equal(contents(examples, batch_size), examples.inputs)


def test_shuffled_batches_keep_inputs_lengths_and_targets_together() -> None:
    examples = ragged_task().training
    seen = 0
    assert examples.lengths is not None
    for batch in DeviceExamples(examples, CPU).epoch(1, 1, 7):
        assert batch.lengths is not None
        assert batch.inputs.shape[1] == batch.lengths.max()
        for inputs, length, target in zip(*batch, strict=True):
            known = examples.inputs[:, : inputs.shape[0]]
            same = np.flatnonzero((known == inputs.numpy()).all(axis=(1, 2)))
            assert any(
                examples.lengths[at] == length and examples.targets[at] == target for at in same
            )
            seen += 1
    assert seen == len(examples)


@pytest.mark.parametrize("writeable", [True, False])
def test_overlapping_windows_are_shared_and_not_copied(*, writeable: bool) -> None:
    examples = windows(SERIES, writeable=writeable)
    shared = DeviceExamples(examples, CPU)
    assert shared._inputs.data_ptr() == SERIES.ctypes.data
    assert np.array_equal(contents(examples, 8), examples.inputs)


def test_read_only_memory_maps_are_read_without_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "series.npy"
    np.save(path, SERIES)
    mapped = np.load(path, mmap_mode="r")
    examples = windows(mapped, writeable=False)
    assert not examples.inputs.flags.writeable
    assert np.array_equal(contents(examples, 8), windows(SERIES, writeable=True).inputs)


def test_training_on_windows_of_a_read_only_series_is_the_same_as_on_copies() -> None:
    series = SERIES.copy()
    series.setflags(write=False)
    view = windows(series, writeable=False)
    copied = replace(view, inputs=view.inputs.copy())
    training = TrainingSpec(epochs=2, batch_size=8)
    seen = [
        finish(make_trainer(training, task=replace(TASK, training=examples)))
        for examples in (view, copied)
    ]
    assert seen[0] == seen[1]


def test_a_batch_does_not_keep_the_whole_array_alive() -> None:
    examples = windows(SERIES, writeable=True)
    batch = next(iter(DeviceExamples(examples, CPU).in_order(4)))
    assert batch.inputs.untyped_storage().nbytes() == 4 * 6 * 2 * 4


def test_the_order_depends_only_on_count_seed_and_epoch() -> None:
    examples = DeviceExamples(toy_examples(20, 6, 2, 1, seed=0), CPU)
    small, large = (
        torch.cat([batch.targets for batch in examples.epoch(1, 1, size)]) for size in (3, 20)
    )
    assert torch.equal(small, large)


class RecordingPrefetcher:
    """Records its calls, with the first target of each batch."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, float]] = []

    def send(self, batch: Batch) -> Batch:
        self.calls.append(("sent", float(batch.targets[0])))
        return batch

    def receive(self, sent: Batch) -> Batch:
        self.calls.append(("received", float(sent.targets[0])))
        return sent


def test_the_next_batch_is_sent_before_training_on_the_current_one() -> None:
    examples = toy_examples(20, 6, 2, 1, seed=0)
    numbered = replace(examples, targets=np.arange(20, dtype=np.float32)[:, None])
    examples_on_cpu = DeviceExamples(numbered, CPU)
    examples_on_cpu.prefetcher = prefetcher = RecordingPrefetcher()
    for batch in examples_on_cpu.in_order(8):
        prefetcher.calls.append(("trained", float(batch.targets[0])))
    assert prefetcher.calls == [
        ("sent", 0.0), ("received", 0.0), ("sent", 8.0), ("trained", 0.0),
        ("received", 8.0), ("sent", 16.0), ("trained", 8.0),
        ("received", 16.0), ("trained", 16.0),
    ]  # fmt: skip
