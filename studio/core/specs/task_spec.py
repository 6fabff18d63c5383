"""The task: what is predicted from what, and how the data is split and preprocessed."""

from typing import Literal, Self

from pydantic import field_validator, model_validator

from studio.core.specs.fold_ids import FoldId, fold_ids
from studio.core.specs.settings import LAST_SEED, Spec, invalid_setting, setting

TaskKind = Literal["classify", "regress", "tag", "forecast", "next-token", "next-step", "track"]
STEPWISE: frozenset[TaskKind] = frozenset({"tag", "next-token", "next-step", "track"})
"""Tasks with a prediction at every step of a sequence."""

Scaling = Literal["none", "standard", "min-max", "robust"]
Missing = Literal["refuse", "drop", "forward", "interpolate", "mask"]
Kept = Literal["first", "last"]
Duplicates = Literal["keep", "drop"]
Cycle = Literal["hour", "weekday", "month"]
SymbolInput = Literal["one-hot", "embedding"]
ClassWeights = Literal["none", "balanced"]
MetricName = Literal[
    "accuracy", "balanced_accuracy", "macro_f1", "roc_auc", "pr_auc", "nll", "perplexity",
    "rmse", "mae", "mase", "pinball",
]  # fmt: skip
Mixed = Literal["majority", "last", "drop"]
SplitSeries = Literal["by-time", "by-series"]
ScaleBy = Literal["all", "series"]


