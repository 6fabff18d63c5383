import subprocess
import sys

import pytest

KEEP = "from studio.core.system import allocator as a; a.keep_freed_memory(); print(a.describe())"


def describe(variables: dict[str, str]) -> str:
    command = [sys.executable, "-c", KEEP]
    process = subprocess.run(command, env=variables, capture_output=True, text=True, check=True)
    return process.stdout.strip()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc is Linux's")
def test_glibc_keeps_freed_memory_and_the_description_says_so() -> None:
    assert describe({}) in {
        "glibc, keeps freed blocks up to 1 GiB",
        "glibc, keeps freed blocks up to 32 MiB",
        "stock",
    }


def test_settings_of_the_user_are_left_alone_and_described() -> None:
    variables = {"MALLOC_ARENA_MAX": "2", "MALLOC_TOP_PAD_": "0"}
    assert describe(variables) == "MALLOC_ARENA_MAX=2, MALLOC_TOP_PAD_=0"
