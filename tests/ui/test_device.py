"""The card On a device of the pages Compare and Export."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from windows import compared

from studio.gui.pages.device.device_card import DeviceCard
from studio.gui.pages.export.export_page import ExportPage
from studio.gui.shell.main_window import MainWindow

Wait = Callable[[Callable[[], bool]], None]


def card_of(window: MainWindow, wait: Wait) -> DeviceCard:
    page = window.pages["export"]
    assert isinstance(page, ExportPage)
    window.show_page("export")
    wait(lambda: page.device.table.rowCount() > 0)
    return page.device


def column(card: DeviceCard, number: int) -> list[str]:
    cells = [card.table.item(row, number) for row in range(card.table.rowCount())]
    return [cell.text().replace("\n", " ") for cell in cells if cell is not None]


def headings(card: DeviceCard) -> list[str]:
    heads = [card.table.horizontalHeaderItem(at) for at in range(card.table.columnCount())]
    return [head.text().replace("\n", " ") for head in heads if head is not None]


def test_all_contenders_stand_side_by_side_in_float_and_int8(
    opened: MainWindow, wait: Wait
) -> None:
    card = card_of(opened, wait)
    kinds = ("float", "int8")
    assert column(card, 0) == [
        f"{name}, {kind}" for name in ("GRU", "LSTM", "RNN") for kind in kinds
    ]
    assert "Estimated from instruction counts" in card.notes.text()
    assert "RNN, float: fits" in card.verdicts.text()


def test_another_device_and_a_deadline_change_the_verdicts(opened: MainWindow, wait: Wait) -> None:
    card = card_of(opened, wait)
    card.profile.setCurrentIndex(card.profile.findData("cortex-m33"))
    wait(lambda: "Cortex" in card.profile.currentText() and column(card, 4)[0] == "not known")
    card.deadline.setValue(1.0)
    wait(lambda: column(card, 7)[0] == "measure on the board")
    assert "no measured formula" in card.verdicts.text()


def test_a_profile_of_ones_own_brings_its_deadline(
    opened: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    card = card_of(opened, wait)
    path = tmp_path / "own.toml"
    text = 'name = "Own"\nflash_kib = 1\nram_kib = 1\nclock_mhz = 8\nfpu = false\ndeadline_ms = 4\n'
    path.write_text(text, encoding="utf-8")
    card.use_profile(path)
    wait(lambda: "1 KiB of flash" in card.device.text())
    assert card.profile.currentText() == "Own"
    assert card.deadline.value() == 4.0
    assert "µJ, step" not in headings(card)
    path.write_text(f"{text}core = 'cortex-m0plus'\nenergy_pj_per_cycle = 50\n", encoding="utf-8")
    card.use_profile(path)
    wait(lambda: "µJ, step" in headings(card))
    at = headings(card).index("µJ, step")
    cycles = [float(end.replace(",", "")) for end in column(card, at - 2)[1].split(" to ")]
    energy = [float(end.replace(",", "")) for end in column(card, at)[1].split(" to ")]
    assert energy == pytest.approx([50e-6 * end for end in cycles], rel=0.01)
    path.write_text("flash_kib = 1", encoding="utf-8")
    card.use_profile(path)
    assert "this setting is missing" in card.message.text()


def test_the_integers_are_scored_in_the_background(opened: MainWindow, wait: Wait) -> None:
    card = card_of(opened, wait)
    QTest.mouseClick(card.score, Qt.MouseButton.LeftButton)
    assert card.busy
    assert not card.score.isEnabled()
    wait(lambda: not card.busy)
    assert card.score.isEnabled()
    assert all(column(card, 6))
    assert "GRU, best run by validation: Test" in card.int8.text()


def test_times_of_this_machine_are_measured_on_a_button(
    opened: MainWindow, wait: Wait, qtbot: QtBot
) -> None:
    card = card_of(opened, wait)
    QTest.mouseClick(card.measure, Qt.MouseButton.LeftButton)
    # each contender is compiled and timed in a process of its own
    qtbot.waitUntil(lambda: card.times.rowCount() > 0, timeout=90_000)
    assert "Measured on this machine with one thread" in card.measured.text()
    qtbot.waitUntil(lambda: not card.busy, timeout=90_000)


def test_it_stands_on_the_page_compare_too(opened: MainWindow, wait: Wait) -> None:
    page = compared(opened, wait)
    wait(lambda: page.device.table.rowCount() == 6)
    assert "RNN, float: fits" in page.device.verdicts.text()
