"""C1: gate blocks and parameters, counted."""

from studio.analysis.claims import Finding
from studio.core.sizes import layer_rows
from studio.core.spec import ContenderSpec
from studio.runs.claims.claim import Claim
from studio.runs.claims.laboratory import Laboratory, experiment
from studio.runs.plan import make_plan

_HIDDEN = 128
_EXPECTED = (3, 4)


def count(laboratory: Laboratory) -> list[Finding]:
    """Counts the recurrent layer of each cell at the same sizes."""
    cells = ("rnn", "gru", "lstm")
    contenders = tuple(ContenderSpec(cell=cell, hidden_size=_HIDDEN) for cell in cells)
    plan = make_plan(experiment("adding", laboratory.machine(), contenders=contenders))
    counts = [
        layer_rows(each, plan.task.preparation)[1].parameters for each in plan.spec.contenders
    ]
    rnn, gru, lstm = counts
    blocks = (gru // rnn, lstm // rnn)
    holds = blocks == _EXPECTED and not gru % rnn and not lstm % rnn
    text = (
        f"At {_HIDDEN} units the recurrent layer has {rnn:,} parameters as a plain RNN, {gru:,} as "
        f"a GRU and {lstm:,} as an LSTM: {blocks[0]} and {blocks[1]} times one block, so the LSTM "
        "has four blocks and four times the matrices of a plain RNN, not about three times. "
        "Counted with two bias vectors for each block, as PyTorch does; an exact count."
    )
    none = float("nan")
    unit = "parameters of a layer, ratio"
    return [Finding("supported" if holds else "refuted", gru / lstm, none, none, unit, text)]


CLAIM = Claim(
    "C1",
    "parameters",
    "A GRU layer has three gate blocks and an LSTM layer four, so parameters stand 3 to 4 at the "
    "same sizes; a plain RNN has one.",
    "The parameters of a layer of 128 units are counted in the real module of each cell.",
    count,
)
