"""A comparison's results for people: runs, the table, verdicts, and what they rest on."""

import textwrap

from studio.analysis import article_table, summary
from studio.cli.output import answer, answer_table
from studio.core.history import ComparisonHistory, RunHistory
from studio.core.metrics import METRICS, metrics_of

_WIDTH = 100


def show_results(history: ComparisonHistory) -> None:
    """The article's table, the verdicts on the main metric, time and memory, and the basis."""
    table = article_table(history)
    sizes = history.part_sizes
    parts = f"{sizes['training']} / {sizes['validation']} / {sizes['test']}"
    title = f"{history.dataset_name}: {parts} training / validation / test examples"
    answer_table(title, table.headings, table.as_words())
    _explain_columns(history)
    main = metrics_of(history.preparation)[0].name
    for verdict in summary(history).verdicts:
        if verdict.about not in METRICS or verdict.about == main:
            _paragraph(verdict.text)
    answer(_basis(history))


def show_runs(history: ComparisonHistory) -> None:
    """One row for each run: how it ended and what it scored."""
    metrics = metrics_of(history.preparation)
    rows = [
        _run_row(run, tuple(metric.name for metric in metrics))
        for contender in history.contenders
        for run in contender.runs
    ]
    headings = ("run", "status", "epochs", "kept", "seconds", *(f"test {m.label}" for m in metrics))
    answer_table("Runs", headings, rows)


def _run_row(run: RunHistory, metrics: tuple[str, ...]) -> tuple[str, ...]:
    scores = run.result.scores if run.result else {}
    status = f"{run.status}: {run.reason}" if run.reason else run.status
    return (
        str(run.run),
        status,
        str(run.epochs[-1].epoch if run.epochs else 0),
        str(run.result.kept_epoch if run.result else run.best_epoch or ""),
        f"{run.seconds:.1f}",
        *(f"{scores[name]:.4g}" if name in scores else "" for name in metrics),
    )


def _explain_columns(history: ComparisonHistory) -> None:
    _paragraph(
        "In brackets: 95 % intervals; of the score over seeds and test examples, of the time over "
        "seeds. Parameters count two bias vectors for each gate, as PyTorch does. Memory is what "
        "one training step holds: weights, gradients, optimiser state, saved activations."
    )
    spec = history.spec
    if len(spec.contenders) > 1 and spec.match != "hidden":
        hidden = ", ".join(f"{each.name} {each.hidden_size}" for each in spec.contenders)
        _paragraph(f"Hidden sizes that match the {spec.match} of the first: {hidden} units.")


def _basis(history: ComparisonHistory) -> str:
    served = [run.served for c in history.contenders for run in c.runs if run.served]
    facts = history.environment
    if not served:
        return "Nothing was trained yet."
    first = served[0]
    engines = ", ".join(dict.fromkeys(each.engine for each in served))
    machine = facts.get("gpu") or facts.get("cpu", "")
    basis = (
        f"Measured with {engines} on {first.device} ({machine}), {first.threads} threads, "
        f"torch {facts.get('torch', '')}, allocator: {first.allocator}."
    )
    note = f" {first.note[0].upper()}{first.note[1:]}." if first.note else ""
    return textwrap.fill(basis + note, _WIDTH)


def _paragraph(text: str) -> None:
    answer(textwrap.fill(text, _WIDTH) + "\n")
