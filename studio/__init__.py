"""Gate Studio: compares GRU and LSTM networks under equal conditions.

    import studio

    with studio.open("temperatures.gates") as session:
        print(session.last)

What needs torch, NumPy or Arrow is imported when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from studio.core.errors import UserError
from studio.core.version import __version__

if TYPE_CHECKING:
    from studio.api import (
        Comparison,
        Contender,
        ResultTable,
        Run,
        Session,
        Verdicts,
        compare,
        open,  # noqa: A004 - studio.open, as in studio.open("x.gates")
        retrain,
    )

__all__ = [
    "Comparison",
    "Contender",
    "ResultTable",
    "Run",
    "Session",
    "UserError",
    "Verdicts",
    "__version__",
    "compare",
    "open",
    "retrain",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever studio.api names so
    if name not in __all__:
        raise AttributeError(f"module 'studio' has no attribute {name!r}")
    return getattr(import_module("studio.api"), name)


def __dir__() -> list[str]:
    return __all__
