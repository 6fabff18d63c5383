"""Numbers as the pages show them."""

import math
from datetime import datetime

_NONE_BELOW = 0.05
_TENTHS_BELOW = 10
_THOUSAND = 1000


def format_whole(count: int) -> str:
    """A whole number in groups of three: "11,520"."""
    return f"{count:,}".replace("-", "−")


def count_of(count: int, noun: str) -> str:
    """Such as "1 seed" or "3 seeds"."""
    return f"{format_whole(count)} {noun}" if count == 1 else f"{format_whole(count)} {noun}s"


def format_change(share: float) -> str:
    """A difference in per cent with its sign, such as "+33 %"; "±0 %" where there is none."""
    percent = 100 * share
    if abs(percent) < _NONE_BELOW:
        return "±0 %"
    digits = 1 if abs(percent) < _TENTHS_BELOW else 0
    return f"{percent:+.{digits}f} %".replace("-", "−")


def format_bytes(count: int) -> str:
    """Such as "640 bytes", "13.2 kB" or "1.50 MB", by thousands."""
    size = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < _THOUSAND or unit == "GB":
            return f"{count} bytes" if unit == "bytes" else f"{format_value(size)} {unit}"
        size /= _THOUSAND
    raise AssertionError  # pragma: no cover - the last unit returns


def local_time(created: str) -> str:
    """An ISO 8601 time as "24 Nov 2026, 14:05" where the user is."""
    return format_datetime(datetime.fromisoformat(created).astimezone())


def format_datetime(when: datetime) -> str:
    """Such as "4 Nov 2026, 14:05"; Windows knows no "%-d"."""
    return f"{when.day} {when:%b %Y, %H:%M}"


def format_value(value: float) -> str:
    """Three significant digits, without an exponent where possible."""
    if not math.isfinite(value):
        return ""
    if value and not 1e-4 <= abs(value) < 1e7:  # noqa: PLR2004 - a column has room for so many
        return f"{value:.3g}".replace("-", "−")
    digits = max(0, 2 - math.floor(math.log10(abs(value)))) if value else 0
    return f"{value:.{digits}f}".replace("-", "−")
