"""What a search for settings tries: ranges and lists, the number of trials, sampler and pruning."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self, TypeAlias, get_args

from studio.core.errors import SpecError

Sampler = Literal["tpe", "random", "grid"]
Pruning = Literal["none", "median", "halving"]
Number: TypeAlias = int | float

_WHOLE = frozenset({"hidden_size", "num_layers"})
_LOGARITHMIC = frozenset({"lr", "hidden_size", "weight_decay"})
_LIMITS: Mapping[str, tuple[float, float]] = {
    "lr": (1e-8, 100),
    "hidden_size": (1, 8192),
    "num_layers": (1, 16),
    "dropout": (0, 0.99),
    "weight_decay": (0, 1000),
    "forget_bias": (-20, 20),
}
SEARCHED = tuple(_LIMITS)
"""Settings of a contender that can be searched."""
_MOST_TRIALS = 10_000
_AROUND = 10.0
_TRIALS = 30
_CHOICES = {"sampler": "tpe", "pruning": "median"}


@dataclass(frozen=True)
class SearchedSetting:
    """A range, both ends included, or a list.

    Attributes:
        name: One of SEARCHED.
        low: The lower end; None for a list.
        high: The upper end.
        values: The list; empty for a range.
    """

    name: str
    low: Number | None = None
    high: Number | None = None
    values: tuple[Number, ...] = ()

    @property
    def is_whole(self) -> bool:
        return self.name in _WHOLE

    @property
    def is_logarithmic(self) -> bool:
        """Whether a range is drawn from on a logarithmic scale."""
        return self.name in _LOGARITHMIC and self.low is not None and self.low > 0

    def __str__(self) -> str:
        """As it is typed, such as "lr=0.0003..0.03" or "hidden_size=16,32"."""
        if self.values:
            return f"{self.name}={','.join(f'{value:g}' for value in self.values)}"
        return f"{self.name}={self.low:g}..{self.high:g}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads what was typed.

        Raises:
            SpecError: There is no such setting, or its range or list cannot be used.
        """
        name, _, given = text.partition("=")
        name = name.strip().replace("-", "_")
        if name not in SEARCHED:
            raise SpecError(
                f"{name!r} is not a setting that can be searched",
                field="search",
                remedy=f"Choose from {', '.join(SEARCHED)}",
            )
        parts = given.split("..") if ".." in given else given.split(",")
        numbers = tuple(_number(name, part) for part in parts)
        if ".." not in given:
            return cls(name, values=tuple(dict.fromkeys(numbers)))
        if len(numbers) != 2 or not numbers[0] < numbers[1]:  # noqa: PLR2004 - two ends
            raise SpecError(
                f"{given!r} is not a range of {name}",
                field="search",
                remedy=f"Write the lower and the upper end, such as {name}=1..8",
            )
        return cls(name, numbers[0], numbers[1])


