"""The minGRU as a cell of Gate Studio.

Feng, Tung, Ahmed, Bengio and Hajimirsadeghi, Were RNNs All We Needed?, arXiv 2410.01201, 2024.
"""

from studio.core.cells import Cell, Gate

MIN_GRU = Cell(
    name="min-gru",
    label="minGRU",
    gates=(
        Gate(
            "update",
            "z",
            "sigmoid",
            "z = σ(W_z x + b_z)",
            "Near 1 the old state is kept, near 0 it is replaced by the candidate.",
        ),
        Gate(
            "new",
            "n",
            "positive",
            "n = g(W_n x + b_n), g(x) = x + 0.5 for x ≥ 0, else σ(x)",
            "The candidate for the next state.",
        ),
    ),
    states=("h",),
    update=("h' = (1 - z) * n + z * h",),
    memory_gate="update",
    reads_state=False,
    biases=1,
    layers="gate_studio_mingru.layers:MinGruLayers",
)
