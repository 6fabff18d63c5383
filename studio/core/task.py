"""The task: what is predicted from what, and how the data is divided and prepared."""

from typing import Literal, Self

from pydantic import field_validator, model_validator

from studio.core.division import Division, divisions_of
from studio.core.settings import LAST_SEED, Spec, setting

TaskKind = Literal["classify", "regress", "tag", "forecast", "next-token", "next-step"]
STEPWISE: frozenset[TaskKind] = frozenset({"tag", "next-token", "next-step"})
"""Tasks that are answered at every step of a sequence."""

Scaling = Literal["none", "standard", "min-max", "robust"]
Missing = Literal["refuse", "drop", "forward", "interpolate", "mask"]
Kept = Literal["first", "last"]
Duplicates = Literal["keep", "drop"]
Cycle = Literal["hour", "weekday", "month"]
SymbolInput = Literal["one-hot", "embedding"]
ClassWeights = Literal["none", "balanced"]


class TaskSpec(Spec):
    """What is predicted from what, and how the data is divided and scaled. None means detect."""

    kind: TaskKind | None = setting(None, "Task", "What the networks learn to predict.")
    target: tuple[str, ...] | None = setting(
        None, "Target", "The column or columns to predict.", group="Columns"
    )
    features: tuple[str, ...] | None = setting(
        None, "Features", "The columns that the networks read.", group="Columns"
    )
    window: int | None = setting(
        None,
        "Window",
        "How many past steps a network reads for one forecast, or the length of the pieces that "
        "a text is cut into for training.",
        unit="steps",
        group="Windows",
        ge=1,
    )
    horizon: int = setting(
        1, "Horizon", "How many steps are forecast.", unit="steps", group="Windows", ge=1
    )
    stride: int = setting(
        1, "Stride", "Steps between the starts of windows.", unit="steps", group="Windows", ge=1
    )
    split: tuple[float, ...] | None = setting(
        None,
        "Split",
        "Shares of training, validation and test; two shares divide a given training file.",
        group="Split",
    )
    group: str | None = setting(
        None,
        "Group",
        "The column whose values each stay in one part, such as the speaker; "
        "blank takes the dataset's own where it has enough of them, none divides example by "
        "example.",
        group="Split",
    )
    duplicates: Duplicates = setting(
        "keep",
        "Duplicates",
        "Whether examples that repeat an earlier one are kept or dropped before the split.",
        group="Split",
    )
    split_seed: int = setting(
        0, "Split seed", "Seed of the random split of examples.", group="Split", ge=0, le=LAST_SEED
    )
    training_examples: int | None = setting(
        None,
        "Training examples",
        "How many examples of the training part are trained on, the latest of a series; "
        "validation and test part stay whole; blank takes all.",
        group="Split",
        ge=1,
    )
    folds: int | None = setting(
        None,
        "Folds",
        "Test every example once, in so many folds: by class or by group, or of one series "
        "as blocks in time order behind a growing training part; blank divides once.",
        group="Split",
        ge=2,
        le=1000,
    )
    repeats: int = setting(
        1,
        "Repeats",
        "How often the division into folds is drawn anew; a series has one order only.",
        group="Split",
        ge=1,
        le=1000,
    )
    scaling: Scaling = setting(
        "standard",
        "Scaling",
        "How inputs and numeric targets are scaled, fitted on the training part only.",
        group="Scaling",
    )

    missing: Missing = setting(
        "refuse",
        "Missing values",
        "What becomes of gaps: refuse them, drop the examples, carry the last value forward, "
        "interpolate, or fill in the mean and tell the network in a channel of its own.",
        group="Preparation",
    )
    longest: int | None = setting(
        None,
        "Longest",
        "Examples with more steps are cut; blank keeps them whole.",
        unit="steps",
        group="Preparation",
        ge=1,
    )
    kept: Kept = setting(
        "first", "Kept end", "Which steps of a cut example are kept.", group="Preparation"
    )
    calendar: tuple[Cycle, ...] | None = setting(
        None,
        "Calendar",
        "Cycles of the date column that the networks read as further channels: "
        "hour, weekday, month; blank reads none.",
        group="Preparation",
    )
    symbols: SymbolInput | None = setting(
        None,
        "Symbols as",
        "How symbols of a text enter the networks; "
        "blank takes a channel for each where there are few, else an embedding.",
        group="Text",
    )
    vocabulary: int | None = setting(
        None,
        "Vocabulary",
        "How many symbols are told apart, the commonest of the training part; blank takes all.",
        unit="symbols",
        group="Text",
        ge=1,
        le=1_000_000,
    )
    carry_state: bool = setting(
        False,  # noqa: FBT003 - a field's default
        "Carry the state",
        "Read a long text in parallel streams, as many as a batch has examples, and go on with the "
        "state of the piece before (truncated back-propagation); otherwise each piece begins "
        "from zero.",
        group="Text",
    )
    class_weights: ClassWeights = setting(
        "none",
        "Class weights",
        "Whether rare classes weigh more in the training loss, so that each class counts the "
        "same; scores stay unweighted.",
        group="Classes",
    )

    @field_validator("split")
    @classmethod
    def _shares_make_a_whole(cls, split: tuple[float, ...] | None) -> tuple[float, ...] | None:
        if split is None:
            return None
        if len(split) not in {2, 3}:
            raise ValueError("give two or three shares")
        if any(share < 0 for share in split) or abs(sum(split) - 1) > 1e-6:  # noqa: PLR2004
            raise ValueError("the shares must not be negative and must add up to 1")
        if split[0] <= 0 or split[2:] == (0,):
            raise ValueError("the training and the test part need a share above 0")
        return split

    @model_validator(mode="after")
    def _repeats_need_folds(self) -> Self:
        if self.folds is None and self.repeats > 1:
            raise ValueError("repeats: there is nothing to repeat without folds")
        return self

    @property
    def divisions(self) -> tuple[Division, ...]:
        """All divisions of the data that runs are trained on, in their order."""
        return divisions_of(self.folds, self.repeats)
