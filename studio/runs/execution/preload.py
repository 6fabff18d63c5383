"""Loads what the compute thread needs before its first job."""


def load_torch() -> None:
    """Imports torch and the training code; takes seconds, so it is done early in the background.

    The library with torch's kernels is mapped first, without the interpreter lock, so that other
    threads can run; the import that follows then blocks them only briefly.
    """
    _map_library()
    import studio.runs.execution.comparison_job  # noqa: F401 - likewise


def _map_library() -> None:
    """Calls dlopen as a foreign function, as ctypes.CDLL itself would hold the lock."""
    import ctypes
    import os
    from importlib.util import find_spec
    from pathlib import Path

    spec = find_spec("torch")
    if spec is None or os.name != "posix":
        return
    dlopen = ctypes.CDLL(None).dlopen
    dlopen.argtypes, dlopen.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
    for folder in spec.submodule_search_locations or ():
        for library in sorted(Path(folder, "lib").glob("libtorch_cpu.*")):
            dlopen(os.fsencode(library), os.RTLD_NOW | os.RTLD_GLOBAL)
