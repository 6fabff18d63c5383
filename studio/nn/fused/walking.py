"""What all kernels share: their job's fields by name, where a step stands, and how work is taken.

A kernel takes the address of a job (see job.py) and works off its pieces until none is left, in as
many threads at once as there may be: what a piece gives does not depend on who computes it.
"""

from collections.abc import Callable
from typing import Any

from numba import njit

from studio.nn.fused.addresses import integers, take
from studio.nn.fused.job import FIELDS

FLOAT, LONG = 4, 8
BATCH, C0, CN = FIELDS["BATCH"], FIELDS["C0"], FIELDS["CN"]
COUNTER, H0, HIDDEN, HN = FIELDS["COUNTER"], FIELDS["H0"], FIELDS["HIDDEN"], FIELDS["HN"]
INPUT_SIZE, ITEMS, KEPT = FIELDS["INPUT_SIZE"], FIELDS["ITEMS"], FIELDS["KEPT"]
LENGTHS, OUT, OUT_ROW, OUT_TIME = (FIELDS[n] for n in ("LENGTHS", "OUT", "OUT_ROW", "OUT_TIME"))
PACKED, PACKED_STRIDE = FIELDS["PACKED"], FIELDS["PACKED_STRIDE"]
SCRATCH, SCRATCH_STRIDE = FIELDS["SCRATCH"], FIELDS["SCRATCH_STRIDE"]
SHARDS, STEPS = FIELDS["SHARDS"], FIELDS["STEPS"]
X, X_ROW, X_TIME = FIELDS["X"], FIELDS["X_ROW"], FIELDS["X_TIME"]
CHUNK, PIECES = FIELDS["CHUNK"], FIELDS["PIECES"]
DCN, DC0, DHN, DH0 = FIELDS["DCN"], FIELDS["DC0"], FIELDS["DHN"], FIELDS["DH0"]
DOUT, DOUT_ROW, DOUT_TIME = FIELDS["DOUT"], FIELDS["DOUT_ROW"], FIELDS["DOUT_TIME"]
DSTATES, DX = FIELDS["DSTATES"], FIELDS["DX"]
SUMS, SUMS_STRIDE = FIELDS["SUMS"], FIELDS["SUMS_STRIDE"]
OPTIONS = {"error_model": "numpy", "boundscheck": False, "nogil": True}


def each_item(work: Any) -> Callable[..., None]:
    """A kernel that does a piece of work, work(job, number), until none is left."""

    def kernel(job):
        while True:
            item = take(job[COUNTER])
            if item >= job[ITEMS]:
                return
            work(job, item)

    return kernel


@njit(**OPTIONS)
def length_of(job, example):
    """Valid steps of an example."""
    return integers(job[LENGTHS])[example] if job[LENGTHS] else job[STEPS]


@njit(**OPTIONS)
def place_of(direction, step, length):
    """Where in the sequence a step of a direction stands; the reverse one leaves padding alone."""
    if direction == 0 or step >= length:
        return step
    return length - 1 - step
