"""Makes docs/guide/reading-trials.md from the kinds of files that the tests read.

python docs/make_reading_trials.py
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from unit.data.arrays import test_real_kinds as arrays
from unit.data.reading.kinds.every import KINDS
from unit.data.reading.kinds.reading import how_it_was_read, read, shape

from studio.core.errors import UserError
from studio.core.specs.dataset_spec import FileDataset
from studio.data import Dataset, load
from studio.data.inspection import find_problems

OUT = ROOT / "docs" / "guide" / "reading-trials.md"
_MOST_OPTIONS = 3
_LONGEST = 110
_HEAD = """# Kinds of files that were tried

Each row is a file as people have it, made by the tests after a public data set or an instrument,
and what the program reads it as, without a setting. No file is read wrongly without a word:

- **right**: no doubtful decision, nothing left out.
- **told**: read right, and a note or a problem says what is left out, missing or repeated.
- **asked**: a decision is doubtful. It stands first in the card *How it was read*, and the
  option answers it.
- **refused**: a message says where the file cannot be read, and what would help.

`python docs/make_reading_trials.py` makes this page. The sizes are steps or examples, then steps of
an example, then channels.
"""


class Trial(NamedTuple):
    """A row of the page."""

    kind: str
    after: str
    what: str
    how: str
    answer: str


def page() -> str:
    """The page: how often each outcome came, the tables, and the arrays and archives."""
    tables = list(_tables())
    others = list(_arrays())
    counts = Counter(trial.how for trial in (*tables, *others))
    summary = ", ".join(f"{counts[how]} {how}" for how in ("right", "told", "asked", "refused"))
    return "\n".join(
        [
            _HEAD,
            f"Of {len(tables) + len(others)} kinds: {summary}.",
            "\n## Tables\n",
            *_rows(tables),
            "\n## Arrays, archives and documents\n",
            *_rows(others),
            "",
        ]
    )


def _tables() -> Iterator[Trial]:
    for kind in KINDS:
        with TemporaryDirectory() as folder:
            yield _tried(
                kind.make.__name__,
                kind.after,
                lambda kind=kind, folder=folder: read(kind, Path(folder)),
            )


def _arrays() -> Iterator[Trial]:
    for kind in arrays.KINDS:
        with TemporaryDirectory() as folder:
            path = kind.make(Path(folder))
            name = kind.make.__name__
            yield _tried(name, path.name, lambda path=path: load(FileDataset(path=str(path))))


def _tried(name: str, after: str, reading: Callable[[], Dataset]) -> Trial:
    kind = name.replace("_", " ")
    try:
        dataset = reading()
    except UserError as error:
        message = f"{error.where}: {error.what}" if error.where else error.what
        return Trial(
            kind, after, _short(message), "refused", _short(error.remedy).replace("<", "&lt;")
        )
    doubtful = [each.option() for each in dataset.decisions if each.is_doubtful]
    options = doubtful or [each.option for each in find_problems(dataset) if each.option]
    shown = list(dict.fromkeys(options))[:_MOST_OPTIONS]
    answer = "<br>".join(f"`{_short(option)}`" for option in shown)
    return Trial(kind, after, shape(dataset), how_it_was_read(dataset), answer)


def _short(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= _LONGEST else one_line[: _LONGEST - 1].rstrip() + "…"


def _rows(trials: list[Trial]) -> Iterator[str]:
    yield "| kind | modelled on | read as | how | what answers it |"
    yield "| --- | --- | --- | --- | --- |"
    for trial in trials:
        plain = [cell.replace("<", "&lt;") for cell in trial[:-1]]
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in (*plain, trial.answer)) + " |"


if __name__ == "__main__":
    OUT.write_text(page(), encoding="utf-8")
    print(f"wrote {OUT}")
