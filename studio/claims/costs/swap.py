"""C13: what must change to turn a GRU model into an LSTM model."""

from studio.analysis.wording import count_of
from studio.claims.analysis.findings import Finding
from studio.claims.laboratory.claim import Claim
from studio.claims.laboratory.laboratory import Laboratory, experiment
from studio.core.specs.comparison_spec import ContenderSpec
from studio.core.specs.experiment import parse_comparison
from studio.runs.planning.plan import make_plan


def swap(laboratory: Laboratory) -> list[Finding]:
    """Changes the cell in a comparison's settings and trains the result."""
    contenders = (ContenderSpec(name="net", cell="gru"),)
    training = {"epochs": 1, "seeds": 1}
    spec = experiment(
        "delayed-recall", laboratory.machine(), contenders=contenders, training=training
    )
    values = spec.model_dump()
    values["contenders"][0]["cell"] = "lstm"
    swapped = parse_comparison(values, "claim C13")
    before, after = (
        make_plan(version).spec.contenders[0].model_dump() for version in (spec, swapped)
    )
    changed = [name for name in before if before[name] != after[name]]
    run = laboratory.compare(swapped).history.contenders[0].runs[0]
    works = run.has_ended and changed == ["cell"]
    text = (
        f"In the comparison file {count_of(len(changed), 'field')} changed ({', '.join(changed)}); "
        f"the resulting LSTM {'was trained' if run.has_ended else 'could not be trained'}."
    )
    none = float("nan")
    return [Finding("supported" if works else "refuted", len(changed), none, none, "fields", text)]


CLAIM = Claim(
    "C13",
    "one-word swap",
    "Turning a GRU model into an LSTM model takes one word.",
    "The cell is changed in a comparison file, and the resulting model is trained.",
    swap,
)
