"""Devices, threads and versions: what is available, what is used, and why."""

import platform
import sys
from collections.abc import Mapping
from pathlib import Path

import psutil
import torch

from studio.core.errors import MachineError, SpecError
from studio.core.specs.comparison_spec import MachineSpec, precision_on_the_cpu
from studio.core.system import allocator
from studio.core.system.cores import usable_cores
from studio.core.version import __version__


def choose_device(wanted: str) -> tuple[torch.device, str]:
    """The device to train on, and why it is not CUDA, a clause, or "".

    Raises:
        MachineError: CUDA was requested and is not available.
    """
    if wanted == "cpu":
        return torch.device("cpu"), ""
    if torch.cuda.is_available():
        return torch.device("cuda"), ""
    if wanted == "cuda":
        raise MachineError(
            f"CUDA was requested, but {why_no_cuda()}",
            remedy="Choose the device auto or cpu, or install a CUDA build of PyTorch",
        )
    return torch.device("cpu"), f"on the CPU: {why_no_cuda()}"


def device_for(machine: MachineSpec) -> torch.device:
    """The device to train on, which supports the requested precision.

    Raises:
        MachineError: CUDA was requested and is not available.
        SpecError: The device is the CPU, which does not support the requested precision.
    """
    device, why = choose_device(machine.device)
    if device.type == "cpu" and machine.precision != "float32":
        reason = f" ({why})" if why else ""
        raise SpecError(
            f"{precision_on_the_cpu(machine.precision)}{reason}",
            field="precision",
            remedy="Correct it and try again",
        )
    return device


def why_no_cuda() -> str:
    """Why CUDA cannot be used, a clause."""
    if torch.version.cuda is None:
        return "this PyTorch was built without CUDA"
    return "PyTorch finds no CUDA device"


def choose_threads(wanted: int | None) -> int:
    """CPU threads for training: as requested, or one for each core that may be used."""
    return wanted or usable_cores()


def use_threads(threads: int) -> None:
    """Sets torch's threads for the calling thread; call it in the compute thread only."""
    torch.set_num_threads(threads)


def environment(machine: MachineSpec, device: torch.device) -> Mapping[str, str]:
    """Versions and hardware, for the record of every result."""
    facts = {
        "gate_studio": __version__,
        "torch": torch.__version__,
        "python": platform.python_version(),
        "system": platform.platform(terse=True),
        "cpu": processor(),
        "cores": str(psutil.cpu_count(logical=False) or psutil.cpu_count()),
        "memory_gb": f"{psutil.virtual_memory().total / 1e9:.1f}",
        "threads": str(choose_threads(machine.threads)),
        "device": device.type,
        "allocator": allocator.describe(),
    }
    if device.type == "cuda":
        facts["gpu"] = torch.cuda.get_device_name(device)
        facts["cuda"] = str(torch.version.cuda)
        facts["cudnn"] = str(torch.backends.cudnn.version())
        facts["precision"] = machine.precision
        facts["deterministic"] = "yes" if machine.deterministic else "no"
    return facts


def processor() -> str:
    """The processor's name, as far as the system knows it."""
    if sys.platform.startswith("linux"):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def cuda_devices() -> tuple[str, ...]:
    return tuple(torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count()))
