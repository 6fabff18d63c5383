"""Codes of a text enter through an embedding, with either engine."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from networks import embedding_text, fresh_network, raw_sequences

from studio.core.prepared.examples import Examples, PreparedTask
from studio.core.results.model_size import layer_rows, size_of
from studio.core.specs.comparison_spec import ContenderSpec, MachineSpec, TrainingSpec
from studio.nn.batching.task_tensors import TaskTensors
from studio.nn.inference.state_gradients import gradient_norms
from studio.nn.inference.tracing import trace_network
from studio.nn.training.trainer import Trainer

SPEC = ContenderSpec(cell="gru", hidden_size=5, embedding_size=4)
TEXT = embedding_text()


def labelled_by_first_word(count: int, seed: int) -> Examples:
    """Sequences whose class is their first word, of different lengths."""
    generator = np.random.default_rng(seed)
    codes = generator.integers(0, 7, (count, 7, 1)).astype(np.int32)
    labels = (codes[:, 0, 0] % 3).astype(np.int64)
    lengths = generator.integers(1, 8, count)
    return Examples(codes, lengths, labels, labels, np.arange(count))


def task() -> PreparedTask:
    parts = [labelled_by_first_word(count, seed) for seed, count in enumerate((120, 30, 30))]
    return PreparedTask("words", TEXT.model_copy(update={"min_length": 1}), *parts)


@pytest.mark.parametrize("cell", ["gru", "lstm", "rnn"])
def test_sizes_count_the_embedding(cell: str) -> None:
    spec = SPEC.model_copy(update={"cell": cell, "bidirectional": True})
    network = fresh_network(spec, TEXT)
    counted = sum(weights.numel() for weights in network.parameters())
    assert size_of(spec, TEXT).parameters == counted
    rows = {row.name: row for row in layer_rows(spec, TEXT)}
    assert rows["embedding"].output == "7 × 4"


def test_contenders_with_one_seed_start_with_the_same_embedding() -> None:
    gru = fresh_network(SPEC, TEXT)
    lstm = fresh_network(SPEC.model_copy(update={"cell": "lstm"}), TEXT)
    assert gru.embedding is not None
    assert lstm.embedding is not None
    assert torch.equal(gru.embedding.weight, lstm.embedding.weight)


def trained(engine: str, cell: str) -> tuple[list[float], torch.Tensor]:
    spec = SPEC.model_copy(update={"cell": cell, "num_layers": 2})
    machine = MachineSpec.model_validate({"device": "cpu", "engine": engine, "threads": 1})
    tensors = TaskTensors(task(), torch.device("cpu"))
    settings = TrainingSpec(epochs=1, lr=0.02, batch_size=12)
    trainer = Trainer(spec, settings, machine, tensors, 1)
    with trainer.turn():
        while not trainer.epoch_is_over:
            trainer.step()
    embedding = trainer.network.embedding
    assert embedding is not None
    return [
        float(weight.detach().norm()) for weight in trainer.network.parameters()
    ], embedding.weight


@pytest.mark.parametrize("cell", ["gru", "lstm", "rnn"])
def test_both_engines_train_the_embedding_equally(cell: str) -> None:
    fused, fused_weights = trained("fused", cell)
    torch_nn, torch_weights = trained("torch", cell)
    assert np.allclose(fused, torch_nn, atol=1e-3)
    assert torch.allclose(fused_weights, torch_weights, atol=1e-3)
    fresh = fresh_network(SPEC, TEXT).embedding
    assert fresh is not None
    assert not torch.allclose(fused_weights, fresh.weight)


def test_traces_and_gradients_read_codes() -> None:
    network = fresh_network(SPEC.model_copy(update={"bidirectional": True}), TEXT)
    [sequence] = raw_sequences(TEXT, (6,))
    trace = trace_network(network, sequence)
    with torch.no_grad():
        outputs = network.recurrent(network.embedded(torch.as_tensor(sequence)[None]))[0]
    seen = np.concatenate([trace.layers["l0_h"], trace.layers["l0_reverse_h"]], axis=1)
    assert np.allclose(seen, outputs.numpy(), atol=1e-6)
    norms = gradient_norms(network, sequence, np.asarray(1), TEXT)
    assert norms["l0"].shape == (6,)


def test_numeric_inputs_have_no_embedding() -> None:
    plain = replace(task(), preprocessing=TEXT.model_copy(update={"vocabulary": None}))
    assert fresh_network(SPEC, plain.preprocessing).embedding is None
