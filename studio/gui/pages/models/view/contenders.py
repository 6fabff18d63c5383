"""Edits of the contenders, and what their cards show."""

import html
import re
from collections.abc import Mapping, Sequence

from studio.core.cells import CELLS, STANDARD_CELLS, Cell
from studio.core.results.record import ModelSize
from studio.core.specs.comparison_spec import ComparisonSpec, ContenderSpec, name_contenders
from studio.core.specs.receptive_field import (
    kernel_size_of,
    receptive_field,
    short_receptive_field,
)
from studio.core.specs.size_mismatch import network_size_text
from studio.gui.view.number_format import format_change, format_whole

_SWAPS = {"gru": "lstm", "lstm": "gru", "rnn": "gru"}
_SUBSCRIPT = re.compile(r"([WbcΣ])_(\w+)")
_CONVOLUTIONAL = {"hidden_size": "Channels", "num_layers": "Levels"}
SIZE_FIELDS = ("hidden_size", "num_layers", "bidirectional")
CARD_FIELDS = (
    *SIZE_FIELDS,
    "dropout",
    "pooling",
    "kernel_size",
    "forget_bias",
    "nonlinearity",
    "embedding_size",
)


def swap_of(cell: str) -> str:
    """The cell that one click changes this one into."""
    return _SWAPS.get(cell, "gru")


def with_cell(contender: ContenderSpec, cell: str) -> ContenderSpec:
    """The same network with another cell; what the new cell does not have is dropped.

    A name that was the cell's is replaced; a name that the user chose stays.
    """
    update: dict[str, object] = {"cell": cell}
    if is_named_by_its_cell(contender):
        update["name"] = ""
    if CELLS[cell].memory_gate is None:
        update["forget_bias"] = None
    if contender.nonlinearity not in CELLS[cell].nonlinearities:
        update["nonlinearity"] = None
    unused = {"kernel_size": None} if CELLS[cell].is_recurrent else {"bidirectional": False}
    update.update(unused)
    return contender.model_copy(update=update)


def is_named_by_its_cell(contender: ContenderSpec) -> bool:
    """Whether the name is the cell's label, numbered or not."""
    label = re.escape(CELLS[contender.cell].label)
    return re.fullmatch(rf"{label}( \d+)?", contender.name) is not None


def replaced(spec: ComparisonSpec, index: int, contender: ContenderSpec) -> ComparisonSpec:
    """The comparison with one contender changed.

    Raises:
        ValueError: Another contender has that name.
    """
    changed = (*spec.contenders[:index], contender, *spec.contenders[index + 1 :])
    return spec.model_copy(update={"contenders": name_contenders(changed)})


def changed_field(before: ContenderSpec, after: ContenderSpec) -> str:
    """The label of what an edit changed, as the undo menu says it; a swap is one of the cell."""
    for name in ("cell", *CARD_FIELDS, "name"):
        if getattr(before, name) != getattr(after, name):
            return (ContenderSpec.model_fields[name].title or name).lower()
    return "settings"


def with_equal_sizes(spec: ComparisonSpec) -> ComparisonSpec:
    """The comparison with the size of the first contender for all of them.

    A convolutional network reads in one direction only; beside one, all others do as well.
    """
    first = spec.contenders[0]
    size = {name: getattr(first, name) for name in SIZE_FIELDS}
    if not all(CELLS[contender.cell].is_recurrent for contender in spec.contenders):
        size["bidirectional"] = False
    equal = tuple(contender.model_copy(update=size) for contender in spec.contenders)
    return spec.model_copy(update={"contenders": equal})


def size_note(spec: ContenderSpec, first: ContenderSpec) -> str:
    """A note where the network differs in size from the first; else ""."""
    if all(getattr(spec, name) == getattr(first, name) for name in SIZE_FIELDS):
        return ""
    return f"Differs in size from {first.name} ({network_size_text(first)})."


def duplicated(spec: ComparisonSpec, index: int) -> ComparisonSpec:
    """The comparison with a copy of a contender after it."""
    copy = spec.contenders[index].model_copy(update={"name": ""})
    changed = (*spec.contenders[: index + 1], copy, *spec.contenders[index + 1 :])
    return spec.model_copy(update={"contenders": name_contenders(changed)})


def removed(spec: ComparisonSpec, index: int) -> ComparisonSpec:
    """The comparison without a contender; the last one stays."""
    if len(spec.contenders) == 1:
        return spec
    left = (*spec.contenders[:index], *spec.contenders[index + 1 :])
    return spec.model_copy(update={"contenders": left})


