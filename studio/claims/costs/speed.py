"""C2 and C14: the time of a training step of both cells on both engines."""

from studio.analysis.costs.time_ratios import time_ratio
from studio.analysis.costs.timing_stability import timing_stability
from studio.analysis.wording import basis_sentence, with_interval
from studio.claims.analysis.findings import (
    CLAIMED_SAVING,
    Finding,
    finding,
    judge_saving,
    not_measured,
)
from studio.claims.laboratory.claim import Claim
from studio.claims.laboratory.laboratory import ENGINES, Laboratory, experiment, failure_or, pair
from studio.core.specs.comparison_spec import ComparisonSpec, EngineName

_ENOUGH_ROUNDS = 5


def _speed(laboratory: Laboratory) -> list[Finding]:
    training = {"epochs": 100, "steps": 100, "seeds": 6}

    def spec(engine: EngineName) -> ComparisonSpec:
        machine = laboratory.machine(engine)
        data = {"length": 100, "examples": 1000}
        contenders = pair(64)
        return experiment(
            "adding", machine, parameters=data, contenders=contenders, training=training
        )

    return [_time_ratio_finding(laboratory, spec(engine), engine) for engine in ENGINES]


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

    return [_time_ratio_finding(laboratory, spec(engine), engine) for engine in ENGINES]


def _time_ratio_finding(
    laboratory: Laboratory, spec: ComparisonSpec, engine: EngineName
) -> Finding:
    history = laboratory.compare(spec).history
    gru, lstm = history.contenders
    measured = time_ratio(gru, lstm)
    if measured is None or measured.rounds < _ENOUGH_ROUNDS:
        why = failure_or(history, "Time ran out after too few rounds.")
        return not_measured(why, engine)
    sizes = f"{gru.spec.hidden_size} units, batch {spec.training.batch_size}"
    text = (
        f"A training step of the GRU takes {with_interval(measured.ratio)} times as long as one of "
        f"the LSTM ({sizes}, {history.preprocessing.max_length} steps, {measured.rounds} rounds). "
        f"{basis_sentence(timing_stability(history, (gru.name, lstm.name)))}"
    ).strip()
    outcome = judge_saving(measured.ratio)
    if outcome == "undecided":
        text += " Inconclusive: the timings vary too much."
    return finding(outcome, measured.ratio, "time of a step, ratio", text, engine)


SPEED = Claim(
    "C2",
    "training speed",
    "At a similar hidden size a GRU trains 20 to 40 % faster, in 0.60 to 0.80 of the time.",
    "Both cells are trained in turns on the adding problem (64 units, batch size 32, 100 steps) "
    "with both engines.",
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
