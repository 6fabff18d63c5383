"""How every contender is trained; the same for all."""

from typing import Literal, Self

from pydantic import field_validator, model_validator

from studio.core.specs.settings import LAST_SEED, Spec, invalid_setting, setting

Optimizer = Literal["adam", "adamw", "sgd", "rmsprop"]
Schedule = Literal["constant", "cosine", "plateau"]
OutputBias = Literal["training-set", "random"]
LossName = Literal[
    "squared", "absolute", "huber", "quantiles", "cross-entropy", "label-smoothing", "focal"
]
MEDIAN = 0.5

DEFAULT_SECONDS = 30
"""Training time of each run where contenders are matched by time and none is set."""


class TrainingSpec(Spec):
    """How every contender is trained; the same for all."""

    epochs: int = setting(
        20, "Epochs", "Passes over the training set.", group="Length", ge=1, le=1_000_000
    )
    steps: int | None = setting(
        None,
        "Steps",
        "Stop after this many training steps, even before the last epoch.",
        group="Length",
        unset="no limit",
        ge=1,
    )
    seconds: float | None = setting(
        None,
        "Seconds",
        "Training time of each run when contenders are matched by time; epochs and steps then do "
        "not count.",
        group="Length",
        unset=f"{DEFAULT_SECONDS} s",
        gt=0,
        le=1_000_000,
    )
    patience: int | None = setting(
        None,
        "Patience",
        "Early stopping: end a run after this many epochs without a lower validation loss.",
        unit="epochs",
        group="Length",
        unset="no early stopping",
        ge=1,
    )
    batch_size: int = setting(
        32, "Batch size", "Examples per training step.", unit="examples", ge=1, le=1_000_000
    )
    optimizer: Optimizer = setting("adam", "Optimiser", "The optimiser.", group="Optimiser")
    lr: float = setting(
        0.003, "Learning rate", "Initial learning rate.", group="Optimiser", gt=0, le=100
    )
    momentum: float = setting(
        0.9, "Momentum", "Momentum of SGD; other optimisers ignore it.", group="Optimiser",
        ge=0, lt=1,
    )  # fmt: skip
    weight_decay: float = setting(
        0.0, "Weight decay", "Strength of weight decay.", group="Optimiser", ge=0
    )
    schedule: Schedule = setting(
        "constant", "Schedule", "Learning rate schedule.", group="Optimiser"
    )
    clip: float | None = setting(
        1.0,
        "Gradient clip",
        "Maximum norm of the gradient over all weights.",
        group="Optimiser",
        unset="off",
        hint="0 turns clipping off.",
        gt=0,
    )
    output_bias: OutputBias = setting(
        "training-set",
        "Initial output bias",
        "Start the biases of the output layer at what the training set says (log odds of 0/1 "
        "columns, log shares of classes and tokens, means of numbers), or at random.",
        group="Initial values",
    )
    loss: LossName | None = setting(
        None,
        "Loss",
        "What training minimises and early stopping watches. Of numbers: squared, absolute or "
        "Huber error, or the pinball loss of quantiles; of classes: cross-entropy, with label "
        "smoothing, or focal.",
        group="Loss",
        unset="squared error of numbers, cross-entropy of classes",
    )
    huber_delta: float = setting(
        1.0,
        "Huber delta",
        "From this error on, in scaled units, the Huber loss grows linearly.",
        group="Loss",
        gt=0,
        le=1_000_000,
    )
    quantiles: tuple[float, ...] = setting(
        (0.1, 0.5, 0.9),
        "Quantiles",
        "Levels of the quantiles to predict, in increasing order; 0.5, the median, is the point "
        "prediction.",
        group="Loss",
        example="0.05,0.5,0.95",
        min_length=2,
        max_length=99,
    )
    label_smoothing: float = setting(
        0.1,
        "Label smoothing",
        "Share of the target probability that is spread evenly over all classes.",
        group="Loss",
        gt=0,
        lt=1,
    )
    focal_gamma: float = setting(
        2.0,
        "Focal gamma",
        "How strongly the focal loss plays down examples that are already classified well.",
        group="Loss",
        gt=0,
        le=100,
    )
    seeds: int = setting(
        3, "Seeds", "Runs of each contender, paired by seed.", unit="runs", ge=1, le=1000
    )
    first_seed: int = setting(1, "First seed", "Seed of the first run.", ge=0, le=LAST_SEED)

    @field_validator("clip", mode="before")
    @classmethod
    def _zero_or_empty_turns_clipping_off(cls, clip: object) -> object:
        return None if clip in ("", 0) else clip  # TOML has no null

    @model_validator(mode="after")
    def _quantiles_rise_and_include_the_median(self) -> Self:
        levels = self.quantiles
        if list(levels) != sorted(set(levels)) or levels[0] <= 0 or levels[-1] >= 1:
            raise invalid_setting("quantiles", "give increasing levels between 0 and 1")
        if MEDIAN not in levels:
            raise invalid_setting(
                "quantiles", "include 0.5, the median, which is the point prediction"
            )
        return self

    @property
    def seed_list(self) -> tuple[int, ...]:
        """The seeds of every contender's runs."""
        return tuple(range(self.first_seed, self.first_seed + self.seeds))


def steps_of_epoch(examples: int, batch_size: int, *, carried: bool) -> int:
    """Training steps of an epoch.

    Where the state is carried, a batch has one example of each stream, and examples that do not
    fill all streams are left out; otherwise the last batch may be smaller.
    """
    return max(1, examples // batch_size) if carried else -(-examples // batch_size)
