"""Loads and runs exported models outside of our code."""

import subprocess
import sys
from pathlib import Path

BLOCKER = """
import sys
class Blocker:
    def find_spec(self, name, *rest):
        if name.partition(".")[0] in {"studio", "safetensors", "numpy", "pydantic"}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Blocker())
import runpy
sys.argv = [sys.argv[1]]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def run_alone(script: Path) -> "subprocess.CompletedProcess[str]":
    """Runs an exported script in a process that cannot import our code."""
    command = [sys.executable, "-I", "-c", BLOCKER, str(script)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
