"""Compiles the kernels of one cell into a file; run in a process of its own.

python -m studio.nn.fused.compile CELL FILE

Numba holds the interpreter lock while it compiles, so the program itself never does. A line on
standard output tells of each kernel that is done; the end of standard input ends it.
"""

import json
import os
import sys
import threading
import zipfile
from collections.abc import Sequence
from pathlib import Path

from numba import cfunc, types
from numba.core.registry import cpu_target

from studio.nn.fused.cells import FUSED_CELLS
from studio.nn.fused.files import DESCRIPTION, part_of
from studio.nn.fused.kernel_names import names_of
from studio.nn.fused.kernels import MAKERS
from studio.nn.fused.vectors import target_of

_POLITENESS = 5
_SIGNATURE = types.void(types.CPointer(types.int64))


def compile_cell(name: str, path: Path) -> None:
    """Writes the kernels of a cell as machine code for this processor.

    The file appears whole or not at all. It is a zip archive: each kernel as an object file, and
    library.json with the width of vectors, the entry of each kernel, and the functions that they
    expect to find.
    """
    triple, _, features = cpu_target.target_context.codegen().magic_tuple()
    target = target_of(triple, features)
    symbols: dict[str, str] = {}
    externals: set[str] = set()
    part = part_of(path, os.getpid())
    try:
        with zipfile.ZipFile(part, "w") as archive:
            for kernel in names_of(name):
                compiled = cfunc(_SIGNATURE)(MAKERS[kernel](FUSED_CELLS[name], target))
                library = compiled._library  # noqa: SLF001 - Numba has no other way to its code
                _, _, (code, _) = library.serialize_using_object_code()
                archive.writestr(kernel, code)
                symbols[kernel] = compiled._wrapper_name  # noqa: SLF001 - likewise
                module = library._final_module  # noqa: SLF001 - likewise
                externals |= {each.name for each in module.functions if each.is_declaration}
                print(kernel, flush=True)  # noqa: T201 - read by compilation.py
            described = {
                "lanes": target.lanes,
                "symbols": symbols,
                "externals": sorted(each for each in externals if not each.startswith("llvm.")),
            }
            archive.writestr(DESCRIPTION, json.dumps(described))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def compile_named(arguments: Sequence[str]) -> None:
    """Compiles the cell into the file that the arguments name; the program itself goes first."""
    if hasattr(os, "nice"):
        os.nice(_POLITENESS)
    name, path = arguments
    threading.Thread(target=_end_with_the_program, args=(Path(path),), daemon=True).start()
    compile_cell(name, Path(path))


def _end_with_the_program(path: Path) -> None:
    """Waits for the end of the input, which the program holds open as long as it runs."""
    os.read(sys.stdin.fileno(), 1)  # not through a buffer: Python could not end meanwhile
    part_of(path, os.getpid()).unlink(missing_ok=True)
    os._exit(1)


if __name__ == "__main__":
    compile_named(sys.argv[1:])
