"""What a report says of the data, the task, the contenders and the machine."""

from collections.abc import Mapping

from studio.core.datasets import FileDataset
from studio.core.history import ComparisonHistory
from studio.core.record import DatasetRecord
from studio.core.settings import Spec
from studio.core.spec import ContenderSpec
from studio.export.html import Html, joined, table, tag


def contenders(history: ComparisonHistory) -> Html:
    """Their settings side by side; the rows in which they differ stand out."""
    specs = [each.spec for each in history.contenders]
    rows = [("Parameters", *(f"{each.parameters:,}" for each in history.contenders))]
    rows.append(("Multiply-accumulates", *(f"{each.macs:,}" for each in history.contenders)))
    for name, info in ContenderSpec.model_fields.items():
        if name != "name":
            values = (said(getattr(spec, name)) for spec in specs)
            rows.append((str(info.title), *values))
    differs = [len(set(values)) > 1 for _, *values in rows]
    match = f"Fair match: {history.spec.match}."
    shown = table(("", *(spec.name for spec in specs)), rows, differs)
    return joined((shown, tag("p", match, class_="muted")))


def data(history: ComparisonHistory, dataset: DatasetRecord) -> Html:
    """What was read, how it was divided, what is predicted from what."""
    preparation, sizes = history.preparation, history.part_sizes
    facts = {
        "Dataset": dataset.name,
        "Source": _source(dataset),
        "Task": preparation.kind,
        "Inputs": _named(preparation.input_names, preparation.input_units),
        "Predicted": _named(preparation.target_names, preparation.target_units),
        "Classes": ", ".join(preparation.class_names or ()),
        "Examples": (
            f"{sizes['training']:,} training, {sizes['validation']:,} validation, "
            f"{sizes['test']:,} test{', of the first division' if history.further else ''}"
        ),
        "Length": f"{preparation.min_length:,} to {preparation.max_length:,} steps",
    }
    shown = _facts(facts)
    if dataset.files:
        rows = [(file.name, f"{file.size:,}", file.sha256) for file in dataset.files]
        shown = joined((shown, table(("File", "Bytes", "SHA-256"), rows)))
    return joined((shown, tag("h3", "Task settings"), _settings(history.spec.task)))


_MOST_NAMED = 12


def _named(names: tuple[str, ...], units: tuple[str, ...]) -> str:
    pairs = zip(names, units, strict=True)
    listed = [f"{name} ({unit})" if unit else name for name, unit in pairs]
    more = f" and {len(listed) - _MOST_NAMED:,} more" if len(listed) > _MOST_NAMED else ""
    return ", ".join(listed[:_MOST_NAMED]) + more


def _source(dataset: DatasetRecord) -> str:
    """No folder is named, as a report may be given away."""
    if isinstance(dataset.spec, FileDataset):
        return "a file" if len(dataset.files) == 1 else f"{len(dataset.files)} files"
    given = ", ".join(f"{key} = {value}" for key, value in dataset.spec.parameters.items())
    return f"generator {dataset.spec.generator}{f' with {given}' if given else ''}"


def settings(history: ComparisonHistory) -> Html:
    """How all were trained, on which machine, and what counts as the same."""
    spec = history.spec
    margin = "the metric's own" if spec.margin is None else f"{spec.margin:g}"
    looks = "one, at the end" if spec.looks is None else ", ".join(map(str, spec.looks)) + " seeds"
    return joined(
        (
            tag("h3", "Training"),
            _settings(spec.training_in_force),
            tag("h3", "Machine"),
            _settings(spec.machine),
            tag("h3", "Verdicts"),
            _facts({"Margin": margin, "Looks": looks}),
        )
    )


def environment(history: ComparisonHistory) -> Html:
    """Versions and hardware, and with what the runs were computed."""
    served = {
        f"engine {run.served.engine} on {run.served.device}, {run.served.threads} threads"
        for contender in history.contenders
        for run in contender.runs
        if run.served is not None
    }
    seeds = ", ".join(map(str, history.spec.training.seed_list))
    computed = {"computed with": "; ".join(sorted(served)), "seeds": seeds}
    return _facts({**history.environment, **computed})


def _settings(spec: Spec) -> Html:
    facts = {}
    for name, info in type(spec).model_fields.items():
        extra = info.json_schema_extra
        unit = extra.get("unit", "") if isinstance(extra, dict) else ""
        value = said(getattr(spec, name))
        facts[str(info.title)] = f"{value} {unit}".strip() if value != _BLANK else value
    return _facts(facts)


def _facts(facts: Mapping[str, str]) -> Html:
    return table(("", ""), [(name, value) for name, value in facts.items() if value])


_BLANK = "not set"


def said(value: object) -> str:
    """A setting in words."""
    if value is None:
        return _BLANK
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(said, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
