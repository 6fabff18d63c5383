"""The choice beside Train: runs in turns, or on worker processes."""

from PySide6.QtCore import QSignalBlocker

from studio.core.system.cores import usable_cores
from studio.gui.session.controller import SessionController
from studio.gui.widgets.elided_combo_box import ElidedComboBox
from studio.runs.workers.parallel import Wanted

_TIP = (
    "In turns, times are fair and gates are live. In parallel, runs train on worker processes, one "
    "core each; the scores are the same, and times are taken in turns afterwards."
)
_IN_TURNS = "turns"


class RunsBox(ElidedComboBox):
    """Sets how the runs that are begun from now on are trained."""

    def __init__(self, session: SessionController) -> None:
        super().__init__(_TIP)
        self._session = session
        self.setAccessibleName("How runs are trained")
        with QSignalBlocker(self):
            self.addItem("in turns", _IN_TURNS)
            self.addItem("parallel, if faster", "auto")
            for count in _counts():
                self.addItem(f"{count} workers", count)
        self.activated.connect(lambda _: self._choose())

    def choose(self, wanted: Wanted | None) -> None:
        """Shows and sets a choice; one that is not offered is in turns."""
        place = self.findData(_IN_TURNS if wanted is None else wanted)
        self.setCurrentIndex(max(0, place))
        self._choose()

    def _choose(self) -> None:
        data = self.currentData()
        self._session.parallel.wanted = None if data == _IN_TURNS else data


def _counts() -> list[int]:
    """Two workers, and half and all of the cores."""
    return sorted({2, usable_cores() // 2, usable_cores()} - {0, 1})