@dataclass(frozen=True)
class SearchSpec:
    """A search, the same for every contender.

    Attributes:
        settings: What is searched.
        trials: Trials of each contender.
        sampler: How settings are drawn: by tree-structured Parzen estimators (TPE), at random, or
            all combinations of lists.
        pruning: Whether trials that lag behind end early: below the median of the earlier ones at
            the same epoch, or by successive halving.
        seed: Of the sampler.
    """

    settings: tuple[SearchedSetting, ...]
    trials: int = _TRIALS
    sampler: Sampler = "tpe"
    pruning: Pruning = "median"
    seed: int = 0

    def __post_init__(self) -> None:
        names = [setting.name for setting in self.settings]
        if len(set(names)) < len(names):
            raise SpecError(
                f"{max(names, key=names.count)} is searched twice",
                field="search",
                remedy="Leave one out",
            )
        if not 1 <= self.trials <= _MOST_TRIALS:
            raise SpecError(
                f"{self.trials:,} trials cannot be made",
                field="trials",
                remedy=f"Choose from 1 to {_MOST_TRIALS:,}",
            )
        ranges = [setting.name for setting in self.settings if not setting.values]
        if self.sampler == "grid" and ranges:
            raise SpecError(
                f"a grid needs a list of values, but {ranges[0]} is a range",
                field="search",
                remedy=f"Give a list, such as {ranges[0]}=1,2,4",
            )

    @property
    def count(self) -> int:
        """Trials of each contender; a grid has no more than its combinations."""
        if self.sampler != "grid":
            return self.trials
        return min(self.trials, math.prod(len(setting.values) for setting in self.settings))

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Reads what as_json gave; raises ValueError, TypeError, KeyError or SpecError."""
        settings = tuple(
            SearchedSetting(**{**setting, "values": tuple(setting["values"])})
            for setting in stored["settings"]
        )
        if stored["sampler"] not in get_args(Sampler) or stored["pruning"] not in get_args(Pruning):
            raise ValueError("an unknown sampler or pruning")
        return cls(**{**stored, "settings": settings})


def search_from_table(
    table: Mapping[str, Any], over: Mapping[str, Any], lr: float, seed: int
) -> SearchSpec:
    """The search of an experiment file's table [search], with what options set in its place.

    Args:
        table: trials, sampler, pruning, and settings with a list or a range such as "1..8" each;
            every one may be missing, and the default settings are searched where none is named.
        over: The same, as options gave them; "search" holds the texts of settings.
        lr: The learning rate that is set, for the default settings.
        seed: Of the sampler.

    Raises:
        SpecError: A name or a value cannot be used.
    """
    known = {"trials", "sampler", "pruning", "settings"}
    if unknown := sorted(set(table) - known):
        raise _of_table(
            unknown[0], "there is no such setting", f"Choose from {', '.join(sorted(known))}"
        )
    settings = table.get("settings", {})
    if not isinstance(settings, Mapping):
        raise _of_table("settings", "is no table", "Write [search.settings]")
    searched = tuple(_of_file(name, given) for name, given in settings.items())
    trials = over.get("trials", table.get("trials", _TRIALS))
    if isinstance(trials, bool) or not isinstance(trials, int):
        raise _of_table("trials", "must be a whole number", f"Write trials = {_TRIALS}")
    choices = {}
    for name, kind in (("sampler", Sampler), ("pruning", Pruning)):
        allowed = get_args(kind)
        choices[name] = over.get(name, table.get(name, _CHOICES[name]))
        if choices[name] not in allowed:
            raise _of_table(
                name, f"{choices[name]!r} is unknown", f"Choose from {', '.join(allowed)}"
            )
    typed = over.get("search")
    if typed or not searched:
        searched = parse_search(typed or (), lr)
    return SearchSpec(searched, trials, **choices, seed=seed)


def _of_file(name: str, given: object) -> SearchedSetting:
    """A setting of a file, whose remedies are those of a file."""
    typed = ",".join(map(str, given)) if isinstance(given, list | tuple) else given
    try:
        return SearchedSetting.parse(f"{name}={typed}")
    except SpecError as error:
        if name.replace("-", "_") in SEARCHED:
            error.remedy = f'Write a list, such as {name} = [1, 2], or a range: {name} = "1..2"'
        raise


def _of_table(name: str, what: str, remedy: str) -> SpecError:
    return SpecError(f"{name}: {what}", field="search", remedy=remedy)


def default_settings(lr: float) -> tuple[SearchedSetting, ...]:
    """The learning rate, from a tenth of the one that is set to ten times it, and the dropout."""
    return (
        SearchedSetting("lr", float(f"{lr / _AROUND:.3g}"), float(f"{lr * _AROUND:.3g}")),
        SearchedSetting("dropout", values=(0.0, 0.1, 0.3)),
    )


def parse_search(texts: Sequence[str], lr: float) -> tuple[SearchedSetting, ...]:
    """What was typed, or the default."""
    return tuple(map(SearchedSetting.parse, texts)) or default_settings(lr)


def _number(name: str, text: str) -> Number:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    low, high = _LIMITS[name]
    if not low <= value <= high or (name in _WHOLE and value != int(value)):
        kind = "a whole number" if name in _WHOLE else "a number"
        raise SpecError(
            f"{text.strip()!r} is not {kind} from {low:g} to {high:g}",
            field="search",
            remedy=f"Write a list or a range, such as {name}={_EXAMPLES[name]}",
        )
    return int(value) if name in _WHOLE else value


_EXAMPLES: Mapping[str, str] = {
    "lr": "0.0003..0.03",
    "hidden_size": "16,32,64",
    "num_layers": "1,2",
    "dropout": "0..0.5",
    "weight_decay": "0,0.0001,0.01",
    "forget_bias": "0,1,2",
}
