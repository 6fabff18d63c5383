"""The processor cores that this process may use."""

import os

import psutil


def usable_cores() -> int:
    """Physical cores, at most as many as the process may run on.

    A batch system, a container or taskset may leave fewer than the machine has; more threads than
    cores would wait for each other.
    """
    physical = psutil.cpu_count(logical=False) or psutil.cpu_count() or 1
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else physical
    return max(1, min(physical, allowed))
