"""Exports to C99 in single precision."""

import subprocess
from pathlib import Path
from shutil import which

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import (
    classifying,
    contenders,
    continuing,
    embedding_text,
    forecasting,
    forecasting_series,
    model_of,
    playing,
    raw_sequences,
    regressing,
)

from studio.core.cells import STANDARD_CELLS
from studio.core.errors import ExportError
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.prepared.scaler import Scaler
from studio.core.results.c_size import Arithmetic, CSizes, c_sizes
from studio.core.results.trained_model import TrainedModel
from studio.core.specs.comparison_spec import ContenderSpec
from studio.export import export_model
from studio.export.c.float_code import float_body, float_header
from studio.export.c.literals import float_constant
from studio.export.c.network import c_network
from studio.nn.c_code.c_source import read_source
from studio.nn.c_code.machine import CompiledModel
from studio.nn.inference.inference import InferenceModel

needs_compiler = pytest.mark.skipif(which("cc") is None, reason="there is no C compiler cc")


def near(preprocessing: Preprocessing) -> Preprocessing:
    """Inputs that a float can hold."""
    if preprocessing.vocabulary is not None or preprocessing.kind == "next-step":
        return preprocessing
    size = preprocessing.input_size
    scaler = Scaler(kind="standard", center=(20.123456789,) * size, scale=(3.0,) * size)
    return preprocessing.model_copy(update={"input_scaler": scaler})


TASKS = [
    *map(near, (classifying(), forecasting(), regressing())),
    embedding_text(),
    continuing(),
    playing(),
]


def sizes_of(model: TrainedModel, arithmetic: Arithmetic) -> CSizes:
    return c_sizes(model.contender, model.preprocessing, arithmetic)


def compiled(model: TrainedModel) -> CompiledModel:
    network = c_network(model)
    source = read_source(float_header(network), float_body(network))
    return CompiledModel(source, network.inputs, network.outputs, per_step=network.per_step)


def exported(model: TrainedModel, out: Path) -> Path:
    export_model(model, "c", out, raw_sequences(model.preprocessing, (7, 4)))
    return out


@settings(max_examples=15, deadline=None)
@given(spec=contenders(STANDARD_CELLS), preprocessing=st.sampled_from(TASKS))
def test_any_network_answers_as_pytorch(spec: ContenderSpec, preprocessing: Preprocessing) -> None:
    pooling = "mean" if spec.pooling == "attention" else spec.pooling
    spec = spec.model_copy(update={"bidirectional": False, "pooling": pooling})
    model = model_of(spec, preprocessing)
    code, trained = compiled(model), InferenceModel(model)
    sequence = raw_sequences(preprocessing, (40,))[0].astype(np.float32)
    expected = trained.predict_carried(sequence)
    allowed = 1e-5 * max(1, np.abs(expected).max())
    assert np.abs(code.carried(sequence) - expected).max() <= allowed
    assert np.abs(code.run(sequence) - trained.predict(sequence[None])[0]).max() <= allowed


def test_the_folder_has_the_code_a_self_test_and_a_readme(tmp_path: Path) -> None:
    model = model_of(ContenderSpec(hidden_size=32), near(forecasting()))
    done = export_model(model, "c", tmp_path / "gru", raw_sequences(model.preprocessing, (7, 7)))
    names = ["README.md", "model.c", "model.h", "model_test.c"]
    assert [path.name for path in done.files] == names
    assert sorted(path.name for path in (tmp_path / "gru").iterdir()) == names
    assert "2 examples and 1,000 carried steps against PyTorch" in done.checks
    assert done.difference < 1e-4
    text = (tmp_path / "gru" / "README.md").read_text(encoding="utf-8")
    assert "log-mel" in text
    assert "128 bytes" in text


@needs_compiler
@pytest.mark.parametrize("compiler", [["cc", "-std=c99"], ["c++", "-x", "c++"]], ids=["C", "C++"])
@pytest.mark.parametrize("cell", STANDARD_CELLS)
def test_the_self_test_compiles_without_warnings_and_passes(
    tmp_path: Path, cell: str, compiler: list[str]
) -> None:
    if which(compiler[0]) is None:
        pytest.skip(f"there is no compiler {compiler[0]}")
    spec = ContenderSpec(cell=cell, hidden_size=6, num_layers=2, pooling="mean")
    folder = exported(model_of(spec, near(classifying())), tmp_path / "m")
    flags = ["-Wall", "-Wextra", "-pedantic", "-Werror", "-O2"]
    command = [*compiler, *flags, "model.c", "model_test.c", "-o", "t"]
    subprocess.run(command, cwd=folder, check=True)
    done = subprocess.run([folder / "t"], capture_output=True, text=True, check=True)
    assert done.stdout == "the self-test passed\n"


@needs_compiler
def test_the_self_test_notices_a_wrong_weight(tmp_path: Path) -> None:
    folder = exported(model_of(ContenderSpec(hidden_size=6), near(regressing())), tmp_path / "m")
    text = (folder / "model.c").read_text(encoding="ascii")
    first = text.index("{", text.index("weights_0")) + 1
    (folder / "model.c").write_text(f"{text[:first]} 1.0f +{text[first:]}", encoding="ascii")
    subprocess.run(
        [which("cc") or "", "model.c", "model_test.c", "-o", "t"], cwd=folder, check=True
    )
    assert subprocess.run([folder / "t"], check=False, capture_output=True).returncode == 1


