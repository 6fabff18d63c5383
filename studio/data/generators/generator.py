"""What a generator is to the rest of the program."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from studio.core.spec import Spec
from studio.data.dataset import Dataset

P = TypeVar("P", bound=Spec)


@dataclass(frozen=True)
class Generator(Generic[P]):
    """A source of data that needs no file.

    Attributes:
        name: The word used in files and on the command line.
        label: The words shown to people.
        meaning: One sentence on what it shows.
        parameters: The model of its parameters, with a default for each.
        make: From parameters to the dataset; equal parameters give equal data.
    """

    name: str
    label: str
    meaning: str
    parameters: type[P]
    make: Callable[[P], Dataset]
