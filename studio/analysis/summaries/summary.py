"""The summary of a comparison, as `show --json` and `compare --json` print it."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from studio.analysis.costs.time_ratios import (
    compare_memory,
    compare_times,
    epoch_time,
    step_time,
    training_memory,
    training_time,
)
from studio.analysis.intervals import Interval
from studio.analysis.scores.comparing import baseline_interval, compare
from studio.analysis.scores.influence_values import ended_runs
from studio.analysis.scores.interim_looks import interim_looks
from studio.analysis.scores.score_samples import score_interval
from studio.analysis.scores.training_end import contender_converged, has_converged
from studio.analysis.scores.verdicts import ScoreVerdict, Verdict
from studio.analysis.summaries.answer import Answer, answer
from studio.core.results.events import ExecutionInfo, TrainingMemory
from studio.core.results.history import ComparisonHistory, ContenderHistory, RunHistory
from studio.core.results.metrics import metrics_of

_SHOWN_AS = {"training": "train"}


@dataclass(frozen=True)
class ContenderSummary:
    """The results of one contender.

    Attributes:
        history: All of its measurements.
        execution: Engine, device and threads; None before it started.
        ended: Number of runs that entered the metrics.
        metrics: Mean test scores by name, with intervals over seeds and test examples.
        step_ms: Milliseconds of a training step, median over rounds.
        epoch_s: Seconds of an epoch's steps, median over epochs.
        training_s: Seconds of training, mean over seeds.
        memory: Bytes of a training step; None before it started.
    """

    history: ContenderHistory
    execution: ExecutionInfo | None
    ended: int
    metrics: Mapping[str, Interval]
    step_ms: Interval
    epoch_s: Interval
    training_s: Interval
    memory: TrainingMemory | None


@dataclass(frozen=True)
class BaselineSummary:
    """A baseline's test scores with intervals over test examples."""

    name: str
    metrics: Mapping[str, Interval]


@dataclass(frozen=True)
class Summary:
    """The results of a comparison.

    Attributes:
        history: All of its measurements.
        contenders: In the order of the spec.
        baselines: In the order of the history.
        verdicts: In the order of the metrics, then costs.
        answer: Which of the contenders to choose; None with a single one.
    """

    history: ComparisonHistory
    contenders: tuple[ContenderSummary, ...]
    baselines: tuple[BaselineSummary, ...]
    verdicts: tuple[Verdict, ...]
    answer: Answer | None = None

    def as_json(self) -> dict[str, object]:
        """Plain values for JSON; unknown values are None."""
        history = self.history
        sizes = {_SHOWN_AS.get(part, part): n for part, n in history.part_sizes.items()}
        return {
            "dataset": {
                "name": history.dataset_name,
                "task": history.preprocessing.kind,
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
            "answer": None if self.answer is None else self.answer.as_json(),
            "verdicts": [_verdict_json(verdict) for verdict in self.verdicts],
        }


def summary(history: ComparisonHistory) -> Summary:
    """The results of a comparison so far."""
    metrics = metrics_of(history.preprocessing)
    verdicts = [
        verdict
        for metric in metrics
        if metric.has_direction
        for verdict in compare(history, metric)
    ]
    return Summary(
        history=history,
        contenders=tuple(_contender(history, contender) for contender in history.contenders),
        baselines=tuple(
            BaselineSummary(
                rule.name,
                {metric.name: baseline_interval(history, rule, metric) for metric in metrics},
            )
            for rule in history.baselines
        ),
        verdicts=(*verdicts, *compare_times(history), *compare_memory(history)),
        answer=answer(history),
    )


def _contender(history: ComparisonHistory, contender: ContenderHistory) -> ContenderSummary:
    metrics = metrics_of(history.preprocessing)
    return ContenderSummary(
        history=contender,
        execution=next(
            (run.execution for run in contender.runs if run.execution is not None), None
        ),
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
        "engine": contender.execution.engine if contender.execution else None,
        "converged": contender_converged(history),
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
    looks = interim_looks(history)
    if not looks.planned:
        return {}
    return {"looks": {"planned": list(looks.planned), "taken": looks.taken}}


def _folds_json(history: ComparisonHistory) -> dict[str, object]:
    task = history.spec.task
    return {} if task.folds is None else {"folds": task.folds, "repeats": task.repeats}


def _run_json(run: RunHistory) -> dict[str, object]:
    scores = run.result.scores if run.result else {}
    repeat, fold = run.run.fold_id
    return {
        "seed": run.run.seed,
        **({"repeat": repeat or None, "fold": fold} if fold else {}),
        "status": run.status,
        "reason": run.reason,
        "engine": run.execution.engine if run.execution else None,
        "epochs": run.epochs[-1].epoch if run.epochs else 0,
        "steps": run.epochs[-1].step if run.epochs else 0,
        "best_epoch": run.best_epoch,
        "converged": has_converged(run),
        "seconds": _json_number(run.seconds),
        "metrics": {name: _json_number(score) for name, score in scores.items()},
    }


def _metrics_json(metrics: Mapping[str, Interval]) -> dict[str, object]:
    return {name: _interval_json(interval, "mean") for name, interval in metrics.items()}


def _interval_json(interval: Interval, center: str) -> dict[str, float | None]:
    return dict(zip((center, "low", "high"), _json_numbers(_value_and_ends(interval)), strict=True))


def _value_and_ends(interval: Interval) -> tuple[float, float, float]:
    return interval.value, interval.low, interval.high


def _json_numbers(values: Iterable[float]) -> list[float | None]:
    return [_json_number(value) for value in values]


def _json_number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _verdict_json(verdict: Verdict) -> dict[str, object]:
    decision = verdict.decision
    kind = "tie" if decision.kind == "identical" else decision.kind
    difference, low, high = _json_numbers(_value_and_ends(verdict.difference))
    posterior = _probabilities_json(verdict) if isinstance(verdict, ScoreVerdict) else {}
    return {
        "about": verdict.about,
        "between": [verdict.first, verdict.second],
        "difference": difference,
        "low": low,
        "high": high,
        "decision": {"kind": kind, "name": decision.name or None},
        "text": verdict.text,
        **posterior,
    }


def _probabilities_json(verdict: ScoreVerdict) -> dict[str, object]:
    posterior, higher = verdict.posterior, verdict.higher_is_better
    if posterior is None:
        return {"p": None, "probability": None}
    first = posterior.of_first(higher_is_better=higher)
    second = posterior.of_second(higher_is_better=higher)
    return {
        "p": _json_number(verdict.p),
        "probability": {"first": first, "same": posterior.same, "second": second},
    }