def test_the_exact_size_of_the_constants_is_that_of_the_tables() -> None:
    for preprocessing in TASKS:
        network = c_network(model_of(ContenderSpec(cell="lstm", num_layers=2), preprocessing))
        tables = read_source(float_header(network), float_body(network)).tables
        assert sizes_of(network.model, "float").constants == sum(
            table.nbytes for table in tables.values()
        )


def test_a_gru_of_32_units_has_the_sizes_that_its_formula_says() -> None:
    network = c_network(
        model_of(ContenderSpec(hidden_size=32), near(forecasting(channels=4, targets=2, horizon=1)))
    )
    sizes = sizes_of(network.model, "float")
    assert (sizes.macs, sizes.constants, sizes.state) == (3 * 32 * 36 + 64, 14_632, 128)
    on_arm = compiled(network.model).size_on_arm()
    assert on_arm is not None
    assert 14_632 <= on_arm.text + on_arm.constants < 18_000


def test_a_step_that_is_not_finite_is_skipped() -> None:
    model = model_of(ContenderSpec(hidden_size=5, pooling="mean"), near(forecasting()))
    code = compiled(model)
    whole = raw_sequences(model.preprocessing, (6,))[0].astype(np.float32)
    for bad in (np.nan, np.inf, -np.inf):
        gappy = np.insert(whole, 3, [1.0, bad, 1.0], axis=0)
        answers = code.carried(gappy)
        assert np.isnan(answers[3]).all()
        assert np.array_equal(np.delete(answers, 3, axis=0), code.carried(whole))
        assert np.isnan(code.run(gappy)).all()


def test_absurd_values_leave_a_state_that_goes_on_working() -> None:
    model = model_of(ContenderSpec(hidden_size=5), near(forecasting()))
    sequence = raw_sequences(model.preprocessing, (6,))[0].astype(np.float32)
    sequence[2] = [3e38, -3e38, 3e38]
    assert np.isfinite(compiled(model).carried(sequence)).all()


def test_codes_outside_the_vocabulary_count_as_unknown() -> None:
    code = compiled(model_of(ContenderSpec(hidden_size=5), embedding_text()))
    known = np.array([[1.0], [0.0], [2.0], [0.0]], dtype=np.float32)
    strange = np.array([[1.0], [-3.0], [2.0], [1e9]], dtype=np.float32)
    assert np.array_equal(code.run(known), code.run(strange))


@pytest.mark.parametrize(
    ("spec", "preprocessing", "reason"),
    [
        (ContenderSpec(bidirectional=True), near(forecasting()), "from its end too"),
        (ContenderSpec(pooling="attention"), near(forecasting()), "attention weighs all steps"),
        (ContenderSpec(cell="tcn"), near(forecasting()), "has no state"),
        (ContenderSpec(), forecasting_series(), "does not know which series it reads"),
        (ContenderSpec(), forecasting(), "a float, as the generated C reads it, has too few"),
    ],
    ids=["both directions", "attention", "tcn", "scaled by series", "far from zero"],
)
def test_what_the_c_cannot_do_is_refused_with_the_reason_and_leaves_no_folder(
    tmp_path: Path, spec: ContenderSpec, preprocessing: Preprocessing, reason: str
) -> None:
    model = model_of(spec, preprocessing)
    series = None if preprocessing.series_scaling is None else np.array([0])
    with pytest.raises(ExportError, match=reason):
        export_model(model, "c", tmp_path / "m", raw_sequences(preprocessing, (7,)), series)
    assert not list(tmp_path.iterdir())


def test_centres_far_from_zero_keep_the_digits_that_a_float_has() -> None:
    far = Scaler(kind="standard", center=(30_000.123,) * 3, scale=(3.0,) * 3)
    model = model_of(ContenderSpec(), forecasting().model_copy(update={"input_scaler": far}))
    sequence = raw_sequences(model.preprocessing, (20,))[0].astype(np.float32)
    difference = compiled(model).carried(sequence) - InferenceModel(model).predict_carried(sequence)
    assert np.abs(difference).max() < 1e-5


def test_another_c_file_of_the_same_name_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "model.c").write_text("int mine;\n")
    with pytest.raises(ExportError, match="was not overwritten"):
        exported(model_of(ContenderSpec(), near(regressing())), tmp_path / "m")
    assert [path.name for path in (tmp_path / "m").iterdir()] == ["model.c"]


@pytest.mark.parametrize(
    ("value", "text"), [(1, "1.0f"), (1e-5, "1e-05f"), (-0.1, "-0.1f"), (1e20, "1e+20f")]
)
def test_constants_are_floats_in_c(value: float, text: str) -> None:
    assert float_constant(value) == text


def test_a_number_that_is_no_c_constant_is_refused() -> None:
    with pytest.raises(ValueError, match="no C constant"):
        read_source("", "static const float w[1] = {1f};")


def test_c_beyond_the_subset_is_refused_instead_of_misread() -> None:
    source = read_source("", "int f(int x) { switch (x) { default: return 1; } }")
    with pytest.raises(NotImplementedError, match="Switch"):
        CompiledModel(source, 1, 1, per_step=False)


def test_names_of_columns_cannot_end_a_comment() -> None:
    names = ("*/ int x; /*", "a\nb", "µ??/")
    preprocessing = near(forecasting()).model_copy(update={"input_names": names})
    text = float_header(c_network(model_of(ContenderSpec(), preprocessing)))
    assert "* / int x; / *" in text
    assert "a?b" in text
    assert text.isascii()
