"""The tables of a report as plain rows of text; the first cell of a row names it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from studio.analysis import Summary
from studio.analysis.wording import format_figure, with_brackets
from studio.core.cells import CELLS
from studio.core.durations import format_seconds
from studio.core.results.history import ComparisonHistory, RunHistory
from studio.core.results.metrics import Metric, metrics_of
from studio.core.results.record import DatasetRecord
from studio.core.specs.comparison_spec import ContenderSpec
from studio.core.specs.dataset_spec import FileDataset
from studio.core.specs.receptive_field import kernel_size_of, receptive_field
from studio.core.specs.settings import Spec

Row = tuple[str, ...]
_MEMORY = ("weights", "gradients", "optimizer", "activations")
_MOST_NAMED = 12
_UNSET = "not set"
_NONE = "does not apply"


class ReportTable(NamedTuple):
    """Rows below their headings; `differs` marks rows whose cells are not all equal."""

    headings: Row
    rows: list[Row]
    differs: list[bool] | None = None


def score_table(figures: Summary) -> ReportTable:
    """The test scores of contenders and baselines, one column per metric."""
    history = figures.history
    metrics = metrics_of(history.preprocessing)
    rows = [
        (
            contender.history.name,
            f"{contender.history.parameters:,}",
            *(with_brackets(contender.metrics[metric.name]) for metric in metrics),
        )
        for contender in figures.contenders
    ]
    for baseline, known in zip(figures.baselines, history.baselines, strict=True):
        scores = (with_brackets(baseline.metrics[metric.name]) for metric in metrics)
        rows.append((baseline.name, f"{known.parameters:,}", *scores))
    return ReportTable(
        ("Model", "Parameters", *(_label(metric, history) for metric in metrics)), rows
    )


def cost_table(figures: Summary) -> ReportTable:
    """Time and memory of training, by contender."""
    headings = (
        *("Model", "Engine", "Step (ms)", "Epoch (s)", "Training (s)"),
        *(f"{kind.capitalize()} (MB)" for kind in _MEMORY),
    )
    rows = []
    for contender in figures.contenders:
        memory = contender.memory
        sizes = ["" if memory is None else _megabytes(getattr(memory, kind)) for kind in _MEMORY]
        times = map(with_brackets, (contender.step_ms, contender.epoch_s, contender.training_s))
        engine = contender.execution.engine if contender.execution else ""
        rows.append((contender.history.name, engine, *times, *sizes))
    return ReportTable(headings, rows)


def run_table(history: ComparisonHistory) -> ReportTable:
    """A row per run: how it ended, how far it got, what it scored."""
    metrics = metrics_of(history.preprocessing)
    headings = (
        *("Run", "Status", "Epochs", "Steps", "Best epoch", "Seconds"),
        *(f"Test {metric.label}" for metric in metrics),
    )
    runs = (run for contender in history.contenders for run in contender.runs)
    return ReportTable(headings, [_run(run, metrics) for run in runs])


def contender_table(history: ComparisonHistory) -> ReportTable:
    """Settings side by side; rows in which contenders differ are marked."""
    specs = [contender.spec for contender in history.contenders]
    rows = [
        ("Parameters", *(f"{contender.parameters:,}" for contender in history.contenders)),
        ("Multiply-accumulates", *(f"{contender.macs:,}" for contender in history.contenders)),
    ]
    for name, info in ContenderSpec.model_fields.items():
        if name == "kernel_size":
            rows += _convolution_rows(specs)
        elif name != "name":
            rows.append((str(info.title), *(_value(getattr(spec, name)) for spec in specs)))
    differs = [len(set(values)) > 1 for _, *values in rows]
    return ReportTable(("", *(spec.name for spec in specs)), rows, differs)


def data_tables(history: ComparisonHistory, dataset: DatasetRecord) -> Mapping[str, list[Row]]:
    """What was read, how it was split, what is predicted; files without their folders."""
    preprocessing, sizes = history.preprocessing, history.part_sizes
    counts = ", ".join(f"{size:,} {part}" for part, size in sizes.items())
    facts = {
        "Dataset": dataset.name,
        "Source": _source(dataset),
        "Task": preprocessing.kind,
        "Inputs": _named(preprocessing.input_names, preprocessing.input_units),
        "Targets": _named(preprocessing.target_names, preprocessing.target_units),
        "Classes": ", ".join(preprocessing.class_names or ()),
        "Examples": f"{counts}{' (first fold)' if history.further else ''}",
        "Length": f"{preprocessing.min_length:,} to {preprocessing.max_length:,} steps",
    }
    return {
        "facts": _facts(facts),
        "files": [(file.name, f"{file.size:,}", file.sha256) for file in dataset.files],
        "task": _settings(history.spec.task),
    }


def setting_tables(history: ComparisonHistory) -> Mapping[str, list[Row]]:
    """How all were trained, on which machine, and what counts as practically the same."""
    spec = history.spec
    looks = "one, at the end" if spec.looks is None else f"after {_value(spec.looks)} seeds"
    margin = "the metric's default" if spec.margin is None else f"{spec.margin:g}"
    return {
        "Training": _settings(spec.training_in_force),
        "Machine": _settings(spec.machine),
        "Verdicts": _facts({"Margin": margin, "Looks": looks}),
    }


def environment_table(history: ComparisonHistory) -> list[Row]:
    """Versions, hardware, and what computed the runs."""
    runs = (run for contender in history.contenders for run in contender.runs)
    infos = {run.execution for run in runs if run.execution is not None}
    ways = {f"engine {info.engine} on {info.device}, {info.threads} threads" for info in infos}
    seeds = ", ".join(map(str, history.spec.training.seed_list))
    computed = {"computed by": "; ".join(sorted(ways)), "seeds": seeds}
    return _facts({**history.environment, **computed})


def _convolution_rows(specs: Sequence[ContenderSpec]) -> list[Row]:
    """What only convolutional networks have; nothing where there is none."""
    if all(CELLS[spec.cell].is_recurrent for spec in specs):
        return []
    kernels, fields = ["Kernel size"], ["Receptive field (steps)"]
    for spec in specs:
        has_none = CELLS[spec.cell].is_recurrent
        size = kernel_size_of(spec)
        kernels.append(_NONE if has_none else str(size))
        fields.append(_NONE if has_none else f"{receptive_field(spec.num_layers, size):,}")
    return [tuple(kernels), tuple(fields)]


def _label(metric: Metric, history: ComparisonHistory) -> str:
    unit = history.preprocessing.unit if metric.in_target_units else ""
    better = "higher" if metric.higher_is_better else "lower"
    return f"Test {metric.label}{f' ({unit})' if unit else ''}, {better} is better"


def _run(run: RunHistory, metrics: tuple[Metric, ...]) -> Row:
    scores = run.result.scores if run.result else {}
    last = run.epochs[-1] if run.epochs else None
    values = [scores.get(metric.name) for metric in metrics]
    return (
        str(run.run),
        f"{run.status}: {run.reason}" if run.reason else run.status,
        f"{last.epoch:,}" if last else "0",
        f"{last.step:,}" if last else "0",
        str(run.result.kept_epoch if run.result else run.best_epoch or ""),
        format_seconds(run.seconds),
        *("" if value is None else format_figure(value, value / 100) for value in values),
    )


def _named(names: Row, units: Row) -> str:
    pairs = zip(names, units, strict=True)
    texts = [f"{name} ({unit})" if unit else name for name, unit in pairs]
    more = f" and {len(texts) - _MOST_NAMED:,} more" if len(texts) > _MOST_NAMED else ""
    return ", ".join(texts[:_MOST_NAMED]) + more


def _source(dataset: DatasetRecord) -> str:
    """No folder is named, as a report may be given away."""
    if isinstance(dataset.spec, FileDataset):
        return "a file" if len(dataset.files) == 1 else f"{len(dataset.files)} files"
    parameters = ", ".join(f"{key} = {value}" for key, value in dataset.spec.parameters.items())
    return f"generator {dataset.spec.generator}{f' with {parameters}' if parameters else ''}"


def _settings(spec: Spec) -> list[Row]:
    facts = {}
    for name, info in type(spec).model_fields.items():
        extra = info.json_schema_extra
        unit = extra.get("unit", "") if isinstance(extra, dict) else ""
        value = _value(getattr(spec, name))
        facts[str(info.title)] = value if value == _UNSET else f"{value} {unit}".strip()
    return _facts(facts)


def _facts(facts: Mapping[str, str]) -> list[Row]:
    return [(name, value) for name, value in facts.items() if value]


def _megabytes(size: int) -> str:
    return format_figure(size / 1e6, size / 1e7)


def _value(value: object) -> str:
    if value is None:
        return _UNSET
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(_value, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
