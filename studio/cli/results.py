"""A comparison's results for people: runs, the table, verdicts, and what they rest on."""

import math
from collections.abc import Iterable, Sequence

from studio.analysis import (
    ScoreVerdict,
    Summary,
    Verdict,
    article_table,
    score_interval,
    summary,
)
from studio.analysis.adviser import said_and_found
from studio.analysis.enough import seed_plan
from studio.analysis.words import counted, figure, with_brackets
from studio.cli.output import answer, answer_table, paragraph
from studio.core.history import ComparisonHistory, RunHistory
from studio.core.metrics import METRICS, metrics_of

_MOST_SCORES = 3
"""Of a run in a table; --json has them all."""


def show_results(history: ComparisonHistory) -> None:
    """The article's table, the verdicts on the main metric, time and memory, and the basis."""
    table = article_table(history)
    title = f"{history.dataset_name}: {_parts(history)}"
    headings = tuple(heading.replace("Training ", "Training\n") for heading in table.headings)
    answer_table(title, headings, table.as_words())
    _explain_columns(history)
    for sentence in _in_other_units(history):
        paragraph(sentence + "\n")
    found = summary(history)
    _show_scores(found)
    main = metrics_of(history.preparation)[0].name
    verdicts = found.verdicts
    for about in dict.fromkeys(verdict.about for verdict in verdicts):
        if about not in METRICS or about == main:
            _show_verdicts([verdict for verdict in verdicts if verdict.about == about])
    scores = [each for each in verdicts if isinstance(each, ScoreVerdict) and each.metric == main]
    for each in scores:
        plan = seed_plan(history, metrics_of(history.preparation)[0], each.first, each.second)
        if each.decision.kind == "undecided" and plan is not None:
            paragraph(f"{each.first} and {each.second}: {plan.sentence}\n")
    advised = said_and_found(history, scores)
    if advised:
        paragraph(advised + "\n")
    paragraph(_basis(history))


def _show_scores(found: Summary) -> None:
    """Every test metric of contenders and baselines, a row for each; nothing where it is one."""
    metrics = metrics_of(found.history.preparation)
    if len(metrics) == 1:
        return
    columns = [(each.history.name, each.metrics) for each in found.contenders]
    columns += [(rule.name, rule.metrics) for rule in found.baselines]
    rows = [
        (metric.label, *(with_brackets(scores[metric.name]) for _, scores in columns))
        for metric in metrics
    ]
    answer_table("Test scores", ("", *(name for name, _ in columns)), rows)


def _parts(history: ComparisonHistory) -> str:
    sizes = history.part_sizes
    parts = f"{sizes['training']} / {sizes['validation']} / {sizes['test']}"
    what = f"{parts} training / validation / test examples"
    task = history.spec.task
    if task.folds is None:
        return what
    repeats = f" × {task.repeats} repetitions" if task.repeats > 1 else ""
    kind = "blocks in time order" if history.is_in_time else "folds"
    return f"{task.folds} {kind}{repeats}, the first {what}"


def _in_other_units(history: ComparisonHistory) -> Iterable[str]:
    """What a likelihood is measured in, and the same in bits where it is that of one symbol."""
    preparation = history.preparation
    if preparation.kind == "next-step":
        yield "The negative log-likelihood is in nats per step, summed over all outputs."
    if preparation.kind != "next-token":
        return
    token = {"characters": "character", "words": "word", "bytes": "byte"}
    one = token.get(preparation.tokens or "", "symbol")
    nats = METRICS["nll"]
    scores = {each.name: score_interval(history, each, nats).value for each in history.contenders}
    scores |= {each.name: each.scores["nll"] for each in history.baselines}
    known = {name: score for name, score in scores.items() if not math.isnan(score)}
    bits = ", ".join(f"{name} {figure(score / math.log(2), 0.1)}" for name, score in known.items())
    yield (
        f"The negative log-likelihood is in nats per {one}, the perplexity is its exponential. "
        f"In bits per {one}: {bits}."
    )


def _show_verdicts(verdicts: Sequence[Verdict]) -> None:
    """What was found of each pair, then once what all of them rest on."""
    shared = set.intersection(*(set(verdict.basis) for verdict in verdicts))
    answer(verdicts[0].label)
    for verdict in verdicts:
        own = (sentence for sentence in verdict.basis if sentence not in shared)
        odds = verdict.odds if isinstance(verdict, ScoreVerdict) else ""
        paragraph(" ".join(filter(None, (verdict.finding, odds, *own))), indent=2, hanging=4)
    for sentence in _against_baselines(verdicts):
        paragraph(sentence, indent=2, hanging=4)
    rest = " ".join(sentence for sentence in verdicts[0].basis if sentence in shared)
    if rest:
        paragraph(rest, indent=2)
    answer("")


def _against_baselines(verdicts: Sequence[Verdict]) -> Iterable[str]:
    scores = (verdict for verdict in verdicts if isinstance(verdict, ScoreVerdict))
    return dict.fromkeys(s.sentence for verdict in scores for s in verdict.standings)


def show_runs(history: ComparisonHistory) -> None:
    """One row for each run: how it ended and what it scored."""
    metrics = metrics_of(history.preparation)[:_MOST_SCORES]
    rows = [
        _run_row(run, tuple(metric.name for metric in metrics))
        for contender in history.contenders
        for run in contender.runs
    ]
    tests = (f"test {metric.label}" for metric in metrics)
    headings = ("run", "status", "epochs", "steps", "kept", "seconds", *tests)
    answer_table("Runs", headings, rows)


def _run_row(run: RunHistory, metrics: tuple[str, ...]) -> tuple[str, ...]:
    scores = run.result.scores if run.result else {}
    status = f"{run.status}: {run.reason}" if run.reason else run.status
    return (
        str(run.run),
        status,
        str(run.epochs[-1].epoch if run.epochs else 0),
        f"{run.epochs[-1].step:,}" if run.epochs else "0",
        str(run.result.kept_epoch if run.result else run.best_epoch or ""),
        f"{run.seconds:.1f}",
        *(_score(scores[name]) if name in scores else "" for name in metrics),
    )


def _score(value: float) -> str:
    return figure(value, value / 100)


def _explain_columns(history: ComparisonHistory) -> None:
    is_resampled = history.further and not history.is_in_time
    over = "folds and seeds" if is_resampled else "seeds and test examples"
    paragraph(
        f"In brackets: 95 % intervals; of the score over {over}, of the time over runs. "
        "Parameters count two bias vectors for each gate, as PyTorch does. Memory is what one "
        "training step holds: weights, gradients, optimiser state, saved activations.\n"
    )
    spec = history.spec
    if len(spec.contenders) > 1 and spec.match in {"parameters", "compute"}:
        hidden = ", ".join(f"{each.name} {each.hidden_size}" for each in spec.contenders)
        paragraph(f"Hidden sizes that match the {spec.match} of the first: {hidden} units.\n")


def _basis(history: ComparisonHistory) -> str:
    served = [run.served for c in history.contenders for run in c.runs if run.served]
    facts = history.environment
    if not served:
        return "Nothing was trained yet."
    first = served[0]
    engines = ", ".join(dict.fromkeys(each.engine for each in served))
    machine = facts.get("gpu") or facts.get("cpu", "")
    threads = counted(first.threads, "thread")
    basis = (
        f"Measured with {engines} on {first.device} ({machine}), {threads}, "
        f"torch {facts.get('torch', '')}, allocator: {first.allocator}."
    )
    note = f" {first.note[0].upper()}{first.note[1:]}." if first.note else ""
    return basis + note
