"""Weight names as in torch.nn, without the names of our wrapping modules."""

from collections.abc import Mapping

from studio.core.arrays import Floats

_NAMES = {"recurrent.stock.": "recurrent.", "pool.score.": "score."}


def plain_weight_names(weights: Mapping[str, Floats]) -> dict[str, Floats]:
    """Weights by names such as recurrent.weight_ih_l0, head.weight, head.bias, score.weight."""
    return {_plain(name): array for name, array in weights.items()}


def _plain(name: str) -> str:
    for ours, plain in _NAMES.items():
        if name.startswith(ours):
            return plain + name.removeprefix(ours)
    return name
