"""Compiled kernels: loaded from a file, run in torch's thread pool."""

import ctypes
import hashlib
import json
import threading
import zipfile
import zlib
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from studio.nn.engines.fused.kernel_files import DESCRIPTION, is_trusted

_ALWAYS_CALLED = ("memset", "memcpy", "memmove")  # LLVM replaces loops with them
_DAMAGE = (
    OSError, EOFError, AttributeError, LookupError, NotImplementedError, RecursionError,
    RuntimeError, TypeError, ValueError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
Region = Any


class LibraryError(Exception):
    """A library file is missing or damaged, or does not suit this processor."""


@dataclass(frozen=True)
class Library:
    """Kernels ready to run.

    Attributes:
        lanes: Floats per vector register.
        addresses: Address of each kernel by name.
    """

    lanes: int
    addresses: dict[str, int]

    def __deepcopy__(self, memo: object) -> "Library":
        """Code is not copied."""
        return self

    def run(self, kernel: str, job: Sequence[int], threads: int) -> None:
        """Runs a kernel on a job until all its parts are done.

        Args:
            kernel: Its name.
            job: The fields of kernel_arguments.py in order; the first is set here.
            threads: Number of threads, including the calling one.
        """
        fields = array("q", job)
        fields.append(0)  # the counter
        start, count = fields.buffer_info()
        fields[0] = start + (count - 1) * fields.itemsize
        _run_in_threads(self.addresses[kernel], start, threads)


def load_library(path: Path, cell: str) -> Library:
    """Loads the kernels of a file that compile.py has written.

    Args:
        path: The file.
        cell: Whose kernels it must hold.

    Raises:
        FileNotFoundError: There is no such file.
        LibraryError: It is damaged, of another cell, or others may have written it.
    """
    import llvmlite.binding as llvm  # may be missing, and takes about 0.1 s

    description, objects = _checked_content(path, cell)
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    _name_symbols(llvm, (*_ALWAYS_CALLED, *description["externals"]))
    machine = llvm.Target.from_default_triple().create_target_machine()
    addresses = {}
    for name, symbol in description["symbols"].items():
        # one engine for each: names of inner functions may be the same in two files
        engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
        engine.add_object_file(llvm.ObjectFileRef.from_data(objects[name]))
        engine.finalize_object()
        addresses[name] = engine.get_function_address(symbol)
        engine.detach()  # the code stays: a thread may be in it when the interpreter ends
    if not all(addresses.values()):
        raise LibraryError(f"{path}: a kernel is missing")
    return Library(description["lanes"], addresses)


def _checked_content(path: Path, cell: str) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The description and the code of each kernel."""
    try:
        is_safe = is_trusted(path) and is_trusted(path.parent)
        with zipfile.ZipFile(path) as archive:
            description = json.loads(archive.read(DESCRIPTION))
            objects = {name: archive.read(name) for name in description["symbols"]}
        digests = {name: hashlib.sha256(code).hexdigest() for name, code in objects.items()}
        is_whole = (description["cell"], description["digests"]) == (cell, digests)
    except FileNotFoundError:
        raise
    except _DAMAGE as error:
        raise LibraryError(f"{path}: {error}") from None
    if not is_safe:
        raise LibraryError(f"{path}: other users may have written it")
    if not is_whole:
        raise LibraryError(f"{path}: it is damaged, or not of the cell {cell}")
    return description, objects


def _name_symbols(llvm: Any, names: Sequence[str]) -> None:  # noqa: ANN401 - llvmlite's binding
    """Gives LLVM the addresses of functions of the C library and of Python.

    LLVM assumes address 0 for unknown symbols. Those that are missing here are Numba's own, for
    exceptions, which kernels do not raise.
    """
    process = ctypes.CDLL(None)
    for name in names:
        if llvm.address_of_symbol(name) is None:
            llvm.add_symbol(name, _address(getattr(process, name, process.abort)))


def _address(function: Any) -> int:  # noqa: ANN401 - a ctypes function
    return ctypes.cast(function, ctypes.c_void_p).value or 0


@cache
def _find_region() -> Region | None:
    """GNU OpenMP's entry for a parallel region, in the same library that torch uses."""
    import torch  # loading kernels does without

    path = Path(torch.__file__).parent / "lib" / "libtorch_cpu.so"
    try:
        region = ctypes.CDLL(str(path)).GOMP_parallel
    except (OSError, AttributeError):
        return None
    region.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint, ctypes.c_uint)
    region.restype = None
    return region


@cache
def _callable(address: int) -> Callable[[int], None]:
    return ctypes.CFUNCTYPE(None, ctypes.c_void_p)(address)


def _run_in_threads(address: int, job: int, threads: int) -> None:
    """Calls a kernel in several threads, without holding the interpreter lock.

    A second thread pool would compete with torch's for the cores. If torch's pool cannot be
    reached, plain threads are started.
    """
    region = _find_region()
    if threads > 1 and region is not None:
        region(address, job, threads, 0)
        return
    call = _callable(address)
    helpers = [threading.Thread(target=call, args=(job,)) for _ in range(threads - 1)]
    for helper in helpers:
        helper.start()
    call(job)
    for helper in helpers:
        helper.join()
