"""The page Claims: what is said of GRU and LSTM networks, beside what was measured here."""

import time

from PySide6.QtWidgets import QHBoxLayout

from studio.gui.desk import Desk
from studio.gui.pages.claim_card import ClaimCard
from studio.gui.pages.page import Page, State
from studio.gui.viewstate.claims import at_most
from studio.gui.widgets.basics import Card, button, label
from studio.gui.widgets.side_by_side import SideBySide
from studio.runs.claims.claim import Claim
from studio.runs.claims.running import MOST_SECONDS

_INTRODUCTION = (
    "These statements are often made, all of them in one popular article on GRU and LSTM "
    "networks, which this program calls the article. None is taken for granted here: each is an "
    "experiment on built-in data, of five minutes at most, and its card says what came out on this "
    "machine, with which engine, and when."
)


class ClaimsPage(Page):
    """A card for each claim; the cards are made when the page is first shown."""

    name = "claims"
    icon = "mdi6.comment-question-outline"
    title = "Claims"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.cards: dict[str, ClaimCard] = {}
        self.all = button("Measure all that are left", self._measure_all, primary=True)
        self.stop = button("Stop", desk.claims.stop, tip="Stops after the step under way")
        self.progress = label("", tone="muted")
        self._head = Card("What is said of GRU and LSTM networks")
        self._head.body.addWidget(label(_INTRODUCTION))
        row = QHBoxLayout()
        row.addWidget(self.all)
        row.addWidget(self.stop)
        row.addWidget(self.progress, 1)
        self._head.body.addLayout(row)
        self._grid = SideBySide(34, 2)
        self.content.addWidget(self._head)
        self.content.addWidget(self._grid)
        self.content.addStretch(1)
        self._timed, self._since = "", 0.0
        self._changed()
        desk.claims.changed.connect(self._changed)
        desk.work.session_changed.connect(self.mark_stale)
        desk.work.history_changed.connect(self.mark_stale)

    def refresh(self) -> None:
        """See Page."""
        claims, why_not = self.desk.claims, self._why_not()
        if not self.cards:
            self._make_cards()
        for name, card in self.cards.items():
            card.show_result(claims.results.get(name))
            doing = f"{claims.doing or 'preparing'} …, {self._left_of_it()}"
            card.show_state(doing if name == claims.running else None, why_not)
        left = self._left()
        self.all.setEnabled(not why_not and bool(left))
        self.all.setToolTip(why_not or "About half an hour for all of them")
        self.stop.setVisible(claims.is_running)
        self.progress.setText(self._progress_words(len(left)))

    def _make_cards(self) -> None:
        from studio.runs.claims.registry import CLAIMS  # noqa: PLC0415 - not needed to start

        for claim in CLAIMS:
            self.cards[claim.id] = ClaimCard(claim, self.desk.look)
            self.cards[claim.id].measure.connect(self._measure)
        self._grid.set_widgets(list(self.cards.values()))

    def _measure(self, claim: Claim) -> None:
        self.desk.claims.start([claim])

    def _measure_all(self) -> None:
        self.desk.claims.start(self._left())

    def _left(self) -> list[Claim]:
        return [
            card.claim for name, card in self.cards.items() if name not in self.desk.claims.results
        ]

    def _why_not(self) -> str:
        if self.desk.claims.is_running:
            return "One is being measured"
        work = self.desk.work
        if work.is_training or work.is_starting:
            return "A comparison is being trained; its times and these would disturb each other"
        return ""

    def _progress_words(self, left: int) -> str:
        claims = self.desk.claims
        if claims.is_running:
            then = f"; {len(claims.left)} more follow" if claims.left else ""
            first = claims.running or "The first"
            return f"{first} is being measured, {self._left_of_it()}{then}."
        if why_not := self._why_not():
            return f"{why_not}."
        return "All were measured on this machine." if not left else ""

    def _left_of_it(self) -> str:
        return at_most(MOST_SECONDS, time.monotonic() - self._since)

    def _changed(self) -> None:
        running = self.desk.claims.running
        if running != self._timed or not running:
            self._timed, self._since = running, time.monotonic()
        state: State = "waiting" if self.desk.claims.is_running else ""
        if not state and self.desk.claims.results:
            state = "done"
        self.set_state(state)
        self.mark_stale()
