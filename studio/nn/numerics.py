"""Precision and determinism: set on CUDA for a run's own work, as they were again afterwards."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import NamedTuple, Self

import torch
from torch.amp import GradScaler, autocast

from studio.core.spec import MachineSpec

# cuBLAS reads it once, when it is first used: then it is too late to ask for determinism
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")

_HALVES = {"bf16": torch.bfloat16, "fp16": torch.float16}


_ANYTHING, _REFUSE = 0, 2  # torch's modes of what has no deterministic algorithm


class _Settings(NamedTuple):
    """Whether cuBLAS and cuDNN may round to TF32 (torch allows it to one of them), and a mode."""

    cublas: bool
    cudnn: bool
    mode: int

    @classmethod
    def read(cls) -> Self:
        return cls(
            torch.backends.cuda.matmul.allow_tf32,
            torch.backends.cudnn.allow_tf32,
            torch.get_deterministic_debug_mode(),
        )

    def write(self) -> None:
        torch.backends.cuda.matmul.allow_tf32 = self.cublas
        torch.backends.cudnn.allow_tf32 = self.cudnn
        torch.set_deterministic_debug_mode(self.mode)


class Numerics:
    """How the numbers of a run are computed on its device; on the CPU nothing is changed."""

    def __init__(self, machine: MachineSpec, device: torch.device) -> None:
        self._machine = machine
        self._on_cuda = device.type == "cuda"

    @contextmanager
    def settings(self) -> Iterator[None]:
        """The run's settings inside, the caller's again afterwards."""
        if not self._on_cuda:
            yield
            return
        before = _Settings.read()
        rounds = self._machine.precision == "tf32"
        _Settings(rounds, rounds, _REFUSE if self._machine.deterministic else _ANYTHING).write()
        try:
            yield
        finally:
            before.write()

    def autocast(self) -> AbstractContextManager[object]:
        """Within it, forward passes compute in the 16-bit format that was asked for.

        Each weight is used once in a pass, so that keeping its short form would gain nothing.
        """
        half = _HALVES.get(self._machine.precision)
        if half is None or not self._on_cuda:
            return nullcontext()
        return autocast("cuda", dtype=half, cache_enabled=False)

    def scaler(self) -> GradScaler | None:
        """For fp16: keeps small gradients above zero, and skips steps whose gradients overflow."""
        return GradScaler("cuda") if self._on_cuda and self._machine.precision == "fp16" else None

    @property
    def words(self) -> str:
        """For the note beside a time; "" on the CPU."""
        if not self._on_cuda:
            return ""
        return self._machine.precision + (", deterministic" if self._machine.deterministic else "")
