"""Packages that add to the program, as pip would install them."""

import shutil
import sys
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from support import ROOT

from studio.core import plugins
from studio.core.cells import CELLS

MINGRU = ROOT / "docs" / "examples" / "mingru"


def install(
    site: Path,
    package: str,
    entries: Mapping[str, Mapping[str, str]],
    modules: Mapping[str, str],
    version: str = "1.0",
) -> None:
    """Writes a package with its entry points, by group and name, into a folder."""
    site.mkdir(exist_ok=True)
    for name, text in modules.items():
        (site / f"{name}.py").write_text(text)
    about = site / f"{package.replace('-', '_')}-{version}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
    lines = []
    for group, names in entries.items():
        lines += [f"[{group}]", *(f"{name} = {value}" for name, value in names.items())]
    (about / "entry_points.txt").write_text("\n".join(lines) + "\n")


def install_mingru(site: Path) -> None:
    """The example package, with the entry points of its own pyproject.toml."""
    project = tomllib.loads((MINGRU / "pyproject.toml").read_text())["project"]
    install(site, project["name"], project["entry-points"], {}, project["version"])
    shutil.copytree(MINGRU / "src" / "gate_studio_mingru", site / "gate_studio_mingru")


@contextmanager
def installed(site: Path) -> Iterator[None]:
    """The packages of a folder are installed in this process."""
    sys.path.append(str(site))
    _forget()
    try:
        yield
    finally:
        sys.path.remove(str(site))
        _forget()
        for name in [name for name in sys.modules if name.startswith("gate_studio_")]:
            del sys.modules[name]


def _forget() -> None:
    plugins._entries.cache_clear()
    for name in ("plugins", "added"):
        CELLS.__dict__.pop(name, None)
