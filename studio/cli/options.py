"""Options of the command line from the fields of specs: names, types, help and limits."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any, get_origin

import typer
from annotated_types import Ge, Le
from pydantic.fields import FieldInfo

from studio.core.errors import SpecError
from studio.core.specs.comparison_spec import DatasetSpec, Spec
from studio.core.specs.fold_ids import FoldId
from studio.core.specs.settings import setting_info
from studio.runs.compare import spec_options
from studio.runs.compare.spec_options import SPEC_OPTIONS, SpecOption

_METAVARS = {int: "NUMBER", float: "NUMBER", str: "TEXT", tuple: "A,B"}


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


def fold_id_of(fold: int | None, repeat: int | None) -> FoldId | None:
    """The fold given by --fold and --repeat; None where neither is given.

    Raises:
        SpecError: --repeat is given without --fold.
    """
    if fold is None and repeat is not None:
        raise SpecError("needs a fold", where="--repeat", remedy="Add --fold")
    return None if fold is None else FoldId(repeat or 0, fold)


def dataset_spec(data: str, settings: list[str]) -> DatasetSpec:
    """The dataset that DATA names: a file, a folder or a generator.

    Args:
        data: The argument.
        settings: KEY=VALUE pairs: reading options of a file or parameters of a generator.

    Raises:
        SpecError: A pair is malformed or a key is unknown.
    """
    return spec_options.dataset_spec(data, pairs(settings))


def pairs(settings: list[str]) -> dict[str, str]:
    """KEY=VALUE pairs of --data-option by key.

    Raises:
        SpecError: A pair is malformed.
    """
    return dict(_pair(setting) for setting in settings)


def _pair(setting: str) -> tuple[str, str]:
    key, equals, value = setting.partition("=")
    if not equals or not key:
        raise SpecError(f"{setting!r} is not KEY=VALUE", where="--data-option")
    return key.strip().replace("-", "_"), value
