"""A claim, how it is tested, and the result on this machine."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.claims.analysis.findings import StoredClaimResult
from studio.claims.laboratory.claim import Claim
from studio.gui.pages.claims.claims_view import TONES, headline, pictures, stamp
from studio.gui.pages.claims.crossover_plot import CrossoverPlot
from studio.gui.pages.claims.intervals_plot import IntervalsPlot
from studio.gui.style.appearance import Appearance
from studio.gui.widgets.basics import Card, button, label


class ClaimCard(Card):
    """One claim.

    Signals:
        measure: The claim, which the user wants measured.
    """

    measure = Signal(object)

    def __init__(self, claim: Claim, appearance: Appearance) -> None:
        super().__init__(f"{claim.id} {claim.title}")
        self.claim = claim
        self._appearance = appearance
        self._shown: StoredClaimResult | None = None
        self.statement = label(f"Claim: {claim.statement}")
        self.design = label(claim.design, tone="muted", size=0.95)
        self.doing = label("", tone="muted", size=0.95)
        self.stamp = label("Not measured on this machine yet.", tone="muted", size=0.9)
        self.button = button("Measure", lambda: self.measure.emit(claim))
        self.button.setAccessibleName(f"Measure {claim.id} {claim.title}")
        self._found = QWidget()
        self._findings = QVBoxLayout(self._found)
        self._findings.setContentsMargins(0, 0, 0, 0)
        for part in (self.statement, self.design, self._found):
            self.body.addWidget(part)
        self.body.addStretch(1)
        row = QHBoxLayout()
        column = QVBoxLayout()
        column.addWidget(self.doing)
        column.addWidget(self.stamp)
        row.addLayout(column, 1)
        row.addWidget(self.button)
        self.body.addLayout(row)
        self.design.setVisible(bool(claim.design))
        self.button.setVisible(bool(claim.design))
        if not claim.design:
            self.stamp.setText("This version cannot measure this claim.")
        self.doing.hide()

    def show_result(self, result: StoredClaimResult | None) -> None:
        if result is None or result is self._shown:
            return
        self._shown = result
        old, self._found = self._found, QWidget()
        self._findings = QVBoxLayout(self._found)
        self._findings.setContentsMargins(0, 0, 0, 0)
        for finding in result.findings:
            self._findings.addWidget(
                label(headline(finding), tone=TONES[finding.verdict], bold=True)
            )
            self._findings.addWidget(label(finding.text))
        self._show_pictures(result)
        self.body.replaceWidget(old, self._found)
        old.deleteLater()
        self.stamp.setText(stamp(result))
        self.button.setText("Measure again")

    def _show_pictures(self, result: StoredClaimResult) -> None:
        for picture in pictures(result.findings, self.claim.claimed):
            plot = IntervalsPlot(self._appearance)
            self._findings.addWidget(plot)
            plot.show_picture(picture)
        for crossover_map in (
            crossover_map for finding in result.findings for crossover_map in finding.maps
        ):
            self._findings.addWidget(label(crossover_map.caption, tone="muted", size=0.95))
            crossover = CrossoverPlot(self._appearance)
            self._findings.addWidget(crossover)
            crossover.show_map(crossover_map)

    def show_state(self, doing: str | None, why_not: str) -> None:
        """Shows the progress of a measurement.

        Args:
            doing: What is done for this claim now; None while it is not its turn.
            why_not: Why it cannot be measured now, or "".
        """
        self.doing.setVisible(doing is not None)
        self.doing.setText(f"Measuring: {doing}")
        self.stamp.setVisible(doing is None or self._shown is not None)
        if why_not and self.button.hasFocus():
            self.button.clearFocus()  # Qt would move on, and the page with it
        self.button.setEnabled(not why_not)
        self.button.setToolTip(why_not or "At most five minutes")
