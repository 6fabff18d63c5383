"""Arrow tables from JSON: columns whose cells have one type, or a message that names the cell."""

from pathlib import Path
from typing import Any

from studio.core.errors import DatasetError
from studio.core.specs.dataset_spec import FileDataset
from studio.data.tables.header_rows import is_missing

_LIMIT_SHOWN = 40
_KINDS = {str: "text", bool: "true or false", list: "a list", dict: "an object"}


def table_of_records(path: Path, records: list[dict[str, Any]], spec: FileDataset) -> Any:  # noqa: ANN401 - pyarrow
    """An Arrow table of objects; a field that an object lacks is missing.

    Raises:
        DatasetError: A field changes its type; the message names the row and the cell.
    """
    names = dict.fromkeys(name for record in records for name in record)
    flat = [_flattened(record) for record in records] if _are_nested(records) else records
    if flat is not records:
        names = dict.fromkeys(name for record in flat for name in record)
    return table_of_columns(
        path, {name: [record.get(name) for record in flat] for name in names}, spec
    )


def table_of_columns(path: Path, columns: dict[str, list[Any]], spec: FileDataset) -> Any:  # noqa: ANN401 - pyarrow
    """An Arrow table of columns of equal length.

    Raises:
        DatasetError: A column changes its type; the message names the row and the cell.
    """
    import pyarrow as pa

    marks = {mark.strip() for mark in (spec.na_values or "").split(",")} - {""}
    return pa.table({name: _column(path, name, cells, marks) for name, cells in columns.items()})


def _are_nested(records: list[dict[str, Any]]) -> bool:
    return any(isinstance(cell, dict) for record in records for cell in record.values())


def _flattened(record: dict[str, Any]) -> dict[str, Any]:
    """An object whose objects are replaced by their fields, named outer.inner."""
    flat: dict[str, Any] = {}
    for name, cell in record.items():
        if isinstance(cell, dict):
            flat.update({f"{name}.{inner}": value for inner, value in cell.items()})
        else:
            flat[name] = cell
    return flat


def _column(path: Path, name: str, cells: list[Any], marks: set[str]) -> Any:  # noqa: ANN401 - pyarrow
    import pyarrow as pa

    kinds = {_kind(cell) for cell in cells if cell is not None}
    if kinds == {"number", "text"}:
        cells = [_number_or_missing(path, name, at, cell, marks) for at, cell in enumerate(cells)]
    elif kinds == {"text"} and marks:
        cells = [None if cell in marks else cell for cell in cells]
    elif kinds == {"number"}:
        cells = [None if cell is not None and str(cell) in marks else cell for cell in cells]
    elif len(kinds) > 1:
        raise _odd_cell(path, name, cells)
    try:
        if kinds <= {"number", "text"} and "number" in kinds:
            return pa.array([None if cell is None else float(cell) for cell in cells], pa.float64())
        return pa.array(cells)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        raise DatasetError(
            "holds cells of different types, or a number that is too large",
            where=f"{path.name}, column '{name}'",
            remedy="Use one type in each column, and null where a value is missing",
        ) from None


def _kind(cell: object) -> str:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return "number"
    return _KINDS.get(type(cell), "something else")


def _number_or_missing(path: Path, name: str, at: int, cell: Any, marks: set[str]) -> float | None:  # noqa: ANN401 - JSON
    """A number among which texts are marks of missing values or numbers in quotes."""
    if cell is None or (isinstance(cell, str) and (is_missing(cell.strip()) or cell in marks)):
        return None
    try:
        return float(cell)
    except ValueError:
        raise DatasetError(
            f"'{cell[:_LIMIT_SHOWN]}' is text among numbers",
            where=f"{path.name}, row {at + 1}, column '{name}'",
            remedy="Correct the cell, or name it in na_values if it marks a missing value",
        ) from None


def _odd_cell(path: Path, name: str, cells: list[Any]) -> DatasetError:
    """The error for the first cell of a rarer type."""
    kinds = ["" if cell is None else _kind(cell) for cell in cells]
    usual = max(dict.fromkeys(kind for kind in kinds if kind), key=kinds.count)
    at = next(at for at, kind in enumerate(kinds) if kind not in {"", usual})
    shown = str(cells[at])[:_LIMIT_SHOWN]
    return DatasetError(
        f"'{shown}' is {kinds[at]}, but other cells are {usual}",
        where=f"{path.name}, row {at + 1}, column '{name}'",
        remedy="Correct the cell, or write null if it is missing",
    )
