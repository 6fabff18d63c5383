"""The arguments of kernels: a block of 64-bit integers, including addresses.

Kernels take one address, so that torch's thread pool can run them. Strides are in floats.
"""

_FIELDS = (
    "COUNTER",  # address of the index of the next work item, initially 0
    "ITEMS",  # work items
    "SHARDS",  # work items of one direction
    "PIECES",  # parts of the batch that a shard of the backward pass processes in sequence
    "SCRATCH",  # work memory, uninitialised
    "SCRATCH_STRIDE",  # its floats per work item
    "STEPS",
    "BATCH",
    "INPUT_SIZE",
    "HIDDEN",
    "LENGTHS",  # (batch,) int64, or 0 if there is no padding
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
    "KEPT",  # (directions, steps, batch, kept, hidden), or 0 without a backward pass
    "W_IH",  # torch.nn's weights, one field for each direction
    "W_IH_REVERSE",
    "W_HH",
    "W_HH_REVERSE",
    "B_IH",
    "B_IH_REVERSE",
    "B_HH",
    "B_HH_REVERSE",
    "PACKED",  # weights in the layout of the micro-kernels
    "PACKED_STRIDE",  # its floats per direction
    "DOUT",  # gradient of the outputs, or 0
    "DOUT_ROW",
    "DOUT_TIME",
    "DHN",  # gradient of the final states, or 0; only if DOUT is 0
    "DCN",  # gradient of the final cell states, or 0
    "DSTATES",  # output: gradient of each state in the layout of the outputs, or 0
    "DX",  # (directions, batch, steps, inputs), or 0
    "DH0",  # or 0
    "DC0",
    "SUMS",  # gradients of the weights, summed by each shard
    "SUMS_STRIDE",  # its floats per shard
    "CHUNK",  # steps whose weight gradients are computed together
)  # fmt: skip

FIELDS = {name: number for number, name in enumerate(_FIELDS)}
"""The index of each field."""
