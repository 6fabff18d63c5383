"""The options of studio.compare, for editors and type checkers; a test holds it to the specs."""

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any, TypeAlias, TypedDict

from studio.core.specs.comparison_spec import Device, EngineName, Match, Pooling, Precision
from studio.core.specs.task_spec import (
    ClassWeights,
    Duplicates,
    Kept,
    MetricName,
    Missing,
    Mixed,
    ScaleBy,
    Scaling,
    SplitSeries,
    SymbolInput,
    TaskKind,
)
from studio.core.specs.training_spec import LossName, Optimizer, OutputBias, Schedule

Names: TypeAlias = str | Sequence[str]
"""Names as a list, or as text separated by commas."""
Numbers: TypeAlias = str | Sequence[float]
"""Numbers as a list, or as text separated by commas."""


class CompareOptions(TypedDict, total=False):
    """The options of `gate-studio compare`; None stands for one that is left out.

    `gate-studio compare --help` says what each does, with its default.
    """

    data_option: Mapping[str, Any] | None
    out: str | PathLike[str] | None
    overwrite: bool | None
    no_backup: bool | None
    resume: bool | None
    add: bool | None
    embed: bool | None
    until_decided: bool | None
    max_seeds: int | None
    budget: float | None
    parallel: int | str | None
    workers: str | None
    certificate: str | PathLike[str] | None
    fit: str | PathLike[str] | None
    fit_int8: bool | None
    sizes: str | Sequence[int | str] | None
    smallest: bool | None
    trials: int | None
    task: TaskKind | None
    task_plugin: str | None
    target: Names | None
    features: Names | None
    known_ahead: Names | None
    static: Names | None
    window: int | None
    horizon: int | None
    washout: int | None
    past_target: bool | None
    stride: int | None
    mixed: Mixed | None
    split: Numbers | None
    split_series: SplitSeries | None
    group: str | None
    duplicates: Duplicates | None
    split_seed: int | None
    training_examples: int | None
    folds: int | None
    repeats: int | None
    scaling: Scaling | None
    scale_by: ScaleBy | None
    missing: Missing | None
    longest: int | None
    kept: Kept | None
    calendar: Names | None
    symbols: SymbolInput | None
    vocabulary: int | None
    carry_state: bool | None
    class_weights: ClassWeights | None
    season: int | None
    metric: MetricName | None
    cells: Names | None
    hidden_size: int | None
    num_layers: int | None
    bidirectional: bool | None
    dropout: float | None
    embedding_size: int | None
    pooling: Pooling | None
    nonlinearity: str | None
    kernel_size: int | None
    forget_bias: float | None
    name: str | None
    match: Match | None
    margin: float | None
    rates: Numbers | None
    epochs: int | None
    steps: int | None
    seconds: float | None
    patience: int | None
    batch_size: int | None
    optimizer: Optimizer | None
    lr: float | None
    momentum: float | None
    weight_decay: float | None
    schedule: Schedule | None
    clip: float | None
    output_bias: OutputBias | None
    loss: LossName | None
    huber_delta: float | None
    quantiles: Numbers | None
    label_smoothing: float | None
    focal_gamma: float | None
    seeds: int | None
    first_seed: int | None
    device: Device | None
    engine: EngineName | None
    threads: int | None
    precision: Precision | None
    deterministic: bool | None
