"""Column names from which a column's role is guessed."""

import re

_WORD = re.compile(r"[^\W\d_]+|\d+")
_HUMP = re.compile(r"(?<=[a-zäöü])(?=[A-ZÄÖÜ])")

LABEL_NAMES = frozenset({"label", "labels", "class", "classes", "category", "target", "y"})
TAG_NAMES = frozenset(
    {"label", "labels", "class", "classes", "category", "tag", "tags", "activity", "gesture"}
)
TIME_NAMES = frozenset(
    {"time", "date", "datetime", "timestamp", "year", "jahr", "month", "day", "hour", "t", "index",
     "step", "id", "no", "row", "unnamed: 0", "column 1", "ds", "time_idx"}
)  # fmt: skip
ID_NAMES = frozenset(
    {"id", "series", "series_id", "unique_id", "sequence", "sequence_id", "sample", "sample_id",
     "case", "case_id", "instance", "instance_id", "recording", "recording_id", "trial", "trial_id",
     "item", "item_id", "store", "store_id"}
)  # fmt: skip
GROUP_NAMES = frozenset(
    name + ending
    for name in ("group", "subject", "speaker", "patient", "participant", "person", "user")
    for ending in ("", "_id", "id", " id")
)
TEXT_NAMES = frozenset(
    {"text", "texts", "sentence", "review", "comment", "tweet", "message", "document", "content",
     "title", "phrase", "utterance", "sequence", "dna", "rna", "protein", "seq", "name", "surname"}
)  # fmt: skip
PATH_NAMES = frozenset({"path", "file", "filename", "file_name", "filepath", "file_path", "audio",
                        "wav", "recording"})  # fmt: skip
TARGET_NAMES = frozenset(
    {"target", "y", "value", "close", "adj close", "price", "demand", "load", "consumption",
     "sales", "pm2.5", "pm25", "ot", "output", "power", "usage", "verbrauch", "last", "rul", "soc",
     "cnt", "umsatz", "absatz", "netzlast", "preis", "kurs"}
)  # fmt: skip
CALENDAR_NAMES = frozenset(
    {"year", "quarter", "month", "week", "weekofyear", "day", "weekday", "dayofweek", "day_of_week",
     "dow", "dayofyear", "hour", "hr", "minute", "second", "season", "holiday", "is_holiday",
     "is_weekend", "weekend", "workingday", "is_workday", "jahr", "monat", "tag", "stunde"}
)  # fmt: skip
TARGET_WORDS = TARGET_NAMES - {"y", "value", "ot", "output", "last", "soc", "pm2.5", "pm25"}
HOUR_NAMES = frozenset({"hour", "hr", "hours", "stunde", "uhrzeit", "time", "hour_of_day", "hod"})
DATE_NAMES = frozenset(
    {"time", "date", "datetime", "timestamp", "ts", "ds", "datum", "zeit", "epoch", "unix", "day",
     "unix_timestamp", "created_at", "t", "date_time", "utc"}
)  # fmt: skip
_DATE_WORDS = frozenset({"date", "datetime", "timestamp", "datum", "yearmoda", "epoch"})
SPLIT_NAMES = frozenset({"usage", "split", "set", "subset", "fold", "partition"})
"""Names of columns that say which part a row belongs to."""


def plain_name(name: str) -> str:
    """A name in small letters, without the brackets or lines around it, as in <CLOSE> or _time."""
    return name.strip("<>_ ").lower()


def words_of(name: str) -> list[str]:
    """The words of a name such as Weekly_Sales or weeklySales, in small letters."""
    return [word.lower() for word in _WORD.findall(_HUMP.sub(" ", name))]


def is_date_name(name: str) -> bool:
    """Whether a name says that a column holds dates."""
    return plain_name(name) in DATE_NAMES or bool(_DATE_WORDS & set(words_of(name)))
