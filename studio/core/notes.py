"""Notes on what was done to data, or assumed of it: a type for each kind, worded here alone."""

from dataclasses import dataclass
from typing import Literal

from studio.core.specs.task_spec import Mixed, SymbolInput

_MOST_CLASSES = 6
_MOST_NAMES = 6


class DataNote:
    """What a user should know of their data; str() words it, without a full stop."""


@dataclass(frozen=True)
class EncodingAssumed(DataNote):
    """A text file that is not UTF-8, and how it was decoded."""

    file: str
    encoding: str

    def __str__(self) -> str:
        return (
            f"the file {self.file} is read as {self.encoding} because it is not UTF-8 and looks "
            "Western European"
        )


@dataclass(frozen=True)
class HeaderRepeated(DataNote):
    """Lines that repeat the header further down; first is where the first one is."""

    count: int
    first: str

    def __str__(self) -> str:
        lines, are = ("1 line", "is") if self.count == 1 else (f"{self.count:,} lines", "are")
        return (
            f"{lines} below the header {'repeats' if self.count == 1 else 'repeat'} it, first "
            f"{self.first}, as where files were joined; {'it' if self.count == 1 else 'they'} "
            f"{are} left out"
        )


@dataclass(frozen=True)
class FilesLeftOut(DataNote):
    """Files of a folder that are of another kind than those that are read."""

    count: int
    example: str

    def __str__(self) -> str:
        if self.count == 1:
            return f"the file {self.example} is left out because it is of another kind"
        return (
            f"{self.count:,} files are left out because they are of another kind, such as "
            f"{self.example}"
        )


@dataclass(frozen=True)
class SheetRead(DataNote):
    """The sheet of a workbook that is read."""

    sheet: str

    def __str__(self) -> str:
        return f"the sheet '{self.sheet}' is read"


@dataclass(frozen=True)
class ArrayUnused(DataNote):
    """An array of a file that is not read, and what it is, such as "a struct" or "(3, 4)"."""

    name: str
    kind: str

    def __str__(self) -> str:
        return f"the array '{self.name}' is not used ({self.kind})"


