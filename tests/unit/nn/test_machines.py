import pytest
import torch
from unit.nn.make_runs import CPU, TASK

from studio.core.errors import MachineError, SpecError
from studio.core.specs.comparison_spec import ContenderSpec, MachineSpec, TrainingSpec
from studio.nn.batching.task_tensors import TaskTensors
from studio.nn.engines.devices import choose_device, choose_threads, device_for, environment
from studio.nn.engines.engine_selection import ENGINES, RecurrentConfig, TorchEngine, choose_engine
from studio.nn.networks.network_builder import NetworkBuilder
from studio.nn.training.errors import TrainingFailed, training_failures
from studio.nn.training.step_clock import StepClock
from studio.nn.training.trainer import Trainer

REQUEST = RecurrentConfig("gru", 2, 4)
HAS_CUDA = torch.cuda.is_available()


class Refusing(TorchEngine):
    name = "refusing"

    def refusal(self, config: RecurrentConfig, device: torch.device) -> str:
        return f"it serves no {config.cell} on {device.type}"


def test_auto_takes_the_first_available_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert choose_engine("auto", REQUEST, CPU) is ENGINES["fused"]
    monkeypatch.setattr(
        "studio.nn.engines.engine_selection.ENGINES", {**ENGINES, "fused": Refusing()}
    )
    assert choose_engine("auto", REQUEST, CPU) is ENGINES["torch"]


def test_auto_says_why_it_does_not_take_the_fused_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "studio.nn.engines.engine_selection.ENGINES", {**ENGINES, "fused": Refusing()}
    )
    for wanted, note in (
        ("auto", "torch.nn is used: it serves no gru on cpu"),
        ("torch", ""),
    ):
        machine = MachineSpec(device="cpu", engine=wanted)
        execution = NetworkBuilder(machine, CPU).execution(ContenderSpec(), TASK.preprocessing)
        assert (execution.engine, execution.note) == ("torch.nn", note)


def test_on_cuda_the_cells_are_cudnns() -> None:
    assert choose_engine("auto", REQUEST, torch.device("cuda")) is ENGINES["torch"]
    assert "on the CPU only" in ENGINES["fused"].refusal(REQUEST, torch.device("cuda"))


def test_a_requested_engine_that_is_not_available_says_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "studio.nn.engines.engine_selection.ENGINES", {**ENGINES, "fused": Refusing()}
    )
    assert choose_engine("torch", REQUEST, CPU).name == "torch.nn"
    with pytest.raises(MachineError, match="it serves no gru on cpu"):
        choose_engine("fused", REQUEST, CPU)


@pytest.mark.skipif(HAS_CUDA, reason="this machine has CUDA")
def test_missing_cuda_is_refused_with_a_remedy() -> None:
    with pytest.raises(MachineError, match="CUDA was requested") as caught:
        choose_device("cuda")
    assert "auto or cpu" in caught.value.remedy


@pytest.mark.skipif(HAS_CUDA, reason="this machine has CUDA")
def test_auto_without_cuda_takes_the_cpu_and_says_so() -> None:
    device, note = choose_device("auto")
    assert device.type == "cpu"
    assert note.startswith("on the CPU: ")
    execution = NetworkBuilder(MachineSpec(), device).execution(ContenderSpec(), TASK.preprocessing)
    assert execution.note == note


@pytest.mark.skipif(HAS_CUDA, reason="this machine has CUDA")
def test_the_cpu_refuses_a_precision_that_only_cuda_has() -> None:
    with pytest.raises(SpecError, match="float32 only") as caught:
        device_for(MachineSpec(precision="bf16"))
    assert "choose float32" in caught.value.what
    assert "without CUDA" in caught.value.what or "no CUDA device" in caught.value.what
    assert device_for(MachineSpec(deterministic=True)).type == "cpu"


def test_threads_are_as_requested_or_the_cores() -> None:
    assert choose_threads(3) == 3
    assert choose_threads(None) >= 1


def test_the_environment_names_everything_that_times_depend_on() -> None:
    facts = environment(MachineSpec(threads=3), CPU)
    names = {"torch", "python", "system", "cpu", "cores", "threads", "device", "allocator"}
    assert names <= facts.keys()
    assert facts["threads"] == "3"
    assert all(facts.values())


def test_the_clock_gives_each_duration_once() -> None:
    clock = StepClock(CPU)
    assert clock.reads_at_once
    for _ in range(3):
        clock.start()
        clock.stop()
    seconds = clock.take()
    assert seconds.shape == (3,)
    assert seconds.dtype == "float32"
    assert (seconds >= 0).all()
    assert len(clock.take()) == 0


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"),
        RuntimeError("CUDA error: out of memory"),
        RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
    ],
)
def test_out_of_memory_fails_the_run_with_a_remedy(error: Exception) -> None:
    with pytest.raises(TrainingFailed, match="out of memory") as caught, training_failures():
        raise error
    assert "smaller batch" in caught.value.remedy


def test_an_operation_without_a_deterministic_algorithm_fails_the_run_with_a_remedy() -> None:
    message = "cumsum_cuda_kernel does not have a deterministic implementation, but you set ..."
    with pytest.raises(TrainingFailed, match="cumsum") as caught, training_failures():
        raise RuntimeError(message)
    assert caught.value.remedy == "Switch deterministic off"


def test_other_errors_are_raised() -> None:
    with pytest.raises(RuntimeError, match="a bug"), training_failures():
        raise RuntimeError("a bug")


def test_a_failed_allocation_counts_as_out_of_memory() -> None:
    with pytest.raises(TrainingFailed, match="out of memory"), training_failures():
        torch.empty(2**60, dtype=torch.uint8)


def test_a_trainer_refuses_an_engine_that_is_not_available(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("studio.nn.engines.engine_selection.ENGINES", {"torch": Refusing()})
    machine = MachineSpec(device="cpu", engine="torch")
    with pytest.raises(MachineError):
        Trainer(ContenderSpec(), TrainingSpec(), machine, TaskTensors(TASK, CPU), 1)
