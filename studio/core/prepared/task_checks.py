"""Whether networks suit a task."""

from collections.abc import Iterable

from studio.core.cells import CELLS
from studio.core.errors import SpecError
from studio.core.prepared.preprocessing import Preprocessing
from studio.core.specs.comparison_spec import ContenderSpec


def refuse_unsuitable_networks(
    contenders: Iterable[ContenderSpec], preprocessing: Preprocessing
) -> None:
    """Refuses networks that would see their targets or the future, pool steps, or have no state.

    Raises:
        SpecError: A contender does not suit the task.
    """
    if not preprocessing.per_step:
        return
    for contender in contenders:
        if not CELLS[contender.cell].is_recurrent:
            _refuse_without_state(contender, preprocessing)
        if contender.bidirectional and preprocessing.kind != "tag":
            raise SpecError(
                f"{contender.name} is bidirectional and would see the steps that it has to predict",
                field="bidirectional",
                remedy="Switch bidirectional off",
            )
        fills_ahead = preprocessing.kind == "tag" and preprocessing.missing == "interpolate"
        if fills_ahead and not contender.bidirectional:
            raise SpecError(
                f"interpolation would leak values from after a step into it, but {contender.name} "
                "reads only the steps before",
                field="missing",
                remedy="Choose forward, mask or drop, or make the network bidirectional",
            )
        if contender.pooling != "last":
            raise SpecError(
                f"{contender.name} pools over time, but the task {preprocessing.kind} needs a "
                "prediction at every step",
                field="pooling",
                remedy="Set pooling to last",
            )


def _refuse_without_state(contender: ContenderSpec, preprocessing: Preprocessing) -> None:
    """Raises SpecError where a convolutional network would need a state."""
    if preprocessing.past_target is not None:
        raise SpecError(
            f"{contender.name} is a convolutional network, which cannot read its own predictions "
            "step by step",
            field="past_target",
            remedy="Switch the past target off, or leave the contender out",
        )
    if preprocessing.carried:
        raise SpecError(
            f"{contender.name} is a convolutional network and has no state to carry from window to "
            "window",
            field="carry_state",
            remedy="Switch the carried state off, or leave the contender out",
        )
