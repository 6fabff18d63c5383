"""Compiles the kernels of one cell into a file; run in a separate process.

python -m studio.nn.engines.fused.compile CELL FILE

Numba holds the interpreter lock while it compiles, so the program itself never compiles. Each
finished kernel is a line on standard output; the process ends when standard input closes.
"""

import hashlib
import json
import os
import stat
import sys
import threading
import zipfile
from collections.abc import Sequence
from pathlib import Path

from numba import cfunc, types
from numba.core.registry import cpu_target

from studio.nn.engines.fused.cells import FUSED_CELLS
from studio.nn.engines.fused.kernel_files import DESCRIPTION, part_of
from studio.nn.engines.fused.kernel_names import names_of
from studio.nn.engines.fused.kernels.registry import MAKERS
from studio.nn.engines.fused.library import load_library
from studio.nn.engines.fused.tiles.vectors import target_of

_NICENESS = 5
_SIGNATURE = types.void(types.CPointer(types.int64))


def compile_cell(name: str, path: Path) -> None:
    """Writes the kernels of a cell as machine code for this processor.

    The file appears complete and tried, or not at all. It is a zip archive with each kernel as an
    object file, and library.json with the cell, the vector width, the entry point and the digest
    of each kernel, and the external functions that they need.
    """
    triple, _, features = cpu_target.target_context.codegen().magic_tuple()
    target = target_of(triple, features)
    symbols: dict[str, str] = {}
    digests: dict[str, str] = {}
    externals: set[str] = set()
    part = part_of(path, os.getpid())
    try:
        with zipfile.ZipFile(part, "w") as archive:
            for kernel in names_of(name):
                compiled = cfunc(_SIGNATURE)(MAKERS[kernel](FUSED_CELLS[name], target))
                library = compiled._library  # noqa: SLF001 - Numba has no other way to its code
                _, _, (code, _) = library.serialize_using_object_code()
                archive.writestr(kernel, code)
                digests[kernel] = hashlib.sha256(code).hexdigest()
                symbols[kernel] = compiled._wrapper_name  # noqa: SLF001 - likewise
                module = library._final_module  # noqa: SLF001 - likewise
                externals |= {
                    function.name for function in module.functions if function.is_declaration
                }
                print(kernel, flush=True)  # noqa: T201 - read by kernel_cache.py
            description = {
                "cell": name,
                "digests": digests,
                "lanes": target.lanes,
                "symbols": symbols,
                "externals": sorted(name for name in externals if not name.startswith("llvm.")),
            }
            archive.writestr(DESCRIPTION, json.dumps(description))
        part.chmod(stat.S_IRUSR | stat.S_IWUSR)
        load_library(part, name)  # what cannot be loaded ends this process, not the program
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def compile_named(arguments: Sequence[str]) -> None:
    """Compiles the given cell into the given file, with low priority."""
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    name, path = arguments
    threading.Thread(target=_end_with_the_program, args=(Path(path),), daemon=True).start()
    compile_cell(name, Path(path))


def _end_with_the_program(path: Path) -> None:
    """Waits for the end of standard input, which the program keeps open while it runs."""
    os.read(sys.stdin.fileno(), 1)  # unbuffered: otherwise Python could not exit meanwhile
    part_of(path, os.getpid()).unlink(missing_ok=True)
    os._exit(1)


if __name__ == "__main__":
    compile_named(sys.argv[1:])
