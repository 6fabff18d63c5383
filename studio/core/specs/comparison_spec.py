"""A comparison's settings: one definition for forms, options, experiment files and sessions."""

from typing import Any, Literal, Self

from pydantic import ValidationInfo, field_validator, model_validator

from studio.core.cells import CELLS, is_cell_name
from studio.core.plugins import problem_sentence
from studio.core.specs.dataset_spec import DatasetSpec, FileDataset, GeneratedDataset
from studio.core.specs.settings import Spec, invalid_setting, setting
from studio.core.specs.task_spec import Scaling, TaskKind, TaskSpec
from studio.core.specs.training_spec import DEFAULT_SECONDS, Optimizer, Schedule, TrainingSpec

Pooling = Literal["last", "mean", "max", "attention"]
Match = Literal["hidden", "parameters", "compute", "time"]
Device = Literal["auto", "cpu", "cuda"]
EngineName = Literal["auto", "fused", "torch"]
Precision = Literal["float32", "tf32", "bf16", "fp16"]

DEFAULT_KERNEL_SIZE = 3
STORED = "stored"
"""The context in which stored settings are read, whose cells need not be installed."""

__all__ = [
    "DEFAULT_CONTENDERS",
    "DEFAULT_KERNEL_SIZE",
    "DEFAULT_SECONDS",
    "STORED",
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

    name: str = setting(
        "",
        "Name",
        "Name of the contender; if empty, the name of its cell.",
        no_option="each contender has its own; set it in an experiment file",
    )
    cell: str = setting(
        "gru",
        "Cell",
        "The recurrent cell, or TCN for a causal convolutional network.",
        flag="--cells",
        metavar="A,B",
    )
    hidden_size: int = setting(
        32,
        "Hidden size",
        "Units of each recurrent layer, or channels of each block of a TCN.",
        unit="units",
        ge=1,
        le=8192,
    )
    num_layers: int = setting(
        1,
        "Layers",
        "Number of stacked recurrent layers, or levels of a TCN, each with twice the dilation.",
        ge=1,
        le=16,
    )
    bidirectional: bool = setting(
        False,  # noqa: FBT003 - a field's default
        "Bidirectional",
        "Read each sequence in both directions.",
    )
    dropout: float = setting(
        0.0,
        "Dropout",
        "Dropout rate between layers and before the head; in a TCN after each convolution.",
        ge=0,
        lt=1,
    )
    embedding_size: int = setting(
        32,
        "Embedding size",
        "Size of the embedding of each symbol; only for texts.",
        unit="units",
        ge=1,
        le=8192,
    )
    pooling: Pooling = setting(
        "last", "Pooling", "How the outputs of all steps are combined into one vector for the head."
    )
    nonlinearity: str | None = setting(
        None,
        "Nonlinearity",
        "Activation of the plain RNN: tanh or relu.",
        unset="tanh",
        metavar="<tanh|relu>",
    )
    kernel_size: int | None = setting(
        None,
        "Kernel size",
        "Time steps that each convolution of a TCN reads.",
        unit="steps",
        unset=str(DEFAULT_KERNEL_SIZE),
        ge=2,
        le=64,
    )
    forget_bias: float | None = setting(
        None,
        "Forget bias",
        "Initial bias of the gate that keeps the old state (LSTM: forget, GRU: update), as the sum "
        "of both bias vectors.",
        unset="PyTorch's initialisation",
        ge=-20,
        le=20,
    )

    lr: float | None = setting(
        None,
        "Learning rate",
        "Learning rate of this contender alone.",
        unset="that of the training",
        no_option="--lr sets the learning rate of all contenders",
        gt=0,
        le=100,
    )

    weight_decay: float | None = setting(
        None,
        "Weight decay",
        "Strength of weight decay of this contender alone.",
        unset="that of the training",
        no_option="--weight-decay sets it for all contenders",
        ge=0,
        le=1000,
    )

    @field_validator("cell")
    @classmethod
    def _cell_exists(cls, cell: str, info: ValidationInfo) -> str:
        if cell in CELLS or (info.context == STORED and is_cell_name(cell)):
            return cell
        broken = CELLS.plugin(cell)
        if broken is not None:
            raise ValueError(problem_sentence(broken).removesuffix("."))
        raise ValueError(f"choose one of {', '.join(CELLS)}")

    @model_validator(mode="after")
    def _options_fit_the_cell(self) -> Self:
        cell = CELLS[self.cell]
        if not cell.is_installed:
            return self
        if self.bidirectional and not cell.is_recurrent:
            raise invalid_setting(
                "bidirectional", f"a {cell.label} is causal: it reads each sequence forwards only"
            )
        if self.kernel_size is not None and cell.is_recurrent:
            raise invalid_setting("kernel_size", f"the {cell.label} has no convolutions")
        if self.forget_bias is not None and cell.memory_gate is None:
            raise invalid_setting(
                "forget_bias", f"the {cell.label} has no gate that keeps the old state"
            )
        if self.nonlinearity is not None and self.nonlinearity not in cell.nonlinearities:
            choices = " or ".join(cell.nonlinearities)
            raise invalid_setting(
                "nonlinearity",
                f"choose {choices} for the {cell.label}"
                if choices
                else f"the {cell.label} has a fixed nonlinearity",
            )
        return self


class MachineSpec(Spec):
    """Where and with what the comparison is computed; the same for all contenders."""

    device: Device = setting(
        "auto", "Device", "Where training runs; auto uses CUDA if it is available."
    )
    engine: EngineName = setting(
        "auto",
        "Engine",
        "Implementation of the recurrent layers; auto uses the fastest one available.",
    )
    threads: int | None = setting(
        None, "Threads", "CPU threads for training.", unset="all cores", ge=1, le=1024
    )
    precision: Precision = setting(
        "float32",
        "Precision",
        "Number format of matrix products; all but float32 need CUDA.",
        group="CUDA",
    )
    deterministic: bool = setting(
        False,  # noqa: FBT003 - a field's default
        "Deterministic",
        "On CUDA, use only deterministic algorithms, so that a run can be repeated bit for bit; on "
        "the CPU this is always so.",
        group="CUDA",
    )

    @model_validator(mode="after")
    def _precision_fits_the_device(self) -> Self:
        if self.device == "cpu" and self.precision != "float32":
            raise invalid_setting("precision", precision_on_the_cpu(self.precision))
        return self


def precision_on_the_cpu(precision: Precision) -> str:
    """Why the CPU does not compute in this precision, and what to do about it, a clause."""
    return f"the CPU computes in float32 only; choose float32, or the device cuda for {precision}"


DEFAULT_CONTENDERS = (
    ContenderSpec(name="GRU", cell="gru"),
    ContenderSpec(name="LSTM", cell="lstm"),
)

_BY_ITS_FIELDS = "its fields have options of their own"
_BY_THE_PROGRAM = "the program sets it"


class ComparisonSpec(Spec):
    """A whole comparison: dataset, task, contenders, training and machine."""

    name: str = setting("", "Name", "Name of the comparison; if empty, the name of the dataset.")
    dataset: DatasetSpec = setting(
        ..., "Dataset", "The data.", no_option="DATA and --data-option set it"
    )
    task: TaskSpec = setting(
        TaskSpec(),
        "Task",
        "What is predicted, and how the data is split and scaled.",
        no_option=_BY_ITS_FIELDS,
    )
    contenders: tuple[ContenderSpec, ...] = setting(
        DEFAULT_CONTENDERS,
        "Contenders",
        "The networks to compare.",
        no_option=_BY_ITS_FIELDS,
        min_length=1,
        max_length=64,
    )
    match: Match = setting(
        "hidden",
        "Fair match",
        "What all contenders share with the first one: hidden size, number of parameters, compute, "
        "or training time in seconds on its engine.",
    )
    training: TrainingSpec = setting(
        TrainingSpec(), "Training", "How every contender is trained.", no_option=_BY_ITS_FIELDS
    )
    machine: MachineSpec = setting(
        MachineSpec(),
        "Machine",
        "Where and with what the comparison is computed.",
        no_option=_BY_ITS_FIELDS,
    )
    margin: float | None = setting(
        None,
        "Margin",
        "Smaller differences in the main metric count as practically the same.",
        unset="depends on the metric",
        gt=0,
    )
    looks: tuple[int, ...] | None = setting(
        None,
        "Interim looks",
        "Numbers of seeds after which the verdict is tested; seeds are added until it is decided.",
        unit="seeds",
        unset="one test at the end",
        no_option="--until-decided and --max-seeds plan them",
        min_length=1,
        max_length=20,
    )

    looked: int | None = setting(
        None,
        "Earlier look",
        "Number of seeds at which the verdict was tested before these looks were planned.",
        unit="seeds",
        unset="none",
        no_option=_BY_THE_PROGRAM,
        ge=1,
    )

    seen_at: tuple[int, ...] = setting(
        (),
        "Trained longer",
        "Numbers of epochs after which results were seen before the runs were trained longer.",
        unit="epochs",
        unset="no",
        no_option=_BY_THE_PROGRAM,
    )

    rates: tuple[float, ...] | None = setting(
        None,
        "Learning rates to try",
        "Learning rates that each contender tries first, with one run each; the comparison then "
        "uses the one with the lowest validation loss.",
        unset="none",
        example="0.001,0.003,0.01",
        min_length=2,
        max_length=16,
    )
    tried: tuple[float, ...] | None = setting(
        None,
        "Learning rates tried",
        "The learning rates that the contenders' own were chosen from.",
        unset="none",
        no_option=_BY_THE_PROGRAM,
    )
    searched: tuple[str, ...] = setting(
        (),
        "Settings searched",
        "The settings of the contenders that were chosen by a search.",
        unset="none",
        no_option=_BY_THE_PROGRAM,
    )
    search_trials: int | None = setting(
        None,
        "Trials of the search",
        "The number of trials that each contender had in the search.",
        unit="trials",
        unset="none",
        no_option=_BY_THE_PROGRAM,
        ge=1,
    )
    asked: dict[str, Any] | None = setting(
        None,
        "Original comparison",
        "The comparison for which this one tries learning rates.",
        unset="none",
        no_option=_BY_THE_PROGRAM,
    )

    @field_validator("rates")
    @classmethod
    def _rates_are_positive_and_differ(
        cls, rates: tuple[float, ...] | None
    ) -> tuple[float, ...] | None:
        if rates is not None and (min(rates) <= 0 or len(set(rates)) < len(rates)):
            raise ValueError("give different learning rates above 0")
        return rates

    @model_validator(mode="after")
    def _looks_include_the_seeds(self) -> Self:
        if self.looks is None:
            return self
        if list(self.looks) != sorted(set(self.looks)) or self.looks[0] < 2:  # noqa: PLR2004
            raise invalid_setting("looks", "give increasing numbers of seeds, each at least 2")
        if self.training.seeds not in self.looks:
            raise invalid_setting(
                "looks", f"include the number of seeds, {self.training.seeds}, among them"
            )
        return self

    @property
    def training_in_force(self) -> TrainingSpec:
        """The training with its seconds filled in if the match is by time, else without them."""
        seconds = self.training.seconds or DEFAULT_SECONDS if self.match == "time" else None
        return self.training.model_copy(update={"seconds": seconds})

    @field_validator("contenders")
    @classmethod
    def _contenders_have_names(
        cls, contenders: tuple[ContenderSpec, ...]
    ) -> tuple[ContenderSpec, ...]:
        return name_contenders(contenders)


def name_contenders(contenders: tuple[ContenderSpec, ...]) -> tuple[ContenderSpec, ...]:
    """Gives every contender a unique name: the cell's label, with a number where it is taken.

    Contenders are looked up by name without regard to case, so names differ in more than case.

    Raises:
        ValueError: Two contenders were given the same name.
    """
    names = [contender.name.lower() for contender in contenders if contender.name]
    if len(names) != len(set(names)):
        raise ValueError("two contenders have the same name (case is ignored)")
    taken = set(names)
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
