"""The ways in which dates are written, as patterns whose groups are the parts of a date."""

import re

_FRACTION = r"(?:[.,](?P<f>\d{1,9}))?"
_CLOCK = rf"(?P<h>\d{{1,2}})(?:[:.](?P<mi>\d{{2}})(?:[:.](?P<s>\d{{2}}){_FRACTION})?)?"
_HALF = r"(?: ?(?P<ap>[AaPp])\.?(?:[Mm]\.?)?)?"
_ZONE = r"(?: ?(?P<z>Z|UTC|GMT|[+-]\d{2}:?\d{2})(?: UTC)?)?"
_INTERVAL = r"(?P<until> - \d[\d.:/ -]{3,})?"
_TIME = rf"(?:[T ,:]+{_CLOCK}{_HALF})?{_ZONE}{_INTERVAL}"
_WEEKDAY = r"(?:[A-Za-z]{2,9}\.?,? )?"
_YEAR = r"(?P<y>\d{4}|\d{2})"
MONTHS = {
    "jan": 1, "gen": 1, "ene": 1, "feb": 2, "fév": 2, "fev": 2, "mar": 3, "mär": 3, "mrt": 3,
    "apr": 4, "avr": 4, "abr": 4, "may": 5, "mai": 5, "mei": 5, "mag": 5, "jun": 6, "giu": 6,
    "juin": 6, "jul": 7, "lug": 7, "juil": 7, "aug": 8, "aoû": 8, "aou": 8, "ago": 8, "sep": 9,
    "set": 9, "oct": 10, "okt": 10, "ott": 10, "out": 10, "nov": 11, "dec": 12, "déc": 12,
    "dez": 12, "dic": 12,
}  # fmt: skip
"""The beginnings of months in English, German, French, Spanish, Italian, Portuguese and Dutch."""

_MONTH_NAME = rf"(?P<name>(?:{'|'.join(sorted(MONTHS, key=len, reverse=True))})[a-zéçû]{{0,7}})\.?"
_PATTERNS = {
    "year-first": r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})" + _TIME,
    "two-numbers": r"(?P<p>\d{1,2})[-/. ](?P<q>\d{1,2})[-/. ]" + _YEAR + _TIME,
    "day-month-name": rf"{_WEEKDAY}(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.)?[-/ ]*(?:de )?{_MONTH_NAME}"
    rf"[-/, ]*(?:de )?{_YEAR}{_TIME}",
    "month-name-day": rf"{_WEEKDAY}{_MONTH_NAME}[-/ ]+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?[-/ ]+"
    rf"(?P<y>\d{{4}}){_TIME}",
    "year-last": rf"(?:[A-Za-z]{{3}},? )?{_MONTH_NAME} +(?P<d>\d{{1,2}}) +{_CLOCK} (?:UTC |GMT )?"
    r"(?P<y>\d{4})",
    "month-name-year": rf"{_MONTH_NAME}[-/ ']+{_YEAR}",
    "compact": r"(?P<y>(?:19|20)\d{2})(?P<m>0[1-9]|1[0-2])(?P<d>[0-3]\d)"
    r"(?:[T _]?(?P<h>[0-2]\d)(?::?(?P<mi>[0-5]\d)(?::?(?P<s>[0-5]\d))?)?)?(?P<z>Z)?",
    "week": r"(?P<y>\d{4})[- ]?W(?P<w>\d{2})(?:-?(?P<d>[1-7]))?",
    "quarter": r"Q(?P<k>[1-4])[-/ ]?(?P<y>\d{4})",
    "marked-month": r"(?P<y>\d{4})M(?P<m>0[1-9]|1[0-2])",
    "signs": rf"(?P<y>\d{{4}})年(?P<m>\d{{1,2}})月(?:(?P<d>\d{{1,2}})日)?(?: ?{_CLOCK})?",
}
FULL = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _PATTERNS.items()}
GROUPS = ("y", "m", "d", "p", "q", "k", "name", "w", "h", "mi", "s", "f", "ap", "z", "until")
_WITH_MARKS = (
    "day-month-name", "month-name-day", "year-last", "month-name-year", "week", "quarter",
    "marked-month", "signs",
)  # fmt: skip
_LOOSE = re.compile(
    r"(\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})|\d{4}-?Q[1-4])"
    r"([T ]+\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[AaPp][Mm])?( ?(Z|UTC|[+-]\d{2}:?\d{2}))?)?"
)


def pattern_of(sample: list[str], share: float) -> str | None:
    """The pattern that nearly all cells have, or None.

    Args:
        sample: Some cells.
        share: The smallest share of them that has it.
    """
    for kind, pattern in FULL.items():
        matching = sum(pattern.fullmatch(text) is not None for text in sample)
        if sample and matching >= share * len(sample):
            return kind
    return None


def is_date_text(cell: str) -> bool:
    """Whether a cell is written as a date, with or without a time."""
    text = cell.strip()
    return _LOOSE.fullmatch(text) is not None or any(
        FULL[kind].fullmatch(text) is not None for kind in _WITH_MARKS
    )
