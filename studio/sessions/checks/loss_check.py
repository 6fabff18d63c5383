"""Whether the loss of stored preprocessing, and its settings of steps and inputs, are in range."""

import math

from studio.core.prepared.preprocessing import Preprocessing
from studio.core.specs.training_spec import MEDIAN

_LONGEST_STEPS = 2**40


def has_valid_loss(preprocessing: Preprocessing) -> bool:
    """Whether a chosen loss has its own parameter, in range, and no other."""
    chosen = preprocessing.chosen_loss
    if chosen is None:
        return True
    ranges = {
        "huber": (chosen.delta, math.inf),
        "label-smoothing": (chosen.smoothing, 1.0),
        "focal": (chosen.gamma, math.inf),
    }
    return (
        (chosen.name == "pinball") == (chosen.quantiles is not None)
        and all(
            (name == chosen.name) == (value is not None) and (value is None or 0 < value < largest)
            for name, (value, largest) in ranges.items()
        )
        and (chosen.quantiles is None or _are_levels(chosen.quantiles))
    )


def _are_levels(levels: tuple[float, ...]) -> bool:
    """Whether they rise between 0 and 1 and include the median."""
    rise = list(levels) == sorted(set(levels))
    return rise and MEDIAN in levels and levels[0] > 0 and levels[-1] < 1


def has_valid_steps(preprocessing: Preprocessing) -> bool:
    """Whether the washout and the value before the first step are numbers that can be used."""
    past, targets = preprocessing.past_target, len(preprocessing.target_names)
    is_known = past is None or (len(past) == targets and all(map(math.isfinite, past)))
    return 0 <= preprocessing.washout <= _LONGEST_STEPS and is_known


def has_valid_known_ahead(preprocessing: Preprocessing) -> bool:
    """Whether what is known in advance, and what is static, is among the inputs."""
    inputs, sources = preprocessing.input_size, preprocessing.ahead_sources
    return (
        preprocessing.plain_size >= 1
        and bool(sources) == bool(preprocessing.known_ahead)
        and (
            not sources
            or (
                preprocessing.kind == "forecast"
                and all(0 <= source < inputs - preprocessing.ahead_size for source in sources)
            )
        )
    )
