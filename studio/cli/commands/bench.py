"""gate-studio bench: the numbers quoted in the README, measured on this machine."""

import json
import subprocess
from typing import Annotated, Any

import typer

from studio.cli.options import option
from studio.cli.output import print_json, print_message, print_paragraph, print_result, print_table
from studio.core.errors import MachineError
from studio.core.specs.comparison_spec import MachineSpec
from studio.paths import MEASURE, program

_STARTS = {
    "painted_s": "first paint",
    "usable_s": "usable",
    "torch_loaded_s": "PyTorch loaded in the background",
    "torch_stall_s": "stalls from loading it, in total",
}

bench = typer.Typer(no_args_is_help=True)


@bench.callback()
def figures() -> None:
    """Measures the numbers quoted in the README.

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
        bool, typer.Option("--peers", help="Also measure Keras on JAX, if installed.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Compares training steps of the fused engine and torch.nn at seven shapes.

    Example: gate-studio bench engine --json
    """
    from studio.paths import user_folders
    from studio.runs.engine_benchmark import measure_engine
    from studio.runs.execution.compute import ComputeThread
    from studio.runs.execution.kernels import kernels_state, start_kernels

    start_kernels(user_folders().cache)
    if not kernels_state().is_over:
        print_message("The fused engine is compiled first if necessary.")
    with ComputeThread() as compute:
        results = measure_engine(
            compute, MachineSpec(threads=threads), rounds, print_message, peers=peers
        )
    if as_json:
        print_json(results)
    else:
        _show(results)


@bench.command()
def window(
    rounds: Annotated[
        int, typer.Option(min=2, help="Repetitions of each phase. Default: 12.")
    ] = 12,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measures how much the window slows training, its response delay and plot frame rates.

    Example: gate-studio bench window
    """
    results = _measure("window", rounds)
    if as_json:
        print_json(results)
        return
    headings = ("window", "slower by", "delay, 99 % (ms)", "delay, worst (ms)")
    rows = [
        (
            phase,
            _slower(results[phase]) if phase != "none" else "",
            f"{results[phase]['late_ms']['p99']:.1f}",
            f"{results[phase]['late_ms']['worst']:.1f}",
        )
        for phase in ("shown", "minimised", "none")
    ]
    print_table(f"During training, on {results['platform']}", headings, rows)
    curves = results["curves_frames_per_s"]
    print_paragraph(
        "Slower: the mean training step compared with no window, 95 % interval over rounds. "
        "Delay: of a 16 ms timer of the interface. "
        f"200 curves of 1,000 epochs: {curves['pan']:.0f} frames per second when panned, "
        f"{curves['zoom']:.0f} when zoomed."
    )


@bench.command()
def start(
    rounds: Annotated[int, typer.Option(min=1, help="Number of program starts. Default: 5.")] = 5,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measures how soon the window is painted and usable.

    Example: gate-studio bench start
    """
    results = _measure("start", rounds)
    if as_json:
        print_json(results)
        return
    rows = [
        (what, f"{results[name]['median']:.2f}", f"{results[name]['worst']:.2f}")
        for name, what in _STARTS.items()
    ]
    print_table(
        f"Seconds from the start of the process, on {results['platform']}",
        ("", "median", "worst"),
        rows,
    )


def _slower(ratio: dict[str, float]) -> str:
    return f"{ratio['slower']:+.1%} ({ratio['low']:+.1%} to {ratio['high']:+.1%})"


def _measure(what: str, rounds: int) -> dict[str, Any]:
    """A measurement of the window in its own process; this one does not import Qt.

    Raises:
        MachineError: The process failed; its output explains why.
    """
    command = [*program(), MEASURE, what, str(rounds)]
    process = subprocess.run(command, stdout=subprocess.PIPE, check=False)  # noqa: S603 - ours
    if process.returncode:
        raise MachineError(
            "could not be measured, for the reason above",
            where=f"bench {what}",
            remedy="Run gate-studio doctor to see what is missing",
        )
    measured: dict[str, Any] = json.loads(process.stdout)
    return measured


def _show(results: dict[str, Any]) -> None:
    environment = results["environment"]
    rows = [_row(shape) for shape in results["shapes"]]
    headings = (
        "batch, steps, input, hidden",
        "torch.nn GRU / LSTM (ms)",
        "stock (ms)",
        "fused GRU / LSTM (ms)",
        "speedup",
        "GRU/LSTM torch, fused",
        "GFLOP/s",
        "of peak",
    )
    print_table("Time of a training step, lower quartiles", headings, rows)
    means = results["geomean"]
    print_paragraph(
        f"Geometric means: the GRU {means['gru_speedup']:.2f} times and the LSTM "
        f"{means['lstm_speedup']:.2f} times as fast as with torch.nn; GRU over LSTM "
        f"{means['gru_over_lstm']:.2f}, with torch.nn {means['torch_gru_over_lstm']:.2f}."
    )
    print_paragraph(
        f"{environment['cpu']}, {environment['threads']} threads, torch {environment['torch']}, "
        f"allocator: {environment['allocator']}; stock: torch.nn with the default allocator. "
        f"The micro-kernel alone reaches {results['peak_gflops']:.0f} GFLOP/s."
    )
    for note in results["notes"]:
        print_result(f"{note}.")
    for shape in results["shapes"]:
        if "keras_jax_ms" in shape:
            print_result(f"Keras on JAX at {_sizes(shape)}: {_pair(shape['keras_jax_ms'])} ms")


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
