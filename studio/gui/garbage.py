"""Garbage that holds widgets is collected in the interface thread alone.

Python collects cycles in whichever thread happens to allocate. A cycle that holds a part of the
window would then be destroyed by the thread that trains or reads, which Qt does not allow.
"""

from pyqtgraph.util.garbage_collector import GarbageCollector

SECONDS = 1.0


def collect_in_this_thread() -> GarbageCollector:
    """From now on cycles are collected here, once a second; to be kept while Qt runs."""
    return GarbageCollector(interval=SECONDS)
