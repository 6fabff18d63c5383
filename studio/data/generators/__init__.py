"""Generated data; a new generator is a module here and a line below."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from studio.core.errors import SpecError
from studio.core.specs.comparison_spec import GeneratedDataset
from studio.core.specs.experiment import explain
from studio.data.dataset import Dataset
from studio.data.generators import (
    adding,
    copy_memory,
    delayed_recall,
    grammar_corpus,
    opinions,
    promoters,
    reber,
    sensor_faults,
    sine_mixture,
    tone_words,
    wearable,
)
from studio.data.generators.generator import Generator
from studio.data.generators.parts import with_missing_values
from studio.data.generators.series import battery, hourly_load, mackey_glass

_ALL: tuple[Generator[Any], ...] = (
    adding.GENERATOR,
    delayed_recall.GENERATOR,
    sine_mixture.GENERATOR,
    mackey_glass.GENERATOR,
    copy_memory.GENERATOR,
    reber.GENERATOR,
    wearable.GENERATOR,
    sensor_faults.GENERATOR,
    battery.GENERATOR,
    hourly_load.GENERATOR,
    tone_words.GENERATOR,
    promoters.GENERATOR,
    opinions.GENERATOR,
    grammar_corpus.GENERATOR,
)
GENERATORS: Mapping[str, Generator[Any]] = MappingProxyType({each.name: each for each in _ALL})

__all__ = ["GENERATORS", "Generator", "generate"]


def generate(spec: GeneratedDataset) -> Dataset:
    """Generates the dataset of a spec.

    Raises:
        SpecError: The generator is unknown, or a parameter is invalid.
    """
    generator = GENERATORS.get(spec.generator)
    if generator is None:
        raise SpecError(
            f"there is no generator '{spec.generator}'",
            where="generator",
            remedy=f"Choose one of {', '.join(GENERATORS)}",
        )
    try:
        parameters = generator.parameters.model_validate(spec.parameters)
    except ValidationError as error:
        raise explain(error, f"generator {generator.name}") from None
    dataset = generator.make(parameters)
    return with_missing_values(dataset, getattr(parameters, "missing", 0.0), parameters.seed)
