"""Weight names as torch.nn's modules have them, without our own modules around them."""

from collections.abc import Mapping

from studio.core.arrays import Floats

_NAMES = {"recurrent.stock.": "recurrent.", "pool.score.": "score."}


def plain_names(weights: Mapping[str, Floats]) -> dict[str, Floats]:
    """recurrent.weight_ih_l0 and so on, head.weight, head.bias, score.weight, score.bias."""
    return {_plain(name): array for name, array in weights.items()}


def _plain(name: str) -> str:
    for ours, plain in _NAMES.items():
        if name.startswith(ours):
            return plain + name.removeprefix(ours)
    return name
