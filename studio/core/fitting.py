"""Whether networks may serve a task at all."""

from collections.abc import Iterable

from studio.core.errors import SpecError
from studio.core.preparation import Preparation
from studio.core.spec import ContenderSpec


def refuse_unfit(contenders: Iterable[ContenderSpec], preparation: Preparation) -> None:
    """Refuses networks that would see what they are to predict, or pool what is not pooled.

    Raises:
        SpecError: A contender does not fit the task.
    """
    if not preparation.stepwise:
        return
    for contender in contenders:
        if contender.bidirectional and preparation.kind != "tag":
            raise SpecError(
                f"{contender.name} reads in both directions, and so would see what comes next",
                where="bidirectional",
                remedy="Let it read forwards only",
            )
        if contender.pooling != "last":
            raise SpecError(
                f"{contender.name} pools over time, and the task {preparation.kind} is answered "
                "at every step",
                where="pooling",
                remedy="Leave the pooling out",
            )
