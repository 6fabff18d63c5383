"""Exports to C99 with int8 weights and integer arithmetic."""

import subprocess
from dataclasses import replace
from pathlib import Path
from shutil import which

import numpy as np
import pytest
from networks import classifying, embedding_text, forecasting, model_of, playing, raw_sequences
from unit.export.test_c import near

from studio.core.cells import STANDARD_CELLS
from studio.core.errors import ExportError
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.c_size import Arithmetic, CSizes, c_sizes
from studio.core.results.trained_model import TrainedModel
from studio.core.specs.comparison_spec import ContenderSpec, TaskSpec
from studio.data import prepare
from studio.data.dataset import Column, Series
from studio.export import export_model
from studio.export.c.float_code import float_body, float_header
from studio.export.c.integer_code import integer_body, integer_header
from studio.export.c.integer_scores import integer_score
from studio.export.c.network import c_network
from studio.export.c.quantize import quantized
from studio.nn.c_code.c_source import read_source
from studio.nn.c_code.machine import CompiledModel
from studio.nn.inference.inference import InferenceModel
from studio.nn.networks.snapshots import weights_bytes

TASKS = [near(forecasting()), near(classifying()), embedding_text(), playing()]


def sizes_of(model: TrainedModel, arithmetic: Arithmetic) -> CSizes:
    return c_sizes(model.contender, model.preprocessing, arithmetic)


def compiled(model: TrainedModel) -> CompiledModel:
    network = c_network(model)
    integers = quantized(network, raw_sequences(model.preprocessing, (30, 30)))
    source = read_source(integer_header(integers), integer_body(integers))
    return CompiledModel(source, network.inputs, network.outputs, per_step=network.per_step)


@pytest.mark.parametrize("preprocessing", TASKS, ids=lambda each: each.kind)
@pytest.mark.parametrize("pooling", ["last", "mean", "max"])
@pytest.mark.parametrize("cell", STANDARD_CELLS)
def test_integers_answer_as_pytorch_but_for_the_rounding_of_weights(
    cell: str, pooling: str, preprocessing: Preprocessing
) -> None:
    spec = ContenderSpec(cell=cell, hidden_size=12, num_layers=2, pooling=pooling)
    model = model_of(spec, preprocessing)
    [sequence] = raw_sequences(preprocessing, (300,))
    single = sequence.astype(np.float32)
    difference = compiled(model).carried(single) - InferenceModel(model).predict_carried(single)
    assert np.sqrt(np.mean(difference**2)) < 0.01


@pytest.mark.parametrize("cell", STANDARD_CELLS)
def test_an_export_is_checked_and_its_self_test_passes(tmp_path: Path, cell: str) -> None:
    model = model_of(ContenderSpec(cell=cell, hidden_size=6, num_layers=2), near(classifying()))
    done = export_model(model, "c-int8", tmp_path / "m", raw_sequences(model.preprocessing, (7, 7)))
    names = ["README.md", "model.c", "model.h", "model_test.c"]
    assert [path.name for path in done.files] == names
    assert "arithmetic off by" in done.checks
    told = (tmp_path / "m" / "README.md").read_text(encoding="utf-8")
    assert ("Cell states beyond ±256 count as ±256" in told) == (cell == "lstm")
    compiler = which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler cc")
    flags = ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", "-O2"]
    command = [compiler, *flags, "model.c", "model_test.c", "-o", "t"]
    subprocess.run(command, cwd=tmp_path / "m", check=True)
    subprocess.run([tmp_path / "m" / "t"], capture_output=True, check=True)


@pytest.mark.parametrize("cell", STANDARD_CELLS)
def test_sizes_are_exact(cell: str) -> None:
    for preprocessing in TASKS:
        spec = ContenderSpec(cell=cell, num_layers=2, pooling="mean")
        network = c_network(model_of(spec, preprocessing))
        integers = quantized(network, raw_sequences(preprocessing, (9,)))
        tables = read_source(integer_header(integers), integer_body(integers)).tables
        total = sum(table.nbytes for table in tables.values())
        assert sizes_of(integers.network.model, "int8").constants == total


def test_a_gru_of_32_units_has_the_sizes_that_its_formula_says() -> None:
    preprocessing = near(forecasting(channels=4, targets=2, horizon=1))
    sizes = sizes_of(model_of(ContenderSpec(hidden_size=32), preprocessing), "int8")
    macs, table = 3 * 32 * 36 + 64, 4_104
    assert sizes.constants == macs + (8 * 3 + 16) * 32 + 8 * 2 + 8 * 4 + table
    assert sizes.state == 4 * 32


