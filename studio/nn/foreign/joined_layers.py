"""Layers of a file brought into PyTorch's order and joined to a stack."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from studio.core.arrays import Doubles
from studio.core.errors import ModelFileError
from studio.core.inspection.course import CellWeights

BLOCKS = {"gru": 3, "lstm": 4}


@dataclass(frozen=True, eq=False)
class FoundLayer:
    """One layer of a file.

    Attributes:
        name: As the file calls it.
        cell: "gru" or "lstm".
        directions: Forward, and backward where there is one.
    """

    name: str
    cell: str
    directions: tuple[CellWeights, ...]

    @property
    def reads(self) -> int:
        """Numbers that it reads at a step."""
        return int(self.directions[0].w_ih.shape[1])

    @property
    def gives(self) -> int:
        """Numbers that it gives at a step."""
        return sum(weights.units for weights in self.directions)

    @property
    def kind(self) -> tuple[str, int]:
        """What all layers of a stack have in common."""
        return self.cell, len(self.directions)


def ordered(
    matrices: Sequence[ArrayLike], order: Sequence[int], name: str, *, resets_first: bool = False
) -> CellWeights:
    """Weights from a file whose gates stand in another order.

    Args:
        matrices: w_ih, w_hh, b_ih, b_hh with the gates along the first axis.
        order: The block of the file that each gate of PyTorch's order is.
        name: The layer, for errors.
        resets_first: As of CellWeights.

    Raises:
        ModelFileError: The shapes do not belong together, or a number is not finite.
    """
    arrays = [np.asarray(each, dtype=np.float64) for each in matrices]
    rows, units = len(arrays[0]), len(arrays[0]) // len(order)
    shapes = [each.shape for each in arrays]
    fits = arrays[0].ndim == 2 and units > 0 and rows == units * len(order)  # noqa: PLR2004
    if not fits or shapes[1:] != [(rows, units), (rows,), (rows,)]:
        shown = ", ".join("x".join(map(str, shape)) for shape in shapes)
        raise ModelFileError(f"the weights of the layer do not fit together ({shown})", where=name)
    if not all(np.isfinite(each).all() for each in arrays):
        raise ModelFileError("the weights of the layer are not all finite", where=name)
    w_ih, w_hh, b_ih, b_hh = (_blocks(each, order, units) for each in arrays)
    return CellWeights(w_ih, w_hh, b_ih, b_hh, resets_first)


def joined(layers: Sequence[FoundLayer], wanted: str | None, where: str) -> list[FoundLayer]:
    """The layers of one stack: each reads what the one below gives.

    Args:
        layers: In the order of the file, at least one.
        wanted: The name of the layer to begin with, or None for the first.
        where: The file.

    Raises:
        ModelFileError: There is no such layer, or the file holds several stacks and none is named.
    """
    stacks = _stacks(layers)
    if wanted is None and len(stacks) == 1:
        return stacks[0]
    for stack in stacks:
        if wanted is not None and stack[0].name == wanted:
            return stack
    names = ", ".join(stack[0].name for stack in stacks)
    what = "holds several stacks of layers" if wanted is None else f"has no stack {wanted}"
    raise ModelFileError(what, where=where, remedy=f"Choose one of {names} with --layers")


def _stacks(layers: Sequence[FoundLayer]) -> list[list[FoundLayer]]:
    stacks: list[list[FoundLayer]] = []
    for layer in layers:
        last = stacks[-1][-1] if stacks else None
        if last is not None and last.kind == layer.kind and last.gives == layer.reads:
            stacks[-1].append(layer)
        else:
            stacks.append([layer])
    return stacks


def _blocks(array: Doubles, order: Sequence[int], units: int) -> Doubles:
    blocks = array.reshape(len(order), units, *array.shape[1:])
    return np.ascontiguousarray(blocks[list(order)].reshape(array.shape))
