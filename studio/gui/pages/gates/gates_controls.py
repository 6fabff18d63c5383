"""The row of choices above the gates: example, epoch, seed, layer, order of units."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QSlider, QSpinBox

from studio.gui.pages.gates.gates_work import NEW_DATA, Selection
from studio.gui.pages.gates.view.gates import Order
from studio.gui.widgets.basics import Segments, button, em, fill_combo_box
from studio.gui.widgets.flow_layout import FlowRow
from studio.gui.widgets.plain_text import plain_label

PARTS = ("test", "validation", "training")


class GatesControls(FlowRow):
    """What is chosen.

    Signals:
        selected: Another example, epoch or seed: the gates must be computed again.
        rearranged: Another layer or order: the same gates are drawn differently.
        followed: The user wants to see live gates, or to choose.
    """

    selected = Signal()
    rearranged = Signal()
    followed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.follow = Segments((("live", "live"), ("kept", "any epoch")), "While training")
        self.follow.setToolTip("The pinned example after each epoch, or any example and epoch")
        self.part = Segments([(part, part) for part in (*PARTS, NEW_DATA)], "Set")
        self.number = QSpinBox()
        self.number.setAccessibleName("Example number")
        self.number.setToolTip("Number within the set, from 0")
        self.number.setMinimumWidth(em(self, 5))
        self.before = button("‹", lambda: self.number.stepBy(-1), tip="Previous example")
        self.after = button("›", lambda: self.number.stepBy(1), tip="Next example")
        self.before.setAccessibleName("Previous example")
        self.after.setAccessibleName("Next example")
        self.targets_in_units = plain_label()
        self.targets_in_units.setProperty("tone", "muted")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Epoch")
        self.slider.setToolTip("The epoch that is shown; 0 is before training")
        self.slider.setMinimumWidth(em(self, 9))
        self.slider.setRange(0, 0)
        self.slider.setPageStep(1)
        self.epoch_words = plain_label()
        self.epoch_words.setMinimumWidth(em(self, 5.5))
        self.seed = QComboBox()
        self.seed.setAccessibleName("Seed")
        self.layer = QComboBox()
        self.layer.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.layer.setAccessibleName("Layer and direction")
        self.order = Segments((("memory", "memory"), ("index", "index")), "Units sorted by")
        self.order.setToolTip("By how long they keep their state, longest on top, or by number")
        self._epochs: tuple[int, ...] = (0,)
        self._before_live: tuple[str, int] | None = None
        self._total = 0
        self._lay_out()
        self._connect()

    @property
    def selection(self) -> Selection:
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
        return "index" if self.order.choice == "index" else "memory"

    def show_parts(self, sizes: dict[str, int], *, only: str = "") -> None:
        """Offers the sets that have examples, or only one set."""
        offered = [only] if only else [part for part in (*PARTS, NEW_DATA) if sizes.get(part)]
        if only and not self._before_live:
            self._before_live = (self.part.choice, self.number.value())
        self.part.offer(offered)
        if not only and self._before_live:
            self._go_back(offered, sizes)
        self.number.setMaximum(max(0, sizes.get(self.part.choice, 0) - 1))
        self._offer_neighbours()

    def _offer_neighbours(self) -> None:
        self.before.setEnabled(self.number.value() > 0)
        self.after.setEnabled(self.number.value() < self.number.maximum())

    def _go_back(self, offered: Sequence[str], sizes: dict[str, int]) -> None:
        """Restores the set and the example that were chosen before a live phase."""
        part, number = self._before_live or ("", 0)
        self._before_live = None
        if part in offered:
            self.part.show_choice(part)
            with QSignalBlocker(self.number):
                self.number.setMaximum(max(0, sizes.get(part, 0) - 1))
                self.number.setValue(number)

    def choose_example(self, part: str, number: int, sizes: dict[str, int]) -> None:
        """Chooses an example without a signal, where there is such a one."""
        if not 0 <= number < sizes.get(part, 0):
            return
        self.part.show_choice(part)
        with QSignalBlocker(self.number):
            self.number.setMaximum(sizes[part] - 1)
            self.number.setValue(number)
        self._offer_neighbours()

    def choose_run(self, seed: int, epoch: int) -> None:
        """Chooses a seed and a stored epoch without a signal, where there are such ones."""
        with QSignalBlocker(self.seed):
            index = self.seed.findData(seed)
            self.seed.setCurrentIndex(index if index >= 0 else self.seed.currentIndex())
        if epoch in self._epochs:
            with QSignalBlocker(self.slider):
                self.slider.setValue(self._epochs.index(epoch))
            self._name_epoch()

    def show_pinned(self, example: int) -> None:
        """Shows which example is pinned, here or on another page."""
        with QSignalBlocker(self.number):
            self.number.setValue(example)
        self._offer_neighbours()

    def show_seeds(self, seeds: Sequence[int]) -> None:
        """Offers these seeds; the choice stays if possible."""
        fill_combo_box(self.seed, [(f"{seed}", seed) for seed in seeds], self.seed.currentData())
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
        items = [(words, (layer, reverse)) for layer, reverse, words in choices]
        fill_combo_box(self.layer, items, self.layer.currentData())
        self._layer_group.setVisible(len(choices) > 1)

    @property
    def follows(self) -> bool:
        """Whether the user wants to see the pinned example live, where something trains."""
        return self.follow.choice == "live"

    def set_live(self, *, training: bool, live: bool) -> None:
        """While live, only the pinned example can be chosen."""
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
        self._truth_group = self.add(self.targets_in_units)
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