def added(spec: ComparisonSpec) -> ComparisonSpec:
    """The comparison with one more: the first standard cell not there yet, sized like the last."""
    present = {contender.cell for contender in spec.contenders}
    missing = next((cell for cell in STANDARD_CELLS if cell not in present), "gru")
    last = spec.contenders[-1].model_copy(update={"name": ""})
    changed = (*spec.contenders, with_cell(last, missing))
    return spec.model_copy(update={"contenders": name_contenders(changed)})


def field_label(cell: Cell, field: str, usual: str) -> str:
    """The label of a field for a cell: the memory gate and the parts of a TCN by their names."""
    if field == "forget_bias" and cell.memory_gate is not None:
        return f"{cell.memory_gate.capitalize()} bias"
    return usual if cell.is_recurrent else _CONVOLUTIONAL.get(field, usual)


def field_unit(cell: Cell, field: str, usual: str) -> str:
    """The unit of a field for a cell: a TCN has channels."""
    return "channels" if field == "hidden_size" and not cell.is_recurrent else usual


def hidden_fields(cell: Cell, *, embeds: bool = False, per_step: bool = False) -> frozenset[str]:
    """The fields that have no use.

    Those that the cell lacks, those of an embedding where there is none, and how steps are combined
    where each is predicted.
    """
    hidden = set() if embeds else {"embedding_size"}
    if per_step:
        hidden.add("pooling")
    if cell.memory_gate is None:
        hidden.add("forget_bias")
    if not cell.nonlinearities:
        hidden.add("nonlinearity")
    hidden.add("kernel_size" if cell.is_recurrent else "bidirectional")
    return frozenset(hidden)


def equations(spec: ContenderSpec) -> tuple[str, ...]:
    """The cell's equations as rich text, gates first."""
    return tuple(_typeset(line) for line in CELLS[spec.cell].equations(spec.nonlinearity))


def equations_aloud(spec: ContenderSpec) -> str:
    """The same as plain text for screen readers."""
    return "; ".join(CELLS[spec.cell].equations(spec.nonlinearity))


def cell_note(spec: ContenderSpec) -> str:
    """How to read the equations."""
    cell = CELLS[spec.cell]
    if not cell.is_recurrent:
        return (
            "No gates and no state. The dilation d is 1 at the first level and doubles from level "
            "to level; where input and channels differ in number, x passes a 1 × 1 convolution."
        )
    gate = next((gate for gate in cell.gates if gate.name == cell.memory_gate), None)
    if gate is None:
        return "No gates: the state is overwritten at every step."
    return (
        f"{gate.name.capitalize()} gate {gate.symbol}: {gate.meaning[0].lower()}{gate.meaning[1:]}"
    )


def receptive_field_text(spec: ContenderSpec, length: int) -> tuple[str, bool]:
    """The receptive field beside the sequences' length, and whether it is shorter; or "".

    Args:
        spec: The contender.
        length: Steps of the longest sequence.
    """
    if CELLS[spec.cell].is_recurrent:
        return "", False
    short = short_receptive_field(spec, length)
    steps = receptive_field(spec.num_layers, kernel_size_of(spec))
    text = f"Receptive field: {format_whole(steps)} steps"
    if short is None:
        return f"{text}; sequences have up to {format_whole(length)}.", False
    text += f", shorter than the sequences ({format_whole(length)})."
    return (text if short.levels is None else f"{text} {short.levels} levels would see all."), True


def _typeset(line: str) -> str:
    text = html.escape(line, quote=False).replace(" * ", " ⊙ ").replace("'", "′")
    return _SUBSCRIPT.sub(r"\1<sub>\2</sub>", text.replace(" - ", " − "))


def differences(contenders: Sequence[ContenderSpec], sizes: Mapping[str, ModelSize]) -> str:
    """How the others differ from the first: "LSTM: +33 % parameters, +33 % compute"."""
    if len(contenders) < 2:  # noqa: PLR2004 - one has nothing to differ from
        return "Add a contender to compare with."
    first = sizes[contenders[0].name]
    changes = []
    for contender in contenders[1:]:
        size = sizes[contender.name]
        parameters = format_change(size.parameters / first.parameters - 1)
        compute = format_change(size.macs / first.macs - 1)
        changes.append(f"{contender.name} {parameters} parameters, {compute} compute")
    return f"Compared with {contenders[0].name}: {'; '.join(changes)}"
