"""The columns of a dataset from the cells of a table and their roles."""

from collections.abc import Mapping

from studio.data.dataset import Column, Role
from studio.data.tables.delimited import Cells
from studio.data.tables.header_rows import split_unit


def list_columns(cells: tuple[Cells, ...], roles: Mapping[int, Role]) -> tuple[Column, ...]:
    """Each column with its unit and its role, "ignored" where it has none.

    A name keeps its unit where two columns would have the same name without it.
    """
    split = [split_unit(column.name) for column in cells]
    bare = [name for name, _ in split]
    if len(set(bare)) != len(bare):
        split = [(column.name, unit) for column, (_, unit) in zip(cells, split, strict=True)]
    return tuple(
        Column(
            name,
            roles.get(index, "ignored"),
            column.kind,
            unit or column.unit,
            column.missing,
            column.first_missing,
        )
        for index, (column, (name, unit)) in enumerate(zip(cells, split, strict=True))
    )
