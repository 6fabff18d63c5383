"""The comparisons of a session, each named by what tells it from the others."""

from collections.abc import Callable, Sequence
from typing import Any

from studio.core.cells import CELLS
from studio.core.specs.comparison_spec import ComparisonSpec, ContenderSpec
from studio.core.specs.settings import Spec
from studio.gui.view.number_format import count_of, format_whole

_SIZES = ("name", "cell", "hidden_size", "num_layers")
_SECTIONS = ("dataset", "task", "training", "machine")
_OF_THE_WHOLE = ("match", "margin")
_COUNTED = {"seeds": "seed", "epochs": "epoch", "steps": "step"}


def comparison_labels(specs: Sequence[ComparisonSpec], names: Sequence[str]) -> tuple[str, ...]:
    """A few words for each comparison: the settings in which they differ, contenders first.

    Args:
        specs: The comparisons of a session.
        names: What each is called; said where they differ.

    Returns:
        Such as "GRU 32, LSTM 8, 3 seeds"; the name alone where nothing differs.
    """
    differing = [*_contenders(specs), *_settings(specs)]
    if len(set(names)) > 1:
        differing.insert(0, list(names))
    return tuple(
        ", ".join(words[index] for words in differing if words[index]) or name
        for index, name in enumerate(names)
    )


def _contenders(specs: Sequence[ComparisonSpec]) -> list[list[str]]:
    if len({spec.contenders for spec in specs}) < 2:  # noqa: PLR2004 - they are the same
        return []
    contenders = [contender for spec in specs for contender in spec.contenders]
    further = [
        field
        for field in ContenderSpec.model_fields
        if field not in _SIZES and len({getattr(contender, field) for contender in contenders}) > 1
    ]
    return [
        [
            ", ".join(_contender(contender, further) for contender in spec.contenders)
            for spec in specs
        ]
    ]


def _contender(spec: ContenderSpec, further: Sequence[str]) -> str:
    name = spec.name or CELLS[spec.cell].label
    layers = f" × {spec.num_layers} layers" if spec.num_layers > 1 else ""
    usual = ContenderSpec()
    others = [
        _said(ContenderSpec, field, getattr(spec, field))
        for field in further
        if getattr(spec, field) != getattr(usual, field)
    ]
    behind = f" ({', '.join(others)})" if others else ""
    return f"{name} {spec.hidden_size}{layers}{behind}"


def _settings(specs: Sequence[ComparisonSpec]) -> list[list[str]]:
    settings = []
    for section in _SECTIONS:
        parts = [getattr(spec, section) for spec in specs]
        fields = dict.fromkeys(name for part in parts for name in type(part).model_fields)
        settings += [words for name in fields if (words := _of_field(parts, name))]
    settings += [words for name in _OF_THE_WHOLE if (words := _of_field(specs, name))]
    return [*settings, ["a trial of learning rates" if spec.asked else "" for spec in specs]]


def _of_field(parts: Sequence[Spec], name: str) -> list[str]:
    """What each says of a field in which they differ, "" where it is blank; else nothing."""
    values = [getattr(part, name, None) for part in parts]
    if all(value == values[0] for value in values):
        return []
    return [
        _said(type(part), name, value) if value is not None else ""
        for part, value in zip(parts, values, strict=True)
    ]


def _said(kind: type[Spec], name: str, value: Any) -> str:  # noqa: ANN401 - of the field's type
    info = kind.model_fields[name]
    title = (info.title or name).lower()
    if name in _COUNTED:
        return count_of(value, _COUNTED[name])
    if name == "training_examples":
        return f"{format_whole(value)} training examples"
    if name == "match":
        return "same hidden size" if value == "hidden" else f"same {value}"
    if isinstance(value, bool):
        return title if value else f"no {title}"
    say: Callable[[Any], str] = repr if isinstance(value, float) else str
    if isinstance(value, tuple):
        return f"{title} {', '.join(map(str, value))}"
    return f"{title} {say(value)}"
