import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from studio.gui.garbage import collect_in_this_thread

MANY = 200_000


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    was_enabled = gc.isenabled()
    yield
    (gc.enable if was_enabled else gc.disable)()


class Part(QObject):
    """As parts of pages are: in a cycle with what they call."""

    def __init__(self) -> None:
        super().__init__()
        self.again = lambda: self


def test_a_part_of_the_window_is_never_destroyed_by_the_thread_that_computes(qtbot: QtBot) -> None:
    collector = collect_in_this_thread()
    places: list[int] = []
    weakref.finalize(Part(), lambda: places.append(threading.get_ident()))
    kept: list[object] = []
    worker = threading.Thread(target=lambda: kept.extend([] for _ in range(MANY)))
    worker.start()
    worker.join()
    assert places == []
    qtbot.waitUntil(lambda: bool(places), timeout=5000)
    assert places == [threading.get_ident()]
    collector.timer.stop()
