"""Comparisons are trained with the fused engine, as in the program."""

import pytest
from support import CACHE

from studio.runs.execution.kernels import start_kernels, wait_for_kernels


@pytest.fixture(autouse=True, scope="session")
def kernels() -> None:
    start_kernels(CACHE)
    wait_for_kernels()
