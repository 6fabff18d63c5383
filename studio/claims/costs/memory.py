"""C3: bytes of a training step on both engines."""

from studio.analysis.costs.time_ratios import training_memory
from studio.claims.analysis.findings import Finding, Outcome, not_measured
from studio.claims.laboratory.claim import Claim
from studio.claims.laboratory.laboratory import ENGINES, Laboratory, experiment, failure_or, pair
from studio.core.results.events import TrainingMemory
from studio.core.specs.comparison_spec import EngineName


def count(laboratory: Laboratory) -> list[Finding]:
    """Counts weights, gradients, optimiser state and saved activations."""
    return [_count_on(laboratory, engine) for engine in ENGINES]


def _count_on(laboratory: Laboratory, engine: EngineName) -> Finding:
    spec = experiment(
        "adding",
        laboratory.machine(engine),
        parameters={"length": 100, "examples": 200},
        contenders=pair(64),
        training={"epochs": 1, "steps": 2, "seeds": 1},
    )
    history = laboratory.compare(spec).history
    gru, lstm = (training_memory(contender) for contender in history.contenders)
    if gru is None or lstm is None:
        return not_measured(failure_or(history, "Time ran out before a run started."), engine)
    ratio, none = gru.total / lstm.total, float("nan")
    text = (
        f"GRU {_describe(gru)}; LSTM {_describe(lstm)}. Unique tensor storages of one step at "
        "batch size 32, 100 steps and 64 units; an exact count."
    )
    verdict: Outcome = "supported" if ratio < 1 else "refuted"
    return Finding(verdict, ratio, none, none, "bytes of a step, ratio", text, engine)


def _describe(memory: TrainingMemory) -> str:
    kilobytes = [
        f"{getattr(memory, kind) / 1e3:,.0f} kB {kind}"
        for kind in ("weights", "gradients", "optimizer", "activations")
    ]
    return f"{memory.total / 1e6:.2f} MB ({', '.join(kilobytes)})"


CLAIM = Claim(
    "C3",
    "memory",
    "A GRU uses less memory in training.",
    "The bytes held by a training step are counted at 64 units, batch size 32 and 100 steps.",
    count,
)
