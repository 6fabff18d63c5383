"""The row of choices above the gates: example, epoch, seed, layer, order of units."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QLabel, QSlider, QSpinBox

from studio.gui.pages.gates_work import Selection
from studio.gui.viewstate.gates import Order
from studio.gui.widgets.basics import Segments, button, em
from studio.gui.widgets.wrapping import WrappingRow

PARTS = ("test", "validation", "training")


class GatesControls(WrappingRow):
    """What is chosen.

    Signals:
        selected: Another example, epoch or seed: the gates must be computed anew.
        rearranged: Another layer or order: the same gates are drawn otherwise.
        followed: The user wants to see live gates, or to choose.
    """

    selected = Signal()
    rearranged = Signal()
    followed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.follow = Segments((("live", "live"), ("kept", "any epoch")), "While training")
        self.follow.setToolTip("The pinned example after each epoch, or any example and epoch.")
        self.part = Segments([(part, part) for part in PARTS], "Part")
        self.number = QSpinBox()
        self.number.setAccessibleName("Number of the example")
        self.number.setToolTip("Number of the example within its part, from 0.")
        self.number.setMinimumWidth(em(self, 5))
        self.before = button("‹", lambda: self.number.stepBy(-1), tip="The example before.")
        self.after = button("›", lambda: self.number.stepBy(1), tip="The next example.")
        self.before.setAccessibleName("Previous example")
        self.after.setAccessibleName("Next example")
        self.truth = QLabel()
        self.truth.setProperty("tone", "muted")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Epoch")
        self.slider.setToolTip("After which epoch; 0 is the network before training.")
        self.slider.setMinimumWidth(em(self, 9))
        self.slider.setRange(0, 0)
        self.slider.setPageStep(1)
        self.epoch_words = QLabel()
        self.epoch_words.setMinimumWidth(em(self, 5.5))
        self.seed = QComboBox()
        self.seed.setAccessibleName("Seed")
        self.layer = QComboBox()
        self.layer.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.layer.setAccessibleName("Layer and direction")
        self.order = Segments((("memory", "memory"), ("index", "index")), "Units sorted by")
        self.order.setToolTip("Units that keep their state longest on top, or by their number.")
        self._epochs: tuple[int, ...] = (0,)
        self._before_live: tuple[str, int] | None = None
        self._total = 0
        self._lay_out()
        self._connect()

    @property
    def selection(self) -> Selection:
        """The example, seed and epoch that are chosen."""
        seed = self.seed.currentData()
        return Selection(
            self.part.choice,
            self.number.value(),
            seed if seed is not None else 1,
            self._epochs[min(self.slider.value(), len(self._epochs) - 1)],
        )

    @property
    def layer_choice(self) -> tuple[int, bool]:
        """Layer from 0, and whether it is the reverse direction."""
        data = self.layer.currentData()
        return (0, False) if data is None else (data[0], data[1])

    @property
    def unit_order(self) -> Order:
        """How units are sorted."""
        return "index" if self.order.choice == "index" else "memory"

    def show_parts(self, sizes: dict[str, int], *, only: str = "") -> None:
        """Offers the parts that have examples, or only one part."""
        offered = [only] if only else [part for part in PARTS if sizes.get(part)]
        if only and not self._before_live:
            self._before_live = (self.part.choice, self.number.value())
        self.part.offer(offered)
        if not only and self._before_live:
            self._go_back(offered, sizes)
        self.number.setMaximum(max(0, sizes.get(self.part.choice, 0) - 1))
        self.before.setEnabled(self.number.value() > 0)
        self.after.setEnabled(self.number.value() < self.number.maximum())

    def _go_back(self, offered: Sequence[str], sizes: dict[str, int]) -> None:
        """After a live phase the part and the example are those that were chosen before."""
        part, number = self._before_live or ("", 0)
        self._before_live = None
        if part in offered:
            self.part.show_choice(part)
            with QSignalBlocker(self.number):
                self.number.setMaximum(max(0, sizes.get(part, 0) - 1))
                self.number.setValue(number)

    def show_seeds(self, seeds: Sequence[int]) -> None:
        """Offers these seeds; the choice stays where it can."""
        _fill(self.seed, [(f"{seed}", seed) for seed in seeds])
        self._seed_group.setVisible(len(seeds) > 1)

    def show_epochs(self, epochs: Sequence[int], total: int) -> None:
        """Offers these epochs; the last stays the choice where it was."""
        epochs = tuple(epochs) or (0,)
        chosen, was_last = self.selection.epoch, self.slider.value() == self.slider.maximum()
        self._epochs, self._total = epochs, total
        with QSignalBlocker(self.slider):
            self.slider.setMaximum(len(epochs) - 1)
            nearest = max((n for n, e in enumerate(epochs) if e <= chosen), default=0)
            self.slider.setValue(len(epochs) - 1 if was_last else nearest)
        self._epoch_group.setVisible(len(epochs) > 1)
        self._name_epoch()

    def show_layers(self, choices: Sequence[tuple[int, bool, str]]) -> None:
        """Offers layers and directions."""
        _fill(self.layer, [(words, (layer, reverse)) for layer, reverse, words in choices])
        self._layer_group.setVisible(len(choices) > 1)

    @property
    def follows(self) -> bool:
        """Whether the user wants to see the pinned example live, where something trains."""
        return self.follow.choice == "live"

    def set_live(self, *, training: bool, live: bool) -> None:
        """Live, only the example that is pinned can be chosen."""
        self._follow_group.setVisible(training)
        for group in (self._part_group, self._truth_group):
            group.setVisible(not live)
        if live:
            self._seed_group.hide()
            self._epoch_group.hide()

    def _lay_out(self) -> None:
        self._follow_group = self.add(self.follow)
        self._part_group = self.add(self.part)
        self.add(self.before, self.number, self.after, caption="example")
        self._truth_group = self.add(self.truth)
        self._epoch_group = self.add(self.slider, self.epoch_words, caption="epoch")
        self._seed_group = self.add(self.seed, caption="seed")
        self._layer_group = self.add(self.layer)
        self.add(self.order, caption="units sorted by")

    def _connect(self) -> None:
        self.follow.chosen.connect(lambda _: self.followed.emit())
        self.part.chosen.connect(lambda _: self.number.setValue(0))
        self.part.chosen.connect(lambda _: self.selected.emit())
        self.number.valueChanged.connect(lambda _: self.selected.emit())
        self.slider.valueChanged.connect(lambda _: self._name_epoch())
        self.slider.valueChanged.connect(lambda _: self.selected.emit())
        self.seed.currentIndexChanged.connect(lambda _: self.selected.emit())
        self.layer.currentIndexChanged.connect(lambda _: self.rearranged.emit())
        self.order.chosen.connect(lambda _: self.rearranged.emit())

    def _name_epoch(self) -> None:
        epoch = self.selection.epoch
        self.epoch_words.setText(f"{epoch} of {self._total}" if epoch else "0, untrained")


def _fill(box: QComboBox, items: Sequence[tuple[str, object]]) -> None:
    known = [(box.itemText(row), box.itemData(row)) for row in range(box.count())]
    if known == list(items):
        return
    chosen = box.currentData()
    with QSignalBlocker(box):
        box.clear()
        for text, data in items:
            box.addItem(text, data)
        at = next((row for row, (_, data) in enumerate(items) if data == chosen), 0)
        box.setCurrentIndex(at)
