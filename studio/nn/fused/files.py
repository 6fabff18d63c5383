"""Where compiled kernels lie: a folder for each version of their source, compiler and processor."""

import hashlib
import os
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from studio.nn.fused.cells import FUSED_CELLS

DESCRIPTION = "library.json"
_COMPILED = (
    "addresses", "backward", "backward_tiles", "cells", "chunks", "compile", "equations", "forward",
    "forward_tiles", "gather_tiles", "gathering", "job", "kernel_names", "kernels", "packing",
    "passing", "peak", "tiles", "vectors", "walking",
)  # fmt: skip
"""Modules that machine code is made from."""


def what_is_missing() -> str:
    """The package without which nothing can be compiled, or ""."""
    return next((name for name in ("numba", "llvmlite") if find_spec(name) is None), "")


def processor() -> tuple[str, str]:
    """Name and features for which Numba would compile, its own variables respected."""
    import llvmlite.binding as llvm  # noqa: PLC0415 - may be missing

    name = os.environ.get("NUMBA_CPU_NAME") or llvm.get_host_cpu_name()
    features = os.environ.get("NUMBA_CPU_FEATURES")
    return name, llvm.get_host_cpu_features().flatten() if features is None else features


def fingerprint() -> str:
    """Changes with the kernels' source, the compiler, the interpreter and the processor."""
    digest = hashlib.sha256()
    for name in _COMPILED:
        digest.update(Path(__file__).with_name(f"{name}.py").read_bytes())
    for package in ("numba", "llvmlite"):
        digest.update(f"{package} {metadata.version(package)}".encode())
    digest.update(" ".join(processor()).encode())
    return digest.hexdigest()[:16]


def folder_of(cache: Path) -> Path:
    """The folder of this fingerprint's files."""
    return cache / "kernels" / fingerprint()


def file_of(folder: Path, cell: str) -> Path:
    """The file of a cell's kernels."""
    return folder / f"{cell}.zip"


def part_of(path: Path, process: int) -> Path:
    """Where a process writes such a file before it is whole."""
    return path.with_suffix(f".{process}.part")


def are_compiled(cache: Path) -> bool:
    """Whether the files of all cells are there."""
    folder = folder_of(cache)
    return all(file_of(folder, cell).is_file() for cell in FUSED_CELLS)
