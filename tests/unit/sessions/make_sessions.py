"""Tiny synthetic comparisons."""

import hashlib
import math
from dataclasses import replace

import numpy as np

from studio.core.prepared.preprocessing import Preprocessing
from studio.core.prepared.scaler import Scaler
from studio.core.results.events import (
    EpochFinished,
    EpochRecord,
    ExecutionInfo,
    RunFailed,
    RunFinished,
    RunId,
    RunResult,
    RunStarted,
    RunStopped,
    Snapshot,
    StepsTimed,
    TrainingMemory,
)
from studio.core.results.final_model import FinalModel
from studio.core.results.history import Baseline
from studio.core.results.record import (
    DatasetRecord,
    ModelSize,
    NewComparison,
    SourceFile,
    StoredExample,
)
from studio.core.specs.comparison_spec import ComparisonSpec, FileDataset, TrainingSpec

GRU_1, GRU_2 = RunId("GRU", 1), RunId("GRU", 2)
LSTM_1, LSTM_2 = RunId("LSTM", 1), RunId("LSTM", 2)
CONTENT = b"temperature\n1\n2\n"
TRUTH = np.linspace(1, 2, 6, dtype=np.float32).reshape(6, 1)
SERVED = ExecutionInfo("fused", "cpu", 2, "glibc")
MEMORY = TrainingMemory(10, 20, 30, 40)


def preprocessing() -> Preprocessing:
    scaler = Scaler(kind="standard", center=(11.5,), scale=(4.0,))
    return Preprocessing(
        kind="forecast",
        input_names=("temperature",),
        input_units=("°C",),
        input_scaler=scaler,
        target_names=("temperature",),
        target_units=("°C",),
        target_scaler=scaler,
        window=4,
        min_length=4,
        max_length=4,
        naive_error=(2.0,),
    )


def source_file(path: str = "/somewhere/weather.csv") -> SourceFile:
    digest = hashlib.sha256(CONTENT).hexdigest()
    return SourceFile("weather.csv", path, len(CONTENT), 1_700_000_000, digest, CONTENT)


def baseline() -> Baseline:
    return Baseline(
        "persistence", 0, 0.25, TRUTH + 0.5, {"rmse": 0.5}, {"rmse": math.nan}, math.nan
    )


def new_comparison(name: str = "", seeds: int = 2) -> NewComparison:
    dataset = FileDataset(path="/somewhere/weather.csv")
    return NewComparison(
        spec=ComparisonSpec(name=name, dataset=dataset, training=TrainingSpec(seeds=seeds)),
        dataset=DatasetRecord("weather", dataset, {"kind": "series"}, (source_file(),)),
        preprocessing=preprocessing(),
        part_sizes={"training": 20, "validation": 4, "test": 6},
        test_truth=TRUTH,
        test_positions=np.arange(24, 30),
        examples=(
            StoredExample("test", 3, np.ones((4, 1), np.float32), TRUTH[3]),
            StoredExample("training", 0, np.zeros((4, 1), np.float32), TRUTH[0]),
        ),
        sizes={"GRU": ModelSize(3000, 9000), "LSTM": ModelSize(4000, 12000)},
        baselines=(baseline(),),
        environment={"torch": "2.9", "cpu": "one"},
    )


def record(epoch: int, **changes: object) -> EpochRecord:
    plain = EpochRecord(
        epoch=epoch,
        step=10 * epoch,
        train_loss=1 / (epoch + 1),
        validation_loss=2 / (epoch + 1),
        scores={"rmse": 3 / (epoch + 1)},
        seconds=0.5 * epoch,
        lr=0.003,
        gradient_norm=1.0,
        clipped=0.25,
    )
    return replace(plain, **changes)


def snapshot(epoch: int, size: int = 64) -> Snapshot:
    return Snapshot(bytes([epoch % 256]) * size, b"state %d" % epoch)


def started(run: RunId, first_epoch: int = 1) -> RunStarted:
    return RunStarted(run, SERVED, MEMORY, first_epoch, snapshot(0) if first_epoch == 1 else None)


def epoch_finished(
    run: RunId, epoch: int, *, best: bool = False, size: int = 64, **changes: object
) -> EpochFinished:
    return EpochFinished(run, record(epoch, **changes), best, snapshot(epoch, size))


def timed(run: RunId, turn: int, first_step: int, steps: int = 5, warmup: int = 2) -> StepsTimed:
    seconds = np.arange(first_step, first_step + steps, dtype=np.float32) / 1000
    return StepsTimed(run, turn, turn % 2, first_step, seconds, warmup)


def result(shift: float = 0.1) -> RunResult:
    return RunResult(2, TRUTH + np.float32(shift), {"rmse": shift})


def finished(run: RunId, reason: str = "finished") -> RunFinished:
    return RunFinished(run, reason, result())


def stopped(run: RunId) -> RunStopped:
    return RunStopped(run, result())


def failed(run: RunId) -> RunFailed:
    return RunFailed(run, 3, "the loss is not a number", "Lower the learning rate")


def final_model() -> FinalModel:
    """GRU, trained on all data."""
    return FinalModel("GRU", 1, 3, 30, 0.25, preprocessing(), SERVED, snapshot(3).weights)
