"""What the pages share: the draft, its plan, the session at work, the look."""

from PySide6.QtCore import QObject, Signal

from studio.gui.claims_work import ClaimsWork
from studio.gui.deciding import Deciding
from studio.gui.drafts import Draft
from studio.gui.growing import Growing
from studio.gui.planner import Planner
from studio.gui.session_work import SessionWork
from studio.gui.theme import LIGHT, Stroke, Theme, strokes
from studio.gui.waiting import Waiting
from studio.paths import Folders
from studio.runs.kernels import stop_compiling


class Look(QObject):
    """The theme in force.

    Signals:
        changed: Another theme is in force.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT

    def use(self, theme: Theme) -> None:
        """Puts a theme in force."""
        self.theme = theme
        self.changed.emit()


class Desk(QObject):
    """Made once and handed to every page; holds collaborators and decides nothing."""

    def __init__(self, folders: Folders, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.folders = folders
        self.look = Look(self)
        self.waiting = Waiting(self)
        self.draft = Draft(self)
        self.planner = Planner(self.draft, self.waiting, folders.datasets, self)
        self.work = SessionWork(folders, self.waiting, self)
        self.deciding = Deciding(self.work, self.planner, self.draft, self.waiting, self)
        self.growing = Growing(folders, self.work, self.waiting, self)
        self.claims = ClaimsWork(folders, self.waiting, self)
        self.work.why_no_training = self._why_no_training

    def _why_no_training(self) -> str:
        """Neither the times of claims nor those of a comparison could be trusted."""
        if not self.claims.is_running:
            return ""
        return "a claim is being measured; wait for it, or stop it on Claims"

    def strokes(self) -> dict[str, Stroke]:
        """How each contender of the shown comparison, or of the draft, is drawn."""
        history = self.work.history
        spec = history.spec if history is not None else self.draft.spec
        contenders = () if spec is None else spec.contenders
        return strokes(self.look.theme, ((each.name, each.cell) for each in contenders))

    def close(self) -> None:
        """Stops what trains, saves, ends all threads; waits for them."""
        self.waiting.end_deliveries()
        self.work.stop()
        self.claims.stop()
        stop_compiling()  # whoever waits for kernels hears of it
        self.waiting.loader.close()
        self.claims.close()
        self.work.close()
        self.waiting.compute.close()
