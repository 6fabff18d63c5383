"""A model of another program on a dataset, from the command line."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from studio.cli.options import dataset_spec
from studio.core.errors import SpecError
from studio.paths import user_folders
from studio.runs.compare.spec_options import parse_options
from studio.runs.execution.compute import ComputeThread
from studio.runs.stored.foreign_models import SUFFIXES, ForeignModel, open_foreign


def foreign_model(
    path: Path,
    data: str,
    data_options: Sequence[str],
    task: Mapping[str, Any],
    layers: str | None,
    compute: ComputeThread,
) -> ForeignModel:
    """Reads model and data; inputs are not scaled unless `task` says how.

    Args:
        path: The model file.
        data: A data file or folder, or a generator's name.
        data_options: KEY=VALUE for reading or generating.
        task: Settings of the task by name; None stands for "not given".
        layers: The name of the layers, where the file holds several stacks.
        compute: Reads the model.

    Raises:
        SpecError: A setting does not fit.
        DatasetError: The data cannot be read.
        ModelFileError: The model cannot be read.
    """
    from studio.data import Cache, load
    from studio.data.tasks.prepare import prepare

    given = {name: value for name, value in task.items() if value is not None}
    source = dataset_spec(data, list(data_options))
    values = {
        "dataset": source.model_dump(),
        "task": {"scaling": "none", **given},
        "contenders": [{"cell": "gru"}],
    }
    spec = parse_options(values, given)
    prepared, _ = prepare(load(source, Cache(user_folders().datasets)), spec.task)
    return compute.submit(lambda: open_foreign(path, prepared, layers)).result()


def refuse_without_model(path: Path, **options: object) -> None:
    """Options that only go with a model of another program, and such a model without data.

    Raises:
        SpecError: One of them is given, or the file is a model.
    """
    if path.suffix.lower() in SUFFIXES:
        remedy = "Give the data that it reads after it"
        raise SpecError("is a model without data", where=path.name, remedy=remedy)
    for name, value in options.items():
        if value:
            flag = f"--{name.replace('_', '-')}"
            raise SpecError(
                f"{flag} goes with a model file", remedy="Give the data after the model file"
            )


def refuse_with_model(**options: object) -> None:
    """Options that only go with a session.

    Raises:
        SpecError: One of them is given.
    """
    for name, value in options.items():
        if value is not None:
            raise SpecError(f"--{name} goes with a session, not with a model file")
