"""The window: menus, side bar, tool bar and pages; what they do lives elsewhere."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from studio.core.errors import SpecError
from studio.gui.appearance import Appearance
from studio.gui.asking import Asking
from studio.gui.choosing import Choosing
from studio.gui.desk import Desk
from studio.gui.dialogs import ask_name_on_close, show_problem
from studio.gui.forms.form import Form
from studio.gui.menus import fill_menu_bar
from studio.gui.opening import Opener
from studio.gui.other_data import OtherData
from studio.gui.pages.claims_page import ClaimsPage
from studio.gui.pages.compare_page import ComparePage
from studio.gui.pages.data_page import DataPage
from studio.gui.pages.export_page import ExportPage
from studio.gui.pages.gates_page import GatesPage
from studio.gui.pages.models_page import ModelsPage
from studio.gui.pages.page import Page
from studio.gui.pages.train_page import TrainPage
from studio.gui.preferences import Preferences
from studio.gui.relinking import Relinking
from studio.gui.settings import Settings
from studio.gui.side_bar import SideBar
from studio.gui.tool_bar import ToolBar

PAGES = (DataPage, ModelsPage, TrainPage, GatesPage, ComparePage, ClaimsPage, ExportPage)


class MainWindow(QMainWindow):
    """One window with one desk; within a frame, a part of that window."""

    def __init__(self, desk: Desk, settings: Settings, frame: QWidget | None = None) -> None:
        if frame is None:
            super().__init__()
        else:
            super().__init__(frame)
            self.setWindowFlags(Qt.WindowType.Widget)  # a main window is a window at first
        self.desk = desk
        self._settings = settings
        self.opener = Opener(desk, settings)
        self._appearance = Appearance(desk.look, settings)
        self._asking = Asking(desk.planner, self)
        self._relinking = Relinking(desk, self, self.opener.load_dataset_again)
        self.pages: dict[str, Page] = {kind.name: kind(desk) for kind in PAGES}
        self.side_bar = SideBar(tuple(self.pages.values()))
        self.tool_bar = ToolBar(desk)
        self.other_data = OtherData(desk)
        self._stack = QStackedWidget()
        self.setWindowTitle("Gate Studio")
        self.setAcceptDrops(True)
        self._lay_out()
        self._choosing = Choosing(desk.work, settings, self, self.open_path)
        fill_menu_bar(self.menuBar(), self, self._choosing, self._appearance, settings)
        self._connect()
        self.resize(*settings.window_size)
        self.show_page("data")

    def show_page(self, name: str) -> None:
        """Brings a page to the front; Tab goes on from its first field."""
        focused = self.focusWidget()
        was_within = focused is not None and self._stack.isAncestorOf(focused)
        self._stack.setCurrentWidget(self.pages[name])
        if was_within:
            self.pages[name].setFocus()
        self.side_bar.show_page(name)
        self.other_data.show_page(name)

    def catch_up(self) -> None:
        """The shown page draws what happened while nobody could see it."""
        page = self._stack.currentWidget()
        if isinstance(page, Page):
            page.mark_stale()

    def open_path(self, path: Path) -> None:
        """Opens a dataset, an experiment or a session, and shows the page that it fills."""
        self.opener.open(path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Takes files and folders anywhere on the window."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()
            self._data_page().show_drop_place(over=True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802 - Qt's name
        """Nothing is dropped."""
        self._data_page().show_drop_place(over=False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Opens the first file or folder that was dropped."""
        self._data_page().show_drop_place(over=False)
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.open_path(paths[0])

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Asks for a name where work has none, then saves and ends all threads."""
        if not ask_name_on_close(self, self.desk.work):
            event.ignore()
            return
        top = self.window()
        self._settings.is_maximised = top.isMaximized()
        if not top.isMaximized():
            self._settings.window_size = (top.width(), top.height())
        self._settings.save()
        self.desk.close()
        event.accept()

    def _data_page(self) -> DataPage:
        page = self.pages["data"]
        assert isinstance(page, DataPage)  # noqa: S101 - see PAGES
        return page

    def _connect(self) -> None:
        self.side_bar.chosen.connect(self.show_page)
        for page in self.pages.values():
            page.go_to.connect(self.show_page)
            page.left.connect(self.side_bar.take_focus)
        data_page = self._data_page()
        data_page.open_file.connect(self._choosing.data)
        data_page.open_folder.connect(self._choosing.folder)
        data_page.open_session.connect(self._choosing.session)
        data_page.open_example.connect(self.opener.run_example)
        data_page.open_path.connect(self.open_path)
        data_page.open_generated.connect(self.opener.open_generated)
        data_page.recent_paths = self._settings.recent_paths
        models_page = self.pages["models"]
        assert isinstance(models_page, ModelsPage)  # noqa: S101 - see PAGES
        models_page.start.connect(self.tool_bar.start)
        self.tool_bar.refuses = self._tell_what_is_wrong
        self.tool_bar.started.connect(lambda: self.show_page("train"))
        self.tool_bar.comparison_chosen.connect(self.opener.show_comparison)
        desk = self.desk
        desk.waiting.failed.connect(lambda title, error: show_problem(self, title, error))
        for each in (desk.deciding, desk.growing):
            each.told.connect(self.tool_bar.tell)
        desk.claims.problem.connect(
            lambda error: show_problem(self, "The claims could not be measured", error)
        )
        desk.look.changed.connect(lambda: self.side_bar.use(desk.look.theme))
        desk.planner.dataset_changed.connect(self._dataset_changed)
        desk.planner.plan_changed.connect(self._summarise)
        desk.work.session_changed.connect(self._session_changed)
        desk.work.saved.connect(self._settings.remember)
        self.opener.opened.connect(self.show_page)
        self.opener.data_missing.connect(self._relinking.tell)
        self._appearance.apply()

    def _tell_what_is_wrong(self) -> bool:
        """Whether training cannot start, and tells why: claims, or a field that is wrong."""
        if self.desk.claims.is_running:
            told = SpecError(
                "a claim is being measured", remedy="Wait for it, or stop it on Claims"
            )
            show_problem(self, "Training cannot start yet", told)
            return True
        focused = self.focusWidget()
        if focused is not None:
            focused.clearFocus()  # what is half typed counts
        for page in self.pages.values():
            for form in page.findChildren(Form):
                if form.first_problem:
                    self.show_page(page.name)
                    form.show_first_problem()
                    told = SpecError(form.first_problem, remedy="Change it, or undo it with Ctrl+Z")
                    show_problem(self, "A setting is wrong", told)
                    return True
        return False

    def _dataset_changed(self) -> None:
        self._summarise()
        self._session_changed()

    def _session_changed(self) -> None:
        path = self.desk.work.path
        dataset = self.desk.planner.dataset
        name = "" if dataset is None else f"{dataset.name} – "
        if path is not None and not self.desk.work.is_untitled:
            name = f"{path.stem} – "
        self.setWindowTitle(f"{name}Gate Studio")

    def _summarise(self) -> None:
        plan = self.desk.planner.plan
        if plan is None:
            dataset = self.desk.planner.dataset
            self.side_bar.summary.setText("" if dataset is None else dataset.name)
            return
        task = plan.task
        counts = " / ".join(f"{len(part):,}" for part in task.parts.values())
        window = f", window {plan.spec.task.window}" if plan.spec.task.window else ""
        text = f"{task.name}{window}\n{counts}\ntraining / validation / test"
        self.side_bar.summary.setText(text)

    def show_preferences(self) -> None:
        """Opens the dialog of what holds for every session."""
        dialog = Preferences(self._settings, self.desk.folders, self.desk.waiting, self)
        dialog.theme_chosen.connect(self._appearance.choose)
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
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tool_bar)
        column.addWidget(right, 1)
        self.setCentralWidget(whole)
