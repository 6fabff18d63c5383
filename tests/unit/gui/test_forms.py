import os
from typing import Literal, get_args, get_origin

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QSpinBox, QWidget

from studio.core.specs.comparison_spec import (
    ContenderSpec,
    FileDataset,
    MachineSpec,
    Spec,
    TaskSpec,
    TrainingSpec,
)
from studio.gui.forms.form import Form
from studio.gui.forms.share_editor import Shares
from studio.gui.forms.value_labels import CHOICES, value_label

pytestmark = pytest.mark.usefixtures("qapp")
CELLS = (("GRU", "gru"), ("LSTM", "lstm"), ("RNN", "rnn"))
BLANK: tuple[Spec, ...] = (
    TaskSpec(),
    ContenderSpec(name="GRU"),
    TrainingSpec(),
    MachineSpec(),
    FileDataset(path="a.csv"),
)


def fields_of(spec: Spec) -> list[str]:
    return [name for name in type(spec).model_fields if name != "source"]


def form_of(spec: Spec) -> Form:
    choices = {"cell": CELLS, "nonlinearity": (("tanh", None), ("relu", "relu"))}
    return Form(spec, fields_of(spec), choices=choices)


def type_into(field: QWidget, text: str) -> None:
    assert isinstance(field, QLineEdit)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


@pytest.mark.parametrize("spec", BLANK, ids=lambda spec: type(spec).__name__)
def test_a_form_shows_every_field_with_its_label_and_help(spec: Spec) -> None:
    form = form_of(spec)
    for name in fields_of(spec):
        info = type(spec).model_fields[name]
        editor = form.editor(name)
        assert editor.field.accessibleName() == info.title
        assert editor.field.toolTip() == info.description
        assert editor.value() == getattr(spec, name)


tasks = st.builds(
    TaskSpec,
    kind=st.sampled_from([None, "forecast", "classify", "regress"]),
    window=st.none() | st.integers(1, 10_000),
    horizon=st.integers(1, 500),
    split=st.sampled_from(
        [None, (0.6, 0.2, 0.2), (0.8, 0.2), (0.7, 0.0, 0.3), (1 / 3, 1 / 3, 1 / 3)]
    ),
    target=st.none() | st.tuples(st.text("abc", min_size=1)),
    scaling=st.sampled_from(["none", "standard", "min-max", "robust"]),
)
trainings = st.builds(
    TrainingSpec,
    epochs=st.integers(1, 1000),
    steps=st.none() | st.integers(1, 10**6),
    optimizer=st.sampled_from(["adam", "sgd"]),
    lr=st.sampled_from([1e-5, 0.003, 0.25, 1.0]),
    clip=st.none() | st.sampled_from([0.5, 1.0]),
)
contenders = st.builds(
    ContenderSpec,
    name=st.text("abc", min_size=1, max_size=5),
    cell=st.sampled_from(["gru", "lstm"]),
    hidden_size=st.integers(1, 8192),
    bidirectional=st.booleans(),
    dropout=st.sampled_from([0.0, 0.25, 0.5]),
    forget_bias=st.none() | st.integers(-20, 20).map(float),
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spec=st.one_of(tasks, trainings, contenders))
def test_every_value_comes_back_as_it_was_shown(spec: Spec) -> None:
    form = form_of(type(spec)() if type(spec) is not ContenderSpec else ContenderSpec(name="x"))
    form.show_spec(spec)
    assert {name: form.editor(name).value() for name in fields_of(spec)} == {
        name: getattr(spec, name) for name in fields_of(spec)
    }


def test_a_wrong_value_names_its_field_and_never_becomes_a_spec() -> None:
    form = form_of(TrainingSpec())
    seen: list[Spec] = []
    form.changed.connect(seen.append)
    type_into(form.editor("lr").field, "quick")
    assert form.problem("lr") == "is not a number"
    type_into(form.editor("lr").field, "-1")
    assert form.problem("lr") == "must be greater than 0"
    assert not seen
    type_into(form.editor("lr").field, "0,5")
    assert form.problem("lr") == ""
    assert seen == [TrainingSpec(lr=0.5)]


