"""The page Claims: claims about GRU and LSTM networks beside what was measured here."""

import time
from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QHBoxLayout

from studio.claims.laboratory.claim import Claim
from studio.claims.run_claims import MOST_SECONDS
from studio.gui.context.app_context import AppContext
from studio.gui.pages.claims.claim_card import ClaimCard
from studio.gui.pages.claims.claims_view import at_most
from studio.gui.pages.page import Page, State
from studio.gui.widgets.basics import Card, button, label
from studio.gui.widgets.side_by_side import SideBySide

_AT_ONCE = 3
_INTRODUCTION = (
    "A popular article on GRU and LSTM networks makes these claims. None is taken for granted "
    "here: each is put to the test on built-in data in at most five minutes, and its card shows "
    "the result on this machine, with the engine and the date."
)


class ClaimsPage(Page):
    """A card for each claim; the cards are made when the page is first shown."""

    name = "claims"
    icon = "mdi6.comment-question-outline"
    title = "Claims"

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.cards: dict[str, ClaimCard] = {}
        self.all = button("Measure the remaining claims", self._measure_all, primary=True)
        self.stop = button("Stop", context.claims.stop, tip="Stops after the current step")
        self.progress = label("", tone="muted")
        self._head = Card("Claims about GRU and LSTM networks")
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
        context.claims.changed.connect(self._changed)
        context.session.transitioned.connect(self.mark_stale)
        context.session.history_changed.connect(self.mark_stale)

    def refresh(self) -> None:
        claims, why_not = self.context.claims, self._why_not()
        self._make_cards()
        for name in self.cards:
            self._show_card(name)
        left = self._left()
        self.all.setEnabled(not why_not and bool(left))
        self.all.setToolTip(why_not or "About half an hour for all")
        self.stop.setVisible(claims.is_running)
        self.progress.setText(self._progress_words(len(left)))

    def _show_card(self, name: str) -> None:
        claims, card = self.context.claims, self.cards[name]
        card.show_result(claims.results.get(name))
        doing = f"{claims.doing or 'preparing'} …, {self._left_of_it()}"
        card.show_state(doing if name == claims.running else None, self._why_not())

    def _make_cards(self) -> None:
        """Makes those that are missing, a few at a time."""
        from studio.claims.registry import CLAIMS

        missing = [claim for claim in CLAIMS if claim.id not in self.cards]
        self.draw_in_turn(
            [
                partial(self._add_cards, missing[first : first + _AT_ONCE])
                for first in range(0, len(missing), _AT_ONCE)
            ]
        )

    def _add_cards(self, claims: Sequence[Claim]) -> None:
        made = {claim.id: ClaimCard(claim, self.context.appearance) for claim in claims}
        self.cards |= made
        for name, card in made.items():
            card.measure.connect(self._measure)
            self._show_card(name)
        self._grid.add(list(made.values()))

    def _measure(self, claim: Claim) -> None:
        self.context.claims.start([claim])

    def _measure_all(self) -> None:
        self.context.claims.start(self._left())

    def _left(self) -> list[Claim]:
        from studio.claims.registry import CLAIMS

        return [claim for claim in CLAIMS if claim.id not in self.context.claims.results]

    def _why_not(self) -> str:
        if self.context.claims.is_running:
            return "A claim is being measured"
        session = self.context.session
        if session.is_training or session.is_starting:
            return "A comparison is training; measuring now would distort the times of both"
        return ""

    def _progress_words(self, left: int) -> str:
        claims = self.context.claims
        if claims.is_running:
            then = f"; {len(claims.left)} more to go" if claims.left else ""
            first = claims.running or "the first claim"
            return f"Measuring {first}, {self._left_of_it()}{then}."
        if why_not := self._why_not():
            return f"{why_not}."
        return "All claims were measured on this machine." if not left else ""

    def _left_of_it(self) -> str:
        return at_most(MOST_SECONDS, time.monotonic() - self._since)

    def _changed(self) -> None:
        running = self.context.claims.running
        if running != self._timed or not running:
            self._timed, self._since = running, time.monotonic()
        state: State = "waiting" if self.context.claims.is_running else ""
        if not state and self.context.claims.results:
            state = "done"
        self.set_state(state)
        self.mark_stale()
