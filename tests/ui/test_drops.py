"""What is dragged over the window and dropped on it: files, folders, several of them, sessions."""

import shutil
from collections.abc import Callable
from pathlib import Path

from dropping import drag, drop, leave
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QDialogButtonBox, QLineEdit
from tiny import write_temperatures
from windows import problem, series

from studio.data import ExampleSet, Series
from studio.gui.shell.drops.several_files_dialog import SeveralFilesDialog
from studio.gui.shell.main_window import MainWindow

Wait = Callable[[Callable[[], bool]], None]
LEFT = Qt.MouseButton.LeftButton


def loaded(window: MainWindow, name: str) -> bool:
    dataset = window.context.planner.dataset
    return dataset is not None and dataset.name == name


def dialog_of(window: MainWindow, wait: Wait) -> SeveralFilesDialog:
    """The question how several files are read, with what each choice gives."""
    dialog = window.findChild(SeveralFilesDialog, "severalFiles")
    assert dialog is not None
    wait(lambda: window.context.jobs.is_idle)
    return dialog


def press_open(dialog: SeveralFilesDialog) -> None:
    QTest.mouseClick(dialog.buttons.button(QDialogButtonBox.StandardButton.Open), LEFT)


def recordings(folder: Path) -> list[Path]:
    """Two takes of two gestures, the class in the name."""
    folder.mkdir()
    paths = []
    for label in ("wave", "rest"):
        for take in range(3):
            path = folder / f"{label}_{take}.csv"
            rows = "".join(f"{at * 7 % 5},{at * 3 % 4 + take}\n" for at in range(6 + take))
            path.write_text("ax,ay\n" + rows, encoding="utf-8")
            paths.append(path)
    return paths


def test_what_a_drop_will_do_is_said_while_something_is_dragged_over(
    window: MainWindow, tmp_path: Path, trained: Path
) -> None:
    words = window.drops.overlay.words
    picture = tmp_path / "photo.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    said = {
        "Drop to read waves.csv as a dataset (CSV, TSV or text table)": [
            series(tmp_path / "waves.csv")
        ],
        "Drop to open the session trained.gates": [trained],
        f"Drop to read the folder {tmp_path.name} as a dataset": [tmp_path],
        "Drop to read 6 files as one dataset or one of them": recordings(tmp_path / "set"),
        "photo.png cannot be read: it is a picture, not a text file": [picture],
    }
    for text, paths in said.items():
        drag(window, *paths)
        assert window.drops.overlay.isVisible()
        assert words.text() == text
        leave(window)
        assert not window.drops.overlay.isVisible()


