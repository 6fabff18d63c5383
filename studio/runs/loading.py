"""Loads what the compute thread needs before the first job asks for it."""


def load_torch() -> None:
    """Imports torch and what trains with it; takes seconds, so it is done early and behind.

    The library that holds torch's kernels is mapped first, without the interpreter lock, so that
    other threads run meanwhile; the import that follows finds it mapped and holds them up only for
    moments.
    """
    _map_library()
    import studio.runs.estimate  # noqa: PLC0415 - the whole point
    import studio.runs.training  # noqa: F401, PLC0415 - likewise


def _map_library() -> None:
    """Calls dlopen as a foreign function: ctypes.CDLL itself would keep the lock for its time."""
    import ctypes  # noqa: PLC0415
    import os  # noqa: PLC0415
    from importlib.util import find_spec  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    found = find_spec("torch")
    if found is None or os.name != "posix":
        return
    dlopen = ctypes.CDLL(None).dlopen
    dlopen.argtypes, dlopen.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
    for folder in found.submodule_search_locations or ():
        for library in sorted(Path(folder, "lib").glob("libtorch_cpu.*")):
            dlopen(os.fsencode(library), os.RTLD_NOW | os.RTLD_GLOBAL)
