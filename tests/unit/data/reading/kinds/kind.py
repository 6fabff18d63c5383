"""A kind of table that people have: how it is made, and how it must be read."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

How = Literal["right", "asked", "told", "refused"]
Maker = Callable[[], str | bytes]


@dataclass(frozen=True)
class Kind:
    """A kind of file.

    Attributes:
        make: Makes its content.
        after: What it is modelled on.
        how: "right": no doubtful decision, no note and no problem. "told": a note or a problem says
            what was done or is wrong. "asked": a decision is doubtful. "refused": a message says
            what would read it.
        what: Task and sizes as "forecast 300 x 7", or the message.
        time: The first time stamp, "" where there is none.
        first: The first value of the first channel.
        target: The target of a series, or the label.
        asks: The settings of the doubtful decisions, separated by blanks.
        file: Its name.
        answer: What the settings that answer are.
    """

    make: Maker
    after: str
    how: How
    what: str
    time: str = ""
    first: float | None = None
    target: str = ""
    asks: str = ""
    file: str = "given.csv"
    answer: tuple[tuple[str, object], ...] = ()


class Kinds(list[Kind]):
    """The kinds of a module."""

    def add(  # noqa: PLR0913 - what is right of a file has as many sides
        self,
        after: str,
        how: How,
        what: str,
        *,
        time: str = "",
        first: float | None = None,
        target: str = "",
        asks: str = "",
        file: str = "given.csv",
        **answer: object,
    ) -> Callable[[Maker], Maker]:
        """Registers the function that makes the content."""

        def register(make: Maker) -> Maker:
            options = tuple(answer.items())
            self.append(Kind(make, after, how, what, time, first, target, asks, file, options))
            return make

        return register


def stamps(start: str, step: str, count: int, pattern: str = "%Y-%m-%d %H:%M:%S") -> list[str]:
    """Times of equal steps, such as "15min", "1h" or "1d", as strftime writes them."""
    number, unit = int(step[:-1].rstrip("min") or 1), step[-1]
    seconds = number * {"s": 1, "n": 60, "h": 3600, "d": 86_400}[unit]
    first = datetime.fromisoformat(start)
    return [(first + timedelta(seconds=seconds * at)).strftime(pattern) for at in range(count)]


def months(year: int, count: int, pattern: str = "{0:04}-{1:02}-01") -> list[str]:
    """Successive months, written by the pattern."""
    return [pattern.format(year + at // 12, at % 12 + 1) for at in range(count)]


def wave(
    count: int, middle: float = 10.0, size: float = 3.0, period: float = 24.0, digits: int = 2
) -> list[float]:
    """Values that go up and down and never quite repeat."""
    return [
        round(middle + size * math.sin(6.283 * at / period) + size / 5 * math.sin(at * 1.7), digits)
        for at in range(count)
    ]


def comma(values: Sequence[float], digits: int = 2) -> list[str]:
    """Numbers with a decimal comma."""
    return [f"{value:.{digits}f}".replace(".", ",") for value in values]


def grouped(values: Sequence[float], mark: str, decimal: str, digits: int = 2) -> list[str]:
    """Numbers with a mark between thousands."""
    texts = [f"{value:,.{digits}f}" for value in values]
    return [text.replace(",", "\0").replace(".", decimal).replace("\0", mark) for text in texts]


def quoted(cells: Sequence[object]) -> list[str]:
    """Cells in quotes."""
    return [f'"{cell}"' for cell in cells]


def table(header: str, *columns: Sequence[object], sep: str = ",", end: str = "") -> str:
    """A table of a header, if any, and columns; end closes each row."""
    rows = (sep.join(map(str, row)) + end for row in zip(*columns, strict=True))
    return "\n".join([*([header] if header else []), *rows]) + "\n"


def gapped(cells: Sequence[object], mark: str, *places: int) -> list[object]:
    """Cells of which some are a mark."""
    return [mark if at in places else cell for at, cell in enumerate(cells)]
