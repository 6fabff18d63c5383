"""Code shared by all kernels: indices of job fields, positions of time steps, and work items.

A kernel takes a job, an int64 array whose fields are described in kernel_arguments.py, and
processes its work items until none is left. Any number of threads may run it on the same job: the
result of an item does not depend on the thread.

Names used throughout the kernels:

- job: the int64 array of fields; item: index of a work item.
- L: lanes of a vector; unit_blocks: ceil(hidden / L), the vectors that hold all hidden units.
- first, rows: the first example and the number of examples of a part of the batch.
- now: a time step in the order of the direction, so that step 0 of the reverse direction is the
  last valid position.
- panel: floats between consecutive panels. All other strides are in floats too, except where they
  are multiplied by FLOAT or LONG, the bytes of a float32 and an int64.
"""

from collections.abc import Callable
from typing import Any

from numba import njit

from studio.nn.engines.fused.kernel_arguments import FIELDS
from studio.nn.engines.fused.tiles.pointers import integers, take

FLOAT, LONG = 4, 8  # bytes
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
    """Creates a kernel that calls work(job, item) until no work item is left.

    Args:
        work: Compiled function of a job and the index of a work item.

    Returns:
        The kernel, a function of the job that Numba can compile.
    """

    def kernel(job):
        while True:
            item = take(job[COUNTER])
            if item >= job[ITEMS]:
                return
            work(job, item)

    return kernel


@njit(**OPTIONS)
def length_of(job, example):
    """Returns the number of valid time steps of an example."""
    return integers(job[LENGTHS])[example] if job[LENGTHS] else job[STEPS]


@njit(**OPTIONS)
def place_of(direction, step, length):
    """Returns the position in the sequence of a time step of a direction.

    The reverse direction visits the valid positions from last to first, then the padding.

    Args:
        direction: 0 for forward, 1 for reverse.
        step: Time step in the order of the direction.
        length: Number of valid time steps of the example.
    """
    if direction == 0 or step >= length:
        return step
    return length - 1 - step
