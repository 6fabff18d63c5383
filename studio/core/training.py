"""How every contender is trained; the same for all."""

from typing import Literal

from pydantic import field_validator

from studio.core.settings import LAST_SEED, Spec, setting

Optimizer = Literal["adam", "adamw", "sgd", "rmsprop"]
Schedule = Literal["constant", "cosine", "plateau"]

DEFAULT_SECONDS = 30
"""Training time of each run where the match is time and no other is given."""


class TrainingSpec(Spec):
    """How every contender is trained; the same for all."""

    epochs: int = setting(
        20, "Epochs", "Passes over the training part.", group="Length", ge=1, le=1_000_000
    )
    steps: int | None = setting(
        None, "Steps", "Stop after this many steps, whatever the epochs.", group="Length", ge=1
    )
    seconds: float | None = setting(
        None,
        "Seconds",
        "Training time of each run where the match is time, whatever the epochs and steps; "
        f"blank takes {DEFAULT_SECONDS}.",
        group="Length",
        gt=0,
        le=1_000_000,
    )
    patience: int | None = setting(
        None,
        "Patience",
        "Stop after this many epochs without a lower validation loss.",
        unit="epochs",
        group="Length",
        ge=1,
    )
    batch_size: int = setting(
        32, "Batch size", "Examples of one step.", unit="examples", ge=1, le=1_000_000
    )
    optimizer: Optimizer = setting("adam", "Optimiser", "The optimiser.", group="Optimiser")
    lr: float = setting(
        0.003, "Learning rate", "The learning rate at the start.", group="Optimiser", gt=0, le=100
    )
    momentum: float = setting(
        0.9, "Momentum", "Momentum of SGD; the others do not use it.", group="Optimiser", ge=0, lt=1
    )
    weight_decay: float = setting(
        0.0, "Weight decay", "Pull of the weights towards zero.", group="Optimiser", ge=0
    )
    schedule: Schedule = setting(
        "constant", "Schedule", "How the learning rate changes.", group="Optimiser"
    )
    clip: float | None = setting(
        1.0,
        "Gradient clip",
        "Largest norm of the gradient of all weights; blank does not clip.",
        group="Optimiser",
        gt=0,
    )
    seeds: int = setting(
        3, "Seeds", "Runs of each contender, paired by seed.", unit="runs", ge=1, le=1000
    )
    first_seed: int = setting(1, "First seed", "The seed of the first run.", ge=0, le=LAST_SEED)

    @field_validator("clip", mode="before")
    @classmethod
    def _blank_does_not_clip(cls, clip: object) -> object:
        return None if clip in ("", 0) else clip  # TOML has no null

    @property
    def seed_list(self) -> tuple[int, ...]:
        """The seeds that every contender runs with."""
        return tuple(range(self.first_seed, self.first_seed + self.seeds))
