"""What a report says of results: verdicts, scores, costs, runs."""

from studio.analysis import ScoreVerdict, Summary, Verdict
from studio.analysis.words import figure, with_brackets
from studio.core.history import ComparisonHistory, RunHistory
from studio.core.metrics import Metric, metrics_of
from studio.export.html import Html, joined, table, tag

_KINDS = ("weights", "gradients", "optimizer", "activations")
_MANY = 2
_INTERVALS = "In brackets: 95 % intervals."


def verdicts(found: Summary) -> Html:
    """Every verdict in the same sentences as everywhere, the main metric first.

    What the verdicts on scores all rest on is said once.
    """
    if not found.verdicts:
        return tag("p", "There is one contender, and nothing to compare it with.")
    shared = _shared_basis(found)
    abouts = dict.fromkeys(verdict.about for verdict in found.verdicts)
    first = tag("p", f"All verdicts on scores: {' '.join(shared)}", class_="muted")
    of_each = (
        tag(
            "div",
            tag("h3", _of(found, about)[0].label),
            *(_verdict(verdict, shared) for verdict in _of(found, about)),
        )
        for about in abouts
    )
    return joined((*([first] if shared else []), *of_each))


def _of(found: Summary, about: str) -> list[Verdict]:
    return [verdict for verdict in found.verdicts if verdict.about == about]


def _shared_basis(found: Summary) -> tuple[str, ...]:
    on_scores = [each for each in found.verdicts if isinstance(each, ScoreVerdict)]
    if len(on_scores) < _MANY:
        return ()
    return tuple(
        sentence
        for sentence in on_scores[0].basis
        if all(sentence in each.basis for each in on_scores)
    )


def _verdict(verdict: Verdict, shared: tuple[str, ...]) -> Html:
    said = verdict.finding[:1].upper() + verdict.finding[1:]
    more = list(verdict.basis)
    if isinstance(verdict, ScoreVerdict):
        own = [sentence for sentence in more if sentence not in shared]
        more = [verdict.odds, *(each.sentence for each in verdict.standings), *own]
    told = " ".join(filter(None, more))
    return tag("div", tag("p", said, class_="finding"), tag("p", told), class_="verdict")


def results(found: Summary) -> Html:
    """The test scores of contenders and baselines, a column for each metric."""
    history = found.history
    metrics = metrics_of(history.preparation)
    headings = ("Model", "Parameters", *(_label(metric, history) for metric in metrics))
    rows = [
        (
            each.history.name,
            f"{each.history.parameters:,}",
            *(with_brackets(each.metrics[metric.name]) for metric in metrics),
        )
        for each in found.contenders
    ]
    for rule, known in zip(found.baselines, history.baselines, strict=True):
        scores = (with_brackets(rule.metrics[metric.name]) for metric in metrics)
        rows.append((rule.name, f"{known.parameters:,}", *scores))
    return joined((table(headings, rows), tag("p", _INTERVALS, class_="muted")))


def _label(metric: Metric, history: ComparisonHistory) -> str:
    unit = history.preparation.unit if metric.in_target_units else ""
    better = "higher" if metric.higher_is_better else "lower"
    return f"Test {metric.label}{f' ({unit})' if unit else ''}, {better} is better"


def costs(found: Summary) -> Html:
    """What training took, by contender."""
    headings = (
        *("Model", "Engine", "A step (ms)", "An epoch (s)", "Training (s)"),
        *(f"{kind.capitalize()} (MB)" for kind in _KINDS),
    )
    rows = []
    for each in found.contenders:
        memory = each.memory
        sizes = ["" if memory is None else _megabytes(getattr(memory, kind)) for kind in _KINDS]
        times = (with_brackets(time) for time in (each.step_ms, each.epoch_s, each.training_s))
        engine = each.served.engine if each.served else ""
        rows.append((each.history.name, engine, *times, *sizes))
    explained = "Steps and epochs: medians. Memory of one training step, an exact count."
    return joined((table(headings, rows), tag("p", f"{explained} {_INTERVALS}", class_="muted")))


def _megabytes(size: int) -> str:
    return figure(size / 1e6, size / 1e7)


def runs(history: ComparisonHistory) -> Html:
    """A row for each run: how it ended, how far it got, what it scored."""
    metrics = metrics_of(history.preparation)
    headings = (
        *("Run", "Ended", "Epochs", "Steps", "Kept epoch", "Seconds"),
        *(f"Test {metric.label}" for metric in metrics),
    )
    every = (run for contender in history.contenders for run in contender.runs)
    return table(headings, (_run(run, metrics) for run in every))


def _run(run: RunHistory, metrics: tuple[Metric, ...]) -> tuple[str, ...]:
    scores = run.result.scores if run.result else {}
    last = run.epochs[-1] if run.epochs else None
    return (
        str(run.run),
        f"{run.status}: {run.reason}" if run.reason else run.status,
        f"{last.epoch:,}" if last else "0",
        f"{last.step:,}" if last else "0",
        str(run.result.kept_epoch if run.result else run.best_epoch or ""),
        f"{run.seconds:.1f}",
        *(_score(scores.get(metric.name)) for metric in metrics),
    )


def _score(value: float | None) -> str:
    return "" if value is None else figure(value, value / 100)
