"""The fields that specs are made of: value, limits, and what forms, options and help show."""

from dataclasses import asdict, dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

LAST_SEED = 2**31 - 1
AUTOMATIC = "automatic"


@dataclass(frozen=True)
class SettingInfo:
    """What is known of a field beside its label, help, default and limits.

    Attributes:
        unit: The unit of its value, in the plural, or "".
        group: The part of a form that it belongs to, or "".
        unset: What None stands for: the placeholder in a form, the default of the option.
        flag: Its option of the command line; "" where it is named after the field.
        metavar: What stands for its value in the help; "" for the usual one.
        example: A value of a list, as it is typed.
        hint: What only users of the command line need to know.
        no_option: Why the command line has no option for it; "" where it has one.
    """

    unit: str = ""
    group: str = ""
    unset: str = AUTOMATIC
    flag: str = ""
    metavar: str = ""
    example: str = ""
    hint: str = ""
    no_option: str = ""


def setting(  # noqa: PLR0913 - all that a field can say of itself
    default: Any,  # noqa: ANN401 - a field of any type
    label: str,
    explanation: str,
    *,
    unit: str = "",
    group: str = "",
    unset: str = AUTOMATIC,
    flag: str = "",
    metavar: str = "",
    example: str = "",
    hint: str = "",
    no_option: str = "",
    **limits: Any,  # noqa: ANN401 - pydantic's own ge, le, gt, lt
) -> Any:  # noqa: ANN401 - pydantic's Field is untyped too
    """A field of a spec; see SettingInfo. Limits are pydantic's (ge, le, gt, lt)."""
    info = SettingInfo(unit, group, unset, flag, metavar, example, hint, no_option)
    return Field(
        default, title=label, description=explanation, json_schema_extra=asdict(info), **limits
    )


def setting_info(field: FieldInfo) -> SettingInfo:
    """The metadata of a field that was made by `setting`."""
    extra: Any = field.json_schema_extra
    return SettingInfo(**extra) if isinstance(extra, dict) else SettingInfo()


def invalid_setting(field: str, problem: str) -> PydanticCustomError:
    """The error of a rule over several fields, which belongs to one of them.

    Args:
        field: The field that has to change.
        problem: What is wrong and what to do, a clause.
    """
    return PydanticCustomError("setting", "{problem}", {"field": field, "problem": problem})


class Spec(BaseModel):
    """A frozen group of settings; unknown names are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
