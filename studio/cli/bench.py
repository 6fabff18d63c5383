"""gate-studio bench: the figures that the README quotes, measured on this machine."""

from typing import Annotated, Any

import typer

from studio.cli.options import option
from studio.cli.output import answer, answer_json, answer_table, paragraph, say
from studio.core.spec import MachineSpec

bench = typer.Typer(no_args_is_help=True)


@bench.callback()
def figures() -> None:
    """Measures what the README quotes.

    Example: gate-studio bench engine
    """


@bench.command()
def engine(
    threads: Annotated[int | None, option(MachineSpec, "threads")] = None,
    rounds: Annotated[
        int, typer.Option(min=2, help="Steps of each kind at each shape. Default: 20.")
    ] = 20,
    *,
    peers: Annotated[
        bool, typer.Option("--peers", help="Measure Keras on JAX too, where it is installed.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Compares training steps of the fused engine with torch.nn's at seven shapes.

    Example: gate-studio bench engine --json
    """
    from studio.paths import user_folders  # noqa: PLC0415 - --help does without
    from studio.runs.benchmark import measure_engine  # noqa: PLC0415 - likewise
    from studio.runs.compute import ComputeThread  # noqa: PLC0415 - likewise
    from studio.runs.kernels import kernels_state, start_kernels  # noqa: PLC0415 - likewise

    start_kernels(user_folders().cache)
    if not kernels_state().is_over:
        say("The fused engine is compiled first if it is not yet.")
    with ComputeThread() as compute:
        found = measure_engine(compute, MachineSpec(threads=threads), rounds, say, peers=peers)
    if as_json:
        answer_json(found)
    else:
        _show(found)


def _show(found: dict[str, Any]) -> None:
    environment = found["environment"]
    rows = [_row(shape) for shape in found["shapes"]]
    headings = (
        "batch, steps, input, hidden",
        "torch.nn GRU / LSTM (ms)",
        "stock (ms)",
        "fused GRU / LSTM (ms)",
        "faster by",
        "GRU/LSTM torch, fused",
        "GFLOP/s",
        "of peak",
    )
    answer_table("A training step, lower quartiles", headings, rows)
    means = found["geomean"]
    paragraph(
        f"Geometric means: the GRU {means['gru_speedup']:.2f} times and the LSTM "
        f"{means['lstm_speedup']:.2f} times as fast as torch.nn's; GRU over LSTM "
        f"{means['gru_over_lstm']:.2f}, with torch.nn {means['torch_gru_over_lstm']:.2f}."
    )
    paragraph(
        f"{environment['cpu']}, {environment['threads']} threads, torch {environment['torch']}, "
        f"allocator: {environment['allocator']}; stock: torch.nn with the allocator as it comes. "
        f"The micro-kernel alone reaches {found['peak_gflops']:.0f} GFLOP/s."
    )
    for note in found["notes"]:
        answer(f"{note}.")
    for shape in found["shapes"]:
        if "keras_jax_ms" in shape:
            answer(f"Keras on JAX at {_sizes(shape)}: {_pair(shape['keras_jax_ms'])} ms")


def _row(shape: dict[str, Any]) -> tuple[str, ...]:
    ratio = shape["gru_over_lstm"]
    return (
        _sizes(shape),
        _pair(shape["torch_ms"]),
        _pair(shape["stock_torch_ms"]) if "stock_torch_ms" in shape else "",
        _pair(shape["fused_ms"]),
        _pair(shape["speedup"]),
        f"{ratio['torch']:.2f}, {ratio['fused']:.2f}",
        f"{shape['gflops']['gru']:.0f} / {shape['gflops']['lstm']:.0f}",
        f"{shape['share_of_peak']['gru']:.0%} / {shape['share_of_peak']['lstm']:.0%}",
    )


def _sizes(shape: dict[str, Any]) -> str:
    return ", ".join(str(shape[name]) for name in ("batch", "steps", "input", "hidden"))


def _pair(values: dict[str, float]) -> str:
    return f"{values['gru']:.2f} / {values['lstm']:.2f}"
