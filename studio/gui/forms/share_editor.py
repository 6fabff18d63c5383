"""The shares of training, validation and test, in per cent."""

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QWidget

from studio.gui.forms.editor import FIELD_EM, Editor
from studio.gui.widgets.basics import em
from studio.gui.widgets.plain_text import plain_label

PARTS = ("Training", "Validation", "Test")
_WHOLE = 100
_DECIMALS = 2
_TINY = 1e-9
_USUAL = (0.7, 0.1, 0.2)


class Shares(Editor):
    """Two or three shares that add up to a whole; the last takes what the others leave.

    Changing the last itself takes from, or gives to, the first. Shares that the user does not
    change stay as fine as they were, whatever the boxes show of them.
    """

    def __init__(self) -> None:
        self._whole = QWidget()
        super().__init__(self._whole)
        self._whole.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._default: tuple[float, ...] = _USUAL
        self._shares = list(_USUAL)
        self.boxes: tuple[QDoubleSpinBox, ...] = tuple(_PerCent() for _ in PARTS)
        self._captions = tuple(plain_label(name) for name in PARTS)
        grid = QGridLayout(self._whole)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        for index, (box, caption) in enumerate(zip(self.boxes, self._captions, strict=True)):
            caption.setProperty("tone", "muted")
            caption.setBuddy(box)
            box.setKeyboardTracking(False)  # 9 on the way to 95 is no share
            box.setMinimumHeight(em(box, FIELD_EM))
            box.setAccessibleName(f"{PARTS[index]} share")
            box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            box.installEventFilter(self)
            box.valueChanged.connect(lambda share, index=index: self._changed(index, share))
            grid.addWidget(caption, 0, index)
            grid.addWidget(box, 1, index)
        self.setFocusProxy(self.boxes[0])
        self._show(None)

    def show_default(self, value: tuple[float, ...] | None) -> None:
        if value is None:
            return
        self._default = value
        if not self._is_touched and self._given is None:
            self._show(None)

    def _read(self) -> tuple[float, ...]:
        total = sum(self._shares)
        if abs(total - 1) > _TINY:
            raise ValueError(f"the shares add up to {total * _WHOLE:.4g} %, not 100 %")
        return tuple(self._shares)

    def _show(self, value: tuple[float, ...] | None) -> None:
        self._shares = list(self._default if value is None else value)
        for index, (box, caption) in enumerate(zip(self.boxes, self._captions, strict=True)):
            box.setVisible(index < len(self._shares))
            caption.setVisible(index < len(self._shares))
            if index < len(self._shares):
                self._put(index)

    def _changed(self, index: int, per_cent: float) -> None:
        self._shares[index] = round(per_cent / _WHOLE, 12)
        last = len(self._shares) - 1
        giver = 0 if index == last else last
        others = sum(share for place, share in enumerate(self._shares) if place != giver)
        self._shares[giver] = max(0.0, round(1 - others, 12))
        self._put(giver)
        self.touch()

    def _put(self, index: int) -> None:
        with QSignalBlocker(self.boxes[index]):
            self.boxes[index].setValue(self._shares[index] * _WHOLE)


class _PerCent(QDoubleSpinBox):
    """A share in per cent, with decimals only where it has some."""

    def __init__(self) -> None:
        super().__init__()
        self.setSuffix(" %")
        self.setDecimals(_DECIMALS)
        self.setRange(0, _WHOLE)

    def textFromValue(self, value: float) -> str:  # noqa: N802 - Qt's name
        """Without zeros at its end."""
        return f"{value:.{_DECIMALS}f}".rstrip("0").rstrip(".")
