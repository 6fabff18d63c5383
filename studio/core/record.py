"""What a session file is given when a comparison begins."""

from collections.abc import Mapping
from dataclasses import dataclass

from studio.core.arrays import Floats, Integers, Truth
from studio.core.events import EpochRecord, Snapshot
from studio.core.history import Baseline, DivisionRecord
from studio.core.preparation import Preparation
from studio.core.spec import ComparisonSpec, DatasetSpec

EMBED_LIMIT = 20_000_000
"""Bytes; datasets up to this size are embedded in the session file."""


@dataclass(frozen=True)
class SourceFile:
    """A file that a dataset was read from.

    Attributes:
        name: Its path relative to the folder that holds all the dataset's files.
        path: Where it was, absolute.
        size: Bytes.
        mtime_ns: Time of its last change, nanoseconds since 1970.
        sha256: Hash of its content, hexadecimal.
        content: The content where it is embedded, or None.
    """

    name: str
    path: str
    size: int
    mtime_ns: int
    sha256: str
    content: bytes | None


@dataclass(frozen=True)
class DatasetRecord:
    """A dataset as a session remembers it.

    Attributes:
        name: The dataset's name.
        spec: How it was read or generated.
        schema: What `inspect --json` says of it.
        files: What it was read from; empty for generated data.
    """

    name: str
    spec: DatasetSpec
    schema: Mapping[str, object]
    files: tuple[SourceFile, ...]


@dataclass(frozen=True)
class KeptExample:
    """An example that stays in the session whatever happens to the dataset.

    Attributes:
        part: "training", "validation" or "test".
        index: Its number within the part.
        inputs: Scaled inputs without padding, (time, channels) float32.
        truth: Its truth, () for a class, (outputs,) for values, or what each step is to answer.
    """

    part: str
    index: int
    inputs: Floats
    truth: Truth


@dataclass(frozen=True)
class Size:
    """Exact size of a contender's network.

    Attributes:
        parameters: Trainable numbers.
        macs: Multiply-accumulates of one forward pass of the longest example.
    """

    parameters: int
    macs: int


@dataclass(frozen=True)
class NewComparison:
    """A comparison before its first run; what depends on the division is that of the first.

    Attributes:
        spec: With everything that was detected filled in; contenders are named.
        dataset: The dataset.
        preparation: Fitted on the training part.
        part_sizes: Examples of each part by name.
        test_truth: Truth of the test part, as in Examples.
        test_positions: Positions of the test part, as in Examples.
        examples: A few examples to keep.
        sizes: By contender name.
        baselines: Rules without learning, scored.
        environment: Versions, processor, device, threads, allocator by name.
        further: The divisions after the first, where the data is divided into folds.
    """

    spec: ComparisonSpec
    dataset: DatasetRecord
    preparation: Preparation
    part_sizes: Mapping[str, int]
    test_truth: Truth
    test_positions: Integers
    examples: tuple[KeptExample, ...]
    sizes: Mapping[str, Size]
    baselines: tuple[Baseline, ...]
    environment: Mapping[str, str]
    further: tuple[DivisionRecord, ...] = ()

    @property
    def divisions(self) -> tuple[DivisionRecord, ...]:
        """All divisions of the data, in their order."""
        first = DivisionRecord(
            self.spec.task.divisions[0],
            self.part_sizes,
            self.preparation,
            self.test_truth,
            self.test_positions,
            self.baselines,
        )
        return (first, *self.further)


@dataclass(frozen=True)
class ResumePoint:
    """Where an interrupted run goes on.

    Attributes:
        record: The last finished epoch.
        snapshot: Weights and training state after it.
        best_weights: The weights of the best epoch so far, safetensors bytes.
    """

    record: EpochRecord
    snapshot: Snapshot
    best_weights: bytes
