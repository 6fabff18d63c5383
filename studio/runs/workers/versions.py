"""Versions on which the results of a run depend; machines with others take no runs."""

import hashlib
import platform
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from studio.core.version import __version__

_PACKAGES = ("torch", "numpy", "numba", "llvmlite", "distributed")


@cache
def versions_here() -> Mapping[str, str]:
    """Those that this process works with; "none" where a package is missing.

    A process keeps what it has loaded: a scheduler or worker whose packages are replaced while it
    runs has the old versions until it is started again.
    """
    python = ".".join(platform.python_version_tuple()[:2])
    return {
        "gate-studio": __version__,
        "Python": python,
        **{name: _version(name) for name in _PACKAGES},
    }


def place_name(versions: Mapping[str, str], *, gpu: bool = False) -> str:
    """The resource of which a worker of these versions has one, and of which a run needs one.

    Dask hands a run only to workers that have it, so a worker of another version never gets one.
    """
    digest = hashlib.sha256(repr(sorted(versions.items())).encode()).hexdigest()[:16]
    return f"gate-studio-{'gpu' if gpu else 'cpu'}-{digest}"


def difference(theirs: Mapping[str, str], ours: Mapping[str, str]) -> str:
    """Such as "torch 2.4 instead of 2.5"; "" where there is none."""
    return ", ".join(
        f"{name} {theirs.get(name, 'none')} instead of {wanted}"
        for name, wanted in ours.items()
        if theirs.get(name) != wanted
    )


def _version(name: str) -> str:
    try:
        return version(name).partition("+")[0]
    except PackageNotFoundError:
        return "none"
