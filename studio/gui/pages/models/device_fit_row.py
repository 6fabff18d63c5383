"""Gives each contender the largest hidden size that fits a device."""

from PySide6.QtCore import Signal

from studio.core.errors import SpecError
from studio.core.results.c_size import Arithmetic
from studio.core.specs.comparison_spec import ComparisonSpec
from studio.core.specs.device_profile import read_profile
from studio.gui.forms.memory_budget import MemoryBudget
from studio.gui.jobs.background_jobs import explained
from studio.gui.widgets.basics import Card, Segments, button, label, set_tone
from studio.gui.widgets.elided_combo_box import ElidedComboBox
from studio.gui.widgets.flow_layout import FlowRow
from studio.paths import devices
from studio.runs.planning.device_fit import fit_sentences, fitted, refuse_fit
from studio.runs.planning.plan import Plan

_NAME = "Fit a device"
_ARITHMETICS: dict[str, Arithmetic] = {"float": "float", "int8": "int8"}


class DeviceFitRow(Card):
    """A profile, and what of it is enough for the exported C.

    Signals:
        fitted: The comparison with the sizes that were found.
    """

    fitted = Signal(object)

    def __init__(self) -> None:
        super().__init__(_NAME)
        self._profiles = {name: read_profile(path) for name, path in devices().items()}
        self._plan: Plan | None = None
        self.profile = ElidedComboBox("The device that the networks have to fit")
        self.profile.setAccessibleName("Device")
        for name, profile in self._profiles.items():
            self.profile.addItem(profile.name, name)
        self.memory = MemoryBudget()
        self.arithmetic = Segments([(name, name) for name in _ARITHMETICS], "Weights")
        self.fit = button(
            "Largest that fits",
            self._fit,
            tip="Sets the hidden size of each contender to the largest whose exported C fits",
        )
        self.told = label("", tone="muted")
        row = FlowRow()
        row.add(self.profile, caption="device")
        row.add(self.memory.flash, caption="flash")
        row.add(self.memory.ram, caption="RAM")
        row.add(self.arithmetic, caption="weights")
        row.add(self.fit)
        self.body.addWidget(row)
        self.body.addWidget(self.told)
        self.told.hide()
        self._take_memory()
        self.profile.currentIndexChanged.connect(lambda _: self._take_memory())
        self.memory.changed.connect(self.told.hide)
        self.arithmetic.chosen.connect(lambda _: self.told.hide())

    def show_plan(self, plan: Plan | None) -> None:
        """Takes what is planned, from which the input of the networks is known."""
        self._plan = plan
        self.fit.setEnabled(plan is not None)

    def _take_memory(self) -> None:
        self.memory.take(self._profiles[self.profile.currentData()])
        self.told.hide()

    def _fit(self) -> None:
        if self._plan is None:
            return
        profile = self.memory.of(self._profiles[self.profile.currentData()])
        arithmetic = _ARITHMETICS[self.arithmetic.choice]
        try:
            refuse_fit(self._plan.spec, sized=False, where=_NAME)
            made = fitted(self._plan, profile, arithmetic, _NAME)
        except SpecError as error:
            self._tell(explained(error), "bad")
            return
        self._tell("\n".join(fit_sentences(made, profile, arithmetic)), "muted")
        self.fitted.emit(made.spec)

    def _tell(self, text: str, tone: str) -> None:
        set_tone(self.told, tone)
        self.told.setText(text)
        self.told.show()


def with_sizes_of(spec: ComparisonSpec, found: ComparisonSpec) -> ComparisonSpec:
    """The draft with the hidden sizes that were found, by place."""
    contenders = tuple(
        contender.model_copy(update={"hidden_size": sized.hidden_size})
        for contender, sized in zip(spec.contenders, found.contenders, strict=True)
    )
    return spec.model_copy(update={"contenders": contenders})
