"""How a kind of table was read, in words and figures to compare."""

from dataclasses import dataclass
from pathlib import Path

from unit.data.reading.kinds.kind import Kind

from studio.core.specs.dataset_spec import FileDataset
from studio.data import Dataset, ExampleSet, inspect, load
from studio.data.dataset import Series
from studio.data.inspection import find_problems


@dataclass(frozen=True)
class Reading:
    """What a dataset was read as."""

    how: str
    what: str
    time: str
    first: float
    target: str
    asks: frozenset[str]


def read(kind: Kind, folder: Path, **settings: object) -> Dataset:
    """The dataset that a kind of file is read as."""
    content = kind.make()
    path = folder / kind.file
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load(FileDataset.model_validate({"path": str(path), **settings}))


def reading_of(dataset: Dataset) -> Reading:
    """What is compared."""
    times = dataset.times if isinstance(dataset, Series) else None
    roles = {"target", "label"}
    return Reading(
        how_it_was_read(dataset),
        shape(dataset),
        "" if times is None else str(times[0]),
        float(dataset.values[0, 0]),
        next((column.name for column in dataset.columns if column.role in roles), ""),
        frozenset(decision.name for decision in dataset.decisions if decision.is_doubtful),
    )


def how_it_was_read(dataset: Dataset) -> str:
    """Right, asked or told."""
    if any(decision.is_doubtful for decision in dataset.decisions):
        return "asked"
    return "told" if dataset.notes or find_problems(dataset) else "right"


def shape(dataset: Dataset) -> str:
    """Task and sizes, as "forecast 300 x 7"."""
    summary = inspect(dataset)
    sizes = [summary["examples"], summary["channels"]]
    if isinstance(dataset, ExampleSet):
        sizes.insert(1, summary["length"]["max"])
    return f"{summary['task']} {' x '.join(map(str, sizes))}"
