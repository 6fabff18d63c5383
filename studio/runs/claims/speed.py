"""C2 and C14: the time of a training step of both cells, on both engines."""

from studio.analysis.claims import (
    CLAIMED_SAVING,
    Finding,
    finding,
    judge_saving,
    nothing_measured,
)
from studio.analysis.costs import time_ratio
from studio.analysis.steadiness import steadiness
from studio.analysis.words import with_interval
from studio.core.spec import ComparisonSpec, EngineName
from studio.runs.claims.claim import Claim
from studio.runs.claims.laboratory import ENGINES, Laboratory, experiment, pair, why_nothing

_ENOUGH_ROUNDS = 5


def _speed(laboratory: Laboratory) -> list[Finding]:
    training = {"epochs": 100, "steps": 100, "seeds": 6}

    def spec(engine: EngineName) -> ComparisonSpec:
        machine = laboratory.machine(engine)
        data = {"length": 100, "examples": 1000}
        nets = pair(64)
        return experiment("adding", machine, parameters=data, contenders=nets, training=training)

    return [_timed(laboratory, spec(engine), engine) for engine in ENGINES]


def _example(laboratory: Laboratory) -> list[Finding]:
    training = {"epochs": 100, "steps": 100, "seeds": 6}

    def spec(engine: EngineName) -> ComparisonSpec:
        return experiment(
            "opinions",
            laboratory.machine(engine),
            contenders=pair(128, embedding_size=64),
            task={"symbols": "embedding", "vocabulary": 10_000},
            training=training,
        )

    return [_timed(laboratory, spec(engine), engine) for engine in ENGINES]


def _timed(laboratory: Laboratory, spec: ComparisonSpec, engine: EngineName) -> Finding:
    history = laboratory.compare(spec).history
    gru, lstm = history.contenders
    found = time_ratio(gru, lstm)
    if found is None or found.rounds < _ENOUGH_ROUNDS:
        why = why_nothing(history, "Too few rounds before the time was up.")
        return nothing_measured(why, engine)
    sizes = f"{gru.spec.hidden_size} units, batch {spec.training.batch_size}"
    text = (
        f"A training step of the GRU takes {with_interval(found.ratio)} times as long as one of "
        f"the LSTM ({sizes}, {history.preparation.max_length} steps, {found.rounds} rounds). "
        f"{steadiness(history, (gru.name, lstm.name)).sentence}"
    ).strip()
    outcome = judge_saving(found.ratio)
    if outcome == "undecided":
        text += " The machine is too noisy to say."
    return finding(outcome, found.ratio, "time of a step, ratio", text, engine)


SPEED = Claim(
    "C2",
    "training speed",
    "At similar hidden size a GRU trains 20 to 40 % faster: 0.60 to 0.80 of the time.",
    "Both cells train in turns on the adding problem (64 units, batch 32, 100 steps) with both "
    "engines.",
    _speed,
    CLAIMED_SAVING,
)
EXAMPLE = Claim(
    "C14",
    "the example",
    "With an embedding of 64 dimensions and 128 units on texts, the GRU version trains noticeably "
    "faster.",
    "The article's example (10,000 words, one sigmoid output) is trained in turns on generated "
    "opinions with both engines.",
    _example,
)
