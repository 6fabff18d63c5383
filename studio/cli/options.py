"""Command line options from the fields of specs: one definition of help and limits."""

from pathlib import Path
from typing import Any

import typer
from annotated_types import Ge, Le
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from studio.core.errors import SpecError
from studio.core.spec import DatasetSpec, FileDataset, GeneratedDataset, Spec, explain

Flag = bool | None


def option(model: type[Spec], field: str, *flags: str, more: str = "") -> Any:  # noqa: ANN401 - typer
    """The typer option of a field: its help, unit and limits."""
    info = model.model_fields[field]
    flag = flags or (f"--{field.replace('_', '-')}",)
    return typer.Option(
        *flag,
        help=f"{info.description} {more}".strip(),
        min=_limit(info, Ge, "ge"),
        max=_limit(info, Le, "le"),
        show_default=False,
    )


def _limit(info: FieldInfo, kind: type[Ge] | type[Le], name: str) -> Any:  # noqa: ANN401 - a number
    for rule in info.metadata:
        if isinstance(rule, kind):
            return getattr(rule, name)
    return None


def separated(text: str) -> tuple[str, ...]:
    """A comma-separated list."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def shares(text: str) -> tuple[float, ...]:
    """A comma-separated list of numbers for --split."""
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is not a list of numbers such as 0.7,0.1,0.2", param_hint="--split"
        ) from None


def dataset_spec(data: str, settings: list[str]) -> DatasetSpec:
    """The dataset that DATA names: a file or folder, or else a generator.

    Args:
        data: The argument.
        settings: KEY=VALUE pairs: reading options of a file, parameters of a generator.

    Raises:
        SpecError: A pair is not of that form, or a key is unknown.
    """
    from studio.data import GENERATORS  # noqa: PLC0415 - --help does without

    values = dict(_pair(setting) for setting in settings)
    if data in GENERATORS and not Path(data).exists():
        parameters = {name: _parameter(value) for name, value in values.items()}
        return GeneratedDataset(generator=data, parameters=parameters)
    try:
        return FileDataset.model_validate({"path": data, **values})
    except ValidationError as error:
        raise explain(error, "--data-option") from None


def _pair(setting: str) -> tuple[str, str]:
    key, equals, value = setting.partition("=")
    if not equals or not key:
        raise SpecError(f"{setting!r} is not KEY=VALUE", where="--data-option")
    return key.strip().replace("-", "_"), value


def _parameter(value: str) -> float | int | str:
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value