@pytest.mark.parametrize("pooling", ["last", "mean"])
@pytest.mark.parametrize("cell", STANDARD_CELLS)
def test_the_stack_is_below_its_bound_as_llvm_compiles_for_arm(cell: str, pooling: str) -> None:
    preprocessing = near(classifying())
    spec = ContenderSpec(cell=cell, hidden_size=40, num_layers=2, pooling=pooling)
    model = model_of(spec, preprocessing)
    network = c_network(model)
    integers = quantized(network, raw_sequences(preprocessing, (30, 30)))
    single = read_source(float_header(network), float_body(network))
    assert (
        160
        < CompiledModel(single, 3, 4, per_step=False).stack_on_arm()
        <= (sizes_of(network.model, "float").stack)
    )
    assert 80 < compiled(model).stack_on_arm() <= sizes_of(integers.network.model, "int8").stack


def slow_lstm() -> TrainedModel:
    """An LSTM that integrates its input and forgets a thousandth at each step."""
    from studio.nn.networks.load_network import load_network  # noqa: PLC0415 - torch

    model = model_of(ContenderSpec(cell="lstm", hidden_size=8), near(forecasting()))
    network = load_network(model.contender, model.preprocessing, model.weights)
    network.recurrent_layers.set_memory_bias(7.0)
    return replace(model, weights=weights_bytes(network))


def test_slow_units_do_not_drift_over_ten_thousand_carried_steps() -> None:
    model = slow_lstm()
    [sequence] = raw_sequences(model.preprocessing, (10_000,))
    single = sequence.astype(np.float32)
    difference = compiled(model).carried(single) - InferenceModel(model).predict_carried(single)
    spread = model.preprocessing.target_scales()
    assert spread is not None
    assert np.sqrt(np.mean((difference / spread[1]) ** 2)) < 0.02


def test_inputs_beyond_the_range_saturate_and_missing_steps_are_skipped() -> None:
    model = model_of(ContenderSpec(hidden_size=5), near(forecasting()))
    code = compiled(model)
    sequence = raw_sequences(model.preprocessing, (6,))[0].astype(np.float32)
    far, further = sequence.copy(), sequence.copy()
    far[2], further[2] = 1e5, 3e38
    assert np.array_equal(code.carried(far), code.carried(further))
    gappy = np.insert(sequence, 3, np.nan, axis=0)
    answers = code.carried(gappy)
    assert np.isnan(answers[3]).all()
    assert np.array_equal(np.delete(answers, 3, axis=0), code.carried(sequence))


def test_relu_is_refused_with_the_reason(tmp_path: Path) -> None:
    spec = ContenderSpec(cell="rnn", nonlinearity="relu")
    model = model_of(spec, near(forecasting()))
    with pytest.raises(ExportError, match="states without bounds"):
        export_model(model, "c-int8", tmp_path / "m", raw_sequences(model.preprocessing, (7,)))
    assert not list(tmp_path.iterdir())


def with_test_set(kind: str) -> TrainedModel:
    generator = np.random.default_rng(0)
    if kind == "forecast":
        values = np.cumsum(generator.normal(size=(400, 1)), axis=0)
        series = Series("s", "s.csv", (Column("load", "target"),), values)
        options: dict[str, object] = {"target": ("load",), "window": 8}
    else:
        values = np.column_stack([generator.normal(size=400), np.arange(400) // 20 % 2])
        columns = (Column("x", "feature"), Column("class", "target"))
        series = Series("s", "s.csv", columns, values)
        options = {"kind": "track", "target": ("class",), "window": 20}
    task, _ = prepare(series, TaskSpec.model_validate(options))
    return replace(model_of(ContenderSpec(hidden_size=6), task.preprocessing), test=task.test)


@pytest.mark.parametrize("kind", ["forecast", "track"])
def test_the_integers_are_scored_beside_the_trained_network(kind: str) -> None:
    model = with_test_set(kind)
    assert model.test is not None
    network = c_network(model)
    raw = [model.preprocessing.inputs_in_units(model.test.inputs[index]) for index in range(4)]
    integers = quantized(network, raw)
    source = read_source(integer_header(integers), integer_body(integers))
    code = CompiledModel(source, network.inputs, network.outputs, per_step=network.per_step)
    score = integer_score(model, code, network.macs)
    assert score is not None
    assert score.every
    assert score.examples == len(model.test)
    assert score.own.value == pytest.approx(score.trained.value, rel=0.01)
    assert score.trained.low <= score.trained.value <= score.trained.high
    if kind == "forecast":
        assert score.is_the_same
        assert "practically the same" in score.sentences
        assert score.carried is not None
        assert score.carried[0] == pytest.approx(score.carried[1], rel=0.01)
