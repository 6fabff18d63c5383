"""Columns that do not change within an example, as networks read them."""

from pydantic import BaseModel, ConfigDict


class StaticColumn(BaseModel):
    """A static column.

    Attributes:
        name: Of the column.
        categories: Those of the training set, each with a channel that is 1 where it is the
            category; any other is unknown, all zeros. None for a number, which has one channel.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    categories: tuple[str, ...] | None = None

    @property
    def size(self) -> int:
        """Number of channels."""
        return 1 if self.categories is None else len(self.categories)

    @property
    def channel_names(self) -> tuple[str, ...]:
        """The name of a number, or NAME=CATEGORY of each category."""
        if self.categories is None:
            return (self.name,)
        return tuple(f"{self.name}={category}" for category in self.categories)