class TaskSpec(Spec):
    """What is predicted from what, and how the data is split and scaled. None means detect."""

    kind: TaskKind | None = setting(
        None, "Task", "What the networks learn to predict.", flag="--task"
    )
    plugin: str | None = setting(
        None,
        "Task of a package",
        "Read the data as a task of an installed package does.",
        flag="--task-plugin",
        unset="none",
    )
    target: tuple[str, ...] | None = setting(
        None, "Target", "Column or columns to predict.", group="Columns"
    )
    features: tuple[str, ...] | None = setting(None, "Features", "Input columns.", group="Columns")
    known_ahead: tuple[str, ...] | None = setting(
        None,
        "Known ahead",
        "Input columns whose values are known in advance, such as the hour, a holiday, a planned "
        "price or a forecast temperature: a forecast also reads them at the steps that it "
        "predicts.",
        group="Columns",
        unset="none",
    )
    window: int | None = setting(
        None,
        "Window",
        "Past steps that a network reads for one forecast; steps of an example that is cut from a "
        "series with a class or a number for each step; for a text, the length of its training "
        "pieces.",
        unit="steps",
        group="Windows",
        ge=1,
    )
    horizon: int = setting(1, "Horizon", "Steps to forecast.", unit="steps", group="Windows", ge=1)
    washout: int = setting(
        0,
        "Washout",
        "Steps at the start of each sequence or window of the task track that settle the state: "
        "they are neither trained on nor scored.",
        unit="steps",
        group="Windows",
        ge=0,
        le=1_000_000,
    )
    past_target: bool = setting(
        False,  # noqa: FBT003 - a field's default
        "Past target",
        "Read the target of the step before as a further input of the task track: the true one in "
        "training (teacher forcing), the network's own prediction in scores.",
        group="Columns",
    )
    stride: int = setting(
        1, "Stride", "Steps between the starts of windows.", unit="steps", group="Windows", ge=1
    )
    mixed: Mixed = setting(
        "majority",
        "Mixed windows",
        "The class of a window whose steps have several: the commonest, that of the last step, or "
        "none, which leaves the window out.",
        group="Windows",
    )
    split: tuple[float, ...] | None = setting(
        None,
        "Split",
        "Shares of the training, validation and test set; two shares split a given training file "
        "into training and validation.",
        group="Split",
        unset="0.7,0.1,0.2, or 0.8,0.2 of a given training file",
        metavar="A,B,C",
        example="0.8,0.1,0.1",
    )
    split_series: SplitSeries = setting(
        "by-time",
        "Split of several series",
        "Whether each of several series is split in time order, or whole series are drawn into the "
        "sets with the split seed, which tests on series that were never seen.",
        group="Split",
    )
    group: str | None = setting(
        None,
        "Group",
        "Column whose values must not be shared between training, validation and test set, such as "
        "the speaker; 'none' splits example by example. Automatic: the dataset's group column, if "
        "it has enough values.",
        group="Split",
        metavar="COLUMN",
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
        "Train on only this many examples of the training set, the latest ones of a series. "
        "Validation and test set stay as they are.",
        group="Split",
        unset="all",
        ge=1,
    )
    folds: int | None = setting(
        None,
        "Folds",
        "Cross-validation: test every example once, in this many folds, stratified by class or by "
        "whole groups; a series uses expanding-window folds.",
        group="Split",
        unset="a single split",
        ge=2,
        le=1000,
    )
    repeats: int = setting(
        1,
        "Repeats",
        "Repeat the cross-validation with new random folds; not for a series, whose order is "
        "fixed.",
        group="Split",
        ge=1,
        le=1000,
    )
    scaling: Scaling = setting(
        "standard",
        "Scaling",
        "How inputs and numeric targets are scaled; fitted on the training set only.",
        group="Scaling",
    )
    scale_by: ScaleBy = setting(
        "all",
        "One scaler for",
        "Whether all series of a forecast share one scaler, or each series is scaled by its own "
        "training steps, so that series of different sizes count alike in the loss.",
        group="Scaling",
    )
    missing: Missing = setting(
        "refuse",
        "Missing values",
        "How missing values are handled: refuse them, drop the examples, carry the last value "
        "forward, interpolate, or fill with the mean and add a missing-value mask as input.",
        group="Preprocessing",
    )
    longest: int | None = setting(
        None,
        "Maximum length",
        "Truncate examples with more steps than this.",
        unit="steps",
        group="Preprocessing",
        unset="no limit",
        ge=1,
    )
    kept: Kept = setting(
        "first", "Keep", "Which steps of a truncated example are kept.", group="Preprocessing"
    )
    calendar: tuple[Cycle, ...] | None = setting(
        None,
        "Calendar inputs",
        "Cycles of the date column as additional inputs: hour, weekday, month.",
        group="Preprocessing",
        unset="none",
    )
    symbols: SymbolInput | None = setting(
        None,
        "Symbol inputs",
        "How the symbols of a text enter the networks. Automatic: one-hot if there are few, "
        "otherwise an embedding.",
        group="Text",
    )
    vocabulary: int | None = setting(
        None,
        "Vocabulary size",
        "Keep only this many symbols, the most frequent of the training set; the rest become one "
        "unknown symbol.",
        unit="symbols",
        group="Text",
        unset="all symbols",
        ge=1,
        le=1_000_000,
    )
    carry_state: bool = setting(
        False,  # noqa: FBT003 - a field's default
        "Carry state",
        "Read a long text, or one series of the task track, in parallel streams, one per example "
        "of a batch, and start each piece from the state at the end of the piece before (truncated "
        "backpropagation through time). Otherwise each piece starts from zeros.",
        group="Text",
    )
    class_weights: ClassWeights = setting(
        "none",
        "Class weights",
        "Whether the training loss is weighted so that every class counts equally; scores are "
        "never weighted.",
        group="Classes",
    )

    season: int | None = setting(
        None,
        "Season",
        "Steps after which the series repeats, such as 24 for hours of the day; the seasonal naive "
        "baseline repeats the last season.",
        unit="steps",
        group="Windows",
        unset="found in the training set",
        ge=2,
        le=1_000_000,
    )
    metric: MetricName | None = setting(
        None,
        "Main metric",
        "The test metric that decides: verdicts, the answer and interim looks are on it.",
        metavar="METRIC",
        hint="One of accuracy, balanced_accuracy, macro_f1, roc_auc, pr_auc, nll, perplexity, "
        "rmse, mae, mase, pinball.",
    )

    @field_validator("split")
    @classmethod
    def _shares_add_up_to_one(cls, split: tuple[float, ...] | None) -> tuple[float, ...] | None:
        if split is None:
            return None
        if len(split) not in {2, 3}:
            raise ValueError("give two or three shares")
        if any(share < 0 for share in split) or abs(sum(split) - 1) > 1e-6:  # noqa: PLR2004
            raise ValueError("the shares must not be negative and must add up to 1")
        if split[0] <= 0 or split[2:] == (0,):
            raise ValueError("the training set and the test set need a share above 0")
        return split

    @model_validator(mode="after")
    def _repeats_need_folds(self) -> Self:
        if self.folds is None and self.repeats > 1:
            raise invalid_setting("repeats", "only folds can be repeated; set the number of folds")
        return self

    @property
    def fold_ids(self) -> tuple[FoldId, ...]:
        """All splits of the data that runs are trained on, in order."""
        return fold_ids(self.folds, self.repeats)
