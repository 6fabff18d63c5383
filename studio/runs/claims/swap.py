"""C13: what has to change to turn a GRU model into an LSTM model."""

from studio.analysis.claims import Finding
from studio.core.experiment import parse_comparison
from studio.core.spec import ContenderSpec
from studio.runs.claims.claim import Claim
from studio.runs.claims.laboratory import Laboratory, experiment
from studio.runs.plan import make_plan


def swap(laboratory: Laboratory) -> list[Finding]:
    """Changes the cell's word in a comparison's values, and trains what comes out."""
    contenders = (ContenderSpec(name="net", cell="gru"),)
    training = {"epochs": 1, "seeds": 1}
    spec = experiment(
        "delayed-recall", laboratory.machine(), contenders=contenders, training=training
    )
    values = spec.model_dump()
    values["contenders"][0]["cell"] = "lstm"
    swapped = parse_comparison(values, "claim C13")
    before, after = (make_plan(each).spec.contenders[0].model_dump() for each in (spec, swapped))
    changed = [name for name in before if before[name] != after[name]]
    run = laboratory.compare(swapped).history.contenders[0].runs[0]
    works = run.has_ended and changed == ["cell"]
    text = (
        f"In a comparison's file {len(changed)} field differs ({', '.join(changed)}), all others "
        f"may stay; the LSTM that came out {'trained' if run.has_ended else 'did not train'}."
    )
    none = float("nan")
    return [Finding("supported" if works else "refuted", len(changed), none, none, "fields", text)]


CLAIM = Claim(
    "C13",
    "one-word swap",
    "Turning a GRU model into an LSTM model is one word.",
    "The cell's word is changed in the file of a comparison, and what comes out is trained.",
    swap,
)
