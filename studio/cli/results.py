"""Prints a comparison's results: runs, results table, verdicts and their basis."""

import math
from collections.abc import Iterable, Sequence

from studio.analysis import (
    ScoreVerdict,
    Summary,
    Verdict,
    results_table,
    score_interval,
    summary,
)
from studio.analysis.adviser import advice_and_outcome
from studio.analysis.scores.seed_power import seed_plan
from studio.analysis.scores.verdicts import shared_basis
from studio.analysis.wording import basis_sentences, count_of, format_figure, with_brackets
from studio.cli.output import print_paragraph, print_result, print_table
from studio.core.durations import format_seconds
from studio.core.results.history import ComparisonHistory, RunHistory
from studio.core.results.metrics import METRICS, metrics_of

_MOST_SCORES = 3
"""Scores of a run in the table; --json has all of them."""


def show_results(history: ComparisonHistory) -> None:
    """Prints the results table, verdicts on the main metric, time and memory, and the basis."""
    table = results_table(history)
    title = f"{history.dataset_name}: {_parts(history)}"
    headings = tuple(heading.replace("Training ", "Training\n") for heading in table.headings)
    print_table(title, headings, table.as_words())
    _explain_columns(history)
    for sentence in _in_other_units(history):
        print_paragraph(sentence + "\n")
    results = summary(history)
    if results.answer is not None:
        print_result(f"Which cell for this data? {results.answer.headline}")
        print_paragraph(" ".join(results.answer.sentences) + "\n", indent=2)
    _show_scores(results)
    main = metrics_of(history.preprocessing)[0].name
    verdicts = results.verdicts
    for about in dict.fromkeys(verdict.about for verdict in verdicts):
        if about not in METRICS or about == main:
            _show_verdicts([verdict for verdict in verdicts if verdict.about == about])
    scores = [
        verdict
        for verdict in verdicts
        if isinstance(verdict, ScoreVerdict) and verdict.metric == main
    ]
    for verdict in scores:
        names = verdict.first, verdict.second
        plan = seed_plan(history, metrics_of(history.preprocessing)[0], *names)
        if verdict.decision.kind == "undecided" and plan is not None:
            print_paragraph(f"{' and '.join(names)}: {plan.sentence}\n")
    advice = advice_and_outcome(history, scores)
    if advice:
        print_paragraph(advice + "\n")
    print_paragraph(_basis(history))


def _show_scores(results: Summary) -> None:
    """Every test metric of contenders and baselines, a row each; nothing for a single metric."""
    metrics = metrics_of(results.history.preprocessing)
    if len(metrics) == 1:
        return
    columns = [(contender.history.name, contender.metrics) for contender in results.contenders]
    columns += [(rule.name, rule.metrics) for rule in results.baselines]
    rows = [
        (metric.label, *(with_brackets(scores[metric.name]) for _, scores in columns))
        for metric in metrics
    ]
    print_table("Test scores", ("", *(name for name, _ in columns)), rows)


def _parts(history: ComparisonHistory) -> str:
    sizes = history.part_sizes
    parts = f"{sizes['training']} / {sizes['validation']} / {sizes['test']}"
    examples = f"{parts} training / validation / test examples"
    task = history.spec.task
    if task.folds is None:
        return examples
    repeats = f" × {task.repeats} repeats" if task.repeats > 1 else ""
    kind = "expanding-window folds" if history.is_in_time else "folds"
    return f"{task.folds} {kind}{repeats}, the first with {examples}"


def _in_other_units(history: ComparisonHistory) -> Iterable[str]:
    """The unit of likelihoods, and their values in bits for next-token prediction."""
    preprocessing = history.preprocessing
    if preprocessing.kind == "next-step":
        yield "The negative log-likelihood is in nats per step, summed over all outputs."
    if preprocessing.kind != "next-token":
        return
    token = {"characters": "character", "words": "word", "bytes": "byte"}
    symbol = token.get(preprocessing.tokens or "", "symbol")
    nats = METRICS["nll"]
    scores = {
        contender.name: score_interval(history, contender, nats).value
        for contender in history.contenders
    }
    scores |= {rule.name: rule.scores["nll"] for rule in history.baselines}
    known = {name: score for name, score in scores.items() if not math.isnan(score)}
    bits = ", ".join(
        f"{name} {format_figure(score / math.log(2), 0.1)}" for name, score in known.items()
    )
    yield (
        f"The negative log-likelihood is in nats per {symbol}; the perplexity is its exponential. "
        f"In bits per {symbol}: {bits}."
    )


