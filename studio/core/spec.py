"""Frozen settings: one definition for the form, the command line, the TOML file and the session.

Every field carries its label, help, unit and group, so that forms and option help are generated.
"""

from typing import Any, Literal, Self

from pydantic import field_validator, model_validator

from studio.core.cells import CELLS
from studio.core.datasets import DatasetSpec, FileDataset, GeneratedDataset
from studio.core.settings import Spec, setting
from studio.core.task import Scaling, TaskKind, TaskSpec
from studio.core.training import DEFAULT_SECONDS, Optimizer, Schedule, TrainingSpec

Pooling = Literal["last", "mean", "max", "attention"]
Match = Literal["hidden", "parameters", "compute", "time"]
Device = Literal["auto", "cpu", "cuda"]
EngineName = Literal["auto", "fused", "torch"]
Precision = Literal["float32", "tf32", "bf16", "fp16"]

__all__ = [
    "DEFAULT_CONTENDERS",
    "DEFAULT_SECONDS",
    "ComparisonSpec",
    "ContenderSpec",
    "DatasetSpec",
    "Device",
    "EngineName",
    "FileDataset",
    "GeneratedDataset",
    "MachineSpec",
    "Match",
    "Optimizer",
    "Pooling",
    "Precision",
    "Scaling",
    "Schedule",
    "Spec",
    "TaskKind",
    "TaskSpec",
    "TrainingSpec",
    "name_contenders",
    "setting",
]


class ContenderSpec(Spec):
    """One network of a comparison."""

    name: str = setting("", "Name", "How the contender is called; blank takes the cell's name.")
    cell: str = setting("gru", "Cell", "The recurrent cell.")
    hidden_size: int = setting(
        32, "Hidden size", "Units of each recurrent layer.", unit="units", ge=1, le=8192
    )
    num_layers: int = setting(1, "Layers", "Recurrent layers on top of each other.", ge=1, le=16)
    bidirectional: bool = setting(
        False,  # noqa: FBT003 - a field's default
        "Both directions",
        "Read each sequence forwards and backwards.",
    )
    dropout: float = setting(
        0.0, "Dropout", "Share of units dropped between layers and before the head.", ge=0, lt=1
    )
    embedding_size: int = setting(
        32,
        "Embedding size",
        "Numbers that stand for each symbol of a text; other data has no embedding.",
        unit="units",
        ge=1,
        le=8192,
    )
    pooling: Pooling = setting(
        "last", "Pooling", "How the outputs of all steps become one vector for the head."
    )
    nonlinearity: str | None = setting(
        None, "Nonlinearity", "Activation of the plain RNN: tanh or relu."
    )
    forget_bias: float | None = setting(
        None,
        "Forget bias",
        "Initial bias of the gate that keeps the old state (LSTM forget, GRU update), "
        "the sum of both bias vectors; blank leaves PyTorch's initialisation.",
        ge=-20,
        le=20,
    )

    lr: float | None = setting(
        None,
        "Learning rate",
        "This contender's own; blank takes that of the training.",
        gt=0,
        le=100,
    )

    @field_validator("cell")
    @classmethod
    def _cell_is_known(cls, cell: str) -> str:
        if cell not in CELLS:
            raise ValueError(f"choose one of {', '.join(CELLS)}")
        return cell

    @model_validator(mode="after")
    def _options_fit_the_cell(self) -> Self:
        cell = CELLS[self.cell]
        if self.forget_bias is not None and cell.memory_gate is None:
            raise ValueError(f"forget_bias: the {cell.label} has no gate that keeps the old state")
        if self.nonlinearity is not None and self.nonlinearity not in cell.nonlinearities:
            choices = ", ".join(cell.nonlinearities) or "none for this cell"
            raise ValueError(f"nonlinearity: choices for the {cell.label}: {choices}")
        return self


class MachineSpec(Spec):
    """Where and with what the comparison is computed; the same for all contenders."""

    device: Device = setting(
        "auto", "Device", "Where training runs; auto takes CUDA where there is one."
    )
    engine: EngineName = setting(
        "auto", "Engine", "What computes the recurrent layers; auto takes the fastest there is."
    )
    threads: int | None = setting(
        None, "Threads", "Processor threads of training; blank takes the cores.", ge=1, le=1024
    )
    precision: Precision = setting(
        "float32",
        "Precision",
        "Numbers that products are computed in; all but float32 need CUDA.",
        group="CUDA",
    )
    deterministic: bool = setting(
        False,  # noqa: FBT003 - a field's default
        "Deterministic",
        "On CUDA, take only algorithms that give the same bits every time; the CPU always does.",
        group="CUDA",
    )

    @model_validator(mode="after")
    def _precision_fits_the_device(self) -> Self:
        if self.device == "cpu" and self.precision != "float32":
            raise ValueError(f"precision: {precision_on_the_cpu(self.precision)}")
        return self


