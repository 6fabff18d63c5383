"""What the pages share: the draft, its plan, the session, the theme in force."""

from PySide6.QtCore import QObject

from studio.core.specs.comparison_spec import ContenderSpec
from studio.gui.jobs.background_jobs import BackgroundJobs
from studio.gui.session.claims_work import ClaimsWork
from studio.gui.session.controller import SessionController
from studio.gui.session.drafts import Draft
from studio.gui.session.follow_up import FollowUp
from studio.gui.session.planner import Planner
from studio.gui.session.smallest_search import SmallestSearch
from studio.gui.style.appearance import Appearance
from studio.gui.style.theme import Stroke, strokes
from studio.paths import Folders
from studio.runs.execution.kernels import stop_compiling


class AppContext(QObject):
    """Made once and handed to every page; holds collaborators and decides nothing."""

    def __init__(
        self, folders: Folders, jobs: BackgroundJobs | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.folders = folders
        self.appearance = Appearance(self)
        self.jobs = jobs or BackgroundJobs()
        self.jobs.setParent(self)
        self.draft = Draft(self)
        self.session = SessionController(folders, self.jobs, self)
        self.planner = Planner(self.draft, self.session, self.jobs, folders.datasets, self)
        self.follow_up = FollowUp(
            self.session, self.planner, self.draft, self.jobs, folders.datasets
        )
        self.smallest = SmallestSearch(self.session, self.jobs, folders.datasets)
        self.foreign: ContenderSpec | None = None  # a model of another program on Gates
        self.claims = ClaimsWork(folders, self.jobs, self)
        self.session.why_no_training = self._why_no_training

    def _why_no_training(self) -> str:
        """Neither the times of claims nor those of a comparison could be trusted."""
        if not self.claims.is_running:
            return ""
        return "a claim is being measured; wait, or stop it on the page Claims"

    def strokes(self) -> dict[str, Stroke]:
        """How each contender of the shown comparison, or of the draft, is drawn."""
        history = self.session.history
        spec = history.spec if history is not None else self.draft.spec
        contenders = [*(() if spec is None else spec.contenders)]
        contenders += [] if self.foreign is None else [self.foreign]
        return strokes(
            self.appearance.theme, ((contender.name, contender.cell) for contender in contenders)
        )

    def close(self) -> None:
        """Stops what trains, saves, ends all threads; waits for them."""
        self.jobs.end_deliveries()
        self.session.stop()
        self.claims.stop()
        stop_compiling()  # whoever waits for kernels hears of it
        self.jobs.loader.close()
        self.claims.close()
        self.session.close()
        self.jobs.compute.close()
