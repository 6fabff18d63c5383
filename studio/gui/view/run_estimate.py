"""How long a planned comparison takes, what it can detect, and a rule of thumb."""

import math
from collections.abc import Mapping

from studio.analysis import step_time
from studio.analysis.adviser import advise
from studio.analysis.intervals import student_quantile
from studio.core.durations import format_duration
from studio.core.results.history import ComparisonHistory
from studio.core.specs.comparison_spec import ComparisonSpec, ContenderSpec, Spec, TrainingSpec
from studio.core.specs.training_spec import steps_of_epoch
from studio.gui.view.number_format import count_of, format_whole

_NAMED = ("name", "lr")
"""Fields that do not affect the time of a step."""
_LENGTH_FIELDS = ("epochs", "steps", "seconds", "patience", "seeds", "first_seed", "schedule", "lr")


def steps_of_a_run(training: TrainingSpec, examples: int, *, carried: bool = False) -> int:
    """Steps of one run that is not stopped early; `carried` as in steps_of_epoch."""
    steps = steps_of_epoch(examples, training.batch_size, carried=carried) * training.epochs
    return steps if training.steps is None else min(steps, training.steps)


def planned_text(spec: ComparisonSpec, examples: int) -> str:
    """How many training steps that makes, as a product of contenders, seeds and epochs."""
    training = spec.training
    contenders, seeds = len(spec.contenders), training.seeds
    carried = spec.task.carry_state
    run_steps = steps_of_a_run(training, examples, carried=carried)
    folds = len(spec.task.fold_ids)
    total = format_whole(contenders * seeds * folds * run_steps)
    an_epoch = steps_of_epoch(examples, training.batch_size, carried=carried)
    length = f"{count_of(training.epochs, 'epoch')} of {count_of(an_epoch, 'step')}"
    if run_steps < an_epoch * training.epochs:
        length = count_of(run_steps, "step")
    runs = f"{count_of(contenders, 'contender')} × {count_of(seeds, 'seed')}"
    if folds > 1:
        runs += f" × {count_of(folds, 'fold')}"
    if spec.rates is not None:
        trials = (
            f"{count_of(contenders, 'contender')} × {count_of(len(spec.rates), 'learning rate')}"
        )
        runs = f"({trials} + {runs})"
        total = format_whole(contenders * (seeds * folds + len(spec.rates)) * run_steps)
    budget = spec.training_in_force.seconds
    if budget is not None:
        return f"{runs} × {budget:g} s of training each"
    at_most = "at most " if training.patience is not None else ""
    return f"{runs} × {length} = {at_most}{total} steps"


def expected_seconds(
    spec: ComparisonSpec, examples: int, step_seconds: Mapping[str, float]
) -> float | None:
    """Time of all runs; None where a contender's step time is not known."""
    if any(contender.name not in step_seconds for contender in spec.contenders):
        return None
    runs = spec.training.seeds * len(spec.task.fold_ids) + len(spec.rates or ())
    seconds = spec.training_in_force.seconds
    if seconds is not None:
        return runs * seconds * len(spec.contenders)
    return (
        runs
        * steps_of_a_run(spec.training, examples, carried=spec.task.carry_state)
        * sum(step_seconds[contender.name] for contender in spec.contenders)
    )


def expected_text(seconds: float | None, *, from_runs: bool) -> str:
    """The expected time as a sentence, or ""."""
    if seconds is None:
        return ""
    source = "from the runs of this session" if from_runs else "measured on this machine"
    return f"About {format_duration(seconds)} of training, {source}."


def known_step_seconds(history: ComparisonHistory | None, spec: ComparisonSpec) -> dict[str, float]:
    """Seconds of a step of those contenders that were trained under the same conditions."""
    if history is None or _conditions(history.spec) != _conditions(spec):
        return {}
    step_seconds = {}
    for contender in spec.contenders:
        for trained in history.contenders:
            if _without(trained.spec, *_NAMED) == _without(contender, *_NAMED):
                milliseconds = step_time(trained).value
                if math.isfinite(milliseconds):
                    step_seconds[contender.name] = milliseconds / 1000
    return step_seconds


def timing_key(spec: ComparisonSpec, contender: ContenderSpec) -> str:
    """Equal for contenders whose steps take equally long."""
    return "|".join((_conditions(spec), _without(contender, *_NAMED)))


def _conditions(spec: ComparisonSpec) -> str:
    parts = (
        spec.dataset.model_dump_json(),
        _without(spec.task, "training_examples"),
        _without(spec.training, *_LENGTH_FIELDS),
        spec.machine.model_dump_json(),
    )
    return "|".join(parts)


def _without(spec: Spec, *fields: str) -> str:
    return spec.model_dump_json(exclude=set(fields))


def detectable_difference(spec: ComparisonSpec) -> str:
    """How small a difference the planned runs can distinguish from chance.

    A 95 % interval of a mean over n paired differences is t(n - 1) / sqrt(n) of their standard
    deviation on each side. Folds share training examples: their variance is 1 / n plus the test
    part over the training part (Nadeau and Bengio, Inference for the Generalization Error, 2003).
    """
    folds, seeds = len(spec.task.fold_ids), spec.training.seeds
    if folds > 1 and spec.task.folds is not None:
        spread = student_quantile(folds - 1) * math.sqrt(1 / folds + 1 / (spec.task.folds - 1))
        return (
            f"{folds} folds can detect differences larger than {_times(spread)} the spread "
            "between folds."
        )
    if seeds == 1:
        return "One seed cannot distinguish a difference from chance; use at least three."
    spread = student_quantile(seeds - 1) / math.sqrt(seeds)
    return (
        f"{seeds} seeds can detect differences larger than {_times(spread)} the spread between "
        "seeds."
    )


def _times(spread: float) -> str:
    return f"{spread:.1f} times" if spread >= 0.1 else f"{spread:.2f} times"  # noqa: PLR2004


def advice_text(sequences: int, steps: int) -> str:
    """Which cell a rule of thumb picks for this much data; the page Claims has its source."""
    advice = advise(sequences, steps)
    data = f"{count_of(sequences, 'training sequence')} of {count_of(steps, 'step')}"
    pick = f"a common rule of thumb picks the {advice.pick} ({advice.why})"
    return f"For {data}, {pick}. {advice.offer}"