def test_drop_whose_source_gives_nothing_any_more_opens_what_came_in(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    drag(window, series(tmp_path / "waves.csv"))
    keys = (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    nothing = QMimeData()
    emptied = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, nothing, *keys)
    QApplication.sendEvent(window, emptied)
    wait(lambda: window.context.planner.is_current)
    assert window.context.planner.dataset is not None


def test_drop_on_a_text_field_opens_the_file_and_leaves_the_text(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    drop(window, write_temperatures(tmp_path / "temperatures.csv"))
    wait(lambda: window.context.planner.is_current)
    fields = [field for field in window.findChildren(QLineEdit) if not field.isReadOnly()]
    assert fields
    assert not [field for field in fields if field.acceptDrops() and not _is_inner(field)]
    texts = [field.text() for field in fields]
    visible = next(field for field in fields if field.isVisible())
    drop(visible, series(tmp_path / "waves.csv"))
    wait(lambda: loaded(window, "waves"))
    assert all("waves.csv" not in text for text in texts)


def _is_inner(field: QLineEdit) -> bool:
    """Whether a field is part of a box of numbers or choices."""
    return isinstance(field.parentWidget(), QAbstractSpinBox | QComboBox)


def test_fields_of_numbers_take_no_drops(window: MainWindow, wait: Wait, tmp_path: Path) -> None:
    drop(window, write_temperatures(tmp_path / "temperatures.csv"))
    wait(lambda: window.context.planner.is_current)
    inner = [field for field in window.findChildren(QLineEdit) if _is_inner(field)]
    assert inner
    assert not [field for field in inner if field.acceptDrops()]


def test_refused_file_leaves_what_is_open_untouched(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    drop(window, write_temperatures(tmp_path / "temperatures.csv"))
    wait(lambda: window.context.planner.is_current)
    dataset = window.context.planner.dataset
    picture = tmp_path / "photo.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    drop(window, picture)
    wait(lambda: problem(window) is not None)
    assert window.context.planner.dataset is dataset
    assert window.context.planner.is_current


def test_several_files_are_offered_as_one_dataset_with_what_each_choice_gives(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    drop(window, *recordings(tmp_path / "gestures"))
    dialog = dialog_of(window, wait)
    assert [choice.text() for choice in dialog.choices] == [
        "An example in each file, its class in the name: {label}_*",
        "A series in each file",
        "Parts of one table, appended in order",
        "An example in each row, its class the name of the file",
        "Only one of them; the others are listed under recent files",
    ]
    assert [preview.text() for preview in dialog.previews] == [
        "6 examples in 2 classes, 6 to 8 steps each",
        "6 series of 2 channels, 42 steps in all",
        "1 series of 2 channels, 42 steps",
        "42 examples in 6 classes, 2 steps each",
    ]
    assert dialog.choices[0].isChecked()
    press_open(dialog)
    wait(lambda: loaded(window, "gestures"))
    dataset = window.context.planner.dataset
    assert isinstance(dataset, ExampleSet)
    assert dataset.class_names == ("rest", "wave")


def test_chosen_way_to_read_several_files_is_the_one_that_is_read(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    drop(window, *recordings(tmp_path / "gestures")[:3])
    dialog = dialog_of(window, wait)
    QTest.mouseClick(dialog.choices[1], LEFT)
    press_open(dialog)
    wait(lambda: loaded(window, "gestures"))
    dataset = window.context.planner.dataset
    assert isinstance(dataset, Series)


def test_files_whose_times_follow_each_other_are_recommended_as_one_table(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    paths = []
    for month in (1, 2):
        paths.append(tmp_path / f"load{month}.csv")
        rows = "".join(f"2024-{month:02}-{day + 1:02},{day % 7}\n" for day in range(28))
        paths[-1].write_text("date,load\n" + rows, encoding="utf-8")
    drop(window, *paths)
    dialog = dialog_of(window, wait)
    chosen = next(choice for choice in dialog.choices if choice.isChecked())
    assert chosen.text() == "Parts of one table, appended in order"


def test_one_of_several_files_can_be_opened_and_the_others_are_remembered(
    window: MainWindow, wait: Wait, tmp_path: Path, trained: Path
) -> None:
    waves, copy = series(tmp_path / "waves.csv"), tmp_path / "copy.gates"
    shutil.copyfile(trained, copy)
    drop(window, copy, waves)
    dialog = dialog_of(window, wait)
    assert len(dialog.choices) == 1
    dialog.one.setCurrentIndex(1)
    press_open(dialog)
    wait(lambda: loaded(window, "waves"))
    assert copy.resolve() in window._settings.recent_paths()


def test_reading_that_fails_says_why_and_cannot_be_chosen(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    paths = [tmp_path / "a.csv", tmp_path / "b.csv"]
    paths[0].write_text("x,y\n1,2\n2,1\n1,3\n", encoding="utf-8")
    paths[1].write_text("x,z\n1,2\n2,1\n1,3\n", encoding="utf-8")
    drop(window, *paths)
    dialog = dialog_of(window, wait)
    assert not dialog.choices[0].isEnabled()
    assert "a.csv: has no column 'z'" in dialog.previews[0].text()
    assert dialog.choices[-1].isChecked()


def test_closing_the_question_leaves_what_is_open_untouched(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    drop(window, write_temperatures(tmp_path / "temperatures.csv"))
    wait(lambda: window.context.planner.is_current)
    drop(window, *recordings(tmp_path / "gestures"))
    dialog = dialog_of(window, wait)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert loaded(window, "temperatures")


def test_train_and_test_folders_dropped_together_are_one_split_dataset(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    for part in ("train", "test"):
        for label in ("walk", "run"):
            folder = tmp_path / "set" / part / label
            folder.mkdir(parents=True)
            for take in range(4):
                rows = "".join(f"{at * 7 % 5},{at * 3 % 4 + take}\n" for at in range(6))
                (folder / f"{take}.csv").write_text("ax,ay\n" + rows, encoding="utf-8")
    drop(window, tmp_path / "set" / "train", tmp_path / "set" / "test")
    dialog = dialog_of(window, wait)
    assert dialog.choices[0].text() == "One dataset, split by its folders"
    press_open(dialog)
    wait(lambda: loaded(window, "set"))
    dataset = window.context.planner.dataset
    assert isinstance(dataset, ExampleSet)
    assert dataset.in_test is not None
    assert dataset.in_test.sum() == 8


def test_hundreds_of_files_can_be_dropped_at_once(
    window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    (tmp_path / "set").mkdir()
    paths = [series(tmp_path / "set" / f"wave_{at}.csv", rows=20) for at in range(300)]
    drop(window, *paths)
    dialog = dialog_of(window, wait)
    assert dialog.previews[0].text() == "300 series of 1 channel, 6,000 steps in all"
