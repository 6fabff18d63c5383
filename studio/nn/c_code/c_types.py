"""C types and their LLVM counterparts."""

from dataclasses import dataclass
from typing import Any

from llvmlite import ir


@dataclass(frozen=True)
class CType:
    """A C type.

    Attributes:
        kind: "int", "float", "pointer", "array", "struct" or "void".
        bits: Width of an integer.
        signed: Whether an integer has a sign.
        of: What a pointer points to, or an array holds.
        count: Length of an array.
        fields: Names and types of the members of a struct.
    """

    kind: str
    bits: int = 0
    signed: bool = True
    of: "CType | None" = None
    count: int = 0
    fields: "tuple[tuple[str, CType], ...]" = ()

    @property
    def llvm(self) -> Any:  # noqa: ANN401 - llvmlite has no types
        if self.kind == "int":
            return ir.IntType(self.bits)
        if self.kind == "float":
            return ir.FloatType()
        if self.kind == "pointer":
            return ir.PointerType()
        if self.kind == "array":
            return ir.ArrayType(self.element.llvm, self.count)
        if self.kind == "struct":
            return ir.LiteralStructType([kind.llvm for _, kind in self.fields])
        return ir.VoidType()

    @property
    def element(self) -> "CType":
        """What a pointer points to, or an array holds."""
        if self.of is None:
            raise TypeError(f"{self.kind} has no elements")
        return self.of

    @property
    def promoted(self) -> "CType":
        """The type after integer promotion."""
        return INT if self.kind == "int" and self.bits < INT.bits else self


INT = CType("int", 32)
LONG = CType("int", 64)
FLOAT = CType("float")
VOID = CType("void")
BASIC = {
    ("int",): INT,
    ("unsigned", "int"): CType("int", 32, signed=False),
    ("signed", "char"): CType("int", 8),
    ("short",): CType("int", 16),
    ("long", "long"): LONG,
    ("float",): FLOAT,
    ("void",): VOID,
}


def common_type(left: CType, right: CType) -> CType:
    """The type of an arithmetic operation on two types."""
    if "float" in {left.kind, right.kind}:
        return FLOAT
    left, right = left.promoted, right.promoted
    if left.bits != right.bits:
        return left if left.bits > right.bits else right
    return left if not left.signed else right
