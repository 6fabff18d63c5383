"""The window: menus, side bar, tool bar and pages; what they do lives elsewhere."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from studio.core.errors import SpecError
from studio.gui.context.app_context import AppContext
from studio.gui.context.settings import Settings
from studio.gui.context.theme_choice import ThemeChooser
from studio.gui.forms.form import Form
from studio.gui.pages.claims.claims_page import ClaimsPage
from studio.gui.pages.compare.compare_page import ComparePage
from studio.gui.pages.data.data_page import DataPage
from studio.gui.pages.export.export_page import ExportPage
from studio.gui.pages.gates.gates_page import GatesPage
from studio.gui.pages.gates.gates_work import NewExample
from studio.gui.pages.models.models_page import ModelsPage
from studio.gui.pages.page import Page
from studio.gui.pages.predict.predict_page import PredictPage
from studio.gui.pages.train.train_page import TrainPage
from studio.gui.shell.commands import Commands
from studio.gui.shell.dataset_mismatch import DatasetMismatch
from studio.gui.shell.dialogs import ask_name_on_close
from studio.gui.shell.drops.window_drops import WindowDrops
from studio.gui.shell.encoding_dialog import EncodingDialogs
from studio.gui.shell.file_actions import FileActions
from studio.gui.shell.help_window import CHAPTERS, CONTENTS, HelpWindow
from studio.gui.shell.menus import fill_menu_bar
from studio.gui.shell.preferences import Preferences
from studio.gui.shell.recovery.restore_dialog import Restoring
from studio.gui.shell.recovery.session_recovery import SessionRecovery
from studio.gui.shell.relinking import Relinking
from studio.gui.shell.session_views import SessionViews
from studio.gui.shell.side_bar import SideBar
from studio.gui.shell.tool_bar import ToolBar
from studio.gui.widgets.message_boxes import show_problem
from studio.runs.stored.foreign_models import SUFFIXES as MODEL_SUFFIXES

PAGES = (
    DataPage, ModelsPage, TrainPage, GatesPage, ComparePage, PredictPage, ClaimsPage, ExportPage,
)  # fmt: skip


def build_pages(context: AppContext) -> Iterator[Page]:
    """The pages one after the other, so that a start can let the window live between them."""
    for kind in PAGES:
        page = kind(context)
        page.minimumSizeHint()  # Qt styles what is in it now, and not all pages at once later
        yield page


class MainWindow(QMainWindow):
    """The window with everything in it; within a frame, a part of that window.

    Args:
        context: What the pages share.
        settings: What is remembered between starts.
        frame: The window that this one is a part of.
        pages: Made before by build_pages.
    """

    def __init__(
        self,
        context: AppContext,
        settings: Settings,
        frame: QWidget | None = None,
        pages: Sequence[Page] | None = None,
    ) -> None:
        if frame is None:
            super().__init__()
        else:
            super().__init__(frame)
            self.setWindowFlags(Qt.WindowType.Widget)  # a main window is a window at first
        self.context = context
        self._settings = settings
        self.commands = Commands(context, settings)
        self._themes = ThemeChooser(context.appearance, settings)
        self._asking = EncodingDialogs(context.planner, self)
        self._relinking = Relinking(context, self, self.commands.reload_dataset)
        self._recovery = SessionRecovery(context, self, self.open_path)
        self._restoring = Restoring(context, self, self.open_path)
        made = build_pages(context) if pages is None else pages
        self.pages: Mapping[str, Page] = {page.name: page for page in made}
        self.side_bar = SideBar(tuple(self.pages.values()))
        self.tool_bar = ToolBar(context, self.commands)
        self.tool_bar.parallel.choose(settings.parallel)
        self.tool_bar.parallel.chosen.connect(self._keep_parallel)
        self.other_data = DatasetMismatch(context)
        self._stack = QStackedWidget()
        self.guide = HelpWindow()
        self.asks_on_close = True
        self.setWindowTitle("Gate Studio")
        self.setAcceptDrops(True)
        self._lay_out()
        self.drops = WindowDrops(
            context, self.commands, self.open_path, self._show_drop_place, self
        )
        self._choosing = FileActions(
            context.session, settings, self, self.open_path, self.tool_bar.tell
        )
        fill_menu_bar(self, self, self._choosing, self._themes, settings)
        self._connect()
        self._views = SessionViews(
            context.folders.config, context.session, self.pages, self._shown_page, self.show_page
        )
        self.resize(*settings.window_size)
        self.show_page("data")

    def show_page(self, name: str) -> None:
        """Brings a page to the front; Tab continues from its first field."""
        focused = self.focusWidget()
        was_within = focused is not None and self._stack.isAncestorOf(focused)
        self._stack.setCurrentWidget(self.pages[name])
        if was_within:
            self.pages[name].setFocus()
        self.side_bar.show_page(name)
        self.other_data.show_page(name)

    def catch_up(self) -> None:
        """Redraws the page for changes while the window was not visible."""
        page = self._stack.currentWidget()
        if isinstance(page, Page):
            page.mark_stale()

    def open_path(self, path: Path) -> None:
        """Opens a dataset, an experiment or a session, and shows the page that it fills."""
        if path.suffix.lower() in MODEL_SUFFIXES:
            self.open_model(path)
        else:
            self.commands.open(path)

    def open_model(self, path: Path) -> None:
        """Shows the gates of a model of another program on the data that are open."""
        self._gates_page().open_model(path)
        self.show_page("gates")

    def _gates_page(self) -> GatesPage:
        page = self.pages["gates"]
        assert isinstance(page, GatesPage)  # noqa: S101 - see PAGES
        return page

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Accepts files and folders anywhere on the window, and says what a drop will do."""
        self.drops.enter(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802 - Qt's name
        self.drops.leave()
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Opens what was dropped."""
        self.drops.drop(event)

    def _keep_parallel(self) -> None:
        self._settings.parallel = self.tool_bar.parallel.wanted
        self._settings.save()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Asks for a name for an unnamed session, then saves and ends all threads."""
        if self.asks_on_close and not ask_name_on_close(self, self.context.session):
            event.ignore()
            return
        self._views.note(self.context.session.path)
        top = self.window()
        self._settings.is_maximised = top.isMaximized()
        if not top.isMaximized():
            self._settings.window_size = (top.width(), top.height())
        self._settings.save()
        self.context.close()
        self.guide.close()
        event.accept()

    def _show_drop_place(self, over: bool) -> None:  # noqa: FBT001 - a callback
        self._data_page().show_drop_place(over=over)

    def _data_page(self) -> DataPage:
        page = self.pages["data"]
        assert isinstance(page, DataPage)  # noqa: S101 - see PAGES
        return page

    def _compare_page(self) -> ComparePage:
        page = self.pages["compare"]
        assert isinstance(page, ComparePage)  # noqa: S101 - see PAGES
        return page

    def _show_gates(self, part: str, index: int, contender: str, seed: int, epoch: int) -> None:
        self._gates_page().show_example(part, index, contender, seed, epoch)
        self.show_page("gates")

    def _show_new_gates(self, wanted: NewExample) -> None:
        self._gates_page().show_new_example(wanted)
        self.show_page("gates")

    def _connect(self) -> None:
        self.side_bar.chosen.connect(self.show_page)
        for page in self.pages.values():
            page.go_to.connect(self.show_page)
            page.left.connect(self.side_bar.take_focus)
        data_page = self._data_page()
        data_page.open_file.connect(self._choosing.data)
        data_page.open_folder.connect(self._choosing.folder)
        data_page.open_session.connect(self._choosing.session)
        data_page.open_example.connect(self.commands.run_example)
        data_page.open_path.connect(self.open_path)
        data_page.open_generated.connect(self.commands.open_generated)
        data_page.start.show_note(self.context.folders.note)
        data_page.recent_paths = self._settings.recent_paths
        models_page = self.pages["models"]
        assert isinstance(models_page, ModelsPage)  # noqa: S101 - see PAGES
        models_page.start.connect(self.commands.train)
        self._compare_page().errors.gates_wanted.connect(self._show_gates)
        predict_page = self.pages["predict"]
        assert isinstance(predict_page, PredictPage)  # noqa: S101 - see PAGES
        predict_page.gates_wanted.connect(self._show_new_gates)
        self.commands.refuses = self._report_obstacle
        context = self.context
        context.jobs.failed.connect(self._recovery.tell)
        context.follow_up.told.connect(self.tool_bar.tell)
        context.smallest.told.connect(self.tool_bar.tell)
        context.claims.problem.connect(
            lambda error: show_problem(self, "The claims could not be measured", error)
        )
        context.appearance.changed.connect(lambda: self.side_bar.use(context.appearance.theme))
        context.planner.dataset_changed.connect(self._dataset_changed)
        context.planner.plan_changed.connect(self._summarise)
        context.session.transitioned.connect(self._name_window)
        context.session.saved.connect(self._settings.remember)
        self.commands.page_wanted.connect(self.show_page)
        self.commands.data_missing.connect(self._relinking.tell)
        self._themes.apply()

    def _report_obstacle(self) -> bool:
        """Whether training cannot start; shows why: claims, or an invalid field."""
        if self.context.claims.is_running:
            problem = SpecError(
                "a claim is being measured", remedy="Wait, or stop it on the page Claims"
            )
            show_problem(self, "Training cannot start yet", problem)
            return True
        focused = self.focusWidget()
        if focused is not None:
            focused.clearFocus()  # commits what is half typed
        for page in self.pages.values():
            for form in page.findChildren(Form):
                if form.first_problem:
                    self.show_page(page.name)
                    form.show_first_problem()
                    problem = SpecError(form.first_problem, remedy="Correct the value")
                    show_problem(self, "A setting is invalid", problem)
                    return True
        return False

    def _dataset_changed(self) -> None:
        self._summarise()
        self._name_window()

    def _name_window(self) -> None:
        path = self.context.session.path
        dataset = self.context.planner.dataset
        name = "" if dataset is None else f"{dataset.name} – "
        if path is not None and not self.context.session.is_untitled:
            name = f"{path.stem} – "
        self.setWindowTitle(f"{name}Gate Studio")

    def _summarise(self) -> None:
        plan = self.context.planner.plan
        if plan is None:
            dataset = self.context.planner.dataset
            self.side_bar.summarise("" if dataset is None else dataset.name)
            return
        task = plan.task
        counts = " / ".join(f"{len(part):,}" for part in task.parts.values())
        window = f", window {plan.spec.task.window}" if plan.spec.task.window else ""
        text = f"{task.name}{window}\n{counts}\ntraining / validation / test"
        self.side_bar.summarise(text)

    def _shown_page(self) -> str:
        page = self._stack.currentWidget()
        assert isinstance(page, Page)  # noqa: S101 - the stack holds pages alone
        return page.name

    def show_backups(self) -> None:
        """Lists the backups of sessions, of which one can be restored."""
        self._restoring.begin()

    def show_help(self) -> None:
        """Opens the guide at the chapter of the page that is shown."""
        self.guide.show_chapter(CHAPTERS[self._shown_page()])

    def show_guide(self) -> None:
        self.guide.show_chapter(CONTENTS)

    def show_preferences(self) -> None:
        dialog = Preferences(self._settings, self.context.folders, self.context.jobs, self)
        dialog.theme_chosen.connect(self._themes.choose)
        dialog.open()

    def _lay_out(self) -> None:
        for page in self.pages.values():
            self._stack.addWidget(page)
        right = QWidget()
        row = QHBoxLayout(right)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.side_bar)
        pages = QVBoxLayout()
        pages.setSpacing(0)
        pages.addWidget(self.other_data.notice)
        pages.addWidget(self._stack, 1)
        row.addLayout(pages, 1)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tool_bar)
        column.addWidget(right, 1)
        self.setCentralWidget(content)
