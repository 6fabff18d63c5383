"""What installed packages add to the program through entry points.

The installed packages are scanned once, when something is first asked for that the program does not
have itself, or when all choices are listed. A package that cannot be used is told, never fatal.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Generic, TypeVar

from studio.core.errors import MachineError, UserError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

T = TypeVar("T")
D = TypeVar("D")
_log = logging.getLogger(__name__)

PREFIX = "gate_studio."
"""What the names of our groups of entry points begin with."""
_LONGEST_PROBLEM = 200


@dataclass(frozen=True)
class Plugin(Generic[T]):
    """What one entry point adds.

    Attributes:
        group: The group of entry points, such as "gate_studio.cells".
        name: Its name there.
        package: The package that was installed, such as "gate-studio-mingru".
        version: The version of the package.
        value: What it adds; None if it cannot be used.
        problem: Why it cannot be used, a clause, or "".
    """

    group: str
    name: str
    package: str
    version: str
    value: T | None = None
    problem: str = ""

    @property
    def origin(self) -> str:
        """The package with its version."""
        return f"{self.package} {self.version}".strip()


class Registry(Mapping[str, T]):
    """The program's own choices by name, and those of installed packages.

    Args:
        own: The program's own.
        group: The group of entry points, such as "gate_studio.cells".
        kind: The type of a choice.
        check: What is wrong with a package's choice, a clause, or "".
        missing: What stands for a choice that is not there, for `registry[name]` alone; without
            it that is a KeyError.
    """

    def __init__(
        self,
        own: Mapping[str, T],
        group: str,
        kind: type[T],
        check: Callable[[str, T], str] = lambda _name, _value: "",
        missing: Callable[[str], T] | None = None,
    ) -> None:
        self.own = MappingProxyType(dict(own))
        self.group = group
        self._kind, self._check, self._missing = kind, check, missing

    @cached_property
    def plugins(self) -> tuple[Plugin[T], ...]:
        """All entry points of the group, loaded and checked, by name."""
        loaded: list[Plugin[T]] = []
        for entry in _entries().get(self.group, ()):
            taken = {*self.own, *(plugin.name for plugin in loaded)}
            loaded.append(self._load(entry, taken))
        for plugin in loaded:
            if plugin.problem:
                _log.warning("%s", problem_sentence(plugin))
        return tuple(loaded)

    @cached_property
    def added(self) -> Mapping[str, T]:
        """What packages add and can be used, by name."""
        usable = ((plugin.name, plugin.value) for plugin in self.plugins)
        return MappingProxyType({name: value for name, value in usable if value is not None})

    def plugin(self, name: str) -> Plugin[T] | None:
        """The entry point of that name, usable or not; None without one."""
        return next((plugin for plugin in self.plugins if plugin.name == name), None)

    def __getitem__(self, name: str) -> T:
        """The choice of that name."""
        value = self.get(name)
        if value is not None:
            return value
        if self._missing is None:
            raise KeyError(name)
        return self._missing(name)

    def get(self, name: str, default: D | None = None) -> T | D | None:  # type: ignore[override]
        """The choice of that name, or the default; packages are asked only for other names."""
        if name in self.own:
            return self.own[name]
        return self.added.get(name, default)

    def __contains__(self, name: object) -> bool:
        return name in self.own or name in self.added

    def __iter__(self) -> Iterator[str]:
        yield from self.own
        yield from self.added

    def __len__(self) -> int:
        return len(self.own) + len(self.added)

    def _load(self, entry: "EntryPoint", taken: set[str]) -> Plugin[T]:
        package = entry.dist.name if entry.dist else ""
        version = entry.dist.version if entry.dist else ""

        def refused(problem: str) -> Plugin[T]:
            return Plugin(self.group, entry.name, package, version, problem=problem)

        if entry.name in taken:
            return refused(f"the name {entry.name} is taken")
        try:
            value = entry.load()
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a package may raise anything
            return refused(problem_of(error))
        if not isinstance(value, self._kind):
            return refused(f"{entry.value} is no {self._kind.__name__}")
        problem = self._check(entry.name, value)
        return Plugin(self.group, entry.name, package, version, None if problem else value, problem)


def problem_sentence(plugin: Plugin[T]) -> str:
    """Which package cannot be used, and why."""
    kind = plugin.group.removeprefix(PREFIX).removesuffix("s")
    return (
        f"The {kind} {plugin.name} of the package {plugin.origin} cannot be used: {plugin.problem}."
    )


def problem_of(error: BaseException) -> str:
    """What a package raised, as a clause of one line."""
    text = (str(error).strip().splitlines() or [""])[0][:_LONGEST_PROBLEM].rstrip(".")
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


@cache
def _entries() -> "Mapping[str, tuple[EntryPoint, ...]]":
    """Our entry points by group, in the order of their names and packages."""
    from importlib.metadata import distributions  # noqa: PLC0415 - it imports much for a start

    groups: dict[str, list[EntryPoint]] = {}
    seen: set[str] = set()
    for package in distributions():
        entries = [entry for entry in package.entry_points if entry.group.startswith(PREFIX)]
        if not entries or package.name.lower() in seen:  # only the first on the path is imported
            continue
        seen.add(package.name.lower())
        for entry in entries:
            groups.setdefault(entry.group, []).append(entry)
    return MappingProxyType(
        {
            group: tuple(sorted(entries, key=lambda e: (e.name, e.dist.name if e.dist else "")))
            for group, entries in groups.items()
        }
    )


@contextmanager
def blaming(registry: Registry[T], name: str) -> Iterator[None]:
    """Within it code of a package runs; what it raises becomes a message that names the package.

    Raises:
        MachineError: The code raised something that is no message for the user.
    """
    plugin = registry.plugin(name) if name not in registry.own else None
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        if plugin is None:
            raise
        kind = plugin.group.removeprefix(PREFIX).removesuffix("s")
        raise MachineError(
            f"the {kind} {name} of the package {plugin.origin} failed: {problem_of(error)}",
            remedy="Report this to its author, or uninstall the package",
        ) from error
