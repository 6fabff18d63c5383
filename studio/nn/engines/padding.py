"""Operations on padded batches that respect sequence lengths."""

import torch
from torch import Tensor


def flip_padded(values: Tensor, lengths: Tensor | None) -> Tensor:
    """Reverses time within each example's length; padding stays at the end.

    Args:
        values: (batch, time, features).
        lengths: (batch,) int64, or None to reverse the whole time axis.

    Returns:
        (batch, time, features).
    """
    if lengths is None:
        return values.flip(1)
    time = torch.arange(values.shape[1], device=values.device)
    mirrored = lengths[:, None] - 1 - time
    index = torch.where(mirrored >= 0, mirrored, time)
    return values.gather(1, index[:, :, None].expand_as(values))


def valid_steps(values: Tensor, lengths: Tensor) -> Tensor:
    """Mask of the steps that are not padding, (batch, time) bool."""
    return torch.arange(values.shape[1], device=values.device) < lengths[:, None]
