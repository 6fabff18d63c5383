"""Contenders that were still improving are trained longer from the page Compare."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from running import small_spec, whole_history

from studio.gui.pages.compare.compare_page import ComparePage
from studio.gui.pages.train.train_page import TrainPage
from studio.gui.shell.main_window import MainWindow
from studio.gui.view.results_view import analyse

Wait = Callable[[Callable[[], bool]], None]


def opened(window: MainWindow, wait: Wait, path: Path) -> ComparePage:
    window.resize(1300, 900)
    window.open_path(path)
    wait(lambda: window.context.session.history is not None)
    window.show_page("compare")
    page = window.pages["compare"]
    assert isinstance(page, ComparePage)
    wait(lambda: page.results is not None)
    return page


def test_unfinished_contenders_are_named_and_trained_longer_on_request(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    whole_history(tmp_path / "short.gates", small_spec(epochs=6, seeds=2))
    page = opened(window, wait, tmp_path / "short.gates")
    wait(page.longer.isVisible)
    assert "still improving when training ended." in page.longer.words.text()
    assert page.longer.epochs.value() == 12
    page.longer.epochs.setValue(9)
    wait(lambda: page.longer.button.height() > 0)
    QTest.mouseClick(page.longer.button, Qt.MouseButton.LeftButton)

    def is_over() -> bool:
        history = window.context.session.history
        return (
            history is not None
            and history.spec.training.epochs == 9
            and history.is_complete
            and not window.context.session.is_training
            and page.results is not None
            and page.results.history is history
        )

    wait(is_over)
    history = window.context.session.history
    assert history is not None
    assert {len(run.epochs) for each in history.contenders for run in each.runs} == {9}
    assert "results at 6 epochs had been seen" in page.verdicts[0].basis.text()


def test_the_lanes_say_who_was_still_improving(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    whole_history(tmp_path / "short.gates", small_spec(epochs=6, seeds=1))
    opened(window, wait, tmp_path / "short.gates")
    window.show_page("train")
    page = window.pages["train"]
    assert isinstance(page, TrainPage)
    wait(lambda: any("still improving" in card.place_text for card in page.lanes.cards.values()))


def test_contenders_that_had_stopped_improving_are_not_offered_more(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    whole_history(tmp_path / "flat.gates", small_spec(epochs=6, seeds=1, lr=1e-9))
    page = opened(window, wait, tmp_path / "flat.gates")
    assert not page.longer.isVisible()


def test_a_schedule_that_has_ended_is_named_and_the_button_is_off(
    window: MainWindow, tmp_path: Path
) -> None:
    history = whole_history(tmp_path / "s.gates", small_spec(epochs=6, seeds=2))
    training = history.spec.training.model_copy(update={"schedule": "cosine"})
    spec = history.spec.model_copy(update={"training": training})
    page = window.pages["compare"]
    assert isinstance(page, ComparePage)
    page.longer.show_results(analyse(replace(history, spec=spec)), "")
    assert not page.longer.button.isEnabled()
    assert "The cosine schedule has already lowered" in page.longer.note.text()
