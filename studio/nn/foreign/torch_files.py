"""Layers of a PyTorch state dict, saved by torch.save or as safetensors."""

import pickle
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from studio.core.errors import ModelFileError
from studio.core.inspection.recurrent_stack import RecurrentStack
from studio.nn.foreign.joined_layers import BLOCKS, FoundLayer, joined, ordered

_WEIGHT = re.compile(r"(?P<prefix>.*?)weight_ih(?:_l(?P<layer>\d+))?(?P<reverse>_reverse)?")
_ORDERS = {"gru": "r, z, n", "lstm": "i, f, g, o"}
_CELLS = {3: "gru", 4: "lstm"}
_MOST_NESTED = 4


def read_torch(path: Path, wanted: str | None) -> RecurrentStack:
    """The GRU or LSTM layers of a state dict.

    Raises:
        ModelFileError: It is none, holds none, or would have to be unpickled.
    """
    tensors = _tensors(path)
    found = _layers(tensors, path.name)
    stack = joined(found, wanted, path.name)
    cell = stack[0].cell
    notes = [] if cell == "lstm" else ["Three blocks of weights per unit are read as a GRU."]
    prefix = f"{stack[0].name}." if stack[0].name else ""
    if others := sorted(name for name in tensors if not name.startswith(prefix)):
        shown = ", ".join(others[:4]) + (" …" if len(others) > 4 else "")  # noqa: PLR2004
        notes.append(f"Not read: {shown}.")
    return RecurrentStack(
        cell,
        tuple(layer.directions for layer in stack),
        "PyTorch",
        stack[0].name,
        _ORDERS[cell],
        tuple(notes),
    )


def _tensors(path: Path) -> dict[str, Tensor]:
    if path.suffix.lower() == ".safetensors":
        try:
            return load_file(path)
        except (SafetensorError, OSError) as error:
            raise ModelFileError("is not a safetensors file", where=path.name) from error
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise ModelFileError(
            "holds Python objects besides tensors, and to read them would run code from the file",
            where=path.name,
            remedy="Save model.state_dict() with torch.save or as safetensors",
        ) from error
    except (RuntimeError, EOFError, ValueError, KeyError, OSError) as error:
        raise ModelFileError("is not a file of torch.save", where=path.name) from error
    return _flat(content)


def _flat(content: Any, nested: int = 0) -> dict[str, Tensor]:  # noqa: ANN401 - of a file
    """The tensors of a state dict, or of the one within a checkpoint."""
    if not isinstance(content, Mapping):
        return {}
    own = {str(key): each for key, each in content.items() if isinstance(each, Tensor)}
    if own or nested >= _MOST_NESTED:
        return own
    inner = (_flat(each, nested + 1) for each in content.values())
    return next((each for each in inner if any(_WEIGHT.fullmatch(key) for key in each)), {})


def _layers(tensors: Mapping[str, Tensor], where: str) -> list[FoundLayer]:
    places = sorted(
        (match["prefix"], int(match["layer"] or 0), match["layer"] is None)
        for name in tensors
        if (match := _WEIGHT.fullmatch(name)) and not match["reverse"]
    )
    if not places:
        raise ModelFileError(
            "holds no GRU or LSTM (no weights named weight_ih_l0 or weight_ih)",
            where=where,
            remedy="Save the state dict of a network with nn.GRU, nn.LSTM or their cells",
        )
    return [_layer(tensors, *place) for place in places]


def _layer(tensors: Mapping[str, Tensor], prefix: str, layer: int, is_cell: bool) -> FoundLayer:  # noqa: FBT001 - a part of the key
    suffix = "" if is_cell else f"_l{layer}"
    name = f"{prefix}weight_ih{suffix}"
    if f"{prefix}weight_hr{suffix}" in tensors:
        raise ModelFileError("is an LSTM with a projection, which is not read", where=name)
    recurrent = tensors.get(f"{prefix}weight_hh{suffix}")
    blocks = 0 if recurrent is None or recurrent.ndim != 2 else len(recurrent) / recurrent.shape[1]  # noqa: PLR2004
    if blocks not in _CELLS:
        raise ModelFileError(
            "is neither a GRU nor an LSTM, which have three or four blocks of weights",
            where=name,
            remedy="A plain RNN has no gates",
        )
    cell = _CELLS[int(blocks)]
    suffixes = [suffix]
    if f"{prefix}weight_ih{suffix}_reverse" in tensors:
        suffixes.append(f"{suffix}_reverse")
    order = range(BLOCKS[cell])
    directions = tuple(ordered(_arrays(tensors, prefix, each), order, name) for each in suffixes)
    return FoundLayer(prefix.rstrip("."), cell, directions)


def _arrays(tensors: Mapping[str, Tensor], prefix: str, suffix: str) -> list[Any]:
    w_ih = tensors[f"{prefix}weight_ih{suffix}"].double().numpy()
    w_hh = tensors.get(f"{prefix}weight_hh{suffix}")
    biases = (tensors.get(f"{prefix}bias_{kind}{suffix}") for kind in ("ih", "hh"))
    zeros = np.zeros(len(w_ih))
    return [
        w_ih,
        zeros if w_hh is None else w_hh.double().numpy(),
        *(zeros if each is None else each.double().numpy() for each in biases),
    ]
