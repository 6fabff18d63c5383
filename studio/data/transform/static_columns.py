"""Static columns as channels: numbers as they are, categories one-hot, others unknown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from studio.core.arrays import Doubles, Integers
from studio.core.errors import DatasetError
from studio.core.new_data_notes import UnknownStatic
from studio.core.notes import DataNote
from studio.core.prepared.scaler import Scaler
from studio.core.prepared.static_columns import StaticColumn
from studio.core.specs.task_spec import Scaling
from studio.data.dataset import Statics


@dataclass(frozen=True, eq=False)
class StaticChannels:
    """The channels of static columns.

    Attributes:
        columns: What they are.
        values: In the columns' units, (examples, channels).
        scaler: Fitted on the training set, each example once; categories are not scaled.
        notes: Categories that the training set does not have.
    """

    columns: tuple[StaticColumn, ...]
    values: Doubles
    scaler: Scaler
    notes: tuple[DataNote, ...]

    @classmethod
    def fit(
        cls, statics: Mapping[str, Statics], training: Integers, scaling: Scaling, source: str
    ) -> "StaticChannels":
        """Fits categories and scaler on some examples, whose indices are `training`.

        Raises:
            DatasetError: A number is missing.
        """
        columns, scaler = [], Scaler.identity(0)
        for name, values in statics.items():
            if values.dtype.kind == "f":
                columns.append(StaticColumn(name=name))
                scaler = scaler.with_channels(
                    Scaler.fit(scaling, _numbers(name, values, source)[training])
                )
            else:
                present = tuple(text for text in np.unique(values[training]).tolist() if text)
                columns.append(StaticColumn(name=name, categories=present))
                scaler = scaler.with_unscaled(len(present))
        values, notes = static_values(statics, columns, source)
        return cls(tuple(columns), values, scaler, tuple(notes))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the channels."""
        return tuple(name for column in self.columns for name in column.channel_names)


def static_values(
    statics: Mapping[str, Statics], columns: Sequence[StaticColumn], source: str
) -> tuple[Doubles, list[DataNote]]:
    """The channels of examples, (examples, channels) in units, and notes on unknown categories.

    Raises:
        DatasetError: A column is missing, or holds no numbers where the model reads them.
    """
    made, notes = [], list[DataNote]()
    for column in columns:
        values = statics.get(column.name)
        if values is None:
            raise DatasetError(
                f"has no static column '{column.name}', which the model reads",
                where=source,
                remedy="Add it, with the column that tells the series apart",
            )
        if column.categories is None:
            made.append(_numbers(column.name, values, source))
            continue
        texts = _texts(values)
        made.append((texts[:, np.newaxis] == np.array(column.categories, dtype=str)).astype(float))
        unknown = sorted({*texts.tolist()} - {*column.categories, ""})
        if unknown:
            notes.append(UnknownStatic(column.name, tuple(unknown)))
    return np.concatenate(made, axis=1) if made else np.zeros((0, 0)), notes


def _numbers(name: str, values: Statics, source: str) -> Doubles:
    """(examples, 1)."""
    if values.dtype.kind != "f" or np.isnan(values.astype(np.float64)).any():
        is_text = values.dtype.kind != "f"
        raise DatasetError(
            "is static and read as a number, but here it is text"
            if is_text
            else "is static, but a value is missing",
            where=f"{source}, column '{name}'",
            remedy="Correct it" if is_text else "Fill it in, or leave the column out",
        )
    return np.asarray(values, dtype=np.float64)[:, np.newaxis]


def _texts(values: Statics) -> np.ndarray:
    if values.dtype.kind != "f":
        return values
    return np.array(["" if np.isnan(value) else f"{value:.15g}" for value in values.tolist()])