@dataclass(frozen=True)
class FilesReadTogether(DataNote):
    """Files beside each other that are one dataset."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        return f"the files {_quoted(self.names)} are read as one dataset"


@dataclass(frozen=True)
class NumbersInText(DataNote):
    """A column of text whose cells are all numbers, in a file that tells text from numbers."""

    column: str

    def __str__(self) -> str:
        return f"the column '{self.column}' holds numbers that are written as text"


@dataclass(frozen=True)
class PaddingRemoved(DataNote):
    """Sequences that end in steps without any value."""

    count: int

    def __str__(self) -> str:
        return (
            f"{_count(self.count, 'example')} shortened by the steps at the end that hold no value"
        )


@dataclass(frozen=True)
class AlphabetAssumed(DataNote):
    """What the letters of biological sequences are read as."""

    alphabet: str

    def __str__(self) -> str:
        return f"the sequences are read as {self.alphabet}"


@dataclass(frozen=True)
class TimeStampsUnused(DataNote):
    """Time stamps of a .ts file."""

    def __str__(self) -> str:
        return "time stamps are used only to order the time steps"


@dataclass(frozen=True)
class ColumnUnused(DataNote):
    """A column that is not read, and what keeps it from being read."""

    column: str
    reason: Literal["text", "date", "empty", "nested", "not the text"]

    def __str__(self) -> str:
        reason = {
            "text": "it holds text",
            "date": "it holds further dates",
            "empty": "it is empty",
            "nested": "its values are nested",
            "not the text": "the table is read as labelled texts",
        }[self.reason]
        return f"the column '{self.column}' is not used because {reason}"


@dataclass(frozen=True)
class RowsAsExamples(DataNote):
    """A table whose rows are examples, and the column of labels that says so."""

    column: str

    def __str__(self) -> str:
        return (
            f"each row is read as one example because of the column '{self.column}'; choose the "
            "task forecast to read the table as one series"
        )


@dataclass(frozen=True)
class StepsTagged(DataNote):
    """A column that holds the class of each time step."""

    column: str

    def __str__(self) -> str:
        return (
            f"the column '{self.column}' changes within sequences, so it is read as the class of "
            "each time step"
        )


@dataclass(frozen=True)
class CommentsUnused(DataNote):
    """Comments beside the rows of a measurement."""

    count: int

    def __str__(self) -> str:
        return f"{_count(self.count, 'comment')} not used"


@dataclass(frozen=True)
class SegmentsJoined(DataNote):
    """Segments of a measurement that are one series."""

    count: int

    def __str__(self) -> str:
        return f"{self.count:,} segments are read as one series because their times continue"


@dataclass(frozen=True)
class SeveralSeries(DataNote):
    """A long table of several series."""

    count: int

    def __str__(self) -> str:
        return f"{self.count:,} series are read, each forecast from its own past"


@dataclass(frozen=True)
class EmptyTextsLeftOut(DataNote):
    """Texts without a character."""

    count: int

    def __str__(self) -> str:
        return f"{_count(self.count, 'empty text')} left out"


@dataclass(frozen=True)
class SeriesResampled(DataNote):
    """A series on a regular step."""

    rows: int
    steps: int
    step: str
    empty: int

    def __str__(self) -> str:
        gaps = f", {self.empty:,} of which have no row and are missing" if self.empty else ""
        return f"{self.rows:,} rows are resampled to {self.steps:,} steps of {self.step}{gaps}"


@dataclass(frozen=True)
class GivenTestSetUnused(DataNote):
    """A test set that came with the data of a forecast."""

    def __str__(self) -> str:
        return "the given test set is not used because forecasts split a series by time"


@dataclass(frozen=True)
class TargetAssumed(DataNote):
    """The column that is predicted where no target is named."""

    column: str
    at_each_step: bool = False

    def __str__(self) -> str:
        done = "is predicted at each step" if self.at_each_step else "is forecast"
        return f"the column '{self.column}' {done} because no target is named"


@dataclass(frozen=True)
class TargetPastUnread(DataNote):
    """Targets that are not among the features."""

    columns: tuple[str, ...]

    def __str__(self) -> str:
        return f"the past of {_quoted(self.columns)} is not an input of the networks"


@dataclass(frozen=True)
class WindowAssumed(DataNote):
    """The window of a forecast or of a text where none is set."""

    window: int
    of_text: bool = False

    def __str__(self) -> str:
        reads = (
            f"the text is cut into windows of {self.window} tokens"
            if self.of_text
            else f"each forecast reads {self.window} past steps"
        )
        return f"{reads} because no window is set"


@dataclass(frozen=True)
class LabelWindowAssumed(DataNote):
    """The window of series with a class for each step where none is set."""

    window: int

    def __str__(self) -> str:
        return f"the series is cut into windows of {self.window} steps because no window is set"


@dataclass(frozen=True)
class TrackedSteps(DataNote):
    """How the steps of the task track are read and scored."""

    washout: int
    past_target: bool
    carried: bool

    def __str__(self) -> str:
        where = "stream" if self.carried else "sequence or window"
        parts = [f"the state starts from zero at each {where}"]
        if self.washout:
            parts.append(f"its first {self.washout} steps are neither trained on nor scored")
        if self.past_target:
            parts.append(
                "training reads the true target of the step before (teacher forcing); validation "
                "and test scores are free running, from the network's own predictions after the "
                "washout, and the teacher-forced RMSE stands beside them"
            )
        return "; ".join(parts)


@dataclass(frozen=True)
class MixedWindows(DataNote):
    """Windows whose steps have several classes, and what became of them."""

    count: int
    total: int
    how: Mixed

    def __str__(self) -> str:
        outcome = {
            "majority": "the commonest class of their steps is taken",
            "last": "the class of the last step is taken",
            "drop": "they are left out",
        }[self.how]
        return f"{self.count:,} of {self.total:,} windows have steps of several classes; {outcome}"


@dataclass(frozen=True)
class ClassesUnused(DataNote):
    """Classes that the data declares and no example has."""

    classes: tuple[str, ...]

    def __str__(self) -> str:
        return f"no example has the class {_quoted(self.classes)}, which is left out"


@dataclass(frozen=True)
class ExamplesLeftOut(DataNote):
    """Examples that are not used."""

    count: int
    reason: Literal["no label", "missing values", "duplicate", "one step", "washout"]

    def __str__(self) -> str:
        if self.reason == "duplicate":
            return f"{_count(self.count, 'duplicate example')} left out"
        having = {
            "no label": "without a label",
            "missing values": "with missing values",
            "one step": "of a single time step",
            "washout": "no longer than the washout",
        }[self.reason]
        return f"{_count(self.count, 'example', having)} left out"


@dataclass(frozen=True)
class ShortSeriesLeftOut(DataNote):
    """Series that are shorter than a window."""

    count: int

    def __str__(self) -> str:
        are = "is" if self.count == 1 else "are"
        return f"{self.count:,} series {are} shorter than a window and {are} left out"


@dataclass(frozen=True)
class GappyWindowsLeftOut(DataNote):
    """Windows of a series with missing values."""

    def __str__(self) -> str:
        return (
            "windows that read a dropped missing value, or predict any missing value, are left out"
        )


@dataclass(frozen=True)
class TrainingSetReduced(DataNote):
    """A training set that is not used whole: whole groups of a column, or the latest examples."""

    used: int
    total: int
    group: str = ""
    latest: bool = False

    def __str__(self) -> str:
        group = f", in whole groups of the column '{self.group}'" if self.group else ""
        latest = ", the latest ones" if self.latest else ""
        return f"{self.used:,} of the {self.total:,} training examples are used{group}{latest}"


@dataclass(frozen=True)
class ConstantInput(DataNote):
    """An input that never changes in the training set."""

    column: str

    def __str__(self) -> str:
        return (
            f"the column '{self.column}' is constant in the training set, so it carries no "
            "information"
        )


@dataclass(frozen=True)
class ConstantWithinSeries(DataNote):
    """An input that never changes within any series of the training set."""

    column: str

    def __str__(self) -> str:
        return (
            f"the column '{self.column}' is constant within each series, so it carries no "
            "information once each series is scaled on its own"
        )


@dataclass(frozen=True)
class SeriesScaledAsAll(DataNote):
    """Series without training steps where each series is scaled by its own."""

    count: int
    total: int

    def __str__(self) -> str:
        have, are = ("has", "is") if self.count == 1 else ("have", "are")
        return (
            f"{self.count:,} of the {self.total:,} series {have} no training steps and {are} "
            "scaled by the training steps of all series, as a new series would be"
        )


@dataclass(frozen=True)
class ConstantSeries(DataNote):
    """Series in which a column never changes in the training steps."""

    column: str
    count: int

    def __str__(self) -> str:
        of = "1 series" if self.count == 1 else f"{self.count:,} series"
        return (
            f"the column '{self.column}' is constant in the training steps of {of}; there it is "
            "centred on its value and divided by the spread of all series"
        )


@dataclass(frozen=True)
class UnseenClass(DataNote):
    """A class without a training example."""

    name: str

    def __str__(self) -> str:
        return f"the class '{self.name}' has no example in the training set"


@dataclass(frozen=True)
class LeakedExamples(DataNote):
    """Validation and test examples that equal a training example."""

    count: int
    total: int

    def __str__(self) -> str:
        return (
            f"{self.count:,} of the {self.total:,} validation and test examples are also in the "
            "training set; duplicates = drop leaves them out"
        )


@dataclass(frozen=True)
class SharedGroups(DataNote):
    """Groups with examples in the training set and in another set.

    Attributes:
        column: The column of groups.
        shared: How many are in several sets.
        total: How many there are.
        cause: Whether the split came with the data, whether a group is the only one, whether
            there are too few for three sets, or whether the task could keep them whole.
    """

    column: str
    shared: int
    total: int
    cause: Literal["given split", "one group", "few groups", "no grouping"]

    def __str__(self) -> str:
        remedy = {
            "given split": "; the split came with the data",
            "one group": "",
            "few groups": (
                "; the setting group keeps each in one set, without a validation set because "
                "there are only two"
            ),
            "no grouping": "; the setting group keeps each in one set",
        }[self.cause]
        return (
            f"{self.shared:,} of the {self.total:,} values of '{self.column}' are in the training "
            f"set and in another set, so the scores do not show how well a new one is "
            f"predicted{remedy}"
        )


@dataclass(frozen=True)
class ClassesBalanced(DataNote):
    """The weights of the classes in the training loss, by name."""

    weights: tuple[tuple[str, float], ...]

    def __str__(self) -> str:
        listed = ", ".join(f"{name} {weight:.3g}" for name, weight in self.weights[:_MOST_CLASSES])
        more = ", ..." if len(self.weights) > _MOST_CLASSES else ""
        return (
            f"the training loss weights classes so that each counts equally ({listed}{more}); the "
            "validation loss and all scores are unweighted"
        )


@dataclass(frozen=True)
class SeasonBeyondWindow(DataNote):
    """A season that does not fit into the window, so that networks cannot see it repeat."""

    season: int
    window: int

    def __str__(self) -> str:
        return (
            f"the series repeats after {self.season:,} steps, but a window holds "
            f"{self.window:,}: networks do not see the last season, and seasonal naive is not "
            "among the baselines; a longer window may forecast better"
        )


@dataclass(frozen=True)
class MainMetricBalanced(DataNote):
    """Balanced accuracy decides, since most training examples are of one class."""

    name: str
    share: float

    def __str__(self) -> str:
        return (
            f"{self.share:.0%} of the training set is of the class {self.name}, so balanced "
            "accuracy is the main metric; set another one as the main metric if you prefer"
        )


@dataclass(frozen=True)
class VocabularyCoverage(DataNote):
    """The symbols of a text that are told apart, and the share of all steps that are theirs."""

    symbols: int
    enters: SymbolInput
    coverage: float

    def __str__(self) -> str:
        how = "an embedding" if self.enters == "embedding" else "one-hot channels"
        return (
            f"{self.symbols:,} symbols enter as {how} and cover {self.coverage:.1%} of all time "
            "steps"
        )


@dataclass(frozen=True)
class TextWindows(DataNote):
    """How networks read the windows of one long text."""

    window: int
    carried: bool

    def __str__(self) -> str:
        if self.carried:
            return (
                "the training set is read in parallel streams, one for each example of a batch; "
                f"the state is carried from window to window of {self.window} tokens, without its "
                "gradient, from zero at the start of each epoch; tokens that do not fill all "
                "streams are left out; the validation set and the test set are each read as one "
                "stream from a zero state"
            )
        return (
            f"networks read windows of {self.window} tokens, each from a zero state; each scored "
            f"token has at least {self.window} tokens before it"
        )


def _count(count: int, singular: str, having: str = "") -> str:
    """Such as "2 examples without a label are"."""
    noun = singular if count == 1 else f"{singular}s"
    return " ".join(filter(None, (f"{count:,} {noun}", having, "is" if count == 1 else "are")))


def _quoted(names: tuple[str, ...]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:_MOST_NAMES])
    return f"{shown}, ..." if len(names) > _MOST_NAMES else shown
