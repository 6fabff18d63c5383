"""Cells of stored comparisons whose package is not installed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from studio.core.cells import CELLS
from studio.core.errors import SessionError
from studio.core.results.history import ComparisonHistory
from studio.core.specs.comparison_spec import ContenderSpec

_KEY = "cell "
"""What the names of cells begin with in a comparison's environment."""


@dataclass(frozen=True)
class MissingCell:
    """A cell that this installation does not have; str() words it.

    Attributes:
        cell: Its name.
        package: The package it came from, with its version, as the session says; "" if unknown.
    """

    cell: str
    package: str

    def __str__(self) -> str:
        origin = f"; it came from the package {self.package}" if self.package else ""
        return f"the cell {self.cell} is not installed{origin}"


def cell_packages(contenders: Iterable[ContenderSpec]) -> Mapping[str, str]:
    """The packages that the contenders' cells come from, for a comparison's environment."""
    plugins = {
        each.cell: CELLS.plugin(each.cell) for each in contenders if each.cell not in CELLS.own
    }
    return {f"{_KEY}{name}": plugin.origin for name, plugin in plugins.items() if plugin}


def missing_cells(history: ComparisonHistory) -> tuple[MissingCell, ...]:
    """The cells of a comparison that are not installed, each once."""
    names = dict.fromkeys(contender.spec.cell for contender in history.contenders)
    return tuple(
        MissingCell(name, history.environment.get(f"{_KEY}{name}", ""))
        for name in names
        if name not in CELLS
    )


def require_cells(history: ComparisonHistory, contenders: Iterable[ContenderSpec]) -> None:
    """Refuses to compute networks of cells that are not installed.

    Raises:
        SessionError: A contender's cell is not installed; the message names cell and package.
    """
    needed = {contender.cell for contender in contenders}
    for missing in missing_cells(history):
        if missing.cell in needed:
            raise SessionError(
                str(missing),
                remedy="Install that package, if you trust it; the results can be read without it",
            )
