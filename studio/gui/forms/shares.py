"""The shares of training, validation and test, in per cent."""

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSpinBox, QWidget

from studio.gui.forms.editor import FIELD_EM, Editor
from studio.gui.widgets.basics import em

PARTS = ("Training", "Validation", "Test")
_WHOLE = 100
_USUAL = (0.7, 0.1, 0.2)


class Shares(Editor):
    """Two or three shares that add up to a whole; the last takes what the others leave.

    Changing the last itself takes from, or gives to, the first.
    """

    def __init__(self) -> None:
        self._whole = QWidget()
        super().__init__(self._whole)
        self._whole.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._default: tuple[float, ...] = _USUAL
        self._is_default = True
        self.boxes: tuple[QSpinBox, ...] = tuple(QSpinBox() for _ in PARTS)
        self._captions = tuple(QLabel(name) for name in PARTS)
        grid = QGridLayout(self._whole)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        for at, (box, caption) in enumerate(zip(self.boxes, self._captions, strict=True)):
            caption.setProperty("tone", "muted")
            caption.setBuddy(box)
            box.setSuffix(" %")
            box.setRange(0, _WHOLE)
            box.setKeyboardTracking(False)  # 9 on the way to 95 is no share
            box.setMinimumHeight(em(box, FIELD_EM))
            box.setAccessibleName(f"{PARTS[at]} share")
            box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            box.installEventFilter(self)
            box.valueChanged.connect(lambda _, at=at: self._changed(at))
            grid.addWidget(caption, 0, at)
            grid.addWidget(box, 1, at)
        self.setFocusProxy(self.boxes[0])
        self._show(_USUAL)

    def value(self) -> tuple[float, ...] | None:
        """See Editor."""
        if self._is_default:
            return None
        shares = [box.value() for box in self._used]
        if sum(shares) != _WHOLE:
            raise ValueError(f"the shares add up to {sum(shares)} %, not 100 %")
        return tuple(share / _WHOLE for share in shares)

    def show_value(self, value: tuple[float, ...] | None) -> None:
        """See Editor."""
        self._is_default = value is None
        self._show(self._default if value is None else value)

    def show_default(self, value: tuple[float, ...] | None) -> None:
        """See Editor."""
        if value is None:
            return
        self._default = value
        if self._is_default:
            self._show(value)

    @property
    def _used(self) -> tuple[QSpinBox, ...]:
        return tuple(box for box in self.boxes if not box.isHidden())

    def _show(self, shares: tuple[float, ...]) -> None:
        for at, (box, caption) in enumerate(zip(self.boxes, self._captions, strict=True)):
            box.setVisible(at < len(shares))
            caption.setVisible(at < len(shares))
            if at < len(shares):
                self._put(box, round(shares[at] * _WHOLE))

    def _changed(self, at: int) -> None:
        self._is_default = False
        used = self._used
        giver = used[0] if used[at] is used[-1] else used[-1]
        others = sum(box.value() for box in used if box is not giver)
        self._put(giver, max(0, _WHOLE - others))
        self.edited.emit()

    def _put(self, box: QSpinBox, value: int) -> None:
        if box.value() != value:
            with QSignalBlocker(box):
                box.setValue(value)
