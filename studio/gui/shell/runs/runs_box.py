"""The choice beside Train: runs in turns, or on worker processes."""

from PySide6.QtCore import QSignalBlocker, Signal

from studio.core.errors import UserError
from studio.core.system.cores import usable_cores
from studio.gui.session.controller import SessionController
from studio.gui.shell.runs.cluster_dialog import ClusterDialog
from studio.gui.widgets.elided_combo_box import ElidedComboBox
from studio.paths import Folders
from studio.runs.workers.certificate import ClusterAddress, cluster_at
from studio.runs.workers.parallel import Wanted

_TIP = (
    "In turns, times are fair and gates are live. In parallel, runs train on worker processes, one "
    "core each, or on the machines of a cluster. The scores are the same, and times are taken in "
    "turns afterwards."
)
_IN_TURNS = "turns"
_ASK = "ask"


class RunsBox(ElidedComboBox):
    """Sets how the runs that are begun from now on are trained.

    Signals:
        chosen: Something else was chosen.
    """

    chosen = Signal()

    def __init__(self, session: SessionController, folders: Folders) -> None:
        super().__init__(_TIP)
        self._session, self._folders = session, folders
        self.setAccessibleName("How runs are trained")
        with QSignalBlocker(self):
            self.addItem("in turns", _IN_TURNS)
            self.addItem("parallel, if faster", "auto")
            for count in _counts():
                self.addItem(f"{count} workers", count)
            self.addItem("cluster…", _ASK)
        self.activated.connect(lambda _: self._choose())

    @property
    def wanted(self) -> Wanted | None:
        """Workers, "auto", a cluster, or None for turns."""
        return self._session.parallel.wanted

    def choose(self, wanted: Wanted | None) -> None:
        """Shows and sets a choice; one that is not offered is in turns."""
        if isinstance(wanted, ClusterAddress):
            self._offer(wanted)
        self._show(wanted)
        self._set()

    def _show(self, wanted: Wanted | None) -> None:
        places = [place for place in range(self.count()) if self.itemData(place) == wanted]
        self.setCurrentIndex(places[0] if places else 0)

    def _offer(self, cluster: ClusterAddress) -> None:
        """Offers a cluster, in place of one that was offered before."""
        last = self.count() - 1
        if isinstance(self.itemData(last - 1), ClusterAddress):
            self.removeItem(last - 1)
        self.insertItem(self.count() - 1, f"cluster {cluster}", cluster)

    def _choose(self) -> None:
        if self.currentData() == _ASK:
            self._show(self.wanted)
            self._ask()
            return
        self._set()

    def _set(self) -> None:
        data = self.currentData()
        self._session.parallel.wanted = None if data == _IN_TURNS else data
        self.chosen.emit()

    def _ask(self) -> None:
        dialog = ClusterDialog(self._known(), self.window())

        def use() -> None:
            if dialog.chosen is not None:
                self.choose(dialog.chosen)

        dialog.accepted.connect(use)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _known(self) -> ClusterAddress:
        """The cluster in use, or the one that was started here last."""
        if isinstance(self.wanted, ClusterAddress):
            return self.wanted
        own = self._folders.certificate
        try:
            return cluster_at(None, None, self._folders.cluster, own)
        except UserError:
            return ClusterAddress("", own)


def _counts() -> list[int]:
    """Two workers, and half and all of the cores."""
    return sorted({2, usable_cores() // 2, usable_cores()} - {0, 1})
