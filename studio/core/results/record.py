"""What is written to a session file when a comparison starts."""

from collections.abc import Mapping
from dataclasses import dataclass

from studio.core.arrays import Floats, Integers, Truth
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.events import EpochRecord, Snapshot
from studio.core.results.history import Baseline, FoldRecord
from studio.core.specs.comparison_spec import ComparisonSpec, DatasetSpec

EMBED_LIMIT = 20_000_000
"""Bytes; datasets up to this size are embedded in the session file."""


@dataclass(frozen=True)
class SourceFile:
    """A file that a dataset was read from.

    Attributes:
        name: Its path relative to the folder that holds all the dataset's files.
        path: Its absolute path.
        size: Bytes.
        mtime_ns: Time of its last change, nanoseconds since 1970.
        sha256: Hash of its content, hexadecimal.
        content: Its content if it is embedded, or None.
    """

    name: str
    path: str
    size: int
    mtime_ns: int
    sha256: str
    content: bytes | None


@dataclass(frozen=True)
class DatasetRecord:
    """A dataset as stored in a session.

    Attributes:
        name: The dataset's name.
        spec: How it was read or generated.
        schema: The output of `inspect --json` for it.
        files: The files it was read from; empty for generated data.
    """

    name: str
    spec: DatasetSpec
    schema: Mapping[str, object]
    files: tuple[SourceFile, ...]


@dataclass(frozen=True)
class StoredExample:
    """An example that is stored in the session itself.

    Attributes:
        part: "training", "validation" or "test".
        index: Its index within that set.
        inputs: Scaled inputs without padding, (time, channels) float32.
        targets_in_units: Its class, (), its values, (outputs,), or its targets at each step.
        position: Its position as in Examples; None in sessions of earlier versions.
    """

    part: str
    index: int
    inputs: Floats
    targets_in_units: Truth
    position: int | None = None


@dataclass(frozen=True)
class ModelSize:
    """Exact size of a contender's network.

    Attributes:
        parameters: Trainable parameters.
        macs: Multiply-accumulates of one forward pass of the longest example.
    """

    parameters: int
    macs: int


@dataclass(frozen=True)
class NewComparison:
    """A comparison before its first run; attributes that depend on the split are of the first fold.

    Attributes:
        spec: With everything that was detected filled in; contenders have names.
        dataset: The dataset.
        preprocessing: Fitted on the training set.
        part_sizes: Examples of the training, validation and test set.
        test_truth: Test targets, as in Examples.
        test_positions: Positions of the test examples, as in Examples.
        examples: A few examples to store.
        sizes: By contender name.
        baselines: Baselines without a network, scored.
        environment: Versions, processor, device, threads, allocator by name.
        further: The folds after the first.
    """

    spec: ComparisonSpec
    dataset: DatasetRecord
    preprocessing: Preprocessing
    part_sizes: Mapping[str, int]
    test_truth: Truth
    test_positions: Integers
    examples: tuple[StoredExample, ...]
    sizes: Mapping[str, ModelSize]
    baselines: tuple[Baseline, ...]
    environment: Mapping[str, str]
    further: tuple[FoldRecord, ...] = ()

    @property
    def folds(self) -> tuple[FoldRecord, ...]:
        """All folds in order; one for a single split."""
        first = FoldRecord(
            self.spec.task.fold_ids[0],
            self.part_sizes,
            self.preprocessing,
            self.test_truth,
            self.test_positions,
            self.baselines,
        )
        return (first, *self.further)


@dataclass(frozen=True)
class ResumePoint:
    """Where an interrupted run resumes.

    Attributes:
        record: The last finished epoch.
        snapshot: Weights and training state after it.
        best_weights: The weights of the best epoch so far, safetensors bytes.
    """

    record: EpochRecord
    snapshot: Snapshot
    best_weights: bytes
