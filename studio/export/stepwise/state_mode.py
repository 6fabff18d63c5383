"""How the state of a model was used in training, and what carrying it does to the score."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from studio.core.prepared.preprocessing import Preprocessing
from studio.core.results.metrics import metrics_of
from studio.core.results.trained_model import TrainedModel
from studio.nn.inference.carried_state import scores_in_the_other_mode

Mode = Literal["windows", "carried", "sequences"]
_TRAINED = {
    "windows": "The network was trained on windows: its state was zero at the start of each.",
    "carried": "The network was trained with a carried state: each piece began with the state at "
    "the end of the one before.",
    "sequences": "The network was trained on whole sequences: its state was zero at the start of "
    "each.",
}
_ADVICE = {
    "windows": "Set the state to zero before each window for the model that was scored. Carrying "
    "the state on is another model.",
    "carried": "Carry the state on for the model that was scored. Setting it to zero before each "
    "piece is another model.",
    "sequences": "Set the state to zero before each sequence.",
}


@dataclass(frozen=True)
class StateMode:
    """The two ways to use a state, with test scores.

    Attributes:
        trained: "windows" from zeros, "carried" pieces, or whole "sequences" from zeros.
        scores: Test scores as trained, by metric; empty if the test set was not scored.
        other: Test scores the other way; empty if they could not be measured.
        preprocessing: What the scores mean.
        why_not: Why the other way could not be measured, a clause, or "".
    """

    trained: Mode
    scores: Mapping[str, float]
    other: Mapping[str, float]
    preprocessing: Preprocessing
    why_not: str = ""

    @property
    def sentences(self) -> str:
        """For people: how it was trained, what to do, and both scores."""
        return " ".join((_TRAINED[self.trained], _ADVICE[self.trained], self._measured()))

    @property
    def plain(self) -> dict[str, Any]:
        """For a description in JSON."""
        carried = self.trained == "carried"
        reset, kept = (self.other, self.scores) if carried else (self.scores, self.other)
        return {
            "trained": self.trained,
            "test_scores_from_zeros": dict(reset),
            "test_scores_carried": dict(kept),
        }

    def _measured(self) -> str:
        metric = metrics_of(self.preprocessing)[0]
        unit = self.preprocessing.unit if metric.in_target_units else ""
        if metric.name not in self.scores:
            return "The test set was not scored with these weights."
        own = _figure(self.scores[metric.name], unit)
        if metric.name not in self.other:
            missing = f"; the other way was not measured, as {self.why_not}" if self.why_not else ""
            return f"Test {metric.label}: {own}{missing}."
        other = _figure(self.other[metric.name], unit)
        first, second = ("carried", "from zeros") if self.trained == "carried" else (
            "from zeros", "carried")  # fmt: skip
        return f"Test {metric.label}: {own} {first}, {other} {second}."


def state_mode(model: TrainedModel) -> StateMode:
    """How a model's state was used; scores it the other way if its test set is there."""
    preprocessing = model.preprocessing
    mode: Mode = "sequences"
    if preprocessing.carried:
        mode = "carried"
    elif preprocessing.window is not None or preprocessing.is_cut:
        mode = "windows"
    other: Mapping[str, float] = {}
    if model.test is not None and mode != "sequences":
        other = scores_in_the_other_mode(model, model.test)
    why_not = ""
    if mode != "sequences" and not other:
        why_not = "test examples do not follow each other"
        if model.is_final:
            why_not = "the model was trained on all data"
        elif model.test is None:
            why_not = "the test data cannot be read"
    return StateMode(mode, model.scores, other, preprocessing, why_not)


def _figure(value: float, unit: str) -> str:
    return f"{value:.4g}{f' {unit}' if unit else ''}"
