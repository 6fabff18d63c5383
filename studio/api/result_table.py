"""A table of results as NumPy arrays, as Arrow, or as a pandas frame."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from studio.api.text import html_table, text_table
from studio.core.errors import MachineError

if TYPE_CHECKING:
    import pyarrow as pa

_MOST_SHOWN = 20


class ResultTable:
    """Named columns of equal length; anything that reads Arrow streams takes it as it is.

    Args:
        columns: The columns by name, each with one value per row.

    Attributes:
        columns: Names of the columns, in order.
    """

    def __init__(self, columns: Mapping[str, Sequence[Any] | NDArray[Any]]) -> None:
        self._columns = {name: _array(values) for name, values in columns.items()}
        self.columns = tuple(columns)

    def __len__(self) -> int:
        return len(next(iter(self._columns.values()), ()))

    def __getitem__(self, column: str) -> NDArray[Any]:
        """A column, (rows,); KeyError without one."""
        return self._columns[column]

    def to_numpy(self) -> dict[str, NDArray[Any]]:
        """The columns by name, each (rows,); missing numbers are NaN."""
        return dict(self._columns)

    @cached_property
    def _arrow(self) -> "pa.Table":
        import pyarrow as pa

        arrays = {
            name: pa.array(values.tolist() if values.dtype == object else values)
            for name, values in self._columns.items()
        }
        return pa.table(arrays)

    def to_arrow(self) -> "pa.Table":
        """The table as a pyarrow.Table."""
        return self._arrow

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The table for whatever reads Arrow streams, such as polars and DuckDB."""
        return self._arrow.__arrow_c_stream__(requested_schema)

    def to_pandas(self) -> Any:  # noqa: ANN401 - pandas need not be installed
        """The table as a pandas.DataFrame.

        Raises:
            MachineError: pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError:
            raise MachineError(
                "pandas is not installed",
                where="to_pandas()",
                remedy="Install it with pip install pandas, or use to_numpy() or to_arrow()",
            ) from None
        return pd.DataFrame(self.to_numpy())

    def __repr__(self) -> str:
        return text_table(self.columns, self._shown_rows()) + self._rest()

    def _repr_html_(self) -> str:
        return html_table(self.columns, self._shown_rows(), self._rest().strip())

    def _shown_rows(self) -> list[tuple[str, ...]]:
        shown = [values[:_MOST_SHOWN].tolist() for values in self._columns.values()]
        return [tuple(map(_cell, row)) for row in zip(*shown, strict=True)]

    def _rest(self) -> str:
        left = len(self) - _MOST_SHOWN
        return f"\nand {left:,} more rows" if left > 0 else ""


def _array(values: Sequence[Any] | NDArray[Any]) -> NDArray[Any]:
    if isinstance(values, np.ndarray):
        return values
    kinds = {type(value) for value in values if value is not None}
    if kinds and kinds <= {int, float} and (float in kinds or None in values):
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    return np.array(values, dtype=object if kinds & {str} or None in values else None)


def _cell(value: object) -> str:
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)
