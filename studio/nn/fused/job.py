"""What a kernel is told: fields of a block of 64-bit integers, addresses among them.

Kernels take one address, so that they can be handed to the thread pool that torch uses. Strides
are in floats.
"""

_FIELDS = (
    "COUNTER",  # address of the number of the next piece of work; begins at 0
    "ITEMS",  # pieces of work
    "SHARDS",  # pieces of work of one direction
    "PIECES",  # parts of the batch that a shard of the backward pass walks one after the other
    "SCRATCH",  # work memory, zero nowhere
    "SCRATCH_STRIDE",  # floats of it for each piece of work
    "STEPS",
    "BATCH",
    "INPUT_SIZE",
    "HIDDEN",
    "LENGTHS",  # (batch,) int64, or 0 where all are as long as there are steps
    "X",
    "X_ROW",
    "X_TIME",
    "OUT",
    "OUT_ROW",
    "OUT_TIME",
    "H0",  # (directions, batch, hidden)
    "C0",
    "HN",
    "CN",
    "KEPT",  # (directions, steps, batch, kept, hidden), or 0 where there is no backward pass
    "W_IH",  # torch.nn's weights; one direction's address in each of two fields
    "W_IH_REVERSE",
    "W_HH",
    "W_HH_REVERSE",
    "B_IH",
    "B_IH_REVERSE",
    "B_HH",
    "B_HH_REVERSE",
    "PACKED",  # weights as the micro-kernels read them
    "PACKED_STRIDE",  # floats of one direction's
    "DOUT",  # gradient of the outputs, or 0
    "DOUT_ROW",
    "DOUT_TIME",
    "DHN",  # gradient of the last states, or 0; only where DOUT is 0
    "DCN",  # gradient of the last cell states, or 0
    "DSTATES",  # where the whole gradient of each state goes, as the outputs lie; or 0
    "DX",  # (directions, batch, steps, inputs), or 0
    "DH0",  # or 0
    "DC0",
    "SUMS",  # gradients of the weights, summed by each shard
    "SUMS_STRIDE",  # floats of one shard's
    "CHUNK",  # steps whose gradients are gathered at once
)  # fmt: skip

FIELDS = {name: number for number, name in enumerate(_FIELDS)}
"""The place of each field."""
