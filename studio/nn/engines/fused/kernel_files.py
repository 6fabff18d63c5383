"""Paths of compiled kernels: a folder for each version of source, compiler and processor."""

import hashlib
import os
import stat
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from studio.nn.engines.fused.cells import FUSED_CELLS

DESCRIPTION = "library.json"
_COMPILED = (
    "tiles/*.py",
    "kernels/*.py",
    "cells.py",
    "compile.py",
    "kernel_arguments.py",
    "kernel_names.py",
)
"""The modules that determine the machine code."""


def missing_package() -> str:
    """The package without which nothing can be compiled, or ""."""
    return next((name for name in ("numba", "llvmlite") if find_spec(name) is None), "")


def processor() -> tuple[str, str]:
    """Name and features that Numba compiles for, including its environment variables."""
    import llvmlite.binding as llvm  # may be missing

    name = os.environ.get("NUMBA_CPU_NAME") or llvm.get_host_cpu_name()
    features = os.environ.get("NUMBA_CPU_FEATURES")
    return name, llvm.get_host_cpu_features().flatten() if features is None else features


def fingerprint() -> str:
    """Changes with the kernels' source, the compiler, the interpreter and the processor."""
    digest = hashlib.sha256()
    for pattern in _COMPILED:
        for source in sorted(Path(__file__).parent.glob(pattern)):
            digest.update(source.read_bytes())
    for package in ("numba", "llvmlite"):
        digest.update(f"{package} {metadata.version(package)}".encode())
    digest.update(" ".join(processor()).encode())
    return digest.hexdigest()[:16]


def folder_of(cache: Path) -> Path:
    return cache / "kernels" / fingerprint()


def file_of(folder: Path, cell: str) -> Path:
    return folder / f"{cell}.zip"


def is_trusted(path: Path) -> bool:
    """Whether only this user or the system could have written a file or folder.

    Machine code that somebody else can change must not run. Windows keeps the folder of a user
    from others by itself.
    """
    if os.name == "nt":
        return True
    status = path.stat()
    others_may_write = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return status.st_uid in {0, os.geteuid()} and not others_may_write


def part_of(path: Path, process: int) -> Path:
    """The temporary file of a process that is writing it."""
    return path.with_suffix(f".{process}.part")


def is_compiled(cache: Path) -> bool:
    """Whether the kernels of all cells are cached."""
    folder = folder_of(cache)
    return all(file_of(folder, cell).is_file() for cell in FUSED_CELLS)
