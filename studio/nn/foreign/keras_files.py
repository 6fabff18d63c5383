"""Layers of a Keras model, without Keras: its configuration as JSON and its weights as HDF5."""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from studio.core.arrays import Doubles
from studio.core.errors import ModelFileError
from studio.core.inspection.course import CellWeights
from studio.core.inspection.recurrent_stack import RecurrentStack
from studio.nn.foreign.joined_layers import BLOCKS, FoundLayer, joined, ordered

_ORDERS = {"gru": (1, 0, 2), "lstm": (0, 1, 2, 3)}
"""Keras has z, r, h and i, f, c, o; PyTorch r, z, n and i, f, g, o."""
_NAMES = {"gru": "z, r, h", "lstm": "i, f, c, o"}
_CELLS = {"GRU": "gru", "LSTM": "lstm"}
_LARGEST = 4 << 30
_SETTINGS = "config.json"
_WEIGHTS = "model.weights.h5"


def read_keras(path: Path, wanted: str | None) -> RecurrentStack:
    """The GRU and LSTM layers of a model saved as .keras or .h5.

    Raises:
        ModelFileError: It is no such file, h5py is not installed, or a layer is not understood.
    """
    if find_spec("h5py") is None:
        raise ModelFileError(
            "needs the package h5py, which is not installed",
            where=path.name,
            remedy="Install gate-studio[hdf5]",
        )
    try:
        config, weights = _read(path)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, RecursionError) as error:
        raise ModelFileError("is not a model saved by Keras", where=path.name) from error
    configs = list(_layer_configs(config))
    found = [_layer(each, weights, path.name) for each in configs if _cell_of(each)]
    if not found:
        raise ModelFileError("holds no layer GRU or LSTM", where=path.name)
    stack = joined(found, wanted, path.name)
    cell, names = stack[0].cell, {layer.name for layer in stack}
    others = [
        f"{each['class_name']} {each['config'].get('name', '')}"
        for each in configs
        if each["class_name"] != "InputLayer" and each["config"].get("name") not in names
    ]
    notes = (f"Not read: {', '.join(others)}.",) if others else ()
    layers = tuple(layer.directions for layer in stack)
    return RecurrentStack(cell, layers, "Keras", stack[0].name, _NAMES[cell], notes)


def _read(path: Path) -> tuple[Mapping[str, Any], Mapping[str, list[Doubles]]]:
    """The configuration, and the arrays of each recurrent layer by its name."""
    import h5py  # an optional library

    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo(_WEIGHTS).file_size > _LARGEST:
                raise ModelFileError("has weights of more than 4 GB", where=path.name)
            config = json.loads(archive.read(_SETTINGS))
            with h5py.File(io.BytesIO(archive.read(_WEIGHTS)), "r") as file:
                return config, _by_vars(file)
    with h5py.File(path, "r") as file:
        if "model_config" not in file.attrs:
            raise ModelFileError(
                "holds weights without the model's settings, such as reset_after",
                where=path.name,
                remedy="Save the whole model with model.save",
            )
        return json.loads(file.attrs["model_config"]), _by_weight_names(file["model_weights"])


def _by_vars(file: Any) -> dict[str, list[Doubles]]:  # noqa: ANN401 - h5py has no types
    """Of a .keras file: each layer's folder holds `vars`, which has the layer's name."""
    import h5py

    found: dict[str, list[Doubles]] = {}

    def visit(_: str, group: Any) -> None:  # noqa: ANN401
        if not isinstance(group, h5py.Group) or "vars" not in group:
            return
        inner = ("cell/vars", "forward_layer/cell/vars", "backward_layer/cell/vars")
        arrays = [
            np.asarray(group[place][key], dtype=np.float64)
            for place in inner
            if place in group
            for key in sorted(group[place], key=int)
        ]
        if arrays:
            found[str(group["vars"].attrs["name"])] = arrays

    file.visititems(visit)
    return found


def _by_weight_names(file: Any) -> dict[str, list[Doubles]]:  # noqa: ANN401
    """Of an .h5 file: each layer's folder lists its weights in their order."""
    return {
        name: [
            np.asarray(group[key.decode() if isinstance(key, bytes) else key], dtype=np.float64)
            for key in group.attrs.get("weight_names", [])
        ]
        for name, group in file.items()
    }


def _layer_configs(config: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The layers of a model in order, also of models within it."""
    for each in config["config"]["layers"]:
        if "layers" in each["config"]:
            yield from _layer_configs(each)
        else:
            yield each


def _cell_of(layer: Mapping[str, Any]) -> str:
    """The cell's name, or "" for a layer of another kind."""
    if layer["class_name"] == "Bidirectional":
        return _cell_of(layer["config"]["layer"])
    return _CELLS.get(layer["class_name"], "")


def _layer(layer: Mapping[str, Any], weights: Mapping[str, list[Doubles]], file: str) -> FoundLayer:
    config, cell = layer["config"], _cell_of(layer)
    name = str(config["name"])
    is_both = layer["class_name"] == "Bidirectional"
    inner = config["layer"]["config"] if is_both else config
    _refuse_variants(inner, name)
    if is_both and config.get("merge_mode", "concat") != "concat":
        raise ModelFileError(
            f"merges its directions by {config['merge_mode']}",
            where=name,
            remedy="Only directions side by side (concat) are read",
        )
    arrays = weights.get(name, [])
    each = 3 if inner.get("use_bias", True) else 2
    if len(arrays) != each * (2 if is_both else 1):
        raise ModelFileError(f"has no weights for the layer {name}", where=file)
    parts = [arrays[:each], arrays[each:]] if is_both else [arrays]
    directions = tuple(_direction(part, cell, inner, name) for part in parts)
    return FoundLayer(name, cell, directions)


def _direction(
    arrays: list[Doubles], cell: str, config: Mapping[str, Any], name: str
) -> CellWeights:
    kernel, recurrent = arrays[0].T, arrays[1].T
    biases = arrays[2] if len(arrays) > 2 else np.zeros(len(kernel))  # noqa: PLR2004
    both = biases if biases.ndim > 1 else np.stack([biases, np.zeros(len(biases))])
    first = cell == "gru" and not config.get("reset_after", False)
    if len(kernel) % BLOCKS[cell]:
        raise ModelFileError("has weights of another shape", where=name)
    return ordered((kernel, recurrent, *both), _ORDERS[cell], name, resets_first=first)


def _refuse_variants(config: Mapping[str, Any], name: str) -> None:
    for setting, wanted in (("activation", "tanh"), ("recurrent_activation", "sigmoid")):
        if (given := config.get(setting, wanted)) != wanted:
            raise ModelFileError(
                f"has the {setting} {given}",
                where=name,
                remedy="Only sigmoid gates and tanh candidates are read",
            )
    if config.get("go_backwards"):
        raise ModelFileError("reads from the end only, which is not shown", where=name)
