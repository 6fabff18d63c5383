"""The settings of a comparison as sessions store them."""

from pydantic_core import from_json, to_json

from studio.core.specs.comparison_spec import STORED, ComparisonSpec

_BEFORE = {"output_bias": "random"}
"""What training settings meant before they had a field of their own."""


def comparison_spec(stored: str) -> ComparisonSpec:
    """Reads stored settings; older ones say nothing of what came later, and keep their meaning.

    Their cells need not be installed.
    """
    values = from_json(stored)
    if isinstance(values, dict) and isinstance(values.get("training"), dict):
        values["training"] = _BEFORE | values["training"]
    return ComparisonSpec.model_validate_json(to_json(values), context=STORED)
