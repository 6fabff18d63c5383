"""Vectors with Python operators, emitted as LLVM instructions.

A kernel's arithmetic is written once; the target determines the vector width and whether multiply
and add are fused.
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
    """Vector capabilities of a processor.

    Attributes:
        lanes: Number of float32 lanes in a vector register, L in shapes.
        registers: Number of vector registers.
        has_fma: Whether there is a fused multiply-add instruction. Without one, LLVM would lower
            llvm.fma to a library call about a hundred times as slow.
    """

    lanes: int
    registers: int
    has_fma: bool


def target_of(triple: str, features: str) -> Target:
    """Returns the vector capabilities of a processor.

    Args:
        triple: LLVM target triple, such as "x86_64-unknown-linux-gnu".
        features: LLVM feature string, such as "+avx2,+fma,-avx512f".
    """
    enabled = {name[1:] for name in features.split(",") if name.startswith("+")}
    if triple.startswith(("aarch64", "arm64")):
        return Target(lanes=4, registers=32, has_fma=True)
    if {"avx512f", "fma"} <= enabled:
        return Target(lanes=16, registers=32, has_fma=True)
    if "avx" in enabled:
        return Target(lanes=8, registers=16, has_fma="fma" in enabled)
    return Target(lanes=4, registers=16, has_fma=False)


class Emitter:
    """Emits vector instructions at the current position of an LLVM builder.

    Pointers are opaque LLVM pointers and need only the 4-byte alignment of a float.

    Args:
        builder: llvmlite IRBuilder.
        target: Processor for which instructions are emitted.
        count: Number of active lanes in `load` and `store`, an LLVM integer in [0, L]; None
            activates all lanes.
    """

    def __init__(self, builder: Any, target: Target, count: Any = None) -> None:
        self.builder = builder
        self.target = target
        self.type = ir.VectorType(FLOAT, target.lanes)
        self._mask = None if count is None else self._first(count)

    def constant(self, number: float) -> "Vector":
        """Returns a vector with the same value in every lane."""
        return Vector(self, ir.Constant(self.type, [number] * self.target.lanes))

    def load(self, pointer: Any) -> "Vector":
        """Loads the active lanes; the others are zero."""
        if self._mask is None:
            return self.load_whole(pointer)
        name = f"llvm.masked.load.v{self.target.lanes}f32.p0"
        kind = ir.FunctionType(self.type, [POINTER, _SHORT, self._mask.type, self.type])
        zeros = ir.Constant(self.type, [0.0] * self.target.lanes)
        operands = [pointer, _SHORT(4), self._mask, zeros]
        return Vector(self, self.builder.call(self._function(name, kind), operands))

    def store(self, vector: "Vector", pointer: Any) -> None:
        """Stores the active lanes and leaves the memory of the others unchanged."""
        if self._mask is None:
            self.store_whole(vector, pointer)
            return
        name = f"llvm.masked.store.v{self.target.lanes}f32.p0"
        kind = ir.FunctionType(ir.VoidType(), [self.type, POINTER, _SHORT, self._mask.type])
        self.builder.call(
            self._function(name, kind), [vector.value, pointer, _SHORT(4), self._mask]
        )

    def load_whole(self, pointer: Any) -> "Vector":
        """Loads all lanes regardless of the mask."""
        return Vector(self, self.builder.load(pointer, typ=self.type, align=4))

    def store_whole(self, vector: "Vector", pointer: Any) -> None:
        """Stores all lanes regardless of the mask."""
        self.builder.store(vector.value, pointer, align=4)

    def broadcast(self, pointer: Any) -> "Vector":
        """Loads one float into every lane."""
        return self._spread(self.builder.load(pointer, typ=FLOAT, align=4))

    def add_product(self, total: "Vector", left: "Vector", right: "Vector") -> "Vector":
        """Returns total + left * right, rounded once if the target has FMA and twice otherwise."""
        if not self.target.has_fma:
            return total + left * right
        kind = ir.FunctionType(self.type, [self.type] * 3)
        function = self._function(f"llvm.fma.v{self.target.lanes}f32", kind)
        return Vector(self, self.builder.call(function, [left.value, right.value, total.value]))

    def pointer(self, address: Any) -> Any:
        """Converts a 64-bit integer address to a pointer."""
        return self.builder.inttoptr(address, POINTER)

    def floats_on(self, pointer: Any, floats: Any) -> Any:
        """Advances a pointer by a number of floats, given as a Python or LLVM integer."""
        offset = INDEX(floats) if isinstance(floats, int) else floats
        return self.builder.gep(pointer, [offset], source_etype=FLOAT)

    def row_pointer(self, table: Any, row: Any) -> Any:
        """Loads entry `row` of a table of 64-bit addresses as a pointer.

        Args:
            table: Integer address of the table.
            row: Index of the entry, an LLVM integer.
        """
        place = self.builder.gep(self.pointer(table), [row], source_etype=INDEX)
        return self.pointer(self.builder.load(place, typ=INDEX))

    def variable(self, vector: "Vector") -> "Variable":
        """Allocates a mutable vector with an initial value."""
        with self.builder.goto_entry_block():
            place = self.builder.alloca(self.type)
        self.builder.store(vector.value, place)
        return Variable(self, place)

    def _first(self, count: Any) -> Any:
        """Mask of the first `count` lanes, a vector of L bits."""
        lanes = self.target.lanes
        counts = self.builder.insert_element(
            ir.Constant(ir.VectorType(_SHORT, lanes), ir.Undefined),
            self.builder.trunc(count, _SHORT),
            _SHORT(0),
        )
        undefined = ir.Constant(counts.type, ir.Undefined)
        first_lane = ir.Constant(counts.type, [0] * lanes)
        spread = self.builder.shuffle_vector(counts, undefined, first_lane)
        return self.builder.icmp_signed("<", ir.Constant(counts.type, list(range(lanes))), spread)

    def _spread(self, number: Any) -> "Vector":
        undefined = ir.Constant(self.type, ir.Undefined)
        first = self.builder.insert_element(undefined, number, _SHORT(0))
        first_lane = ir.Constant(ir.VectorType(_SHORT, self.target.lanes), [0] * self.target.lanes)
        return Vector(self, self.builder.shuffle_vector(first, undefined, first_lane))

    def _function(self, name: str, kind: Any) -> Any:
        module = self.builder.module
        declared = module.globals.get(name)
        return declared if declared is not None else ir.Function(module, kind, name)


@dataclass(frozen=True)
class Variable:
    """A mutable vector, such as the running sum of a loop.

    Attributes:
        emit: Emitter of its loads and stores.
        place: Pointer to its stack slot, which LLVM promotes to a register.
    """

    emit: Emitter
    place: Any

    def get(self) -> "Vector":
        """Returns the current value."""
        return Vector(self.emit, self.emit.builder.load(self.place, typ=self.emit.type))

    def set(self, vector: "Vector") -> None:
        """Replaces the value."""
        self.emit.builder.store(vector.value, self.place)


@dataclass(frozen=True)
class Vector:
    """A vector of L float32 values.

    Operators are emitted without fast-math flags, so LLVM neither contracts nor reorders them: the
    results of a row must not depend on the size of the block in which it is computed.

    Attributes:
        emit: Emitter of its operations.
        value: LLVM value of type <L x float>.
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
        """Returns self + left * right; see `Emitter.add_product` for its rounding."""
        return self.emit.add_product(self, left, right)

    def at_least(self, least: float) -> "Vector":
        """Returns max(self, least) per lane; NaN is kept, so that divergence is noticed."""
        return self.choose("<", least, self.emit.constant(least), self)

    def at_most(self, most: float) -> "Vector":
        """Returns min(self, most) per lane; NaN is kept."""
        return self.choose(">", most, self.emit.constant(most), self)

    def where_positive(self, other: "Vector") -> "Vector":
        """Returns self in lanes where `other` is positive, and zero elsewhere."""
        selected = other.choose(">", 0.0, self, self.emit.constant(0.0))
        return Vector(self.emit, selected.value)

    def _made(self, operation: str, left: "Vector | float", right: "Vector | float") -> "Vector":
        values = [
            operand.value if isinstance(operand, Vector) else self.emit.constant(operand).value
            for operand in (left, right)
        ]
        instruction = getattr(self.emit.builder, operation)
        return Vector(self.emit, instruction(*values))

    def choose(self, than: str, number: float, then: "Vector", otherwise: "Vector") -> "Vector":
        """Selects per lane between two vectors by comparing self with a number.

        Args:
            than: Comparison operator, "<" or ">" for example; false for NaN.
            number: Right operand of the comparison.
            then: Result in lanes where the comparison is true.
            otherwise: Result in the other lanes.
        """
        builder = self.emit.builder
        condition = builder.fcmp_ordered(than, self.value, self.emit.constant(number).value)
        return Vector(self.emit, builder.select(condition, then.value, otherwise.value))


# Coefficients in x², highest power first, from generic_fast_tanh_float in Eigen 3.4
# (Eigen/src/Core/MathFunctionsImpl.h). At the bound the quotient is exactly 1 without FMA.
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
    """Horner's scheme, highest power first."""
    total = x.emit.constant(coefficients[0])
    for coefficient in coefficients[1:]:
        total = x.emit.constant(coefficient).plus(total, x)
    return total


def tanh(x: Vector) -> Vector:
    """Hyperbolic tangent per lane, with an absolute error of at most 4e-7.

    The rational approximation of degrees 13 and 6 used by Eigen, of the clamped argument. NaN is
    kept.
    """
    x = x.at_least(-_SATURATED).at_most(_SATURATED)
    square = x * x
    return x * _polynomial(square, _NUMERATOR) / _polynomial(square, _DENOMINATOR)


def sigmoid(x: Vector) -> Vector:
    """Logistic function per lane, with an absolute error of at most 3e-7.

    Computed as 1/2 + tanh(x / 2) / 2. NaN is kept.
    """
    half = x.emit.constant(0.5)
    return half.plus(half, tanh(half * x))


def one_less(x: Vector) -> Vector:
    """Returns 1 - x per lane."""
    return 1.0 - x
