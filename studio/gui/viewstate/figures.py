"""Numbers as the pages say them."""

import math

_THIN = "\u202f"
_NONE_BELOW = 0.05
_TENTHS_BELOW = 10


def whole(count: int) -> str:
    """A whole number in groups of three: "11 520"."""
    return f"{count:,}".replace(",", _THIN).replace("-", "−")


def counted(count: int, noun: str) -> str:
    """Such as "1 seed" or "3 seeds"."""
    return f"{whole(count)} {noun}" if count == 1 else f"{whole(count)} {noun}s"


def more_or_less(share: float) -> str:
    """A difference in per cent with its sign, such as "+33 %"; "±0 %" where there is none."""
    percent = 100 * share
    if abs(percent) < _NONE_BELOW:
        return "±0 %"
    digits = 1 if abs(percent) < _TENTHS_BELOW else 0
    return f"{percent:+.{digits}f} %".replace("-", "−")


def bytes_in_words(count: int) -> str:
    """Such as "640 bytes", "13.2 KiB" or "1.50 MiB"."""
    size = float(count)
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if size < 1024 or unit == "GiB":  # noqa: PLR2004 - of bytes
            return f"{count} bytes" if unit == "bytes" else f"{figure(size)} {unit}"
        size /= 1024
    raise AssertionError  # pragma: no cover - the last unit returns


def figure(value: float) -> str:
    """Three digits that matter, never in powers of ten unless it must be."""
    if not math.isfinite(value):
        return ""
    if value and not 1e-4 <= abs(value) < 1e7:  # noqa: PLR2004 - a column has room for so many
        return f"{value:.3g}".replace("-", "−")
    digits = max(0, 2 - math.floor(math.log10(abs(value)))) if value else 0
    return f"{value:.{digits}f}".replace("-", "−")
