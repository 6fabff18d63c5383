"""Loads what the compute thread needs before the first job asks for it."""


def load_torch() -> None:
    """Imports torch and what trains with it; takes seconds, so it is done early and behind.

    The library that holds torch's kernels is mapped first through ctypes, which lets other threads
    run meanwhile; the import that follows finds it mapped and holds them up only for moments.
    """
    _map_library()
    import studio.runs.estimate  # noqa: PLC0415 - the whole point
    import studio.runs.training  # noqa: F401, PLC0415 - likewise


def _map_library() -> None:
    import ctypes  # noqa: PLC0415
    from contextlib import suppress  # noqa: PLC0415
    from importlib.util import find_spec  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    found = find_spec("torch")
    for folder in found.submodule_search_locations or () if found else ():
        for library in sorted(Path(folder, "lib").glob("libtorch_cpu.*")):
            with suppress(OSError):
                ctypes.CDLL(str(library), mode=ctypes.RTLD_GLOBAL)
