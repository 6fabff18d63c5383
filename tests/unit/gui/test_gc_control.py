import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.gui.app.gc_control import GarbageCollection

MANY = 200_000


@pytest.fixture
def calm() -> list[bool]:
    return [True]


@pytest.fixture(autouse=True)
def collector(qapp: QApplication, calm: list[bool]) -> Iterator[GarbageCollection]:
    made = GarbageCollection(qapp, lambda: calm[0])
    yield made
    made.end()


class Part(QObject):
    """As parts of pages are: in a cycle with what they call."""

    def __init__(self) -> None:
        super().__init__()
        self.again = lambda: self


def test_a_part_of_the_window_is_never_destroyed_by_the_thread_that_computes(qtbot: QtBot) -> None:
    places: list[int] = []
    weakref.finalize(Part(), lambda: places.append(threading.get_ident()))
    kept: list[object] = []
    worker = threading.Thread(target=lambda: kept.extend([] for _ in range(MANY)))
    worker.start()
    worker.join()
    assert places == []
    qtbot.waitUntil(lambda: bool(places), timeout=5000)
    assert places == [threading.get_ident()]


def test_old_objects_are_collected_only_while_nothing_trains(
    qtbot: QtBot, calm: list[bool]
) -> None:
    calm[0] = False
    looked: list[int] = []

    def note(phase: str, about: dict[str, int]) -> None:
        if phase == "stop":
            looked.append(about["generation"])

    gc.callbacks.append(note)
    kept: list[object] = []
    try:
        for _ in range(40):  # each a young collection, until the older ones would be due
            kept.extend([] for _ in range(1000))
            gc.collect(1)
        kept.extend([] for _ in range(1000))
        qtbot.waitUntil(lambda: len(looked) > 40, timeout=5000)
        assert 2 not in looked
        calm[0] = True
        kept.extend([] for _ in range(1000))
        qtbot.waitUntil(lambda: 2 in looked, timeout=5000)
    finally:
        gc.callbacks.remove(note)
