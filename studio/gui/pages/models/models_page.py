"""The page Models: the match, a card for each contender, training, expected time."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.model_size import size_of
from studio.core.specs.comparison_spec import ComparisonSpec, ContenderSpec
from studio.core.specs.size_mismatch import size_mismatch
from studio.gui.context.app_context import AppContext
from studio.gui.forms.value_labels import value_label
from studio.gui.pages.models.contender_card import ContenderCard
from studio.gui.pages.models.device_fit_row import DeviceFitRow, with_sizes_of
from studio.gui.pages.models.training_card import TrainingCard
from studio.gui.pages.models.view.contenders import (
    added,
    changed_field,
    differences,
    duplicated,
    removed,
    replaced,
    size_note,
    with_equal_sizes,
)
from studio.gui.pages.page import Page
from studio.gui.session.step_times import StepTimes
from studio.gui.style.theme import strokes
from studio.gui.view.run_estimate import (
    advice_text,
    detectable_difference,
    expected_seconds,
    expected_text,
    planned_text,
)
from studio.gui.widgets.basics import Card, EmptyPage, Segments, button, em, label
from studio.gui.widgets.flow_layout import flowing
from studio.gui.widgets.plain_text import without_key
from studio.gui.widgets.side_by_side import SideBySide
from studio.runs.planning.matching import SOLVED, match_contenders

_MATCHES = ("hidden", "parameters", "compute", "time")
_CARD_EM = 27
_WIDE_EM = 52


class ModelsPage(Page):
    """Edits contenders and training in the draft.

    Signals:
        start: The user wants to train what is planned.
    """

    name = "models"
    icon = "mdi6.vector-polyline"
    title = "Models"

    start = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.times = StepTimes(context.planner, context.session, context.jobs, self)
        self.cards: list[ContenderCard] = []
        self.training: TrainingCard | None = None
        self._start_when_planned = False
        self.empty = EmptyPage(
            "Open a dataset first; the models are set up for it.",
            "Open data",
            lambda: self.go_to.emit("data"),
        )
        self.match = Segments(
            [(key, value_label("match", key)) for key in _MATCHES], "Match", flowing
        )
        self.difference = label("", tone="muted")
        self.unequal = label("", tone="warning")
        self.equalise = button(
            "",
            self._equalise,
            tip="Copies hidden size, layers and directions of the first to all",
        )
        self.flow = SideBySide(_CARD_EM)
        self.add = button("+ Add contender", self._add, tip="Compare one more network")
        self.device = DeviceFitRow()
        self.outlook = label("")
        self.detectable = label("", tone="muted")
        self.advice = label("", tone="muted")
        self.new_comparison = label("", tone="muted")
        tip = "Train the contenders (Ctrl+R)"
        self.train = button("Next: train", self._train, primary=True, tip=tip)
        self._lay_out()
        self.match.chosen.connect(self._match)
        self.device.fitted.connect(self._take_sizes)
        context.draft.changed.connect(self.mark_stale)
        for signal in (
            context.planner.plan_changed,
            context.planner.dataset_changed,
            context.session.transitioned,
            context.session.history_changed,
            context.appearance.changed,
            self.times.changed,
        ):
            signal.connect(self.mark_stale)
        context.planner.plan_changed.connect(self._planned)
        context.session.history_changed.connect(self._show_state)

    def refresh(self) -> None:
        spec, planner = self.context.draft.spec, self.context.planner
        is_there = spec is not None and planner.dataset is not None
        self.empty.setVisible(not is_there)
        self._body.setVisible(is_there)
        if spec is None or not is_there:
            self.tell("")
            return
        self.tell(planner.problem)
        self.match.show_choice(spec.match)
        preprocessing = None if planner.plan is None else planner.plan.task.preprocessing
        resolved = spec.contenders
        if preprocessing is not None:
            resolved = match_contenders(spec.contenders, spec.match, preprocessing)
        self._show_sizes(spec)
        self._show_cards(spec, resolved, preprocessing)
        self._show_training(spec)
        self._show_outlook(spec, resolved)
        self.device.show_plan(planner.plan if planner.is_current else None)

    def _show_sizes(self, spec: ComparisonSpec) -> None:
        mismatch = size_mismatch(spec)
        self.unequal.setText(f"{mismatch} The verdict will compare networks of different sizes.")
        self.equalise.setText(f"Use the size of {without_key(spec.contenders[0].name)} for all")
        self._sizes.setVisible(mismatch is not None)

    def _show_cards(
        self,
        spec: ComparisonSpec,
        resolved: tuple[ContenderSpec, ...],
        preprocessing: Preprocessing | None,
    ) -> None:
        if len(self.cards) != len(spec.contenders):
            self._make_cards(spec)
        theme = self.context.appearance.theme
        drawn = strokes(theme, ((contender.name, contender.cell) for contender in spec.contenders))
        first = spec.contenders[0].name
        for index, (card, contender) in enumerate(zip(self.cards, spec.contenders, strict=True)):
            card.show_contender(
                contender,
                resolved[index],
                matched_to=first if index and spec.match in SOLVED else "",
                is_only=len(self.cards) == 1,
                embeds=preprocessing is not None and preprocessing.embeds,
                per_step=preprocessing is not None and preprocessing.per_step,
            )
            promised = spec.match == "hidden"
            card.show_unequal(size_note(contender, spec.contenders[0]) if promised else "")
            card.show_theme(drawn[contender.name], theme)
            if preprocessing is not None:
                card.show_size(resolved[index], preprocessing)
        if preprocessing is not None:
            sizes = {contender.name: size_of(contender, preprocessing) for contender in resolved}
            self.difference.setText(differences(resolved, sizes))

    def _make_cards(self, spec: ComparisonSpec) -> None:
        cards = self.cards[: len(spec.contenders)]
        new = [ContenderCard(contender) for contender in spec.contenders[len(cards) :]]
        for at, card in enumerate(new, start=len(cards)):
            card.edited.connect(lambda contender, at=at: self._edit(at, contender))
            card.duplicated.connect(lambda at=at: self._change(duplicated, at, "duplicate"))
            card.removed.connect(lambda at=at: self._change(removed, at, "remove"))
        self.cards = [*cards, *new]
        self.flow.set_widgets(self.cards)

    def _show_training(self, spec: ComparisonSpec) -> None:
        if self.training is None:
            self.training = TrainingCard(spec)
            self.training.edited.connect(self.context.draft.edit)
            self._training_place.addWidget(self.training)
        self.training.show_settings(spec)

    def _show_outlook(self, spec: ComparisonSpec, resolved: tuple[ContenderSpec, ...]) -> None:
        planner, session = self.context.planner, self.context.session
        plan = planner.plan
        self.train.setEnabled(plan is not None and not planner.problem and not session.is_training)
        self.detectable.setText(detectable_difference(spec))
        is_trained = session.history is not None
        self.new_comparison.setVisible(is_trained)
        self.new_comparison.setText("Changes create a new comparison beside the trained one.")
        if plan is None:
            return
        examples = len(plan.task.training)
        matched = plan.spec.model_copy(
            update={
                "contenders": resolved,
                "training": spec.training,
                "machine": spec.machine,
            }
        )
        seconds, from_runs = self.times.seconds(matched)
        takes = expected_text(expected_seconds(matched, examples, seconds), from_runs=from_runs)
        problem = self.times.problem
        sentences = (f"{planned_text(matched, examples)}.", takes, problem)
        self.outlook.setText(" ".join(filter(None, sentences)))
        self.advice.setText(advice_text(examples, plan.task.preprocessing.max_length))
        if planner.is_current:
            self.times.want(plan)

    def _edit(self, index: int, contender: ContenderSpec) -> None:
        spec = self.context.draft.spec
        if spec is None:
            return
        try:
            changed = replaced(spec, index, contender)
        except ValueError:
            self.cards[index].name.refuse("name", "another contender has this name")
            return
        self.cards[index].name.show_spec(changed.contenders[index])  # an emptied one is named
        before = spec.contenders[index]
        self.context.draft.edit(changed, f"{changed_field(before, contender)} of {before.name}")

    def _change(self, how: object, index: int, what: str) -> None:
        spec = self.context.draft.spec
        if spec is not None and callable(how):
            self.context.draft.edit(how(spec, index), f"{what} {spec.contenders[index].name}")

    def _add(self) -> None:
        spec = self.context.draft.spec
        if spec is not None:
            self.context.draft.edit(added(spec), "add a contender")

    def _equalise(self) -> None:
        spec = self.context.draft.spec
        if spec is not None:
            self.equalise.clearFocus()  # it goes; Qt would scroll to what it gives the focus to
            self.context.draft.edit(with_equal_sizes(spec), "equal sizes")

    def _take_sizes(self, found: ComparisonSpec) -> None:
        spec = self.context.draft.spec
        if spec is not None and len(spec.contenders) == len(found.contenders):
            self.context.draft.edit(with_sizes_of(spec, found), "sizes that fit a device")

    def _match(self, key: str) -> None:
        spec = self.context.draft.spec
        if spec is not None:
            self.context.draft.edit(spec.model_copy(update={"match": key}), "match")

    def _train(self) -> None:
        self.times.forget_request()
        if self.context.planner.is_current:
            self._begin()
        else:
            self._start_when_planned = True

    def _show_state(self) -> None:
        self.set_state("" if self.context.session.history is None else "done")

    def _planned(self) -> None:
        if self._start_when_planned and self.context.planner.is_current:
            self._begin()
        self._start_when_planned = False

    def _begin(self) -> None:
        self._start_when_planned = False
        self.start.emit()  # the tool bar shows the page Train where it did begin

    def resizeEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        """The differences stand below the match where the page is narrow."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        wide = self.width() >= em(self, _WIDE_EM)
        directions = QBoxLayout.Direction
        self._top.setDirection(directions.LeftToRight if wide else directions.TopToBottom)
        self.match.setMinimumWidth(self.match.sizeHint().width() if wide else 0)

    def hideEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        """Nothing is measured while the page is hidden."""
        self.times.forget_request()
        super().hideEvent(event)  # type: ignore[arg-type]

    def _lay_out(self) -> None:
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(em(self, 0.7))
        self._top = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._top.setSpacing(em(self, 0.7))
        top = QHBoxLayout()
        top.setSpacing(em(self, 0.7))
        heading = label("Match", bold=True)
        heading.setWordWrap(False)
        top.addWidget(heading)
        top.addWidget(self.match, 1)
        self._top.addLayout(top)
        self._top.addWidget(self.difference, 1)
        body.addLayout(self._top)
        body.addWidget(self.flow)
        line = QHBoxLayout()
        line.setSpacing(em(self, 0.7))
        line.addWidget(self.add, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._sizes_row(), 1)
        line.addStretch(0)
        body.addLayout(line)
        self._training_place = QVBoxLayout()
        body.addLayout(self._training_place)
        body.addWidget(self.device)
        body.addWidget(self._outlook_card())
        body.addStretch(1)
        self.content.addWidget(self.empty)
        self.content.addWidget(self._body, 1)
        self._body.hide()

    def _sizes_row(self) -> QWidget:
        """Below the cards, so that no field moves when sizes begin to differ."""
        self._sizes = QWidget()
        row = QHBoxLayout(self._sizes)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.unequal, 1)
        row.addWidget(self.equalise)
        self._sizes.hide()
        return self._sizes

    def _outlook_card(self) -> Card:
        card = Card("Plan")
        row = QHBoxLayout()
        words = QVBoxLayout()
        for text in (self.outlook, self.detectable, self.advice, self.new_comparison):
            words.addWidget(text)
        row.addLayout(words, 1)
        row.addWidget(self.train)
        card.body.addLayout(row)
        return card
