"""Which instructions a step executed, and the cycles that Arm's timings give for them."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Literal, NamedTuple

Kind = Literal["other", "load", "loads", "store", "stores", "float", "divide", "taken"]
_INSTRUCTION = re.compile(r"^\s*([0-9a-f]+):\t([0-9a-f ]+?)\s*\t(\S+)(?:\t(.*))?$", re.MULTILINE)
_EXECUTED = re.compile(r"^Trace \d+: \S+ \[[0-9a-f]+/([0-9a-f]+)/", re.MULTILINE)
_SYMBOL = re.compile(r"^([0-9a-f]{8}) <(\S+)>:$", re.MULTILINE)


class Cycles(NamedTuple):
    """Between these two a step takes, without waits for flash."""

    low: float
    high: float


@dataclass(frozen=True)
class Mix:
    """Instructions of a step by kind.

    Attributes:
        counts: How many there were; of "loads" and "stores" also how many registers.
        registers: Registers that instructions with several of them moved, by kind.
    """

    counts: dict[Kind, int]
    registers: dict[Kind, int]

    @property
    def total(self) -> int:
        """Instructions; "taken" counts branches once more."""
        return sum(self.counts.values()) - self.counts.get("taken", 0)

    def cycles(self, core: str) -> Cycles:
        """By Arm's manuals: low with the fastest memory and pipeline, high with the slowest.

        On a Cortex-M4 a load takes one or two cycles, a taken branch two to four, an operation in
        floating point one or, with a stall, two, a division 14. On a Cortex-M0+ loads, stores and
        taken branches take two.
        """
        counted, moved = self.counts, sum(self.registers.values())
        several = counted.get("loads", 0) + counted.get("stores", 0)
        taken, load = counted.get("taken", 0), counted.get("load", 0)
        if core == "cortex-m0plus":
            cycles = self.total + load + counted.get("store", 0) + taken + moved
            return Cycles(cycles, cycles)
        low = self.total + taken + moved - several + 13 * counted.get("divide", 0)
        stalls = counted.get("float", 0) + counted.get("divide", 0)
        return Cycles(low, low + load + 2 * taken + several + stalls)


def mix_of(listing: str, log: str) -> Mix:
    """The mix of the last call of model_step.

    Args:
        listing: What `objdump -d` prints of the program.
        log: What QEMU logs with `-singlestep -d exec,nochain`.
    """
    places = {int(place, 16): found for *found, place in _instructions(listing)}
    symbols = {name: int(place, 16) for place, name in _SYMBOL.findall(listing)}
    executed = [int(place, 16) for place in _EXECUTED.findall(log)]
    entered = symbols["model_step"]
    first = len(executed) - 1 - executed[::-1].index(entered)
    back = executed[first - 1] + places[executed[first - 1]][2]
    last = executed.index(back, first)
    counts: Counter[Kind] = Counter()
    registers: Counter[Kind] = Counter()
    for place, following in zip(executed[first:last], executed[first + 1 : last + 1], strict=True):
        name, operands, size = places[place]
        kind = _kind(name)
        counts[kind] += 1
        if kind in {"loads", "stores"}:
            registers[kind] += _registers(operands)
        if following != place + size:
            counts["taken"] += 1
    return Mix(dict(counts), dict(registers))


def _instructions(listing: str) -> list[tuple[str, str, int, str]]:
    """Name, operands, bytes and place of each."""
    return [
        (name.partition(".")[0], operands, len(code.replace(" ", "")) // 2, place)
        for place, code, name, operands in _INSTRUCTION.findall(listing)
    ]


def _kind(name: str) -> Kind:
    if name.startswith("vdiv"):
        return "divide"
    if name.startswith(("ldm", "pop", "vldm", "vpop", "ldrd")):
        return "loads"
    if name.startswith(("stm", "push", "vstm", "vpush", "strd")):
        return "stores"
    if name.startswith(("ldr", "vldr")):
        return "load"
    if name.startswith(("str", "vstr")):
        return "store"
    moves = name.startswith("vmov") or name == "vmrs"
    return "float" if name.startswith("v") and not moves else "other"


def _registers(operands: str) -> int:
    listed = re.search(r"\{([^}]*)\}", operands)
    if listed is None:  # two registers without braces
        return 2
    found = 0
    for each in listed[1].split(","):
        numbers = [int(number) for number in re.findall(r"\d+", each)]
        found += numbers[1] - numbers[0] + 1 if len(numbers) > 1 else 1
    return found
