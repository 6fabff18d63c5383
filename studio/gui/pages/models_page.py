"""The page Models: the fair match, a card for each contender, training, what it will take."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from studio.core.preparation import Preparation
from studio.core.sizes import size_of
from studio.core.spec import ComparisonSpec, ContenderSpec
from studio.core.unequal_sizes import unequal_sizes
from studio.gui.desk import Desk
from studio.gui.forms.words import said
from studio.gui.pages.contender_card import ContenderCard
from studio.gui.pages.page import Page
from studio.gui.pages.training_card import TrainingCard
from studio.gui.step_times import StepTimes
from studio.gui.theme import strokes
from studio.gui.viewstate.contenders import (
    added,
    changed_field,
    differences,
    duplicated,
    put,
    removed,
    size_note,
    with_equal_sizes,
)
from studio.gui.viewstate.outlook import (
    advice,
    can_tell,
    expected,
    expected_seconds,
    planned,
)
from studio.gui.widgets.basics import Card, EmptyPage, Segments, button, em, label
from studio.gui.widgets.side_by_side import SideBySide
from studio.runs.matching import SOLVED, match_contenders

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

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.times = StepTimes(desk.planner, desk.work, desk.waiting, self)
        self.cards: list[ContenderCard] = []
        self.training: TrainingCard | None = None
        self._start_when_planned = False
        self.empty = EmptyPage(
            "The models are set up for a dataset, and there is none yet.",
            "Open data",
            lambda: self.go_to.emit("data"),
        )
        self.problem = label("", tone="bad")
        self.match = Segments([(key, said("match", key)) for key in _MATCHES], "Fair match")
        self.difference = label("", tone="muted")
        self.unequal = label("", tone="warning")
        self.equalise = button(
            "", self._equalise, tip="Hidden size, layers and directions of the first for all"
        )
        self.flow = SideBySide(_CARD_EM)
        self.add = button("+ Add a contender", self._add, tip="Compare one more network")
        self.outlook = label("")
        self.can_tell = label("", tone="muted")
        self.advice = label("", tone="muted")
        self.beside = label("", tone="muted")
        tip = "Train the contenders (Ctrl+R)"
        self.train = button("Next: train", self._train, primary=True, tip=tip)
        self._lay_out()
        self.match.chosen.connect(self._match)
        desk.draft.changed.connect(self.mark_stale)
        for signal in (
            desk.planner.plan_changed,
            desk.planner.dataset_changed,
            desk.work.session_changed,
            desk.work.history_changed,
            desk.look.changed,
            self.times.changed,
        ):
            signal.connect(self.mark_stale)
        desk.planner.plan_changed.connect(self._planned)
        desk.work.history_changed.connect(self._show_state)

    def refresh(self) -> None:
        """See Page."""
        spec, planner = self.desk.draft.spec, self.desk.planner
        is_there = spec is not None and planner.dataset is not None
        self.empty.setVisible(not is_there)
        self._body.setVisible(is_there)
        if spec is None or not is_there:
            return
        self.problem.setText(planner.problem)
        self.problem.setVisible(bool(planner.problem))
        self.match.show_choice(spec.match)
        preparation = None if planner.plan is None else planner.plan.task.preparation
        resolved = spec.contenders
        if preparation is not None:
            resolved = match_contenders(spec.contenders, spec.match, preparation)
        self._show_sizes(spec)
        self._show_cards(spec, resolved, preparation)
        self._show_training(spec)
        self._show_outlook(spec, resolved)

    def _show_sizes(self, spec: ComparisonSpec) -> None:
        said = unequal_sizes(spec)
        self.unequal.setText(f"{said} The verdict will compare unequal networks.")
        self.equalise.setText(f"Give all the size of {spec.contenders[0].name}")
        self._sizes.setVisible(bool(said))

    def _show_cards(
        self,
        spec: ComparisonSpec,
        resolved: tuple[ContenderSpec, ...],
        preparation: Preparation | None,
    ) -> None:
        if len(self.cards) != len(spec.contenders):
            self._make_cards(spec)
        theme = self.desk.look.theme
        drawn = strokes(theme, ((each.name, each.cell) for each in spec.contenders))
        first = spec.contenders[0].name
        for at, (card, contender) in enumerate(zip(self.cards, spec.contenders, strict=True)):
            card.show_contender(
                contender,
                resolved[at],
                matched_to=first if at and spec.match in SOLVED else "",
                is_only=len(self.cards) == 1,
                embeds=preparation is not None and preparation.embeds,
            )
            promised = spec.match == "hidden"
            card.show_unequal(size_note(contender, spec.contenders[0]) if promised else "")
            card.show_theme(drawn[contender.name], theme)
            if preparation is not None:
                card.show_size(resolved[at], preparation)
        if preparation is not None:
            sizes = {each.name: size_of(each, preparation) for each in resolved}
            self.difference.setText(differences(resolved, sizes))

    def _make_cards(self, spec: ComparisonSpec) -> None:
        kept = self.cards[: len(spec.contenders)]
        new = [ContenderCard(each) for each in spec.contenders[len(kept) :]]
        for at, card in enumerate(new, start=len(kept)):
            card.edited.connect(lambda contender, at=at: self._edit(at, contender))
            card.duplicated.connect(lambda at=at: self._change(duplicated, at, "duplicate"))
            card.removed.connect(lambda at=at: self._change(removed, at, "remove"))
        self.cards = [*kept, *new]
        self.flow.set_widgets(self.cards)

    def _show_training(self, spec: ComparisonSpec) -> None:
        if self.training is None:
            self.training = TrainingCard(spec)
            self.training.edited.connect(self.desk.draft.edit)
            self._training_place.addWidget(self.training)
        self.training.show_settings(spec)

    def _show_outlook(self, spec: ComparisonSpec, resolved: tuple[ContenderSpec, ...]) -> None:
        planner, work = self.desk.planner, self.desk.work
        plan = planner.plan
        self.train.setEnabled(plan is not None and not planner.problem and not work.is_training)
        self.can_tell.setText(can_tell(spec))
        is_trained = work.history is not None
        self.beside.setVisible(is_trained)
        self.beside.setText("Changes make a new comparison beside the trained one.")
        if plan is None:
            return
        examples = len(plan.task.training)
        whole = plan.spec.model_copy(
            update={
                "contenders": resolved,
                "training": spec.training,
                "machine": spec.machine,
            }
        )
        seconds, from_runs = self.times.seconds(whole)
        takes = expected(expected_seconds(whole, examples, seconds), from_runs=from_runs)
        problem = self.times.problem
        said = (f"{planned(whole, examples)}.", takes, problem)
        self.outlook.setText(" ".join(filter(None, said)))
        self.advice.setText(advice(examples, plan.task.preparation.max_length))
        if planner.is_current:
            self.times.want(plan)

    def _edit(self, at: int, contender: ContenderSpec) -> None:
        spec = self.desk.draft.spec
        if spec is None:
            return
        try:
            changed = put(spec, at, contender)
        except ValueError:
            self.cards[at].name.refuse("name", "another contender has this name")
            return
        before = spec.contenders[at]
        self.desk.draft.edit(changed, f"{changed_field(before, contender)} of {before.name}")

    def _change(self, how: object, at: int, what: str) -> None:
        spec = self.desk.draft.spec
        if spec is not None and callable(how):
            self.desk.draft.edit(how(spec, at), f"{what} {spec.contenders[at].name}")

    def _add(self) -> None:
        spec = self.desk.draft.spec
        if spec is not None:
            self.desk.draft.edit(added(spec), "add a contender")

    def _equalise(self) -> None:
        spec = self.desk.draft.spec
        if spec is not None:
            self.equalise.clearFocus()  # it goes; Qt would scroll to what it gives the focus to
            self.desk.draft.edit(with_equal_sizes(spec), "equal sizes")

    def _match(self, key: str) -> None:
        spec = self.desk.draft.spec
        if spec is not None:
            self.desk.draft.edit(spec.model_copy(update={"match": key}), "fair match")

    def _train(self) -> None:
        self.times.forget_request()
        if self.desk.planner.is_current:
            self._begin()
        else:
            self._start_when_planned = True

    def _show_state(self) -> None:
        self.set_state("" if self.desk.work.history is None else "done")

    def _planned(self) -> None:
        if self._start_when_planned and self.desk.planner.is_current:
            self._begin()
        self._start_when_planned = False

    def _begin(self) -> None:
        self._start_when_planned = False
        self.start.emit()  # the tool bar shows the page Train where it did begin

    def resizeEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        """The differences stand below the fair match where the page is narrow."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        wide = self.width() >= em(self, _WIDE_EM)
        directions = QBoxLayout.Direction
        self._top.setDirection(directions.LeftToRight if wide else directions.TopToBottom)

    def hideEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        """Nothing is measured for a page that nobody looks at."""
        self.times.forget_request()
        super().hideEvent(event)  # type: ignore[arg-type]

    def _lay_out(self) -> None:
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(em(self, 0.7))
        body.addWidget(self.problem)
        self._top = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._top.setSpacing(em(self, 0.7))
        top = QHBoxLayout()
        top.setSpacing(em(self, 0.7))
        heading = label("Fair match", bold=True)
        heading.setWordWrap(False)
        top.addWidget(heading)
        top.addWidget(self.match)
        top.addStretch(1)
        self._top.addLayout(top)
        self._top.addWidget(self.difference, 1)
        body.addLayout(self._top)
        body.addWidget(self._sizes_row())
        body.addWidget(self.flow)
        line = QHBoxLayout()
        line.addWidget(self.add)
        line.addStretch(1)
        body.addLayout(line)
        self._training_place = QVBoxLayout()
        body.addLayout(self._training_place)
        body.addWidget(self._outlook_card())
        body.addStretch(1)
        self.content.addWidget(self.empty)
        self.content.addWidget(self._body, 1)
        self._body.hide()

    def _sizes_row(self) -> QWidget:
        self._sizes = QWidget()
        row = QHBoxLayout(self._sizes)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.unequal, 1)
        row.addWidget(self.equalise)
        self._sizes.hide()
        return self._sizes

    def _outlook_card(self) -> Card:
        card = Card("What is planned")
        row = QHBoxLayout()
        words = QVBoxLayout()
        for text in (self.outlook, self.can_tell, self.advice, self.beside):
            words.addWidget(text)
        row.addLayout(words, 1)
        row.addWidget(self.train)
        card.body.addLayout(row)
        return card
