"""What of a device's memory is left for a model."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDoubleSpinBox

from studio.core.specs.device_profile import DeviceProfile
from studio.gui.widgets.basics import em

_LEAST_KIB, _LARGEST_KIB = 0.5, 1 << 20


class MemoryBudget(QObject):
    """Flash and RAM, in KiB; those of a profile until the user says less or more.

    Signals:
        changed: The user chose another budget.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.flash, self.ram = _box("Flash"), _box("RAM")
        for box in (self.flash, self.ram):
            box.valueChanged.connect(lambda _: self.changed.emit())

    def take(self, profile: DeviceProfile) -> None:
        """Shows all memory of a device."""
        for box, kib in ((self.flash, profile.flash_kib), (self.ram, profile.ram_kib)):
            box.blockSignals(True)  # noqa: FBT003 - Qt's argument
            box.setValue(kib)
            box.blockSignals(False)  # noqa: FBT003 - Qt's argument

    def of(self, profile: DeviceProfile) -> DeviceProfile:
        """The device with this memory, which its name then tells."""
        flash, ram = self.flash.value(), self.ram.value()
        if (flash, ram) == (profile.flash_kib, profile.ram_kib):
            return profile
        name = f"{profile.name} with {flash:g} KiB of flash and {ram:g} KiB of RAM"
        return profile.model_copy(update={"name": name, "flash_kib": flash, "ram_kib": ram})


def _box(memory: str) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setAccessibleName(f"{memory} for the model")
    box.setToolTip(f"{memory} that the model may take; all of the device's until you change it")
    box.setDecimals(1)
    box.setRange(_LEAST_KIB, _LARGEST_KIB)
    box.setSuffix(" KiB")
    box.setFixedWidth(em(box, 8))
    return box
