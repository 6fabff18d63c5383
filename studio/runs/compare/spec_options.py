"""The options of a comparison from the fields of specs, for the command line and for Python."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args, get_origin

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
from studio.core.specs.settings import setting_info

_MODELS = (TaskSpec, ContenderSpec, ComparisonSpec, TrainingSpec, MachineSpec)

Called = Callable[[str], str]
"""How messages name an option, from its flag."""


def as_flag(flag: str) -> str:
    """An option as the command line names it."""
    return flag


def as_argument(flag: str) -> str:
    """An option as an argument in Python."""
    return flag.removeprefix("--").replace("-", "_")


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
        """Its name among a command's parameters, and as an argument in Python."""
        return as_argument(self.flag)

    @property
    def value_type(self) -> Any:  # noqa: ANN401 - a type
        """The type of the field without None."""
        annotation = self.info.annotation
        if type(None) in get_args(annotation):
            return next(part for part in get_args(annotation) if part is not type(None))
        return annotation

    def parse(self, value: Any, called: Called = as_flag) -> Any:  # noqa: ANN401 - of the field's type
        """The value of the field; a list may be given as text, separated by commas.

        Raises:
            SpecError: It is not such a list.
        """
        if get_origin(self.value_type) is not tuple:
            return value
        item = get_args(self.value_type)[0]
        if item is float:
            return _numbers(value, called(self.flag), setting_info(self.info).example)
        names = split_list(value)
        if not names and item is str:
            raise SpecError(
                "names no column",
                where=called(self.flag),
                remedy="Leave it out for automatic detection",
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


def parse_options(
    values: Mapping[str, Any], options: Mapping[str, Any], called: Called = as_flag
) -> ComparisonSpec:
    """The comparison that these values describe.

    Args:
        values: A comparison as plain values.
        options: The options that were given, by parameter name.
        called: How messages name an option.

    Raises:
        SpecError: A value is invalid; the message names its option.
    """
    try:
        return ComparisonSpec.model_validate(values)
    except ValidationError as error:
        problems = dict.fromkeys(
            _option_problem(problem, options, called) for problem in field_problems(error)
        )
        raise SpecError("; ".join(problems), remedy="Correct it and try again") from None


def _option_problem(problem: FieldProblem, options: Mapping[str, Any], called: Called) -> str:
    given = {option.field: option.flag for option in SPEC_OPTIONS if option.parameter in options}
    flag = given.get(problem.field)
    return f"{called(flag)}: {problem.message}" if flag else str(problem)


def flag_of(field: str) -> str:
    """The option that sets a field of a comparison, or "" where none does."""
    return _FLAGS.get(field, "")


def split_list(names: str | Sequence[Any]) -> tuple[Any, ...]:
    """The parts of a list separated by commas; any other sequence as it is."""
    if not isinstance(names, str):
        return tuple(names)
    return tuple(part.strip() for part in names.split(",") if part.strip())


def _numbers(given: str | Sequence[float], name: str, example: str) -> tuple[float, ...]:
    parts = given.split(",") if isinstance(given, str) else given
    try:
        return tuple(float(part) for part in parts)
    except (TypeError, ValueError):
        raise SpecError(
            f"{given!r} is not a list of numbers",
            where=name,
            remedy=f"Give numbers separated by commas, such as {example}",
        ) from None


def dataset_spec(
    data: str, settings: Mapping[str, Any], where: str = "--data-option"
) -> DatasetSpec:
    """The dataset that DATA names: a file, a folder or a generator.

    Args:
        data: A path, or the name of a generator.
        settings: Reading options of a file, or parameters of a generator; numbers may be text.
        where: How messages name the settings.

    Raises:
        SpecError: A key is unknown or a value is invalid.
    """
    from studio.data import GENERATORS

    if data in GENERATORS and not Path(data).exists():
        parameters = {name: _parameter(value) for name, value in settings.items()}
        return GeneratedDataset(generator=data, parameters=parameters)
    try:
        return FileDataset.model_validate({"path": data, **settings})
    except ValidationError as error:
        raise explain(error, where) from None


def _parameter(value: Any) -> Any:  # noqa: ANN401 - a number, a text or a truth value
    for kind in (int, float) if isinstance(value, str) else ():
        try:
            return kind(value)
        except ValueError:
            continue
    return value
