"""A contender on the page Models: name, cell, settings, layers, equations."""

import qtawesome
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from studio.core.cells import CELLS
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.model_size import layer_rows
from studio.core.specs.comparison_spec import ContenderSpec
from studio.core.specs.settings import setting_info
from studio.gui.forms.editors import editor_for
from studio.gui.forms.form import Form
from studio.gui.pages.models.view.contenders import (
    CARD_FIELDS,
    cell_note,
    equations,
    equations_aloud,
    field_label,
    field_unit,
    hidden_fields,
    receptive_field_text,
    swap_of,
    with_cell,
)
from studio.gui.style.theme import Stroke, Theme
from studio.gui.view.number_format import count_of, format_bytes, format_whole
from studio.gui.widgets.basics import Card, button, em, label, set_tone
from studio.gui.widgets.small_table import SmallTable
from studio.gui.widgets.stroke_sample import StrokeSample

_WIDE_EM = 35
_FLOAT_BYTES = 4
_HEADERS = ("layer", "output", "parameters", "compute")


class ContenderCard(Card):
    """Shows and edits one contender.

    Signals:
        edited: The contender as the user changed it.
        duplicated: The user wants another like it.
        removed: The user does not want it any more.
    """

    edited = Signal(object)
    duplicated = Signal()
    removed = Signal()

    def __init__(self, spec: ContenderSpec) -> None:
        super().__init__()
        self._spec = spec
        self.sample = StrokeSample()
        fields = ContenderSpec.model_fields
        self.name = Form(spec, ["name"], label=lambda *_: "")
        cells = tuple((cell.label, name) for name, cell in CELLS.items())
        self.cell = editor_for("cell", fields["cell"], cells)
        self.cell.field.setAccessibleName("Cell")
        self.cell.field.setToolTip(fields["cell"].description or "")
        self.swap = button("", self._swap, tip="Change the cell and keep everything else")
        self.copy = _icon_button("Duplicate", "Add another contender like this one")
        self.remove = _icon_button("Remove", "Remove this contender from the comparison")
        self.form = Form(spec, CARD_FIELDS, choices={"nonlinearity": _nonlinearities()})
        self.table = SmallTable(_HEADERS, "Layers")
        self.table.setToolTip("Compute is counted in multiply-accumulates per example")
        self.total = label("", tone="muted", size=0.95)
        self.receptive_field = label("", size=0.95)
        self.unequal = label("", tone="warning")
        self._inset = QFrame()
        self._inset.setObjectName("inset")
        self.equations = label("")
        self.note = label("", tone="muted", size=0.92)
        self._lay_out()
        self.name.changed.connect(self.edited)
        self.form.changed.connect(self.edited)
        self.cell.edited.connect(lambda: self._choose(self.cell.value()))
        self.copy.clicked.connect(lambda _: self.duplicated.emit())
        self.remove.clicked.connect(lambda _: self.removed.emit())

    def show_contender(  # noqa: PLR0913 - what a card shows
        self,
        spec: ContenderSpec,
        resolved: ContenderSpec,
        *,
        matched_to: str,
        is_only: bool,
        embeds: bool,
        per_step: bool,
    ) -> None:
        """Shows the settings.

        Args:
            spec: As it was set.
            resolved: With the hidden size that the fair match gives.
            matched_to: The contender that it is matched to, or "".
            is_only: Whether it is the only one, which stays.
            embeds: Whether the data enters through an embedding.
            per_step: Whether there is a prediction at every step.
        """
        self._spec = spec
        cell = CELLS[spec.cell]
        for form in (self.name, self.form):
            form.subject = spec.name
            form.show_spec(spec)
        self.cell.show_value(spec.cell)
        self.swap.setText(f"Swap to {CELLS[swap_of(spec.cell)].label}")
        self.remove.setEnabled(not is_only)
        hidden = hidden_fields(cell, embeds=embeds, per_step=per_step)
        for field in CARD_FIELDS:
            self.form.set_field_visible(field, visible=field not in hidden)
        for field in ("hidden_size", "num_layers", "forget_bias"):
            info = ContenderSpec.model_fields[field]
            unit = field_unit(cell, field, setting_info(info).unit)
            self.form.set_label(field, field_label(cell, field, info.title or ""), unit)
        if matched_to:
            why = f"Set by the match with {matched_to}"
            self.form.show_fixed("hidden_size", resolved.hidden_size, why)
        else:
            self.form.show_editable("hidden_size")
        self.setAccessibleName(f"Contender {spec.name}")
        self.equations.setTextFormat(Qt.TextFormat.RichText)
        self.equations.setText("<br>".join(equations(spec)))
        self.equations.setAccessibleName(equations_aloud(spec))
        self.note.setText(cell_note(spec))

    def show_unequal(self, note: str) -> None:
        """Says that its size is not that of the first, where sizes should be the same; or ""."""
        self.unequal.setText(note)
        self.unequal.setVisible(bool(note))

    def show_size(self, resolved: ContenderSpec, preprocessing: Preprocessing) -> None:
        rows = layer_rows(resolved, preprocessing)
        self.table.show_rows(
            [
                (
                    row.name,
                    row.output,
                    *(format_whole(n) if n else "" for n in (row.parameters, row.macs)),
                )
                for row in rows
            ]
        )
        parameters, macs = sum(r.parameters for r in rows), sum(r.macs for r in rows)
        size = format_bytes(parameters * _FLOAT_BYTES)
        counts = f"{count_of(parameters, 'parameter')} ({size}), {format_whole(macs)}"
        self.total.setText(f"{counts} multiply-accumulates per example")
        field, is_short = receptive_field_text(resolved, preprocessing.max_length)
        self.receptive_field.setText(field)
        self.receptive_field.setVisible(bool(field))
        set_tone(self.receptive_field, "warning" if is_short else "muted")

    def show_theme(self, stroke: Stroke, theme: Theme) -> None:
        self.sample.show_stroke(stroke)
        self.swap.setIcon(qtawesome.icon("mdi6.swap-horizontal", color=theme.text))
        self.copy.setIcon(qtawesome.icon("mdi6.content-copy", color=theme.text))
        self.remove.setIcon(qtawesome.icon("mdi6.close", color=theme.text))

    def resizeEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        """The layers stand beside the settings where there is room."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        wide = self.width() >= em(self, _WIDE_EM)
        directions = QBoxLayout.Direction
        for part in (self._middle, self._head):
            part.setDirection(directions.LeftToRight if wide else directions.TopToBottom)

    def _swap(self) -> None:
        self._choose(swap_of(self._spec.cell))

    def _choose(self, cell: str) -> None:
        self.edited.emit(with_cell(self._spec, cell))

    def _lay_out(self) -> None:
        self.heading.hide()
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._head.setSpacing(em(self, 0.4))
        names, pushes = QHBoxLayout(), QHBoxLayout()
        for row in (names, pushes):
            row.setSpacing(em(self, 0.4))
        for part, stretch in ((self.sample, 0), (self.name, 3), (self.cell, 2)):
            names.addWidget(part, stretch, Qt.AlignmentFlag.AlignVCenter)
        pushes.addWidget(self.swap, 1)
        pushes.addWidget(self.copy)
        pushes.addWidget(self.remove)
        self._head.addLayout(names, 1)
        self._head.addLayout(pushes)
        self.header.addLayout(self._head, 1)
        self._middle = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._middle.setSpacing(em(self, 1))
        self._middle.addWidget(self.form, 4)
        right = QVBoxLayout()
        right.addWidget(self.table)
        right.addWidget(self.total)
        right.addWidget(self.receptive_field)
        right.addWidget(self.unequal)  # below what is edited, which must not move
        right.addStretch(1)
        self._middle.addLayout(right, 5)
        inside = QVBoxLayout(self._inset)
        inside.addWidget(self.equations)
        inside.addWidget(self.note)
        self.receptive_field.hide()
        self.unequal.hide()
        self.body.addLayout(self._middle)
        self.body.addWidget(self._inset)
        self.body.addStretch(1)


def _nonlinearities() -> tuple[tuple[str, str | None], ...]:
    """The choices of the cells that have one; blank is the first."""
    first, *others = dict.fromkeys(name for cell in CELLS.values() for name in cell.nonlinearities)
    return ((first, None), *((name, name) for name in others))


def _icon_button(name: str, tip: str) -> QPushButton:
    push = button("", lambda: None, tip=tip)
    push.setAccessibleName(name)
    push.setIconSize(QSize(em(push, 1), em(push, 1)))
    return push
