import pytest
import torch
from unit.nn.make_runs import CPU, TASK

from studio.core.errors import MachineError, SpecError
from studio.core.spec import ContenderSpec, MachineSpec, TrainingSpec
from studio.nn.clock import StepClock
from studio.nn.devices import choose_device, choose_threads, device_for, environment
from studio.nn.engine import ENGINES, LayersRequest, TorchEngine, choose_engine
from studio.nn.failures import TrainingFailed, training_failures
from studio.nn.serving import Server
from studio.nn.task_tensors import TaskTensors
from studio.nn.trainer import Trainer

REQUEST = LayersRequest("gru", 2, 4)
HAS_CUDA = torch.cuda.is_available()


class Refusing(TorchEngine):
    name = "refusing"

    def refusal(self, request: LayersRequest, device: torch.device) -> str:
        return f"it serves no {request.cell} on {device.type}"


def test_auto_takes_the_first_engine_that_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    assert choose_engine("auto", REQUEST, CPU) is ENGINES["fused"]
    monkeypatch.setattr("studio.nn.engine.ENGINES", {**ENGINES, "fused": Refusing()})
    assert choose_engine("auto", REQUEST, CPU) is ENGINES["torch"]


def test_auto_says_why_it_does_not_take_the_fused_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.nn.engine.ENGINES", {**ENGINES, "fused": Refusing()})
    for wanted, note in (
        ("auto", "torch.nn computes the layers: it serves no gru on cpu"),
        ("torch", ""),
    ):
        machine = MachineSpec(device="cpu", engine=wanted)
        served = Server(machine, CPU).served(ContenderSpec(), TASK.preparation)
        assert (served.engine, served.note) == ("torch.nn", note)


def test_on_cuda_the_cells_are_cudnns() -> None:
    assert choose_engine("auto", REQUEST, torch.device("cuda")) is ENGINES["torch"]
    assert "on the CPU only" in ENGINES["fused"].refusal(REQUEST, torch.device("cuda"))


def test_an_engine_that_was_asked_for_and_cannot_serve_says_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("studio.nn.engine.ENGINES", {**ENGINES, "fused": Refusing()})
    assert choose_engine("torch", REQUEST, CPU).name == "torch.nn"
    with pytest.raises(MachineError, match="it serves no gru on cpu"):
        choose_engine("fused", REQUEST, CPU)


@pytest.mark.skipif(HAS_CUDA, reason="this machine has CUDA")
def test_cuda_where_there_is_none_is_refused_with_a_remedy() -> None:
    with pytest.raises(MachineError, match="CUDA was asked for") as caught:
        choose_device("cuda")
    assert "auto or cpu" in caught.value.remedy


@pytest.mark.skipif(HAS_CUDA, reason="this machine has CUDA")
def test_auto_without_cuda_takes_the_cpu_and_says_so() -> None:
    device, note = choose_device("auto")
    assert device.type == "cpu"
    assert note.startswith("on the CPU: ")
    served = Server(MachineSpec(), device).served(ContenderSpec(), TASK.preparation)
    assert served.note == note


@pytest.mark.skipif(HAS_CUDA, reason="this machine has CUDA")
def test_a_precision_that_only_cuda_has_is_refused_where_the_cpu_serves() -> None:
    with pytest.raises(SpecError, match="float32 only") as caught:
        device_for(MachineSpec(precision="bf16"))
    assert "choose float32" in caught.value.what
    assert "without CUDA" in caught.value.what or "no CUDA device" in caught.value.what
    assert device_for(MachineSpec(deterministic=True)).type == "cpu"


def test_threads_are_as_asked_or_the_cores() -> None:
    assert choose_threads(3) == 3
    assert choose_threads(None) >= 1


def test_the_environment_names_what_a_time_depends_on() -> None:
    facts = environment(MachineSpec(threads=3), CPU)
    names = {"torch", "python", "system", "cpu", "cores", "threads", "device", "allocator"}
    assert names <= facts.keys()
    assert facts["threads"] == "3"
    assert all(facts.values())


def test_the_clock_gives_a_duration_for_each_step_and_then_forgets_it() -> None:
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
def test_memory_that_runs_out_fails_the_run_with_a_remedy(error: Exception) -> None:
    with pytest.raises(TrainingFailed, match="memory ran out") as caught, training_failures():
        raise error
    assert "smaller batch" in caught.value.remedy


def test_an_operation_without_a_deterministic_algorithm_fails_the_run_with_a_remedy() -> None:
    message = "cumsum_cuda_kernel does not have a deterministic implementation, but you set ..."
    with pytest.raises(TrainingFailed, match="cumsum") as caught, training_failures():
        raise RuntimeError(message)
    assert caught.value.remedy == "Switch deterministic off"


def test_other_errors_are_no_outcome_of_a_run() -> None:
    with pytest.raises(RuntimeError, match="a bug"), training_failures():
        raise RuntimeError("a bug")


def test_an_allocation_that_no_memory_holds_is_recognised() -> None:
    with pytest.raises(TrainingFailed, match="memory ran out"), training_failures():
        torch.empty(2**60, dtype=torch.uint8)


def test_a_trainer_cannot_use_an_engine_that_does_not_serve(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("studio.nn.engine.ENGINES", {"torch": Refusing()})
    machine = MachineSpec(device="cpu", engine="torch")
    with pytest.raises(MachineError):
        Trainer(ContenderSpec(), TrainingSpec(), machine, TaskTensors(TASK, CPU), 1)
