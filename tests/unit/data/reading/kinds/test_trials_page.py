"""The page of the guide that lists what was tried says what the reader does."""

import pytest
from support import ROOT


@pytest.mark.verify  # it reads every kind again
def test_the_page_of_trials_is_what_the_reader_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    from make_reading_trials import OUT, page  # noqa: PLC0415 - after the path is set

    assert OUT.read_text(encoding="utf-8") == page(), "run docs/make_reading_trials.py"
