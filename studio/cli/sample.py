"""gate-studio sample: text that a trained network writes."""

from pathlib import Path
from typing import Annotated, Any

import typer

from studio.cli.options import option
from studio.cli.output import answer, answer_json, say
from studio.core.sampling import SamplingSpec

_SPEC = SamplingSpec


def sample(
    session: Annotated[Path, typer.Argument(metavar="SESSION", help="A session file.")],
    contender: Annotated[str, typer.Option(help="The contender's name.")],
    seed: Annotated[
        int | None, typer.Option(help="The run's seed; the best by validation if left out.")
    ] = None,
    epoch: Annotated[
        int | None,
        typer.Option(help="A kept epoch, 0 the untrained network; the kept one if left out."),
    ] = None,
    temperature: Annotated[float | None, option(_SPEC, "temperature", metavar="NUMBER")] = None,
    length: Annotated[int | None, option(_SPEC, "length")] = None,
    prompt: Annotated[str | None, option(_SPEC, "prompt", metavar="TEXT")] = None,
    draw: Annotated[int | None, option(_SPEC, "draw")] = None,
    comparison: Annotated[
        int | None, typer.Option(help="Number of the comparison; the last if left out.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Writes text with a network that was trained on the next token of a text.

    Example: gate-studio sample tale.gates --contender GRU --prompt "Once upon" --temperature 0.7
    """
    from studio.cli.opening import reading  # noqa: PLC0415 - --help does without
    from studio.runs.compute import ComputeThread  # noqa: PLC0415 - likewise
    from studio.runs.models import stored_model  # noqa: PLC0415 - likewise
    from studio.runs.sampling import sample_model  # noqa: PLC0415 - likewise

    given: dict[str, Any] = {
        "temperature": temperature, "length": length, "prompt": prompt, "draw": draw,
    }  # fmt: skip
    spec = SamplingSpec(**{name: value for name, value in given.items() if value is not None})
    with reading(session, comparison) as (file, number):
        model = stored_model(file, number, contender, seed, epoch)
    with ComputeThread() as compute:
        found = sample_model(model, spec, compute)
    if found.unknown:
        say(f"Not in the vocabulary: {', '.join(map(repr, found.unknown))}.")
    if as_json:
        told = {"contender": found.run.contender, "seed": found.run.seed, "epoch": found.epoch}
        answer_json({**told, **spec.model_dump(), "text": found.text, "unknown": found.unknown})
        return
    say(f"{found.run}, epoch {found.epoch}, temperature {spec.temperature:g}:")
    answer(spec.prompt + found.text)
