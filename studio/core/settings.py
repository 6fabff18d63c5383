"""What every group of settings is made of."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

LAST_SEED = 2**31 - 1


def setting(
    default: Any,  # noqa: ANN401 - a field of any type
    label: str,
    explanation: str,
    *,
    unit: str = "",
    group: str = "",
    **limits: Any,  # noqa: ANN401 - pydantic's own ge, le, gt, lt
) -> Any:  # noqa: ANN401 - pydantic's Field is untyped too
    """A field with what a form needs to show it; limits are pydantic's (ge, le, gt, lt)."""
    extra: dict[str, Any] = {"unit": unit, "group": group}
    return Field(default, title=label, description=explanation, json_schema_extra=extra, **limits)


class Spec(BaseModel):
    """A frozen group of settings; unknown names are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
