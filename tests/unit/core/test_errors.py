import pickle

import pytest

from studio.core.errors import (
    DatasetError,
    ExportError,
    MachineError,
    SessionError,
    SpecError,
    UserError,
)

FAMILY = [DatasetError, ExportError, MachineError, SessionError, SpecError]


def test_the_text_says_where_what_and_what_to_do_in_one_line() -> None:
    error = UserError("it is empty", where="data.csv, line 3", remedy="Give it rows")
    assert str(error) == "data.csv, line 3: it is empty. Give it rows."


def test_parts_that_are_missing_leave_no_punctuation() -> None:
    assert str(UserError("it is empty")) == "it is empty."
    assert str(UserError("it is empty", where="data.csv")) == "data.csv: it is empty."


@pytest.mark.parametrize("kind", FAMILY)
def test_errors_are_one_family_and_survive_pickling(kind: type[UserError]) -> None:
    sent = kind("what", where="where", remedy="remedy")
    received = pickle.loads(pickle.dumps(sent))  # noqa: S301 - our own bytes
    assert isinstance(received, UserError)
    assert type(received) is kind
    assert str(received) == str(sent)


def test_the_error_of_a_setting_carries_its_field() -> None:
    sent = SpecError("is too large", field="window")
    received = pickle.loads(pickle.dumps(sent))  # noqa: S301 - our own bytes
    assert (received.field, str(received)) == ("window", "window: is too large.")
