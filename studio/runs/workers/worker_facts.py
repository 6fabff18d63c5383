"""What a worker tells of itself for the list of machines, and how it leaves."""

import os
from threading import Timer
from typing import Any

from studio.core.system.cores import usable_cores
from studio.runs.workers.versions import versions_here
from studio.runs.workers.worker_run import topics_here

LEFT = 0
"""The exit status of a worker whose cluster was stopped."""
_ANSWER_SECONDS = 0.5
_facts: dict[str, Any] = {}


def note_facts(*, threads: int, speed: float, gpu: int | None) -> None:
    """Called when a worker starts."""
    _facts.update(threads=threads, speed=speed, gpu=gpu)


def describe_worker(dask_worker: Any = None) -> dict[str, Any]:  # noqa: ANN401 - Dask fills it in
    """In a worker: its machine, versions, load, and the runs that it trains."""
    return {
        "host": dask_worker.ip,
        "versions": versions_here(),
        "cores": usable_cores(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "threads": _facts.get("threads", 1),
        "speed": _facts.get("speed", 0.0),
        "gpu": _facts.get("gpu"),
        "runs": topics_here(),
    }


def leave() -> None:
    """In a worker: the cluster is being stopped, so end with LEFT as soon as this is answered."""
    _facts["left"] = True
    ending = Timer(_ANSWER_SECONDS, os._exit, (LEFT,))
    ending.daemon = True
    ending.start()


def has_left() -> bool:
    """Whether the cluster was stopped."""
    return bool(_facts.get("left"))