def test_an_error_over_several_fields_is_shown_at_the_field_it_names() -> None:
    form = Form(ContenderSpec(name="RNN", cell="rnn"), ["hidden_size", "forget_bias"])
    type_into(form.editor("forget_bias").field, "1")
    assert "no gate that keeps" in form.problem("forget_bias")
    assert form.problem("hidden_size") == ""


def test_what_is_half_wrong_survives_when_the_same_spec_is_shown_again() -> None:
    spec = TrainingSpec()
    form = form_of(spec)
    type_into(form.editor("lr").field, "quick")
    form.show_spec(spec)
    assert form.problem("lr")
    form.show_spec(TrainingSpec(epochs=3))
    assert form.problem("lr") == ""
    assert form.editor("lr").value() == 0.003


def test_every_keystroke_in_a_number_counts() -> None:
    form = form_of(ContenderSpec(name="GRU"))
    seen: list[ContenderSpec] = []
    form.changed.connect(seen.append)
    box = form.editor("hidden_size").field
    assert isinstance(box, QSpinBox)
    box.selectAll()
    QTest.keyClicks(box, "64")
    assert [spec.hidden_size for spec in seen] == [6, 64]


def test_a_figure_that_becomes_too_large_leaves_none_of_its_beginnings_in_force() -> None:
    form = form_of(ContenderSpec(name="GRU"))
    seen: list[ContenderSpec] = []
    form.changed.connect(seen.append)
    box = form.editor("hidden_size").field
    assert isinstance(box, QSpinBox)
    box.selectAll()
    QTest.keyClicks(box, "99999")
    assert form.problem("hidden_size") == "must be at most 8,192"
    assert seen[-1].hidden_size == 32
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert seen[-1].hidden_size == 32
    type_into(form.editor("dropout").field, "0.5")
    assert seen[-1].hidden_size == 32
    box.lineEdit().setCursorPosition(len("99999"))
    QTest.keyClick(box, Qt.Key.Key_Backspace)
    QTest.keyClick(box, Qt.Key.Key_Backspace)
    assert form.problem("hidden_size") == ""
    assert seen[-1].hidden_size == 999


