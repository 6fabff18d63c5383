"""Notes on new data that a trained model reads: how it differs from what it was trained on."""

from dataclasses import dataclass

from studio.core.notes import DataNote

_MOST_NAMES = 6


@dataclass(frozen=True)
class ColumnsUnused(DataNote):
    """Columns of the new data that the model does not read."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        verb = "is" if len(self.names) == 1 else "are"
        return f"{listed(self.names)} {verb} not among the model's columns and {verb} not used"


@dataclass(frozen=True)
class ColumnsReordered(DataNote):
    """The columns come in another order than in training."""

    def __str__(self) -> str:
        return "the columns come in another order than in training; they are matched by name"


@dataclass(frozen=True)
class UnitDiffers(DataNote):
    """A column whose header names another unit than in training."""

    column: str
    trained: str
    new: str

    def __str__(self) -> str:
        return (
            f"'{self.column}' is in {self.new} here and was in {self.trained} in training; the "
            "values are not converted"
        )


@dataclass(frozen=True)
class RoleColumnAbsent(DataNote):
    """A label, time or id column of the training data that the new data lacks."""

    role: str
    column: str

    def __str__(self) -> str:
        return f"there is no {self.role} column '{self.column}' here; the data is read without it"


@dataclass(frozen=True)
class UnknownClasses(DataNote):
    """Classes that the model cannot predict."""

    names: tuple[str, ...]
    count: int

    def __str__(self) -> str:
        examples = "1 example" if self.count == 1 else f"{self.count:,} examples"
        classes = "class" if len(self.names) == 1 else "classes"
        return (
            f"{examples} of the {classes} {listed(self.names)}, which the model does not know, "
            f"{'is' if self.count == 1 else 'are'} predicted but not scored"
        )


@dataclass(frozen=True)
class UnknownSymbols(DataNote):
    """Symbols of a text that are not in the model's vocabulary."""

    names: tuple[str, ...]
    share: float

    def __str__(self) -> str:
        return (
            f"{self.share:.1%} of the symbols are not in the vocabulary and are read as unknown, "
            f"such as {listed(self.names)}"
        )


@dataclass(frozen=True)
class GapsLeftOut(DataNote):
    """Windows or examples without a prediction because a value in them is missing."""

    count: int
    kind: str

    def __str__(self) -> str:
        what = f"1 {self.kind}" if self.count == 1 else f"{self.count:,} {self.kind}s"
        return (
            f"{what} {'has' if self.count == 1 else 'have'} missing values that the model cannot "
            f"read, and {'gets' if self.count == 1 else 'get'} no prediction"
        )


@dataclass(frozen=True)
class UnknownAhead(DataNote):
    """Windows without a prediction because what is known in advance ends before their forecast."""

    count: int
    names: tuple[str, ...]
    horizon: int

    def __str__(self) -> str:
        what = "1 window" if self.count == 1 else f"{self.count:,} windows"
        steps = "step" if self.horizon == 1 else f"{self.horizon:,} steps"
        return (
            f"{what} {'gets' if self.count == 1 else 'get'} no prediction, as {listed(self.names)} "
            f"{'is' if len(self.names) == 1 else 'are'} not given for the {steps} after "
            f"{'it' if self.count == 1 else 'them'}; add rows with the target left empty"
        )


@dataclass(frozen=True)
class UnknownStatic(DataNote):
    """Categories of a static column that the training set does not have."""

    column: str
    names: tuple[str, ...]

    def __str__(self) -> str:
        verb = "is" if len(self.names) == 1 else "are"
        return (
            f"'{self.column}' holds {listed(self.names)}, which {verb} not in the training set "
            f"and {verb} read as unknown"
        )


@dataclass(frozen=True)
class TooShort(DataNote):
    """Series that are shorter than a window."""

    count: int
    window: int

    def __str__(self) -> str:
        what = "1 series is" if self.count == 1 else f"{self.count:,} series are"
        return f"{what} shorter than a window of {self.window} steps and left out"


@dataclass(frozen=True)
class TimeStepDiffers(DataNote):
    """Rows that are further apart, or closer, than in training; in seconds."""

    trained: float
    new: float

    def __str__(self) -> str:
        return (
            f"the rows are {_duration(self.new)} apart here and were {_duration(self.trained)} "
            "apart in training; the model counts in rows, so its predictions mean something else"
        )


@dataclass(frozen=True)
class LongerThanTrained(DataNote):
    """Examples of more steps than any in training."""

    count: int
    longest: int
    trained: int

    def __str__(self) -> str:
        what = "1 example has" if self.count == 1 else f"{self.count:,} examples have"
        return (
            f"{what} up to {self.longest:,} steps, more than the {self.trained:,} of the longest "
            "in training"
        )


@dataclass(frozen=True)
class SeriesNotTrained(DataNote):
    """Series that were not among those of the training set, where each has its own scaler."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        verb = "was" if len(self.names) == 1 else "were"
        return (
            f"{listed(self.names)} {verb} not in the training set and {verb} scaled by all series"
        )


@dataclass(frozen=True)
class ReadAsOneExample(DataNote):
    """A series without ids, read as a single example."""

    def __str__(self) -> str:
        return "no column tells examples apart, so the whole file is read as one example"


@dataclass(frozen=True)
class PastTargetUnknown(DataNote):
    """The data lacks the target, whose past values the model starts from."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        verb = "is" if len(self.names) == 1 else "are"
        return f"{listed(self.names)} {verb} not known here, so the model starts from the mean"


def listed(names: tuple[str, ...]) -> str:
    """The first names in quotes, and how many more there are."""
    shown = ", ".join(f"'{name}'" for name in names[:_MOST_NAMES])
    rest = len(names) - _MOST_NAMES
    return f"{shown} and {rest:,} more" if rest > 0 else shown


def _duration(seconds: float) -> str:
    for name, length in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds >= length:
            return f"{seconds / length:.3g} {name[:-1] if seconds == length else name}"
    return f"{seconds:.3g} {'second' if seconds == 1 else 'seconds'}"
