"""The task: what is predicted from what, and how the data is divided and prepared."""

from typing import Literal

from pydantic import field_validator

from studio.core.settings import LAST_SEED, Spec, setting

TaskKind = Literal["classify", "regress", "tag", "forecast", "next-token", "next-step"]
Scaling = Literal["none", "standard", "min-max", "robust"]


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
        "How many past steps a network reads for one forecast.",
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
    split_seed: int = setting(
        0, "Split seed", "Seed of the random split of examples.", group="Split", ge=0, le=LAST_SEED
    )
    scaling: Scaling = setting(
        "standard",
        "Scaling",
        "How inputs and numeric targets are scaled, fitted on the training part only.",
        group="Scaling",
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
