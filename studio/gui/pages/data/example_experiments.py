"""The example experiments, prepared in the loader thread."""

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from studio.core.arrays import Doubles
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.core.specs.experiment import read_experiment
from studio.data import ExampleSet, Series, load
from studio.gui.view.run_estimate import steps_of_a_run
from studio.gui.view.texts import one_line, symbols_text
from studio.runs.planning.plan import Plan, plan_for

_POINTS = 240
_LONGEST = 150
_MOST_CHANNELS = 5
_STEP_SECONDS = 0.0014
_SECONDS_OF_A_MAC = 1.1e-10
_OVERHEAD = 1.3
_START_SECONDS = 3


@dataclass(frozen=True, eq=False)
class ExampleExperiment:
    """An example experiment.

    Attributes:
        path: Its file.
        field: What kind of task it is.
        icon: Name of its icon.
        heading: The question.
        text: What is done to answer it.
        seconds: How long that takes, roughly.
        drawing: A piece of its data, a line of (points,) for each channel.
        sample: A piece of its data where that is a text.
    """

    path: Path
    field: str
    icon: str
    heading: str
    text: str
    seconds: float
    drawing: tuple[Doubles, ...]
    sample: str = ""


_FIELDS = {
    "track": ("Numbers at each step", "mdi6.chart-bell-curve-cumulative"),
    "forecast": ("Forecasting", "mdi6.chart-line-variant"),
    "classify": ("Classification", "mdi6.shape-outline"),
    "regress": ("Memory", "mdi6.history"),
}


_OF_GENERATORS = {
    "opinions": ("Language", "mdi6.format-quote-open"),
    "grammar-corpus": ("Language", "mdi6.format-quote-open"),
    "promoters": ("Biology", "mdi6.dna"),
    "tone-words": ("Speech", "mdi6.microphone-outline"),
    "wearable": ("Wearables", "mdi6.watch-variant"),
}


def comment_of(path: Path) -> tuple[str, str]:
    """The first comment line of an experiment file, and the comment lines after it."""
    lines = []
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("# ").strip())
    heading = lines[0] if lines else path.stem.replace("-", " ").capitalize()
    return heading, " ".join(lines[1:])


@cache
def read_example_experiment(path: Path) -> ExampleExperiment:
    """Prepares an example; the same object for the same file."""
    spec = read_experiment(path)
    dataset = load(spec.dataset)
    plan = plan_for(spec, dataset)
    kind = str(plan.spec.task.kind)
    heading, text = comment_of(path)
    source = spec.dataset.generator if spec.dataset.source == "generated" else ""
    usual = _FIELDS.get(kind, ("Sequences", "mdi6.chart-line"))
    name, icon = _OF_GENERATORS.get(source, usual)
    sequence = dataset.values if isinstance(dataset, Series) else _first(dataset)
    seconds = rough_seconds(plan)
    if dataset.symbols is None:
        return ExampleExperiment(path, name, icon, heading, text, seconds, _drawn(sequence))
    joined = dataset.tokens == "characters"
    sample = one_line(symbols_text(sequence[:_POINTS, 0], dataset.symbols, joined=joined), _LONGEST)
    return ExampleExperiment(path, name, icon, heading, text, seconds, (), sample)


def rough_seconds(plan: Plan) -> float:
    """About how long a comparison takes on a small machine; a rough estimate."""
    spec: ComparisonSpec = plan.spec
    steps = steps_of_a_run(spec.training, len(plan.task.training))
    session = sum(size.macs for size in plan.sizes.values()) * 3 * spec.training.batch_size
    a_round = _STEP_SECONDS * len(spec.contenders) + session * _SECONDS_OF_A_MAC
    seconds = _START_SECONDS + spec.training.seeds * steps * a_round * _OVERHEAD
    digits = 5 if seconds < 60 else 30  # noqa: PLR2004 - a minute
    return max(digits, digits * math.ceil(seconds / digits))


def _first(dataset: ExampleSet) -> Doubles:
    return dataset.sequence(0)


def _drawn(values: Doubles) -> tuple[Doubles, ...]:
    channels = range(min(_MOST_CHANNELS, values.shape[1]))
    return tuple(np.asarray(values[:_POINTS, channel], dtype=np.float64) for channel in channels)
