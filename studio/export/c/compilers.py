"""Runs the self-test with a C compiler of this machine, where there is one."""

import subprocess
import tempfile
from pathlib import Path
from shutil import which

_COMPILERS = ("cc", "gcc", "clang", "tcc")
_SECONDS = 120


def found_compiler() -> str | None:
    """The name of the first C compiler on the path, or None."""
    return next((name for name in _COMPILERS if which(name)), None)


def passes_self_test(folder: Path, compiler: str) -> bool:
    """Whether the files of a folder compile without a warning, and their self-test passes."""
    path = which(compiler)
    if path is None:
        return False
    with tempfile.TemporaryDirectory() as place:
        program = Path(place, "self_test.exe")
        sources = [str(folder / "model.c"), str(folder / "model_test.c")]
        flags = (
            [] if compiler == "tcc" else ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror"]
        )
        try:
            subprocess.run(  # noqa: S603 - a compiler on the path, our own files
                [path, *flags, "-O2", "-o", str(program), *sources],
                check=True, capture_output=True, timeout=_SECONDS,
            )  # fmt: skip
            subprocess.run(  # noqa: S603 - what was just compiled
                [str(program)], check=True, capture_output=True, timeout=_SECONDS
            )
        except (OSError, subprocess.SubprocessError):
            return False
    return True
