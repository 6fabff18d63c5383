"""gate-studio bench: the figures that the README quotes, measured on this machine."""

import json
import subprocess
from typing import Annotated, Any

import typer

from studio.cli.options import option
from studio.cli.output import answer, answer_json, answer_table, paragraph, say
from studio.core.errors import MachineError
from studio.core.spec import MachineSpec
from studio.paths import MEASURE, program

_STARTS = {
    "painted_s": "first picture",
    "usable_s": "can be used",
    "torch_loaded_s": "PyTorch loaded behind it",
    "torch_stall_s": "held up by that, in all",
}

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


@bench.command()
def window(
    rounds: Annotated[
        int, typer.Option(min=2, help="Times that each phase comes. Default: 12.")
    ] = 12,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Measures what the window costs a training, how late it answers, how fast curves move.

    Example: gate-studio bench window
    """
    found = _measure("window", rounds)
    if as_json:
        answer_json(found)
        return
    headings = ("window", "slower by", "late, 99 % (ms)", "late, worst (ms)")
    rows = [
        (
            phase,
            _slower(found[phase]) if phase != "none" else "",
            f"{found[phase]['late_ms']['p99']:.1f}",
            f"{found[phase]['late_ms']['worst']:.1f}",
        )
        for phase in ("shown", "minimised", "none")
    ]
    answer_table(f"While it trains, on {found['platform']}", headings, rows)
    curves = found["curves_frames_per_s"]
    paragraph(
        "Slower: the mean training step against no window, 95 % interval over rounds. "
        "Late: a 16 ms timer of the interface. "
        f"200 curves of 1,000 epochs: {curves['pan']:.0f} frames a second when panned, "
        f"{curves['zoom']:.0f} when zoomed."
    )


@bench.command()
def start(
    rounds: Annotated[
        int, typer.Option(min=1, help="How often the program is started. Default: 5.")
    ] = 5,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Measures how soon the window is painted and can be used.

    Example: gate-studio bench start
    """
    found = _measure("start", rounds)
    if as_json:
        answer_json(found)
        return
    rows = [
        (what, f"{found[name]['median']:.2f}", f"{found[name]['worst']:.2f}")
        for name, what in _STARTS.items()
    ]
    answer_table(
        f"Seconds from the start of the process, on {found['platform']}",
        ("", "median", "worst"),
        rows,
    )


def _slower(found: dict[str, float]) -> str:
    return f"{found['slower']:+.1%} ({found['low']:+.1%} to {found['high']:+.1%})"


def _measure(what: str, rounds: int) -> dict[str, Any]:
    """A measurement of the window, in a process of its own; this one does without Qt.

    Raises:
        MachineError: The process failed; what it said stands above.
    """
    command = [*program(), MEASURE, what, str(rounds)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)  # noqa: S603 - ours
    if done.returncode:
        raise MachineError(
            "could not be measured, for the reason above",
            where=f"bench {what}",
            remedy="gate-studio doctor says what is missing",
        )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


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