def _show_verdicts(verdicts: Sequence[Verdict]) -> None:
    """The finding on each pair, then their common basis."""
    shared = shared_basis(verdicts)
    print_result(verdicts[0].label)
    for verdict in verdicts:
        own = basis_sentences(item for item in verdict.basis if item not in shared)
        odds = verdict.odds if isinstance(verdict, ScoreVerdict) else ""
        print_paragraph(" ".join(filter(None, (verdict.finding, odds, *own))), indent=2, hanging=4)
    for sentence in _against_baselines(verdicts):
        print_paragraph(sentence, indent=2, hanging=4)
    rest = " ".join(basis_sentences(shared))
    if rest:
        print_paragraph(rest, indent=2)
    print_result("")


def _against_baselines(verdicts: Sequence[Verdict]) -> Iterable[str]:
    scores = (verdict for verdict in verdicts if isinstance(verdict, ScoreVerdict))
    return dict.fromkeys(
        comparison.sentence for verdict in scores for comparison in verdict.standings
    )


def show_runs(history: ComparisonHistory) -> None:
    """Prints one row per run: how it ended and its scores."""
    metrics = metrics_of(history.preprocessing)[:_MOST_SCORES]
    rows = [
        _run_row(run, tuple(metric.name for metric in metrics))
        for contender in history.contenders
        for run in contender.runs
    ]
    tests = (f"test {metric.label}" for metric in metrics)
    headings = ("run", "status", "epochs", "steps", "best epoch", "seconds", *tests)
    print_table("Runs", headings, rows)


def _run_row(run: RunHistory, metrics: tuple[str, ...]) -> tuple[str, ...]:
    scores = run.result.scores if run.result else {}
    status = f"{run.status}: {run.reason}" if run.reason else run.status
    return (
        str(run.run),
        status,
        str(run.epochs[-1].epoch if run.epochs else 0),
        f"{run.epochs[-1].step:,}" if run.epochs else "0",
        str(run.result.kept_epoch if run.result else run.best_epoch or ""),
        format_seconds(run.seconds),
        *(_score(scores[name]) if name in scores else "" for name in metrics),
    )


def _score(value: float) -> str:
    return format_figure(value, value / 100)


def _explain_columns(history: ComparisonHistory) -> None:
    is_resampled = history.further and not history.is_in_time
    over = "folds and seeds" if is_resampled else "seeds and test examples"
    print_paragraph(
        f"In brackets: 95 % intervals, of scores over {over}, of times over runs. Parameters "
        "include two bias vectors per gate, as in PyTorch. Memory is what one training step "
        "holds: weights, gradients, optimiser state and saved activations.\n"
    )
    spec = history.spec
    if len(spec.contenders) > 1 and spec.match in {"parameters", "compute"}:
        sizes = ", ".join(
            f"{contender.name} {contender.hidden_size}" for contender in spec.contenders
        )
        print_paragraph(
            f"Hidden sizes, matched to the {spec.match} of the first contender: {sizes}.\n"
        )


def _basis(history: ComparisonHistory) -> str:
    execution = [
        run.execution for contender in history.contenders for run in contender.runs if run.execution
    ]
    environment = history.environment
    if not execution:
        return "Nothing has been trained yet."
    first = execution[0]
    engines = ", ".join(dict.fromkeys(info.engine for info in execution))
    machine = environment.get("gpu") or environment.get("cpu", "")
    threads = count_of(first.threads, "thread")
    basis = (
        f"Measured with {engines} on {first.device} ({machine}), {threads}, "
        f"torch {environment.get('torch', '')}, allocator: {first.allocator}."
    )
    notes = dict.fromkeys(info.note for info in execution if info.note)
    return " ".join((basis, *(f"{note[0].upper()}{note[1:]}." for note in notes)))
