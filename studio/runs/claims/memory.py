"""C3: bytes of a training step, counted on both engines."""

from studio.analysis.claims import Finding, Outcome, nothing_measured
from studio.analysis.costs import training_memory
from studio.core.events import TrainingMemory
from studio.core.spec import EngineName
from studio.runs.claims.claim import Claim
from studio.runs.claims.laboratory import ENGINES, Laboratory, experiment, pair, why_nothing


def count(laboratory: Laboratory) -> list[Finding]:
    """Counts weights, gradients, optimiser state and saved activations."""
    return [_counted(laboratory, engine) for engine in ENGINES]


def _counted(laboratory: Laboratory, engine: EngineName) -> Finding:
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
        return nothing_measured(why_nothing(history, "The time was up before a run began."), engine)
    ratio, none = gru.total / lstm.total, float("nan")
    text = (
        f"GRU {_told(gru)}; LSTM {_told(lstm)}. Unique storages of one step at batch 32, 100 steps "
        "and 64 units, an exact count."
    )
    verdict: Outcome = "supported" if ratio < 1 else "refuted"
    return Finding(verdict, ratio, none, none, "bytes of a step, ratio", text, engine)


def _told(memory: TrainingMemory) -> str:
    kilobytes = [
        f"{getattr(memory, kind) / 1e3:,.0f} kB {kind}"
        for kind in ("weights", "gradients", "optimizer", "activations")
    ]
    return f"{memory.total / 1e6:.2f} MB ({', '.join(kilobytes)})"


CLAIM = Claim(
    "C3",
    "memory",
    "A GRU uses less memory in training.",
    "The bytes that a training step holds are counted at 64 units, batch 32 and 100 steps.",
    count,
)
