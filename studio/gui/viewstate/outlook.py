"""What a planned comparison will take, what it can tell, and what the article would choose."""

import math
from collections.abc import Mapping

from studio.analysis import step_time
from studio.analysis.adviser import advise
from studio.analysis.intervals import student_quantile
from studio.core.durations import in_words
from studio.core.examples import steps_of_epoch
from studio.core.history import ComparisonHistory
from studio.core.spec import ComparisonSpec, ContenderSpec, Spec, TrainingSpec
from studio.gui.viewstate.figures import counted, whole

_NAMED = ("name", "lr")
"""What does not change how long a contender's steps take."""
_LENGTH_FIELDS = ("epochs", "steps", "seconds", "patience", "seeds", "first_seed", "schedule", "lr")


def steps_of_a_run(training: TrainingSpec, examples: int, *, carried: bool = False) -> int:
    """Steps of one run that is not stopped early; `carried` as in steps_of_epoch."""
    steps = steps_of_epoch(examples, training.batch_size, carried=carried) * training.epochs
    return steps if training.steps is None else min(steps, training.steps)


def planned(spec: ComparisonSpec, examples: int) -> str:
    """How many training steps that makes, as a product of contenders, seeds and epochs."""
    training = spec.training
    contenders, seeds = len(spec.contenders), training.seeds
    carried = spec.task.carry_state
    each = steps_of_a_run(training, examples, carried=carried)
    folds = len(spec.task.divisions)
    total = whole(contenders * seeds * folds * each)
    an_epoch = steps_of_epoch(examples, training.batch_size, carried=carried)
    length = f"{counted(training.epochs, 'epoch')} of {counted(an_epoch, 'step')}"
    if each < an_epoch * training.epochs:
        length = counted(each, "step")
    runs = f"{counted(contenders, 'contender')} × {counted(seeds, 'seed')}"
    if folds > 1:
        runs += f" × {counted(folds, 'fold')}"
    if spec.rates is not None:
        trials = f"{counted(contenders, 'contender')} × {counted(len(spec.rates), 'learning rate')}"
        runs = f"({trials} + {runs})"
        total = whole(contenders * (seeds * folds + len(spec.rates)) * each)
    budget = spec.training_in_force.seconds
    if budget is not None:
        return f"{runs} × {budget:g} s of training each, whatever the steps"
    at_most = "at most " if training.patience is not None else ""
    return f"{runs} × {length} = {at_most}{total} steps"


def expected_seconds(
    spec: ComparisonSpec, examples: int, step_seconds: Mapping[str, float]
) -> float | None:
    """Time of all runs; None where a contender's step time is not known."""
    if any(each.name not in step_seconds for each in spec.contenders):
        return None
    runs = spec.training.seeds * len(spec.task.divisions) + len(spec.rates or ())
    seconds = spec.training_in_force.seconds
    if seconds is not None:
        return runs * seconds * len(spec.contenders)
    return (
        runs
        * steps_of_a_run(spec.training, examples, carried=spec.task.carry_state)
        * sum(step_seconds[each.name] for each in spec.contenders)
    )


def expected(seconds: float | None, *, from_runs: bool) -> str:
    """The expected time as the page says it, or ""."""
    if seconds is None:
        return ""
    source = "by the runs of this session" if from_runs else "measured on this machine"
    return f"About {in_words(seconds)} of training, {source}."


def known_step_seconds(history: ComparisonHistory | None, spec: ComparisonSpec) -> dict[str, float]:
    """Seconds of a step of those contenders that were trained under the same conditions."""
    if history is None or _conditions(history.spec) != _conditions(spec):
        return {}
    known = {}
    for contender in spec.contenders:
        for trained in history.contenders:
            if _without(trained.spec, *_NAMED) == _without(contender, *_NAMED):
                milliseconds = step_time(trained).value
                if math.isfinite(milliseconds):
                    known[contender.name] = milliseconds / 1000
    return known


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


def can_tell(spec: ComparisonSpec) -> str:
    """How small a difference the planned runs can tell from chance.

    A 95 % interval of a mean over n paired differences is t(n - 1) / sqrt(n) of their standard
    deviation on each side. Folds share training examples: their variance is 1 / n plus the test
    part over the training part (Nadeau and Bengio, Inference for the Generalization Error, 2003).
    """
    folds, seeds = len(spec.task.divisions), spec.training.seeds
    if folds > 1 and spec.task.folds is not None:
        spread = student_quantile(folds - 1) * math.sqrt(1 / folds + 1 / (spec.task.folds - 1))
        return (
            f"{folds} folds can tell differences larger than {_times(spread)} the spread from fold "
            "to fold."
        )
    if seeds == 1:
        return "One seed cannot tell a difference from chance; plan at least three."
    spread = student_quantile(seeds - 1) / math.sqrt(seeds)
    return (
        f"{seeds} seeds can tell differences larger than {_times(spread)} the spread from seed to "
        "seed."
    )


def _times(spread: float) -> str:
    return f"{spread:.1f} times" if spread >= 0.1 else f"{spread:.2f} times"  # noqa: PLR2004


def advice(sequences: int, steps: int) -> str:
    """What the article would choose for this much data, as its advice and not as a fact."""
    said = advise(sequences, steps)
    data = f"{counted(sequences, 'training sequence')} of {counted(steps, 'step')}"
    pick = f"the article would pick the {said.pick} ({said.why})"
    return f"Rule of thumb: for {data} {pick}. {said.offer}"