def test_undo_in_a_refused_field_brings_back_its_valid_value_and_nothing_else() -> None:
    form = form_of(TrainingSpec(lr=0.5))
    seen: list[Spec] = []
    form.changed.connect(seen.append)
    line = form.editor("lr").field
    type_into(line, "-1")
    assert form.problem("lr")
    QTest.keyClick(line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert form.problem("lr") == ""
    assert form.editor("lr").value() == 0.5
    assert not seen


def test_a_unit_is_singular_for_one() -> None:
    form = form_of(TaskSpec(horizon=2))
    box = form.editor("horizon").field
    assert isinstance(box, QSpinBox)
    assert box.text() == "2 steps"
    form.show_spec(TaskSpec(horizon=1))
    assert box.text() == "1 step"


def test_shares_always_add_up_to_a_whole() -> None:
    shares = Shares()
    shares.show_value(None)
    assert shares.value() is None
    shares.boxes[0].setValue(50)
    assert shares.value() == (0.5, 0.1, 0.4)
    shares.boxes[2].setValue(30)
    assert shares.value() == (0.6, 0.1, 0.3)
    shares.boxes[1].setValue(90)
    with pytest.raises(ValueError, match="add up to 150 %"):
        shares.value()


def test_a_number_keeps_all_its_digits_through_an_edit_of_another_field() -> None:
    spec = TrainingSpec(lr=0.00123456789, weight_decay=1 / 3)
    form = form_of(spec)
    seen: list[TrainingSpec] = []
    form.changed.connect(seen.append)
    line, epochs = form.editor("lr").field, form.editor("epochs").field
    assert isinstance(line, QLineEdit)
    assert isinstance(epochs, QSpinBox)
    assert line.text() == "0.00123456789"
    epochs.setValue(7)
    assert seen == [spec.model_copy(update={"epochs": 7})]


def test_an_ambiguous_comma_is_an_error_at_its_field() -> None:
    form = form_of(TrainingSpec())
    seen: list[Spec] = []
    form.changed.connect(seen.append)
    type_into(form.editor("clip").field, "1,000")
    assert form.problem("clip") == "is ambiguous; write 1000 or 1.000"
    assert not seen
    type_into(form.editor("steps").field, "1,000")
    type_into(form.editor("clip").field, "1000")
    assert seen == [TrainingSpec(clip=1000, steps=1000)]


@pytest.mark.parametrize(
    "split", [(0.625, 0.125, 0.25), (1 / 3, 1 / 3, 1 / 3), (0.725, 0.075, 0.2), (0.8125, 0.1875)]
)
def test_shares_finer_than_a_box_shows_survive_an_edit_of_another_field(
    split: tuple[float, ...],
) -> None:
    form = form_of(TaskSpec(split=split))
    seen: list[TaskSpec] = []
    form.changed.connect(seen.append)
    type_into(form.editor("window").field, "24")
    assert form.problem("split") == ""
    assert seen == [TaskSpec(split=split, window=24)]


def test_a_share_that_is_changed_leaves_the_others_as_fine_as_they_were() -> None:
    shares = Shares()
    shares.show_value((0.625, 0.125, 0.25))
    assert [box.text() for box in shares.boxes] == ["62.5 %", "12.5 %", "25 %"]
    shares.boxes[0].setValue(50)
    assert shares.value() == (0.5, 0.125, 0.375)
    shares.show_value((1 / 3, 1 / 3, 1 / 3))
    shares.boxes[2].setValue(20)
    spec = TaskSpec(split=shares.value())
    assert spec.split is not None
    assert spec.split[1:] == (1 / 3, 0.2)


def test_a_value_outside_the_choices_is_shown_and_kept() -> None:
    choices = {"calendar": (("not read", None), ("hour", ("hour",)))}
    form = Form(TaskSpec(calendar=("hour", "month")), ["calendar", "horizon"], choices=choices)
    seen: list[TaskSpec] = []
    form.changed.connect(seen.append)
    box, steps = form.editor("calendar").field, form.editor("horizon").field
    assert isinstance(box, QComboBox)
    assert isinstance(steps, QSpinBox)
    assert (box.currentIndex(), box.placeholderText()) == (-1, "hour, month")
    steps.setValue(2)
    assert seen == [TaskSpec(calendar=("hour", "month"), horizon=2)]


def test_a_blank_field_shows_its_default() -> None:
    form = form_of(TaskSpec())
    form.show_default("window", 32)
    form.show_default("kind", "forecast")
    line, box = form.editor("window").field, form.editor("kind").field
    assert isinstance(line, QLineEdit)
    assert isinstance(box, QComboBox)
    assert line.placeholderText() == "automatic: 32"
    assert box.currentText() == "automatic: forecasting"
    assert form.editor("window").value() is None
    assert form.editor("kind").value() is None


def test_a_fixed_value_is_shown_but_not_taken() -> None:
    form = form_of(ContenderSpec(name="LSTM", cell="lstm"))
    seen: list[ContenderSpec] = []
    form.changed.connect(seen.append)
    form.show_fixed("hidden_size", 27, "Follows from the match.")
    assert form.editor("hidden_size").value() == 27
    assert not form.editor("hidden_size").isEnabled()
    type_into(form.editor("dropout").field, "0.5")
    assert seen[-1].hidden_size == 32
    form.show_editable("hidden_size")
    assert form.editor("hidden_size").value() == 32


@pytest.mark.parametrize("spec", BLANK, ids=lambda spec: type(spec).__name__)
def test_words_are_given_only_for_choices_that_exist(spec: Spec) -> None:
    for name, info in type(spec).model_fields.items():
        kinds = (info.annotation, *get_args(info.annotation))
        choices = [v for kind in kinds if get_origin(kind) is Literal for v in get_args(kind)]
        if choices and name in CHOICES:
            assert {str(choice) for choice in choices} == set(CHOICES[name])
            assert all(value_label(name, choice) for choice in choices)
