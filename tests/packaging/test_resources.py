"""Resources are found from a checkout and from every kind of installation."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from support import ROOT

from studio.paths import experiments, resources


def test_a_checkout_uses_its_own_resources() -> None:
    assert resources() == ROOT / "resources"
    assert experiments()


def test_a_wheel_carries_every_resource() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    carried = {
        f"{folder}/{path.name}"
        for folder, patterns in settings["tool"]["setuptools"]["data-files"].items()
        for pattern in patterns
        for path in ROOT.glob(pattern)
    }
    there = [
        path.relative_to(folder).as_posix()
        for folder in (ROOT / "resources", ROOT / "docs")
        for path in folder.rglob("*")
        if path.is_file() and (folder.name == "resources" or path.parent.name == "guide")
    ]
    assert carried == {f"share/gate-studio/{name}" for name in there}


@pytest.mark.parametrize("place", ["lib/python3/site-packages", "Lib/site-packages", "."])
def test_an_installation_finds_them_in_its_prefix(tmp_path: Path, place: str) -> None:
    packages = tmp_path / place
    shutil.copytree(ROOT / "studio/core", packages / "studio/core")
    shutil.copy(ROOT / "studio/__init__.py", packages / "studio")
    shutil.copy(ROOT / "studio/paths.py", packages / "studio")
    (packages / "resources").mkdir()  # of some other package
    wanted = tmp_path / "share/gate-studio"
    shutil.copytree(ROOT / "resources", wanted)
    asked = subprocess.run(
        [sys.executable, "-c", "from studio.paths import resources; print(resources())"],
        env={**os.environ, "PYTHONPATH": str(packages)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(asked.stdout.strip()) == wanted
