"""The numbers of every step of stored models on an example, also with values held or replaced.

Reading is for a loader thread, `open_cells` and `CellInspection.run` for the compute thread.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.core.cells import CELLS, RECURRENT_CELLS
from studio.core.errors import SessionError
from studio.core.inspection.course import Course
from studio.core.inspection.edits import Edits
from studio.core.results.trained_model import TrainedModel
from studio.core.specs.comparison_spec import ContenderSpec
from studio.runs.stored.gate_inspection import Example, ModelPair
from studio.runs.stored.weights_check import fitting_weights

if TYPE_CHECKING:
    from studio.nn.inspection.cell_courses import CellStepper
    from studio.nn.inspection.stack_courses import StackStepper


@dataclass(frozen=True, eq=False)
class CellInspection:
    """One contender on one example.

    Attributes:
        contender: Its settings.
        epoch: The epoch of the weights.
        course: As it is, without edits.
        stepper: Reads the example again, in the compute thread.
    """

    contender: ContenderSpec
    epoch: int
    course: Course
    stepper: "CellStepper | StackStepper"

    def run(self, edits: Edits) -> Course:
        """The course with edits; on the compute thread."""
        return self.stepper.run(edits)


def why_no_terms(contender: ContenderSpec) -> str:
    """Why the terms of a contender's gates are not known, a clause, or ""."""
    cell = CELLS[contender.cell]
    if contender.cell in RECURRENT_CELLS:
        return ""
    if not cell.is_installed:
        return f"the cell {contender.cell} is not installed"
    if not cell.is_recurrent:
        return f"{contender.name} is a convolutional network, which has no gates and no states"
    return f"the cell {cell.label} comes from a package, and how its gates add up is not known"


def require_terms(contender: ContenderSpec) -> None:
    """Raises SessionError where the terms of a contender's gates are not known."""
    if why := why_no_terms(contender):
        raise SessionError(why, remedy="Choose a GRU, LSTM, RNN or CIFG LSTM")


def open_cell(model: TrainedModel, example: Example) -> CellInspection:
    """One model on an example; on the compute thread.

    Raises:
        SessionError: The cell is none of the program's own recurrent cells.
        DamagedSessionError: The weights do not fit the network.
    """
    require_terms(model.contender)
    if model.stack is not None:
        from studio.nn.inspection.stack_courses import StackStepper

        by_hand = StackStepper(model.stack, example.inputs)
        return CellInspection(model.contender, model.epoch, by_hand.run(), by_hand)
    from studio.nn.inspection.cell_courses import CellStepper
    from studio.nn.networks.load_network import load_network

    with fitting_weights(model):
        network = load_network(model.contender, model.preprocessing, model.weights)
    target = example.target if example.is_known else None
    stepper = CellStepper(network, example.inputs, target, model.preprocessing, example.series)
    return CellInspection(model.contender, model.epoch, stepper.run(), stepper)


def open_cells(pairs: Sequence[ModelPair], example: Example) -> dict[str, CellInspection]:
    """Models on an example, by contender; those without known terms are left out."""
    models = (pair.model for pair in pairs)
    return {
        model.contender.name: open_cell(model, example)
        for model in models
        if not why_no_terms(model.contender)
    }
