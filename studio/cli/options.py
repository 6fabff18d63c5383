"""Command line options from the fields of specs: one definition of help and limits."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer
from annotated_types import Ge, Le
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from studio.core.division import Division
from studio.core.errors import SpecError
from studio.core.experiment import explain
from studio.core.spec import (
    ComparisonSpec,
    ContenderSpec,
    DatasetSpec,
    FileDataset,
    GeneratedDataset,
    MachineSpec,
    Spec,
    TaskSpec,
    TrainingSpec,
)

Flag = bool | None
_WITH_OPTIONS = (TaskSpec, ContenderSpec, TrainingSpec, MachineSpec, ComparisonSpec)
_OTHER_NAMES = {"kind": "task", "cell": "cells"}


def option(
    model: type[Spec], field: str, *flags: str, more: str = "", metavar: str | None = None
) -> Any:  # noqa: ANN401 - typer
    """The typer option of a field: its help, limits and default."""
    info = model.model_fields[field]
    flag = flags or (f"--{field.replace('_', '-')}",)
    low, high = _limit(info, Ge, "ge"), _limit(info, Le, "le")
    return typer.Option(
        *flag,
        help=_help(info, more),
        min=low,
        max=high,
        metavar=metavar or ("NUMBER" if low is not None or high is not None else None),
        show_default=False,
    )


def _help(info: FieldInfo, more: str) -> str:
    """The field's explanation, which speaks of a form, as that of an option."""
    text = info.description or ""
    if info.default is None:
        text = text.replace("blank ", "left out, it ")
    else:
        text = text.partition("; blank ")[0].rstrip(".") + "."
    known = info.default is not None and not isinstance(info.default, bool)
    return " ".join(filter(None, (text, more, f"Default: {info.default}." if known else "")))


def _limit(info: FieldInfo, kind: type[Ge] | type[Le], name: str) -> Any:  # noqa: ANN401 - a number
    for rule in info.metadata:
        if isinstance(rule, kind):
            return getattr(rule, name)
    return None


def parse_options(values: Mapping[str, Any], options: Mapping[str, Any]) -> ComparisonSpec:
    """The comparison that these values describe.

    Args:
        values: A comparison as plain values.
        options: The options that were given, by parameter name.

    Raises:
        SpecError: A value is wrong; the message names its option.
    """
    try:
        return ComparisonSpec.model_validate(values)
    except ValidationError as error:
        details = [each for each in error.errors() if each["loc"] != ("contenders",)]
        told = (_told(each["loc"], each["msg"], options) for each in details or error.errors())
        problems = dict.fromkeys(told)
        raise SpecError("; ".join(problems), remedy="Correct it and try again") from None


def _told(place: tuple[int | str, ...], message: str, options: Mapping[str, Any]) -> str:
    message = message.removeprefix("Value error, ").replace("Input should be ", "must be ")
    field = next((part for part in reversed(place) if isinstance(part, str)), "")
    flag = flag_of(field)
    name = flag if flag and _parameter_of(field) in options else ".".join(map(str, place))
    return f"{name}: {message}" if name else message


def flag_of(field: str) -> str:
    """The option that sets a field of a comparison, or "" where none does."""
    known = {name for model in _WITH_OPTIONS for name in model.model_fields}
    return f"--{_parameter_of(field).replace('_', '-')}" if field in known else ""


def _parameter_of(field: str) -> str:
    return _OTHER_NAMES.get(field, field)


def division_of(fold: int | None, repeat: int | None) -> Division | None:
    """The division that --fold and --repeat name; None where neither is given.

    Raises:
        SpecError: A repetition is named without a fold.
    """
    if fold is None and repeat is not None:
        raise SpecError("goes with a fold", where="--repeat", remedy="Add --fold")
    return None if fold is None else Division(repeat or 0, fold)


def separated(text: str) -> tuple[str, ...]:
    """A comma-separated list."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def numbers(text: str, flag: str, example: str) -> tuple[float, ...]:
    """A comma-separated list of numbers for an option, told by its flag and an example."""
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is not a list of numbers such as {example}", param_hint=flag
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
