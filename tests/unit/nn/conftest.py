"""Small networks are quickest on one thread; the fused engine is there."""

from collections.abc import Iterator

import pytest
import torch
from support import CACHE

from studio.nn.engines.fused.kernel_cache import KERNELS


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True, scope="session")
def kernels() -> None:
    KERNELS.start(CACHE)
    KERNELS.wait()
