"""The card On a device: what every contender costs on a microcontroller."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QDoubleSpinBox, QFileDialog

from studio.analysis.costs.device_rows import (
    DeviceTable,
    device_table,
    profile_words,
    table_cells,
    table_headings,
    verdict_sentences,
)
from studio.analysis.costs.host_wording import (
    MEASURED,
    TIME_HEADINGS,
    HostTime,
    missing_times,
    time_rows,
)
from studio.core.errors import UserError
from studio.core.results.history import ComparisonHistory
from studio.core.specs.device_profile import DeviceProfile, read_profile
from studio.export.c.integer_scores import IntegerScore
from studio.export.int8_words import int8_cells, int8_sentences
from studio.gui.context.app_context import AppContext
from studio.gui.forms.memory_budget import MemoryBudget
from studio.gui.jobs.background_jobs import BackgroundJobs, explained
from studio.gui.pages.device.device_work import (
    DeviceListener,
    score_contenders,
    time_contenders,
)
from studio.gui.widgets.basics import Card, button, em, fill_combo_box, label, set_tone
from studio.gui.widgets.elided_combo_box import ElidedComboBox
from studio.gui.widgets.fitting_table import FittingTable
from studio.gui.widgets.flow_layout import FlowRow
from studio.paths import devices
from studio.runs.workspace import Workspace

_FIRST = "cortex-m4f"
_SCORE_TIP = "Scores the best run of each contender on the test set, with weights of one byte"
_MEASURE_TIP = "Times C, onnxruntime and torch here, with one thread"
_WAIT = "Wait until training has ended: both would slow each other down"

_Work = Callable[[BackgroundJobs, Workspace, int, DeviceListener], None]


class DeviceCard(Card):
    """Estimates follow the profile; scores and times are computed when they are asked for."""

    def __init__(self, context: AppContext) -> None:
        super().__init__("On a device")
        self._context = context
        self._profiles = {name: read_profile(path) for name, path in devices().items()}
        self._history: ComparisonHistory | None = None
        self._table: DeviceTable | None = None
        self._asked: tuple[ComparisonHistory, DeviceProfile] | None = None
        self._scores: dict[str, IntegerScore | str] = {}
        self._times: dict[str, tuple[HostTime, ...]] = {}
        self._of: tuple[object, object] = (None, None)
        self.busy = False
        self.profile = ElidedComboBox("The device, or what of it is left for the model")
        self.memory = MemoryBudget()
        self.deadline = QDoubleSpinBox()
        self.own = button(
            "Open a profile …", self._ask_profile, tip="A profile of your own (.toml)"
        )
        self.score = button("Score int8", self._score, tip=_SCORE_TIP)
        self.measure = button("Measure on this machine", self._measure, tip=_MEASURE_TIP)
        self.device = label("", tone="muted")
        self.table = FittingTable("What each contender costs on the device")
        self.verdicts = label("")
        self.int8 = label("")
        self.times = FittingTable("What each contender takes on this machine")
        self.measured = label("", tone="muted")
        self.notes = label("", tone="muted")
        self.message = label("")
        self._lay_out()

    def refresh(self, history: ComparisonHistory) -> None:
        """Shows the contenders of a comparison."""
        session = self._context.session
        of = (session.workspace, session.comparison)
        if of != self._of:
            self._of = of
            self._scores, self._times, self.busy = {}, {}, False
            self._tell("")
        training = session.is_training
        for push, tip in ((self.score, _SCORE_TIP), (self.measure, _MEASURE_TIP)):
            push.setEnabled(not (training or self.busy))
            push.setToolTip(_WAIT if training else tip)
        self._history = history
        self._estimate()

    def use_profile(self, path: Path) -> None:
        """Shows a profile of the user's own, or what is wrong with it."""
        try:
            profile = read_profile(path)
        except UserError as error:
            self._tell(explained(error), "bad")
            return
        self._tell("")
        self._profiles[str(path)] = profile
        self._offer(str(path))
        self._chosen()

    def _offer(self, wanted: str) -> None:
        fill_combo_box(
            self.profile, [(each.name, name) for name, each in self._profiles.items()], wanted
        )

    def _chosen(self) -> None:
        """Another profile brings its own memory and deadline."""
        profile = self._profiles[self.profile.currentData()]
        self.memory.take(profile)
        self.deadline.blockSignals(True)  # noqa: FBT003 - Qt's argument
        self.deadline.setValue(profile.deadline_ms or 0)
        self.deadline.blockSignals(False)  # noqa: FBT003 - Qt's argument
        self._estimate()

    @property
    def chosen_profile(self) -> DeviceProfile:
        """The device that is shown, with the memory and the deadline that are set."""
        deadline = self.deadline.value() or None
        profile = self.memory.of(self._profiles[self.profile.currentData()])
        return profile.model_copy(update={"deadline_ms": deadline})

    def _estimate(self) -> None:
        history = self._history
        if history is None:
            return
        profile = self.chosen_profile
        if self._asked is None or self._asked[0] is not history or self._asked[1] != profile:
            self._asked = (history, profile)
            job = partial(device_table, history, profile)
            self._context.jobs.load("Estimating costs on the device", job, self._took)

    def _took(self, table: DeviceTable) -> None:
        if table.profile == self.chosen_profile:
            self._table = table
            self._show()

    def _show(self) -> None:
        table, theme = self._table, self._context.appearance.theme
        if table is None:
            return
        self.device.setText(f"{profile_words(table.profile)}.")
        cells = table_cells(table, int8_cells(self._scores))
        self.table.setVisible(bool(cells))
        self.table.show_cells(table_headings(table), cells, theme)
        self.verdicts.setText("\n".join(verdict_sentences(table)))
        self.int8.setText("\n".join(int8_sentences(table, self._scores)))
        self.int8.setVisible(bool(self.int8.text()))
        self.notes.setText(" ".join(table.notes))
        self.times.setVisible(bool(self._times))
        self.measured.setVisible(bool(self._times))
        if self._times:
            self.times.show_cells(TIME_HEADINGS, time_rows(self._times), theme)
            self.measured.setText(" ".join((*missing_times(self._times), MEASURED)))

    def _score(self) -> None:
        self._begin("Scoring with int8 weights …", score_contenders)

    def _measure(self) -> None:
        self._begin("Measuring on this machine …", time_contenders)

    def _begin(self, words: str, work: _Work) -> None:
        workspace, comparison = self._context.session.workspace, self._context.session.comparison
        if workspace is None or comparison is None or self.busy:
            return
        self._wait(waiting=True)
        self._tell(words, "muted")
        of = self._of

        def scored(name: str, score: IntegerScore | str) -> None:
            if of == self._of:
                self._scores[name] = score
                self._show()

        def timed(name: str, times: tuple[HostTime, ...]) -> None:
            if of == self._of:
                self._times[name] = times
                self._show()

        def failed(error: BaseException) -> None:
            if of == self._of:
                self._wait(waiting=False)
                self._tell(explained(error), "bad")

        def ended() -> None:
            if of == self._of:
                self._wait(waiting=False)
                self._tell("")

        work(
            self._context.jobs, workspace, comparison, DeviceListener(scored, timed, failed, ended)
        )

    def _wait(self, *, waiting: bool) -> None:
        self.busy = waiting
        free = not (waiting or self._context.session.is_training)
        self.score.setEnabled(free)
        self.measure.setEnabled(free)

    def _tell(self, text: str, tone: str = "") -> None:
        self.message.setText(text)
        set_tone(self.message, tone)
        self.message.setVisible(bool(text))

    def _ask_profile(self) -> None:
        dialog = QFileDialog(self, "A profile of a device", str(Path.home()), "Profiles (*.toml)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda chosen: self.use_profile(Path(chosen)))
        dialog.open()

    def _lay_out(self) -> None:
        self.profile.setAccessibleName("Device")
        self.deadline.setAccessibleName("Milliseconds that a step may take")
        self.deadline.setToolTip("Milliseconds that a step may take; none: time decides nothing")
        self.deadline.setRange(0, 1e9)
        self.deadline.setDecimals(3)
        self.deadline.setSuffix(" ms")
        self.deadline.setSpecialValueText("none")
        self.deadline.setFixedWidth(em(self, 7))
        self._offer(_FIRST)
        self.memory.take(self._profiles[_FIRST])
        self.memory.changed.connect(self._estimate)
        self.profile.currentIndexChanged.connect(lambda _: self._chosen())
        self.deadline.valueChanged.connect(lambda _: self._estimate())
        self._context.appearance.changed.connect(self._show)
        choices = FlowRow()
        choices.add(self.profile, caption="device")
        choices.add(self.memory.flash, caption="flash")
        choices.add(self.memory.ram, caption="RAM")
        choices.add(self.deadline, caption="deadline of a step")
        for push in (self.own, self.score, self.measure):
            choices.add(push)
        parts = (
            choices, self.device, self.message, self.table, self.verdicts, self.int8, self.notes,
            self.times, self.measured,
        )  # fmt: skip
        for part in parts:
            self.body.addWidget(part)
        for part in (self.message, self.table, self.int8, self.times, self.measured):
            part.hide()
