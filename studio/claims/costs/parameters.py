"""C1: gate blocks and parameters."""

from studio.claims.analysis.findings import Finding
from studio.claims.laboratory.claim import Claim
from studio.claims.laboratory.laboratory import Laboratory, experiment
from studio.core.results.model_size import layer_rows
from studio.core.specs.comparison_spec import ContenderSpec
from studio.runs.planning.plan import make_plan

_HIDDEN = 128
_EXPECTED = (3, 4)


def count(laboratory: Laboratory) -> list[Finding]:
    """Counts the parameters of the recurrent layer of each cell at the same sizes."""
    cells = ("rnn", "gru", "lstm")
    contenders = tuple(ContenderSpec(cell=cell, hidden_size=_HIDDEN) for cell in cells)
    plan = make_plan(experiment("adding", laboratory.machine(), contenders=contenders))
    counts = [
        layer_rows(contender, plan.task.preprocessing)[1].parameters
        for contender in plan.spec.contenders
    ]
    rnn, gru, lstm = counts
    blocks = (gru // rnn, lstm // rnn)
    holds = blocks == _EXPECTED and not gru % rnn and not lstm % rnn
    text = (
        f"At {_HIDDEN} units the recurrent layer has {rnn:,} parameters as a plain RNN, {gru:,} as "
        f"a GRU and {lstm:,} as an LSTM: {blocks[0]} and {blocks[1]} times one block, so the LSTM "
        "has four blocks and four times the matrices of a plain RNN, not about three times. "
        "An exact count, with two bias vectors per block as in PyTorch."
    )
    none = float("nan")
    unit = "parameters of a layer, ratio"
    return [Finding("supported" if holds else "refuted", gru / lstm, none, none, unit, text)]


CLAIM = Claim(
    "C1",
    "parameters",
    "A GRU layer has three gate blocks and an LSTM layer four, so at the same sizes their "
    "parameters are in the ratio 3 to 4; a plain RNN has one.",
    "The parameters of a layer of 128 units are counted in the actual module of each cell.",
    count,
)
