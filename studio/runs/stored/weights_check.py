"""Whether stored weights fit the settings of their network, before it is built."""

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager

from studio.core.errors import DamagedSessionError
from studio.core.results.model_size import size_of
from studio.core.results.trained_model import TrainedModel

_LENGTH_BYTES = 8


@contextmanager
def fitting_weights(model: TrainedModel) -> Iterator[None]:
    """Within it a network is built from a stored model.

    A session may come from elsewhere: settings that ask for more than the stored weights hold
    would allocate it.

    Raises:
        DamagedSessionError: The weights do not belong to the settings.
    """
    try:
        _check_size(model)
        yield
    except (ValueError, TypeError, KeyError, AttributeError, RuntimeError, RecursionError) as error:
        raise _mismatch(model, error) from error
    except Exception as error:
        if type(error).__name__ == "SafetensorError":  # the library is not imported for this
            raise _mismatch(model, error) from error
        raise


def _mismatch(model: TrainedModel, error: Exception) -> DamagedSessionError:
    detail = (str(error).strip().splitlines() or [type(error).__name__])[0][:160].rstrip(".")
    return DamagedSessionError(
        f"the stored weights of epoch {model.epoch} do not fit the network ({detail})",
        where=str(model.run),
        remedy="Choose another epoch or seed",
    )


def _check_size(model: TrainedModel) -> None:
    stored = _count(model.weights)
    needed = size_of(model.contender, model.preprocessing).parameters
    if stored != needed:
        raise ValueError(f"they are {stored:,} numbers, the settings need {needed:,}")


def _count(weights: bytes) -> int:
    """Numbers in safetensors bytes: an 8-byte length, a JSON header, the tensors."""
    length = int.from_bytes(weights[:_LENGTH_BYTES], "little")
    if length > len(weights) - _LENGTH_BYTES:
        raise ValueError("they end within their header")
    header = json.loads(weights[_LENGTH_BYTES : _LENGTH_BYTES + length])
    return sum(
        math.prod(tensor["shape"]) for name, tensor in header.items() if name != "__metadata__"
    )
