"""No kind of table is read wrongly in silence: it is read right, asked about, told or refused."""

from pathlib import Path

import pytest
from unit.data.reading.kinds.every import KINDS
from unit.data.reading.kinds.kind import Kind
from unit.data.reading.kinds.reading import read, reading_of

from studio.core.errors import UserError

READ = [kind for kind in KINDS if kind.how != "refused"]
REFUSED = [kind for kind in KINDS if kind.how == "refused"]
ANSWERED = [kind for kind in KINDS if kind.answer]


def name(kind: Kind) -> str:
    return kind.make.__name__


@pytest.mark.parametrize("kind", READ, ids=name)
def test_each_kind_is_read_as_it_must_be(tmp_path: Path, kind: Kind) -> None:
    found = reading_of(read(kind, tmp_path))
    assert (found.what, found.time, found.target) == (kind.what, kind.time, kind.target)
    assert (found.how, " ".join(sorted(found.asks))) == (kind.how, kind.asks)
    assert kind.first is None or found.first == pytest.approx(kind.first)


@pytest.mark.parametrize("kind", REFUSED, ids=name)
def test_what_cannot_be_read_is_refused_with_a_remedy(tmp_path: Path, kind: Kind) -> None:
    with pytest.raises(UserError, match=kind.what) as refused:
        read(kind, tmp_path)
    assert refused.value.remedy


@pytest.mark.parametrize("kind", ANSWERED, ids=name)
def test_the_setting_that_a_doubt_names_answers_it(tmp_path: Path, kind: Kind) -> None:
    found = reading_of(read(kind, tmp_path, **dict(kind.answer)))
    assert not found.asks & {setting for setting, _ in kind.answer}
