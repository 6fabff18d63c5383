"""The interface of a generator."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from studio.core.specs.comparison_spec import Spec
from studio.data.dataset import Dataset

P = TypeVar("P", bound=Spec)


@dataclass(frozen=True)
class Generator(Generic[P]):
    """A source of data that needs no file.

    Attributes:
        name: Its name in files and on the command line.
        label: Its name for users.
        meaning: A sentence on what it tests.
        parameters: The model of its parameters, each with a default.
        make: Generates the dataset; equal parameters give equal data.
    """

    name: str
    label: str
    meaning: str
    parameters: type[P]
    make: Callable[[P], Dataset]
