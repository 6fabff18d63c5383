"""What is wrong with a dataset: a type for each kind of problem, worded here alone."""

from dataclasses import dataclass

from studio.core.notes import DataNote


class Problem(DataNote):
    """Something wrong with a dataset; str() words it, without a full stop."""

    @property
    def option(self) -> str:
        """The option of the command line that mends it, or ""."""
        return ""


@dataclass(frozen=True)
class MissingValuesFound(Problem):
    """A column with missing values; first is where the first one is, or ""."""

    column: str
    count: int
    first: str = ""

    def __str__(self) -> str:
        first = f", first at {self.first}" if self.first else ""
        values = "1 missing value" if self.count == 1 else f"{self.count} missing values"
        return f"column '{self.column}': {values}{first}"

    @property
    def option(self) -> str:
        """Fills them instead of refusing, in a way that suits every task."""
        return "--missing forward"


@dataclass(frozen=True)
class MissingSteps(Problem):
    """Steps that no row stands for, though most rows are one step apart.

    Attributes:
        count: How many are missing.
        total: How many there would be without gaps.
        step: The usual step as the setting `resample` takes it, or "" for months, which it does
            not divide.
        unit: What is counted, such as "days" or "steps of 15min".
        first: The first that is missing.
    """

    count: int
    total: int
    step: str
    unit: str
    first: str

    def __str__(self) -> str:
        are = "is" if self.count == 1 else "are"
        remedy = f"; resample={self.step} turns them into missing values" if self.step else ""
        return (
            f"{self.count:,} of {self.total:,} {self.unit} between the first and the last date "
            f"{are} missing, first {self.first}; windows skip them as if the rows were adjacent"
            f"{remedy}"
        )

    @property
    def option(self) -> str:
        """Puts the missing steps in."""
        return f"--data-option resample={self.step}" if self.step else ""


@dataclass(frozen=True)
class ConstantColumn(Problem):
    """A column that never changes."""

    column: str

    def __str__(self) -> str:
        return f"column '{self.column}': constant, so it carries no information"


@dataclass(frozen=True)
class DatesOutOfOrder(Problem):
    """Dates that go backwards, in a named column with the first that does, or somewhere."""

    column: str = ""
    first: str = ""

    def __str__(self) -> str:
        column = f" in '{self.column}'" if self.column else ""
        first = f", first at {self.first}" if self.first else ""
        return f"the dates{column} are not in ascending order{first}"


@dataclass(frozen=True)
class OddCellsFound(Problem):
    """Cells of a column of numbers that are no numbers; they are taken as missing."""

    column: str
    count: int
    example: str
    first: str

    def __str__(self) -> str:
        cells = "1 cell is" if self.count == 1 else f"{self.count:,} cells are"
        return (
            f"column '{self.column}': {cells} not a number, first '{self.example}' at "
            f"{self.first}; read as missing"
        )

    @property
    def option(self) -> str:
        """Accepts the mark."""
        return f"--data-option na_values={self.example}"


@dataclass(frozen=True)
class TimesUnordered(Problem):
    """Times that cannot be put in order, as they cannot be read."""

    column: str

    def __str__(self) -> str:
        return f"column '{self.column}': the times cannot be read, so their order is not checked"

    @property
    def option(self) -> str:
        """Names the format of the dates."""
        return "--data-option dates=FORMAT"


@dataclass(frozen=True)
class HourRepeated(Problem):
    """An hour that comes twice, as where clocks go back."""

    column: str
    first: str

    def __str__(self) -> str:
        return (
            f"column '{self.column}': an hour comes twice, first at {self.first}, as where clocks "
            "go back"
        )

    @property
    def option(self) -> str:
        """Converts to UTC, where no hour comes twice."""
        return "--data-option zone=Europe/Berlin"


@dataclass(frozen=True)
class TimesUnreadable(Problem):
    """Times of a long table that cannot be sorted, and why."""

    reason: str

    def __str__(self) -> str:
        return f"{self.reason}, so the rows of each series are kept in file order"


@dataclass(frozen=True)
class TimesMissing(Problem):
    """Times that a long table lacks."""

    column: str
    count: int

    def __str__(self) -> str:
        if self.count == 1:
            return f"column '{self.column}': 1 time is missing, and its row is placed last"
        return f"column '{self.column}': {self.count} times are missing, and their rows are last"


@dataclass(frozen=True)
class TimesRepeated(Problem):
    """Times that occur more than once in a series."""

    column: str
    count: int

    def __str__(self) -> str:
        times = "1 repeated time" if self.count == 1 else f"{self.count} repeated times"
        return f"column '{self.column}': {times} within a series"


@dataclass(frozen=True)
class UnevenSteps(Problem):
    """Times whose steps differ."""

    column: str

    def __str__(self) -> str:
        return f"column '{self.column}': the steps are not evenly spaced"


@dataclass(frozen=True)
class SingleClass(Problem):
    """Examples that all have the same class."""

    def __str__(self) -> str:
        return "there is only one class"


@dataclass(frozen=True)
class SmallClass(Problem):
    """A class with few examples."""

    name: str
    count: int

    def __str__(self) -> str:
        examples = "1 example" if self.count == 1 else f"{self.count} examples"
        return f"the class '{self.name}' has only {examples}"


@dataclass(frozen=True)
class DuplicateExamples(Problem):
    """Examples that repeat an earlier one, some of them with another class."""

    count: int
    total: int
    conflicting: int = 0

    def __str__(self) -> str:
        conflicts = f", {self.conflicting:,} of them with another class" * bool(self.conflicting)
        return (
            f"{self.count:,} of {self.total:,} examples repeat an earlier one{conflicts}: a random "
            "split puts the same example into the training set and the test set"
        )


@dataclass(frozen=True)
class LeakedTestExamples(Problem):
    """Examples of a given test set that equal a training example."""

    count: int
    total: int

    def __str__(self) -> str:
        return f"{self.count:,} of {self.total:,} test examples are also in the training set"
