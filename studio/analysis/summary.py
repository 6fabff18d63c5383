"""A comparison in figures, as `show --json` and `compare --json` print it."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from studio.analysis.comparing import baseline_interval, compare
from studio.analysis.costs import (
    compare_memory,
    compare_times,
    epoch_time,
    step_time,
    training_memory,
    training_time,
)
from studio.analysis.evidence import score_interval
from studio.analysis.intervals import Interval
from studio.analysis.looks import looks_of
from studio.analysis.values import ended_runs
from studio.analysis.verdicts import ScoreVerdict, Verdict
from studio.core.events import Served, TrainingMemory
from studio.core.history import ComparisonHistory, ContenderHistory, RunHistory
from studio.core.metrics import metrics_of

_SHOWN_AS = {"training": "train"}


@dataclass(frozen=True)
class ContenderSummary:
    """One contender in figures.

    Attributes:
        history: All that was measured.
        served: With what it was computed; None before it started.
        ended: Runs that entered the metrics.
        metrics: Mean test scores by name, with intervals over seeds and test examples.
        step_ms: Milliseconds of a training step, median over rounds.
        epoch_s: Seconds of an epoch's steps, median over epochs.
        training_s: Seconds of training, mean over seeds.
        memory: Bytes of a training step; None before it started.
    """

    history: ContenderHistory
    served: Served | None
    ended: int
    metrics: Mapping[str, Interval]
    step_ms: Interval
    epoch_s: Interval
    training_s: Interval
    memory: TrainingMemory | None


@dataclass(frozen=True)
class BaselineSummary:
    """A rule without learning: its test scores with intervals over test examples."""

    name: str
    metrics: Mapping[str, Interval]


@dataclass(frozen=True)
class Summary:
    """A whole comparison in figures; verdicts stand in the order of the metrics, then costs."""

    history: ComparisonHistory
    contenders: tuple[ContenderSummary, ...]
    baselines: tuple[BaselineSummary, ...]
    verdicts: tuple[Verdict, ...]

    def as_json(self) -> dict[str, object]:
        """Plain values for JSON; what is not known is None."""
        history = self.history
        sizes = {_SHOWN_AS.get(part, part): n for part, n in history.part_sizes.items()}
        return {
            "dataset": {
                "name": history.dataset_name,
                "task": history.preparation.kind,
                "examples": sizes,
                **_folds_json(history),
            },
            "environment": _environment(history.environment),
            "contenders": [_contender_json(contender) for contender in self.contenders],
            "baselines": [
                {"name": baseline.name, "metrics": _metrics_json(baseline.metrics)}
                for baseline in self.baselines
            ],
            **_looks_json(history),
            "verdicts": [_verdict_json(verdict) for verdict in self.verdicts],
        }


def summary(history: ComparisonHistory) -> Summary:
    """Everything that can be said of a comparison so far."""
    metrics = metrics_of(history.preparation)
    verdicts = [verdict for metric in metrics for verdict in compare(history, metric)]
    return Summary(
        history=history,
        contenders=tuple(_contender(history, each) for each in history.contenders),
        baselines=tuple(
            BaselineSummary(
                each.name, {m.name: baseline_interval(history, each, m) for m in metrics}
            )
            for each in history.baselines
        ),
        verdicts=(*verdicts, *compare_times(history), *compare_memory(history)),
    )


def _contender(history: ComparisonHistory, contender: ContenderHistory) -> ContenderSummary:
    metrics = metrics_of(history.preparation)
    return ContenderSummary(
        history=contender,
        served=next((run.served for run in contender.runs if run.served is not None), None),
        ended=len(ended_runs(contender)),
        metrics={metric.name: score_interval(history, contender, metric) for metric in metrics},
        step_ms=step_time(contender),
        epoch_s=epoch_time(contender),
        training_s=training_time(contender),
        memory=training_memory(contender),
    )


def _environment(environment: Mapping[str, str]) -> dict[str, object]:
    plain: dict[str, object] = dict.fromkeys(("torch", "python", "cpu", "threads", "device"))
    plain.update(environment)
    threads = environment.get("threads", "")
    if threads.isdigit():
        plain["threads"] = int(threads)
    return plain


def _contender_json(contender: ContenderSummary) -> dict[str, object]:
    history, memory = contender.history, contender.memory
    return {
        "name": history.name,
        "cell": history.spec.cell,
        "parameters": history.parameters,
        "macs": history.macs,
        "engine": contender.served.engine if contender.served else None,
        "runs": contender.ended,
        "seeds": [_run_json(run) for run in history.runs],
        "metrics": _metrics_json(contender.metrics),
        "step_ms": _interval_json(contender.step_ms, "median"),
        "epoch_s": _interval_json(contender.epoch_s, "median"),
        "training_s": _interval_json(contender.training_s, "mean"),
        "memory_bytes": _memory_json(memory) if memory else None,
    }


def _memory_json(memory: TrainingMemory) -> dict[str, object]:
    kinds = ("weights", "gradients", "optimizer", "activations")
    counted: dict[str, object] = {kind: getattr(memory, kind) for kind in kinds}
    return counted | ({} if memory.device_peak is None else {"device_peak": memory.device_peak})


def _looks_json(history: ComparisonHistory) -> dict[str, object]:
    looks = looks_of(history)
    if not looks.planned:
        return {}
    return {"looks": {"planned": list(looks.planned), "taken": looks.taken}}


def _folds_json(history: ComparisonHistory) -> dict[str, object]:
    task = history.spec.task
    return {} if task.folds is None else {"folds": task.folds, "repeats": task.repeats}


def _run_json(run: RunHistory) -> dict[str, object]:
    scores = run.result.scores if run.result else {}
    repeat, fold = run.run.division
    return {
        "seed": run.run.seed,
        **({"repeat": repeat or None, "fold": fold} if fold else {}),
        "status": run.status,
        "reason": run.reason,
        "engine": run.served.engine if run.served else None,
        "epochs": run.epochs[-1].epoch if run.epochs else 0,
        "steps": run.epochs[-1].step if run.epochs else 0,
        "best_epoch": run.best_epoch,
        "seconds": run.seconds,
        "metrics": {name: _plain(score) for name, score in scores.items()},
    }


def _metrics_json(metrics: Mapping[str, Interval]) -> dict[str, object]:
    return {name: _interval_json(interval, "mean") for name, interval in metrics.items()}


def _interval_json(interval: Interval, center: str) -> dict[str, float | None]:
    return dict(zip((center, "low", "high"), _plains(_ends(interval)), strict=True))


def _ends(interval: Interval) -> tuple[float, float, float]:
    return interval.value, interval.low, interval.high


def _plains(values: Iterable[float]) -> list[float | None]:
    return [_plain(value) for value in values]


def _plain(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _verdict_json(verdict: Verdict) -> dict[str, object]:
    decision = verdict.decision
    kind = "tie" if decision.kind == "identical" else decision.kind
    difference, low, high = _plains(_ends(verdict.difference))
    chances = _chances_json(verdict) if isinstance(verdict, ScoreVerdict) else {}
    return {
        "about": verdict.about,
        "between": [verdict.first, verdict.second],
        "difference": difference,
        "low": low,
        "high": high,
        "decision": {"kind": kind, "name": decision.name or None},
        "text": verdict.text,
        **chances,
    }


def _chances_json(verdict: ScoreVerdict) -> dict[str, object]:
    chances, higher = verdict.chances, verdict.higher_is_better
    if chances is None:
        return {"p": None, "probability": None}
    first = chances.of_first(higher_is_better=higher)
    second = chances.of_second(higher_is_better=higher)
    return {
        "p": _plain(verdict.p),
        "probability": {"first": first, "same": chances.same, "second": second},
    }
