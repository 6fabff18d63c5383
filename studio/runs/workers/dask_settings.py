"""What Dask is told, and where it is imported: only what needs workers pays for it."""

import os
import warnings
from collections.abc import Mapping
from typing import Any

from studio.core.errors import MachineError

SETTINGS: Mapping[str, Any] = {
    "distributed.scheduler.allowed-failures": 0,  # the coordinator starts it again, where it was
    "distributed.scheduler.work-stealing": False,
    "distributed.admin.low-level-log-length": 1,  # events hold weights; none is kept
    "distributed.admin.log-length": 0,
    "distributed.worker.daemon": True,
    "distributed.worker.profile.enabled": False,
    "distributed.scheduler.active-memory-manager.start": False,
    "distributed.comm.timeouts.connect": "30s",
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": False,
}
"""Dask does not try again, move, or write anything to disk on its own."""


def libraries() -> tuple[Any, Any]:
    os.environ.setdefault("DASK_DISTRIBUTED__VERSION__CHECK", "False")
    try:
        import cryptography  # noqa: F401 - for the certificates
        import dask
        import distributed
        import distributed.security
        from distributed.versions import VersionMismatchWarning
    except ImportError as error:
        raise MachineError(
            f"parallel runs need the package {error.name}",
            remedy="Install it with: pip install 'gate-studio[workers]'",
        ) from None
    warnings.filterwarnings("ignore", category=VersionMismatchWarning)  # see versions.py
    return dask, distributed