def precision_on_the_cpu(precision: Precision) -> str:
    """Why the CPU does not compute in this precision, and what to do about it, a clause."""
    return f"the CPU computes in float32 only; choose float32, or the device cuda for {precision}"


DEFAULT_CONTENDERS = (
    ContenderSpec(name="GRU", cell="gru"),
    ContenderSpec(name="LSTM", cell="lstm"),
)


class ComparisonSpec(Spec):
    """A whole comparison: the dataset, the task, the contenders, the training, the machine."""

    name: str = setting("", "Name", "How the comparison is called; blank takes the dataset's name.")
    dataset: DatasetSpec = setting(..., "Dataset", "The data that the networks learn from.")
    task: TaskSpec = setting(
        TaskSpec(), "Task", "What is predicted, and how the data is divided and scaled."
    )
    contenders: tuple[ContenderSpec, ...] = setting(
        DEFAULT_CONTENDERS,
        "Contenders",
        "The networks that are compared.",
        min_length=1,
        max_length=64,
    )
    match: Match = setting(
        "hidden",
        "Fair match",
        "What the contenders have in common with the first: hidden size, parameters, compute, or "
        "the seconds that each trains on its engine.",
    )
    training: TrainingSpec = setting(TrainingSpec(), "Training", "How every contender is trained.")
    machine: MachineSpec = setting(
        MachineSpec(), "Machine", "Where and with what the comparison is computed."
    )
    margin: float | None = setting(
        None,
        "Margin",
        "Differences of the main metric below this count as practically the same; "
        "blank takes the metric's default.",
        gt=0,
    )
    looks: tuple[int, ...] | None = setting(
        None,
        "Looks",
        "Numbers of seeds after which it is looked whether the verdict is decided, and more are "
        "added where it is not; blank looks once, at the end.",
        unit="seeds",
        min_length=1,
        max_length=20,
    )

    looked: int | None = setting(
        None,
        "Looked at before",
        "Seeds after which the verdict had been looked at before further looks were planned.",
        unit="seeds",
        ge=1,
    )

    rates: tuple[float, ...] | None = setting(
        None,
        "Rates to try",
        "Learning rates that each contender tries first, one run each; the rest is trained at the "
        "one with the lowest validation loss. Blank tries none.",
        min_length=2,
        max_length=16,
    )
    tried: tuple[float, ...] | None = setting(
        None, "Rates tried", "The rates among which those of the contenders were chosen."
    )
    asked: dict[str, Any] | None = setting(
        None, "Asked for", "The comparison for which this one tries learning rates."
    )

    @field_validator("rates")
    @classmethod
    def _rates_are_positive_and_differ(
        cls, rates: tuple[float, ...] | None
    ) -> tuple[float, ...] | None:
        if rates is not None and (min(rates) <= 0 or len(set(rates)) < len(rates)):
            raise ValueError("give rates above 0 that differ")
        return rates

    @model_validator(mode="after")
    def _looks_rise_from_the_seeds(self) -> Self:
        if self.looks is None:
            return self
        if list(self.looks) != sorted(set(self.looks)) or self.looks[0] < 2:  # noqa: PLR2004
            raise ValueError("looks: give rising numbers of seeds, from 2 on")
        if self.training.seeds not in self.looks:
            raise ValueError(f"looks: the seeds, {self.training.seeds}, are none of them")
        return self

    @property
    def training_in_force(self) -> TrainingSpec:
        """The training with its seconds filled in where the match is time, without them else."""
        seconds = self.training.seconds or DEFAULT_SECONDS if self.match == "time" else None
        return self.training.model_copy(update={"seconds": seconds})

    @field_validator("contenders")
    @classmethod
    def _each_has_a_name(cls, given: tuple[ContenderSpec, ...]) -> tuple[ContenderSpec, ...]:
        return name_contenders(given)


def name_contenders(contenders: tuple[ContenderSpec, ...]) -> tuple[ContenderSpec, ...]:
    """Gives every contender a name of its own: the cell's label, with a number where taken.

    Names are found again whatever their letter case, so they differ in more than that.

    Raises:
        ValueError: Two contenders were given the same name.
    """
    given = [contender.name.lower() for contender in contenders if contender.name]
    if len(given) != len(set(given)):
        raise ValueError("two have the same name, letter case aside")
    taken = set(given)
    named = []
    for contender in contenders:
        name = contender.name or _free_name(CELLS[contender.cell].label, taken)
        taken.add(name.lower())
        named.append(contender.model_copy(update={"name": name}))
    return tuple(named)


def _free_name(label: str, taken: set[str]) -> str:
    number, name = 1, label
    while name.lower() in taken:
        number += 1
        name = f"{label} {number}"
    return name
