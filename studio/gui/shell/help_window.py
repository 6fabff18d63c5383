"""The user guide in a window of its own, offline; each page of the studio opens its chapter."""

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QTextBrowser, QVBoxLayout, QWidget

from studio.gui.widgets.basics import em
from studio.paths import guide

CHAPTERS = {
    "data": "reading-data.md",
    "models": "models.md",
    "train": "training.md",
    "gates": "gates.md",
    "compare": "verdicts.md",
    "predict": "predictions.md",
    "claims": "claims.md",
    "export": "exports.md",
}
"""The chapter of each page by the page's name."""
CONTENTS = "README.md"
_WIDTH_EM, _HEIGHT_EM = 52, 44


class HelpWindow(QWidget):
    """Shows chapters; links lead to others, and Alt+Left leads back."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("help")
        self.browser = QTextBrowser()
        self.browser.setAccessibleName("User guide")
        self.browser.setOpenLinks(False)
        self.browser.anchorClicked.connect(self._follow)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.browser)
        self.resize(em(self, _WIDTH_EM), em(self, _HEIGHT_EM))

    def show_chapter(self, name: str) -> None:
        """Shows a chapter of the guide by its file name, in front of other windows."""
        self._load(guide() / name)
        self.show()
        self.raise_()
        self.activateWindow()

    def _load(self, path: Path, place: str = "") -> None:
        self.browser.setSource(QUrl.fromLocalFile(str(path)))
        title = path.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")
        self.setWindowTitle(f"{title} – Gate Studio")
        if place:
            self.browser.scrollToAnchor(place)

    def _follow(self, url: QUrl) -> None:
        """A link to another chapter; what lies outside the guide is named instead."""
        path = Path(self.browser.source().resolved(url).toLocalFile())
        if path.is_file() and path.is_relative_to(guide().parent):
            self._load(path, url.fragment())
