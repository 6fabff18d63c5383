"""Export to C99 in single precision, checked without a compiler and with one."""

from collections.abc import Sequence
from pathlib import Path

from studio.core.arrays import Floats, Integers
from studio.core.results.c_size import c_sizes
from studio.core.results.trained_model import TrainedModel
from studio.export.c.float_code import float_body, float_header
from studio.export.c.network import c_network
from studio.export.c.parity_check import compared, self_tested
from studio.export.c.readme import readme
from studio.export.c.self_test import recorded, self_test
from studio.export.check import Check
from studio.export.stepwise.state_mode import state_mode
from studio.nn.c_code.c_source import read_source
from studio.nn.c_code.machine import CompiledModel
from studio.nn.inference.inference import InferenceModel


def write_c(
    model: TrainedModel, sequences: Sequence[Floats], series: Integers | None, out: Path
) -> Check:
    """Writes model.h, model.c, model_test.c and README.md into the folder of `out`.

    The text of model.c is compiled by LLVM and compared with PyTorch; a C compiler, where there is
    one, also runs the self-test.

    Raises:
        ExportError: The model needs whole sequences, or more than a float can hold.
    """
    del series  # models with a scaler for each series are refused
    network = c_network(model)
    header, body = float_header(network), float_body(network)
    compiled = CompiledModel(
        read_source(header, body), network.inputs, network.outputs, per_step=network.per_step
    )
    trained = InferenceModel(model)
    parity = compared(compiled, trained, sequences, model.preprocessing)
    (out.parent / "model.h").write_text(header, encoding="ascii")
    out.write_text(body, encoding="ascii")
    example = recorded(network, compiled, sequences[0])
    (out.parent / "model_test.c").write_text(self_test(network, example), encoding="ascii")
    tested, how = self_tested(out.parent)
    checks = f"{parity.words}, {how}"
    sizes = c_sizes(model.contender, model.preprocessing, "float")
    mode = state_mode(model)
    text = readme(
        network, "float32", sizes, compiled.size_on_arm(), mode.sentences,
        f"{checks[0].upper()}{checks[1:]}; largest difference {parity.difference:.2g}",
    )  # fmt: skip
    (out.parent / "README.md").write_text(text, encoding="utf-8")
    figures = f"{sizes.constants:,} bytes of constants, {sizes.state:,} bytes of state."
    return Check(parity.difference, parity.passed and tested, checks, f"{figures} {mode.sentences}")
