"""Options of the command line from the fields of specs: names, types, help and limits."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import typer
from annotated_types import Ge, Le
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from studio.core.errors import SpecError
from studio.core.specs.comparison_spec import (
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
from studio.core.specs.experiment import FieldProblem, explain, field_problems
from studio.core.specs.fold_ids import FoldId
from studio.core.specs.settings import setting_info

_MODELS = (TaskSpec, ContenderSpec, ComparisonSpec, TrainingSpec, MachineSpec)
_METAVARS = {int: "NUMBER", float: "NUMBER", str: "TEXT", tuple: "A,B"}


@dataclass(frozen=True)
class SpecOption:
    """The option that sets a field of a spec."""

    model: type[Spec]
    field: str

    @property
    def info(self) -> FieldInfo:
        return self.model.model_fields[self.field]

    @property
    def flag(self) -> str:
        return setting_info(self.info).flag or f"--{self.field.replace('_', '-')}"

    @property
    def parameter(self) -> str:
        """Its name among a command's parameters."""
        return self.flag.removeprefix("--").replace("-", "_")

    @property
    def value_type(self) -> Any:  # noqa: ANN401 - a type
        """The type of the field without None."""
        annotation = self.info.annotation
        if type(None) in get_args(annotation):
            return next(part for part in get_args(annotation) if part is not type(None))
        return annotation

    def parse(self, value: Any) -> Any:  # noqa: ANN401 - of the field's type
        """The value of the field; lists are given as text, separated by commas.

        Raises:
            SpecError: It is not such a list.
        """
        if get_origin(self.value_type) is not tuple:
            return value
        item = get_args(self.value_type)[0]
        if item is float:
            return _numbers(value, self.flag, setting_info(self.info).example)
        names = split_list(value)
        if not names and item is str:
            raise SpecError(
                "names no column", where=self.flag, remedy="Leave it out for automatic detection"
            )
        return names


SPEC_OPTIONS = tuple(
    SpecOption(model, field)
    for model in _MODELS
    for field, info in model.model_fields.items()
    if not setting_info(info).no_option
)
"""The options of a comparison, in the order of the help."""

_FLAGS = {option.field: option.flag for option in SPEC_OPTIONS}


def with_spec_options(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a command an option for every setting of a comparison.

    Args:
        command: It receives the options that it does not declare itself as keyword arguments; an
            option that it does declare takes the place of the derived one.
    """
    signature = inspect.signature(command)
    own = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
    first = [parameter for parameter in own if parameter.kind is not parameter.KEYWORD_ONLY]
    options = {option.parameter: _parameter_for(option) for option in SPEC_OPTIONS}
    options.update({p.name: p for p in own if p.kind is p.KEYWORD_ONLY})
    command.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[*first, *options.values()]
    )
    return command


def _parameter_for(spec_option: SpecOption) -> inspect.Parameter:
    value_type = spec_option.value_type
    accepted = str if get_origin(value_type) is tuple else value_type
    return inspect.Parameter(
        spec_option.parameter,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[accepted | None, option(spec_option.model, spec_option.field)],
    )


def option(model: type[Spec], field: str) -> Any:  # noqa: ANN401 - typer
    """The typer option of a field; None, its default, stands for "not given"."""
    spec_option = SpecOption(model, field)
    value_type, info = spec_option.value_type, spec_option.info
    return typer.Option(
        spec_option.flag,
        help=_help(spec_option),
        min=_limit(info, Ge, "ge"),
        max=_limit(info, Le, "le"),
        metavar=setting_info(info).metavar or _METAVARS.get(get_origin(value_type) or value_type),
        show_default=False,
    )


def _help(spec_option: SpecOption) -> str:
    info, setting = spec_option.info, setting_info(spec_option.info)
    default = setting.unset if info.default is None else info.default
    is_list = get_origin(spec_option.value_type) is tuple
    parts = (
        info.description,
        f"Such as {setting.example}." if setting.example else "",
        "Separate with commas." if is_list and not setting.example else "",
        setting.hint,
        "" if isinstance(default, bool) or default == "" else f"Default: {default}.",
    )
    return " ".join(filter(None, parts))


def _limit(info: FieldInfo, kind: type[Ge] | type[Le], name: str) -> Any:  # noqa: ANN401 - a number
    return next((getattr(rule, name) for rule in info.metadata if isinstance(rule, kind)), None)


def parse_options(values: Mapping[str, Any], options: Mapping[str, Any]) -> ComparisonSpec:
    """The comparison that these values describe.

    Args:
        values: A comparison as plain values.
        options: The options that were given, by parameter name.

    Raises:
        SpecError: A value is invalid; the message names its option.
    """
    try:
        return ComparisonSpec.model_validate(values)
    except ValidationError as error:
        problems = dict.fromkeys(
            _option_problem(problem, options) for problem in field_problems(error)
        )
        raise SpecError("; ".join(problems), remedy="Correct it and try again") from None


def _option_problem(problem: FieldProblem, options: Mapping[str, Any]) -> str:
    given = {option.field: option.flag for option in SPEC_OPTIONS if option.parameter in options}
    flag = given.get(problem.field)
    return f"{flag}: {problem.message}" if flag else str(problem)


def flag_of(field: str) -> str:
    """The option that sets a field of a comparison, or "" where none does."""
    return _FLAGS.get(field, "")


def fold_id_of(fold: int | None, repeat: int | None) -> FoldId | None:
    """The fold given by --fold and --repeat; None where neither is given.

    Raises:
        SpecError: --repeat is given without --fold.
    """
    if fold is None and repeat is not None:
        raise SpecError("needs a fold", where="--repeat", remedy="Add --fold")
    return None if fold is None else FoldId(repeat or 0, fold)


def split_list(text: str) -> tuple[str, ...]:
    """Splits a comma-separated list."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _numbers(text: str, flag: str, example: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise SpecError(
            f"{text!r} is not a list of numbers",
            where=flag,
            remedy=f"Give numbers separated by commas, such as {example}",
        ) from None


def dataset_spec(data: str, settings: list[str]) -> DatasetSpec:
    """The dataset that DATA names: a file, a folder or a generator.

    Args:
        data: The argument.
        settings: KEY=VALUE pairs: reading options of a file or parameters of a generator.

    Raises:
        SpecError: A pair is malformed or a key is unknown.
    """
    from studio.data import GENERATORS

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
