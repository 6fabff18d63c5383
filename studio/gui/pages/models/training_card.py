"""The settings of training that all contenders share, on the page Models."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from studio.core.specs.comparison_spec import ComparisonSpec, Spec, TrainingSpec
from studio.gui.forms.form import Form
from studio.gui.widgets.basics import Card, button, em, label
from studio.runs.planning.sequential_stopping import LOOKS, until_decided
from studio.runs.planning.tuning import rates_around

MAIN = ("epochs", "seconds", "batch_size", "optimizer", "lr", "clip", "seeds")
LOSS_SETTINGS = {
    "huber_delta": "huber",
    "quantiles": "quantiles",
    "label_smoothing": "label-smoothing",
    "focal_gamma": "focal",
}
"""Settings that one loss alone has."""
MORE = (
    "steps", "patience", "momentum", "weight_decay", "schedule", "output_bias", "first_seed",
    "loss", *LOSS_SETTINGS,
)  # fmt: skip
MACHINE = ("device", "engine", "threads", "precision", "deterministic")
VERDICT = ("margin",)
_FOLDED = {False: "More settings  ▾", True: "Fewer settings  ▴"}


class TrainingCard(Card):
    """Training, and behind "More settings" the machine and the verdict's margin.

    Signals:
        edited: The comparison as the user changed it, and the label of what changed.
    """

    edited = Signal(object, str)

    def __init__(self, spec: ComparisonSpec) -> None:
        super().__init__("Training, shared by all contenders")
        self._spec = spec
        self.main = Form(spec.training, MAIN, columns=6, stacked=True)
        self.more = Form(spec.training, MORE, columns=6, stacked=True)
        self.machine = Form(spec.machine, MACHINE, columns=6, stacked=True)
        self.verdict = Form(spec, VERDICT, columns=6, stacked=True)
        self.fold = button(_FOLDED[False], self._fold, tip="Show settings that rarely change")
        self.fold.setCheckable(True)
        self.header.addWidget(self.fold)
        self.decides = QCheckBox("add &seeds until the verdict is clear")
        after = f"{', '.join(map(str, LOOKS[:-1]))} and {LOOKS[-1]}"
        self.decides.setToolTip(
            f"Looks after {after} seeds; the 5 % false-positive rate is split across these looks"
        )
        self.decides.clicked.connect(self._take_looks)
        self.body.addWidget(self.main)
        self.tunes = QCheckBox("&try learning rates for each contender first")
        self.tunes.clicked.connect(self._take_rates)
        self.body.addWidget(self.decides)
        self.body.addWidget(self.tunes)
        self.folded = QWidget()
        inside = QVBoxLayout(self.folded)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(em(self, 0.5))
        for heading, form in (
            ("", self.more),
            ("Machine", self.machine),
            ("Verdict", self.verdict),
        ):
            if heading:
                inside.addWidget(label(heading, bold=True))
            inside.addWidget(form)
        self.body.addWidget(self.folded)
        self.folded.hide()
        for form in (self.more, self.machine, self.verdict):
            form.sought.connect(self._unfold)
        for form in (self.main, self.more):
            form.changed.connect(self._take_training)
        self.machine.changed.connect(lambda machine: self._put({"machine": machine}))
        self.verdict.changed.connect(self._take_margin)

    def show_settings(self, spec: ComparisonSpec) -> None:
        self._spec = spec
        for form in (self.main, self.more):
            form.show_spec(spec.training)
        self.machine.show_spec(spec.machine)
        self.verdict.show_spec(spec)
        by_time = spec.match == "time"
        self.main.set_field_visible("epochs", visible=not by_time)
        self.main.set_field_visible("seconds", visible=by_time)
        self.tunes.setChecked(spec.rates is not None)
        rates = ", ".join(f"{rate:g}" for rate in spec.rates or rates_around(spec.training.lr))
        self.tunes.setToolTip(
            f"Trains each contender once at {rates} and continues with the rate of the lowest "
            "validation loss"
        )
        self.decides.setChecked(spec.looks is not None)
        for field, loss in LOSS_SETTINGS.items():
            self.more.set_field_visible(field, visible=spec.training.loss == loss)
        self.more.set_field_visible("momentum", visible=spec.training.optimizer == "sgd")

    def _fold(self) -> None:
        self.folded.setVisible(self.fold.isChecked())
        self.fold.setText(_FOLDED[self.fold.isChecked()])

    def _unfold(self) -> None:
        self.fold.setChecked(True)
        self._fold()

    def _take_training(self, training: TrainingSpec) -> None:
        update: dict[str, object] = {"training": training}
        if self._spec.looks is not None:
            planned = until_decided(self._spec.model_copy(update=update))
            update = {"training": planned.training, "looks": planned.looks}
        if self._spec.rates is not None and training.lr != self._spec.training.lr:
            update["rates"] = rates_around(training.lr)
        self._put(update)

    def _take_rates(self, on: bool) -> None:  # noqa: FBT001 - a check box's signal
        self._put({"rates": rates_around(self._spec.training.lr) if on else None})

    def _take_looks(self, on: bool) -> None:  # noqa: FBT001 - a check box's signal
        planned = until_decided(self._spec) if on else None
        training = self._spec.training if planned is None else planned.training
        self._put({"looks": None if planned is None else planned.looks, "training": training})

    def _take_margin(self, spec: ComparisonSpec) -> None:
        self._put({"margin": spec.margin})

    def _put(self, update: dict[str, object]) -> None:
        self.edited.emit(self._spec.model_copy(update=update), _changed(self._spec, update))


def _changed(spec: ComparisonSpec, update: dict[str, object]) -> str:
    """What an update changes, as the undo menu says it."""
    for name, value in update.items():
        before = getattr(spec, name)
        if not isinstance(value, Spec):
            return (ComparisonSpec.model_fields[name].title or name).lower()
        for field, info in type(value).model_fields.items():
            if getattr(before, field) != getattr(value, field):
                return (info.title or field).lower()
    return "setting"
