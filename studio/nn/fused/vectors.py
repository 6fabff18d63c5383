"""Vectors of the processor as values that Python operators work on, emitted as LLVM instructions.

A kernel's arithmetic is written once with these; how wide a vector is and whether multiply and add
are one instruction is the target's affair.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from llvmlite import ir

FLOAT = ir.FloatType()
INDEX = ir.IntType(64)
_BIT = ir.IntType(1)
_SHORT = ir.IntType(32)
POINTER = ir.PointerType()


@dataclass(frozen=True)
class Target:
    """What a processor offers to the kernels.

    Attributes:
        lanes: Floats of one vector.
        registers: Vector registers.
        has_fma: Whether multiply and add are one instruction; without it llvm.fma would become a
            library call a hundred times as slow.
    """

    lanes: int
    registers: int
    has_fma: bool


def target_of(triple: str, features: str) -> Target:
    """The target of a processor as LLVM names it, such as "+avx2,+fma,-avx512f"."""
    has = {name[1:] for name in features.split(",") if name.startswith("+")}
    if triple.startswith(("aarch64", "arm64")):
        return Target(lanes=4, registers=32, has_fma=True)
    if {"avx512f", "fma"} <= has:
        return Target(lanes=16, registers=32, has_fma=True)
    if "avx" in has:
        return Target(lanes=8, registers=16, has_fma="fma" in has)
    return Target(lanes=4, registers=16, has_fma=False)


class Emitter:
    """Emits vector instructions at a builder's place.

    Args:
        builder: llvmlite's instruction builder.
        target: For which processor.
        count: How many lanes of loads and stores through `load` and `store` are meant, an
            integer value; None means all.
    """

    def __init__(self, builder: Any, target: Target, count: Any = None) -> None:
        self.builder = builder
        self.target = target
        self.type = ir.VectorType(FLOAT, target.lanes)
        self._mask = None if count is None else self._first(count)

    def constant(self, number: float) -> "Vector":
        """The same number in every lane."""
        return Vector(self, ir.Constant(self.type, [number] * self.target.lanes))

    def load(self, pointer: Any) -> "Vector":
        """Floats from an address that need not be aligned; lanes that are not meant are zero."""
        if self._mask is None:
            return self.load_whole(pointer)
        name = f"llvm.masked.load.v{self.target.lanes}f32.p0"
        kind = ir.FunctionType(self.type, [POINTER, _SHORT, self._mask.type, self.type])
        nothing = ir.Constant(self.type, [0.0] * self.target.lanes)
        given = [pointer, _SHORT(4), self._mask, nothing]
        return Vector(self, self.builder.call(self._function(name, kind), given))

    def store(self, vector: "Vector", pointer: Any) -> None:
        """The lanes that are meant to an address that need not be aligned."""
        if self._mask is None:
            self.store_whole(vector, pointer)
            return
        name = f"llvm.masked.store.v{self.target.lanes}f32.p0"
        kind = ir.FunctionType(ir.VoidType(), [self.type, POINTER, _SHORT, self._mask.type])
        self.builder.call(
            self._function(name, kind), [vector.value, pointer, _SHORT(4), self._mask]
        )

    def load_whole(self, pointer: Any) -> "Vector":
        """All lanes, whatever is meant."""
        return Vector(self, self.builder.load(pointer, typ=self.type, align=4))

    def store_whole(self, vector: "Vector", pointer: Any) -> None:
        """All lanes, whatever is meant."""
        self.builder.store(vector.value, pointer, align=4)

    def broadcast(self, pointer: Any) -> "Vector":
        """One float from memory in every lane."""
        return self._spread(self.builder.load(pointer, typ=FLOAT, align=4))

    def add_product(self, total: "Vector", left: "Vector", right: "Vector") -> "Vector":
        """Total + left * right, rounded once where the target can do that."""
        if not self.target.has_fma:
            return total + left * right
        kind = ir.FunctionType(self.type, [self.type] * 3)
        function = self._function(f"llvm.fma.v{self.target.lanes}f32", kind)
        return Vector(self, self.builder.call(function, [left.value, right.value, total.value]))

    def pointer(self, address: Any) -> Any:
        """An integer address as a pointer."""
        return self.builder.inttoptr(address, POINTER)

    def floats_on(self, pointer: Any, floats: Any) -> Any:
        """The pointer so many floats further on; a Python or an LLVM integer."""
        offset = INDEX(floats) if isinstance(floats, int) else floats
        return self.builder.gep(pointer, [offset], source_etype=FLOAT)

    def row_pointer(self, table: Any, row: Any) -> Any:
        """The address that stands in a table of 64-bit addresses."""
        place = self.builder.gep(self.pointer(table), [row], source_etype=INDEX)
        return self.pointer(self.builder.load(place, typ=INDEX))

    def variable(self, vector: "Vector") -> "Variable":
        """A place for a vector that changes in a loop, which LLVM keeps in a register."""
        with self.builder.goto_entry_block():
            place = self.builder.alloca(self.type)
        self.builder.store(vector.value, place)
        return Variable(self, place)

    def _first(self, count: Any) -> Any:
        lanes = self.target.lanes
        counts = self.builder.insert_element(
            ir.Constant(ir.VectorType(_SHORT, lanes), ir.Undefined),
            self.builder.trunc(count, _SHORT),
            _SHORT(0),
        )
        nowhere = ir.Constant(counts.type, ir.Undefined)
        same = ir.Constant(counts.type, [0] * lanes)
        spread = self.builder.shuffle_vector(counts, nowhere, same)
        return self.builder.icmp_signed("<", ir.Constant(counts.type, list(range(lanes))), spread)

    def _spread(self, number: Any) -> "Vector":
        nowhere = ir.Constant(self.type, ir.Undefined)
        first = self.builder.insert_element(nowhere, number, _SHORT(0))
        same = ir.Constant(ir.VectorType(_SHORT, self.target.lanes), [0] * self.target.lanes)
        return Vector(self, self.builder.shuffle_vector(first, nowhere, same))

    def _function(self, name: str, kind: Any) -> Any:
        module = self.builder.module
        known = module.globals.get(name)
        return known if known is not None else ir.Function(module, kind, name)


@dataclass(frozen=True)
class Variable:
    """A vector that changes in a loop."""

    emit: Emitter
    place: Any

    def get(self) -> "Vector":
        """As it is now."""
        return Vector(self.emit, self.emit.builder.load(self.place, typ=self.emit.type))

    def set(self, vector: "Vector") -> None:
        """Changes it."""
        self.emit.builder.store(vector.value, self.place)


@dataclass(frozen=True)
class Vector:
    """A vector of floats.

    What is rounded when is written down and not left to LLVM: the numbers of a row must not depend
    on the size of the block that it is computed in.
    """

    emit: Emitter
    value: Any

    def __add__(self, other: "Vector | float") -> "Vector":
        return self._made("fadd", self, other)

    def __radd__(self, other: float) -> "Vector":
        return self._made("fadd", other, self)

    def __sub__(self, other: "Vector | float") -> "Vector":
        return self._made("fsub", self, other)

    def __rsub__(self, other: float) -> "Vector":
        return self._made("fsub", other, self)

    def __mul__(self, other: "Vector | float") -> "Vector":
        return self._made("fmul", self, other)

    def __rmul__(self, other: float) -> "Vector":
        return self._made("fmul", other, self)

    def __truediv__(self, other: "Vector") -> "Vector":
        return self._made("fdiv", self, other)

    def plus(self, left: "Vector", right: "Vector") -> "Vector":
        """This + left * right."""
        return self.emit.add_product(self, left, right)

    def at_least(self, least: float) -> "Vector":
        """Not below; what is no number stays none, so that a diverging network is noticed."""
        return self.choose("<", least, self.emit.constant(least), self)

    def at_most(self, most: float) -> "Vector":
        """Not above; what is no number stays none."""
        return self.choose(">", most, self.emit.constant(most), self)

    def where_positive(self, other: "Vector") -> "Vector":
        """This where the other is above zero, and zero elsewhere."""
        found = other.choose(">", 0.0, self, self.emit.constant(0.0))
        return Vector(self.emit, found.value)

    def _made(self, operation: str, left: "Vector | float", right: "Vector | float") -> "Vector":
        values = [
            each.value if isinstance(each, Vector) else self.emit.constant(each).value
            for each in (left, right)
        ]
        make = getattr(self.emit.builder, operation)
        return Vector(self.emit, make(*values))

    def choose(self, than: str, number: float, then: "Vector", otherwise: "Vector") -> "Vector":
        """One or the other, lane by lane, by how this one's lanes compare with a number."""
        builder = self.emit.builder
        is_so = builder.fcmp_ordered(than, self.value, self.emit.constant(number).value)
        return Vector(self.emit, builder.select(is_so, then.value, otherwise.value))


