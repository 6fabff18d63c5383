"""Colours for light and dark, and how contenders are drawn; everything else asks here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette

SOLID = Qt.PenStyle.SolidLine
DASHES = Qt.PenStyle.DashLine
DOTS = Qt.PenStyle.DotLine
DASH_DOT = Qt.PenStyle.DashDotLine
DASH_DOT_DOT = Qt.PenStyle.DashDotDotLine


@dataclass(frozen=True)
class Theme:
    """One colour scheme; every value is #rrggbb.

    Text on window, card, side bar and field keeps a contrast of 4.5 to 1, lines and marks on a
    card 3 to 1; a test holds this.
    """

    name: str
    window: str
    card: str
    side_bar: str
    field: str
    border: str
    outline: str
    text: str
    muted: str
    accent: str
    on_accent: str
    selected: str
    good: str
    warning: str
    bad: str
    cells: Mapping[str, str]
    other_cell: str
    sequential: tuple[str, ...]
    diverging: tuple[str, ...]

    @property
    def is_dark(self) -> bool:
        return QColor(self.window).lightness() < 128  # noqa: PLR2004 - the middle of 0 to 255


LIGHT = Theme(
    name="light",
    window="#f5f6f8",
    card="#ffffff",
    side_bar="#edeff3",
    field="#ffffff",
    border="#d9dde5",
    outline="#8b93a5",
    text="#1b2230",
    muted="#596275",
    accent="#2f55d4",
    on_accent="#ffffff",
    selected="#dfe5f0",
    good="#17703f",
    warning="#8a5a00",
    bad="#b3261e",
    cells=MappingProxyType(
        {
            "gru": "#b85c00",
            "lstm": "#0067a3",
            "rnn": "#00785a",
            "coupled-lstm": "#7d3fa6",
            "tcn": "#a8275f",
        }
    ),
    other_cell="#4f6b00",
    sequential=("#440154", "#3b528b", "#21918c", "#5ec962", "#fde725"),
    diverging=("#2b4fa8", "#8fa8e0", "#f4f4f4", "#e39a93", "#a31f26"),
)

DARK = Theme(
    name="dark",
    window="#14171e",
    card="#1c2029",
    side_bar="#181b23",
    field="#232835",
    border="#363d4d",
    outline="#737d93",
    text="#e6e9f0",
    muted="#a3abbd",
    accent="#7b9bff",
    on_accent="#10131a",
    selected="#2a3142",
    good="#5fce8f",
    warning="#e5b454",
    bad="#ff8a80",
    cells=MappingProxyType(
        {
            "gru": "#f0a34a",
            "lstm": "#62b6ec",
            "rnn": "#3ccba0",
            "coupled-lstm": "#c99bf0",
            "tcn": "#e9558f",
        }
    ),
    other_cell="#c3d94e",
    sequential=("#1a0a3c", "#3b528b", "#21918c", "#5ec962", "#e8d94a"),
    diverging=("#7ea6ff", "#3d5aa8", "#20242e", "#a3474b", "#ff9a90"),
)

THEMES: Mapping[str, Theme] = MappingProxyType({theme.name: theme for theme in (LIGHT, DARK)})


@dataclass(frozen=True)
class Stroke:
    """How a contender is drawn everywhere: colour, line and marker together tell it apart."""

    color: str
    line: Qt.PenStyle
    marker: str


_LINES = {
    "gru": SOLID,
    "lstm": DASHES,
    "rnn": DOTS,
    "coupled-lstm": DASH_DOT_DOT,
    "tcn": DASH_DOT,
}
_MARKERS = {"gru": "o", "lstm": "t", "rnn": "s", "coupled-lstm": "t1", "tcn": "t2"}
_OTHER_MARKERS = ("d", "p", "h", "star", "+", "x")
_OTHER_LINES = (DASH_DOT, DASH_DOT_DOT, SOLID, DASHES, DOTS)
_SHIFTS = (0, 40, -12, 70, -16, 70)


def strokes(theme: Theme, contenders: Iterable[tuple[str, str]]) -> dict[str, Stroke]:
    """A stroke for each contender, given as (name, cell) in order.

    The first of a cell has the cell's own colour, line and marker; further ones of the same cell
    are shades of it with other lines and markers, the first six all different.
    """
    count: dict[str, int] = {}
    strokes_by_name = {}
    for name, cell in contenders:
        number = count.get(cell, 0)
        count[cell] = number + 1
        strokes_by_name[name] = _stroke(theme, cell, number)
    return strokes_by_name


def _stroke(theme: Theme, cell: str, number: int) -> Stroke:
    if number == 0:
        return Stroke(_color(theme, cell), _LINES.get(cell, DOTS), _MARKERS.get(cell, "t3"))
    shift = _SHIFTS[number % len(_SHIFTS)]
    base = QColor(_color(theme, cell))
    lighter = shift > 0 if theme.is_dark else shift < 0
    shade = base.lighter(100 + abs(shift)) if lighter else base.darker(100 + abs(shift))
    own = _LINES.get(cell, DOTS)
    lines = [own, *(line for line in _OTHER_LINES if line != own)]
    line = lines[number % len(lines)]
    return Stroke(shade.name(), line, _OTHER_MARKERS[(number - 1) % len(_OTHER_MARKERS)])


def _color(theme: Theme, cell: str) -> str:
    """The colour of a cell; those of packages share one."""
    return theme.cells.get(cell, theme.other_cell)


def palette(theme: Theme) -> QPalette:
    made = QPalette()
    role = QPalette.ColorRole
    for name, color in {
        role.Window: theme.window,
        role.Base: theme.field,
        role.AlternateBase: theme.window,
        role.Button: theme.card,
        role.WindowText: theme.text,
        role.Text: theme.text,
        role.ButtonText: theme.text,
        role.ToolTipBase: theme.card,
        role.ToolTipText: theme.text,
        role.PlaceholderText: theme.muted,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Link: theme.accent,
        role.Accent: theme.accent,
        role.Mid: theme.border,
        role.Dark: theme.border,
    }.items():
        made.setColor(name, QColor(color))
    for name in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, name, QColor(theme.muted))
    return made


FRAMED = ("QAbstractSpinBox", "QComboBox", "QLineEdit", "QCheckBox")
DARKER = 140
"""Fusion draws a frame so many per cent darker than the window."""


def field_palette(theme: Theme) -> QPalette:
    """The palette of fields: Fusion draws their frame 1.4 times darker than the window."""
    field_colors = palette(theme)
    field_colors.setColor(QPalette.ColorRole.Window, QColor(theme.outline).lighter(DARKER))
    return field_colors


def style_sheet(theme: Theme) -> str:
    """Rules for our own widgets; sizes are in em, so that they follow the system's font."""
    return f"""
QFrame#card {{ background: {theme.card}; border: 1px solid {theme.border}; border-radius: 8px; }}
QFrame#dropPlace {{
  background: {theme.card}; border: 2px dashed {theme.border}; border-radius: 8px;
}}
QFrame#dropPlace[over="true"] {{ border-color: {theme.accent}; }}
QFrame#dropOverlay {{
  background: {theme.card}; border: 2px solid {theme.accent}; border-radius: 8px;
}}
QFrame#inset {{ background: {theme.window}; border: none; border-radius: 6px; }}
QWidget#sideBar {{ background: {theme.side_bar}; }}
QWidget#toolBar {{ background: {theme.card}; border-bottom: 1px solid {theme.border}; }}
QLabel[tone="muted"] {{ color: {theme.muted}; }}
QLabel[tone="bad"] {{ color: {theme.bad}; }}
QLabel[tone="good"] {{ color: {theme.good}; }}
QLabel[tone="warning"] {{ color: {theme.warning}; }}
QPushButton {{
  background: {theme.card}; color: {theme.text}; border: 1px solid {theme.border};
  border-radius: 6px; padding: 0.35em 0.9em;
}}
QPushButton:hover {{ border-color: {theme.accent}; }}
QPushButton:focus {{ border: 1px dashed {theme.text}; }}
QPushButton:pressed, QPushButton:checked {{ background: {theme.selected}; }}
QPushButton:disabled {{ color: {theme.muted}; background: {theme.window}; }}
QPushButton[primary="true"] {{
  background: {theme.accent}; color: {theme.on_accent}; border-color: {theme.accent};
  font-weight: bold;
}}
QPushButton[primary="true"]:disabled {{
  background: {theme.selected}; color: {theme.muted}; border-color: {theme.border};
}}
QPushButton[primary="true"]:focus {{ border-color: {theme.text}; }}
QPushButton#page {{
  background: transparent; border: 1px solid transparent; text-align: left;
  padding: 0.55em 0.8em;
}}
QPushButton#page:checked {{ background: {theme.selected}; font-weight: bold; }}
QPushButton#page:hover {{ background: {theme.selected}; }}
QPushButton#page:focus {{ border: 1px dashed {theme.text}; }}
QLabel#notice {{
  background: {theme.card}; border-top: 1px solid {theme.border}; padding: 0.5em 0.9em;
}}
QLabel#chip {{
  background: {theme.card}; color: {theme.muted}; border: 1px solid {theme.border};
  border-radius: 0.8em; padding: 0.2em 0.7em;
}}
QScrollArea, QScrollArea > QWidget > QWidget#page {{ background: transparent; border: none; }}
QProgressBar {{
  background: {theme.selected}; border: none; border-radius: 3px; max-height: 0.45em;
}}
QProgressBar::chunk {{ background: {theme.accent}; border-radius: 3px; }}
QTableView {{
  background: {theme.card}; border: none; gridline-color: {theme.border};
  alternate-background-color: {theme.window};
}}
QHeaderView {{ background: {theme.card}; border: none; }}
QHeaderView::section {{
  background: {theme.card}; color: {theme.muted}; border: none;
  border-bottom: 1px solid {theme.border}; padding: 0.3em 0.5em;
}}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QToolTip {{ background: {theme.card}; color: {theme.text}; border: 1px solid {theme.border}; }}
"""
