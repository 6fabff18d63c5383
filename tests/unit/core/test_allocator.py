import subprocess
import sys

import pytest

KEEP = "from studio.core import allocator as a; a.keep_freed_memory(); print(a.describe())"


def told(variables: dict[str, str]) -> str:
    command = [sys.executable, "-c", KEEP]
    ended = subprocess.run(command, env=variables, capture_output=True, text=True, check=True)
    return ended.stdout.strip()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc is Linux's")
def test_freed_memory_is_kept_where_the_c_library_is_glibc_and_results_say_so() -> None:
    assert told({}) in {
        "glibc, keeps freed blocks up to 1 GiB",
        "glibc, keeps freed blocks up to 32 MiB",
        "stock",
    }


def test_settings_of_the_users_own_are_left_alone_and_named() -> None:
    variables = {"MALLOC_ARENA_MAX": "2", "MALLOC_TOP_PAD_": "0"}
    assert told(variables) == "MALLOC_ARENA_MAX=2, MALLOC_TOP_PAD_=0"