_NUMERATOR = (
    -2.76076847742355e-16,
    2.00018790482477e-13,
    -8.60467152213735e-11,
    5.12229709037114e-08,
    1.48572235717979e-05,
    6.37261928875436e-04,
    4.89352455891786e-03,
)
_DENOMINATOR = (
    1.19825839466702e-06,
    1.18534705686654e-04,
    2.26843463243900e-03,
    4.89352518554385e-03,
)
_SATURATED = 7.90531110763549805


def _polynomial(x: Vector, coefficients: Sequence[float]) -> Vector:
    total = x.emit.constant(coefficients[0])
    for coefficient in coefficients[1:]:
        total = x.emit.constant(coefficient).plus(total, x)
    return total


def tanh(x: Vector) -> Vector:
    """Hyperbolic tangent, wrong by at most 4e-7: the rational function that Eigen uses."""
    x = x.at_least(-_SATURATED).at_most(_SATURATED)
    square = x * x
    return x * _polynomial(square, _NUMERATOR) / _polynomial(square, _DENOMINATOR)


def sigmoid(x: Vector) -> Vector:
    """Logistic function, through the hyperbolic tangent of half."""
    half = x.emit.constant(0.5)
    return half.plus(half, tanh(half * x))


def one_less(x: Vector) -> Vector:
    """1 - x."""
    return 1.0 - x
