"""C expressions as LLVM instructions."""

from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from pycparser import c_ast

from studio.nn.c_code.c_types import FLOAT, INT, LONG, CType, common_type

_BIT = ir.IntType(1)
_COMPARISONS = {"<", "<=", ">", ">=", "==", "!="}
_ARITHMETIC = {
    "+": ("add", "fadd"),
    "-": ("sub", "fsub"),
    "*": ("mul", "fmul"),
    "/": ("sdiv", "fdiv"),
    "%": ("srem", ""),
}


class CValue(NamedTuple):
    """A C value, or the place of one.

    Attributes:
        kind: Its type.
        llvm: The LLVM value, or the pointer to it.
        is_place: Whether it is a place.
    """

    kind: CType
    llvm: Any
    is_place: bool = False


class Expressions:
    """Emits expressions at the builder's position.

    Attributes:
        builder: llvmlite's IRBuilder.
        unit: The translation unit: types, global names, functions.
        locals: Places of variables by name.
    """

    def __init__(self, builder: Any, unit: Any) -> None:  # noqa: ANN401 - llvmlite has no types
        self.builder, self.unit = builder, unit
        self.locals: dict[str, CValue] = {}

    def local(self, name: str, kind: CType) -> CValue:
        """A new variable."""
        with self.builder.goto_entry_block():
            place = self.builder.alloca(kind.llvm)
        place.type = ir.PointerType()  # llvmlite would check uses against the type of the variable
        self.locals[name] = CValue(kind, place, is_place=True)
        return self.locals[name]

    def value(self, node: Any) -> CValue:  # noqa: ANN401 - pycparser has no types
        """The value of an expression; arrays become pointers to their first element."""
        found = self._expression(node)
        if not found.is_place:
            return found
        if found.kind.kind == "array":
            return CValue(CType("pointer", of=found.kind.of), found.llvm)
        return CValue(found.kind, self.builder.load(found.llvm, typ=found.kind.llvm))

    def truth(self, node: Any) -> Any:  # noqa: ANN401 - likewise
        """Whether an expression is not zero, one bit."""
        found = self.value(node)
        if found.kind.kind == "float":
            return self.builder.fcmp_unordered("!=", found.llvm, ir.Constant(found.kind.llvm, 0.0))
        return self.builder.icmp_signed("!=", found.llvm, ir.Constant(found.kind.llvm, 0))

    def store(self, place: CValue, value: CValue) -> None:
        """Assigns a value, converted to the type of the place."""
        self.builder.store(self.converted(value, place.kind), place.llvm)

    def converted(self, value: CValue, to: CType) -> Any:  # noqa: ANN401 - likewise
        """The LLVM value after conversion to a type."""
        kind, number = value.kind, value.llvm
        if to.kind == kind.kind == "int":
            if to.bits > kind.bits:
                extend = self.builder.sext if kind.signed else self.builder.zext
                return extend(number, to.llvm)
            return self.builder.trunc(number, to.llvm) if to.bits < kind.bits else number
        if to.kind == kind.kind:
            return number
        if (kind.kind, to.kind) == ("int", "float"):
            convert = self.builder.sitofp if kind.signed else self.builder.uitofp
            return convert(number, to.llvm)
        if (kind.kind, to.kind) == ("float", "int"):
            convert = self.builder.fptosi if to.signed else self.builder.fptoui
            return convert(number, to.llvm)
        raise NotImplementedError(f"a conversion from {kind.kind} to {to.kind}")

    def _expression(self, node: Any) -> CValue:  # noqa: ANN401 - likewise
        kinds = {
            c_ast.Constant: self._constant,
            c_ast.ID: self._name,
            c_ast.ArrayRef: self._element,
            c_ast.StructRef: self._member,
            c_ast.UnaryOp: self._unary,
            c_ast.BinaryOp: self._binary,
            c_ast.Assignment: self._assignment,
            c_ast.TernaryOp: self._choice,
            c_ast.Cast: self._cast,
            c_ast.FuncCall: self._call,
        }
        if type(node) not in kinds:
            raise NotImplementedError(type(node).__name__)
        return kinds[type(node)](node)

    @staticmethod
    def _constant(node: Any) -> CValue:  # noqa: ANN401 - likewise
        if node.type == "float":
            number = float(np.float32(node.value.rstrip("fF")))
            return CValue(FLOAT, ir.Constant(FLOAT.llvm, number))
        if node.type != "int":
            raise NotImplementedError(f"a constant of the type {node.type}")
        return CValue(INT, ir.Constant(INT.llvm, int(node.value)))

    def _name(self, node: Any) -> CValue:  # noqa: ANN401 - likewise
        if node.name in self.locals:
            return self.locals[node.name]
        table: CValue = self.unit.names[node.name]
        return table

    def _element(self, node: Any) -> CValue:  # noqa: ANN401 - likewise
        return self._offset(self.value(node.name), self.value(node.subscript))

    def _offset(self, pointer: CValue, index: CValue) -> CValue:
        element = pointer.kind.element
        place = self.builder.gep(pointer.llvm, [index.llvm], source_etype=element.llvm)
        return CValue(element, place, is_place=True)

    def _member(self, node: Any) -> CValue:  # noqa: ANN401 - likewise
        found = self.value(node.name) if node.type == "->" else self._expression(node.name)
        struct = found.kind.element if node.type == "->" else found.kind
        names = [name for name, _ in struct.fields]
        index = names.index(node.field.name)
        places = [ir.Constant(INT.llvm, 0), ir.Constant(INT.llvm, index)]
        place = self.builder.gep(found.llvm, places, source_etype=struct.llvm)
        return CValue(struct.fields[index][1], place, is_place=True)

    def _unary(self, node: Any) -> CValue:  # noqa: ANN401 - likewise
        if node.op in {"p++", "p--", "++", "--"}:
            return self._stepped(node)
        if node.op == "&":
            found = self._expression(node.expr)
            return CValue(CType("pointer", of=found.kind), found.llvm)
        if node.op == "*":
            return self._offset(self.value(node.expr), CValue(INT, ir.Constant(INT.llvm, 0)))
        if node.op == "!":
            flag = self.builder.not_(self.truth(node.expr))
            return CValue(INT, self.builder.zext(flag, INT.llvm))
        if node.op != "-":
            raise NotImplementedError(f"the operator {node.op}")
        found = self.value(node.expr)
        kind = found.kind.promoted
        number = self.converted(found, kind)
        negate = self.builder.fneg if kind.kind == "float" else self.builder.neg
        return CValue(kind, negate(number))

    def _stepped(self, node: Any) -> CValue:  # noqa: ANN401 - likewise
        place = self._expression(node.expr)
        before = self.value(node.expr)
        one = CValue(INT, ir.Constant(INT.llvm, 1 if "+" in node.op else -1))
        after = self._computed("+", before, one)
        self.store(place, after)
        return before if node.op.startswith("p") else after

    def _binary(self, node: Any) -> CValue:  # noqa: ANN401 - likewise
        if node.op in {"&&", "||"}:
            return self._short_circuit(node)
        return self._computed(node.op, self.value(node.left), self.value(node.right))

    def _short_circuit(self, node: Any) -> CValue:  # noqa: ANN401 - likewise
        first = self.truth(node.left)
        from_first = self.builder.block
        second_block = self.builder.append_basic_block("second")
        after = self.builder.append_basic_block("known")
        ends = (second_block, after) if node.op == "&&" else (after, second_block)
        self.builder.cbranch(first, *ends)
        self.builder.position_at_end(second_block)
        second = self.truth(node.right)
        from_second = self.builder.block
        self.builder.branch(after)
        self.builder.position_at_end(after)
        flag = self.builder.phi(_BIT)
        flag.add_incoming(ir.Constant(_BIT, int(node.op == "||")), from_first)
        flag.add_incoming(second, from_second)
        return CValue(INT, self.builder.zext(flag, INT.llvm))

    def _computed(self, operator: str, left: CValue, right: CValue) -> CValue:
        if left.kind.kind == "pointer" and operator in {"+", "-"}:
            index = right.llvm if operator == "+" else self.builder.neg(right.llvm)
            place = self._offset(left, CValue(right.kind, index))
            return CValue(left.kind, place.llvm)
        if operator in {"<<", ">>"}:
            return self._shifted(operator, left, right)
        kind = common_type(left.kind, right.kind)
        first, second = self.converted(left, kind), self.converted(right, kind)
        if operator in _COMPARISONS:
            return CValue(
                INT, self.builder.zext(self._compared(operator, kind, first, second), INT.llvm)
            )
        if operator not in _ARITHMETIC or (
            kind.kind == "int" and not kind.signed and operator in "/%"
        ):
            raise NotImplementedError(f"the operator {operator}")
        name = _ARITHMETIC[operator][kind.kind == "float"]
        return CValue(kind, getattr(self.builder, name)(first, second))

    def _compared(self, operator: str, kind: CType, first: Any, second: Any) -> Any:  # noqa: ANN401 - likewise
        if kind.kind == "float":
            ordered = self.builder.fcmp_unordered if operator == "!=" else self.builder.fcmp_ordered
            return ordered(operator, first, second)
        compare = self.builder.icmp_signed if kind.signed else self.builder.icmp_unsigned
        return compare(operator, first, second)

    def _shifted(self, operator: str, left: CValue, right: CValue) -> CValue:
        kind = left.kind.promoted
        places = self.converted(right, kind)
        shift = self.builder.shl if operator == "<<" else self.builder.ashr
        return CValue(kind, shift(self.converted(left, kind), places))

    def _assignment(self, node: Any) -> CValue:  # noqa: ANN401 - likewise
        place = self._expression(node.lvalue)
        value = self.value(node.rvalue)
        if node.op != "=":
            value = self._computed(node.op[:-1], self.value(node.lvalue), value)
        self.store(place, value)
        return CValue(place.kind, self.converted(value, place.kind))

    def _choice(self, node: Any) -> CValue:  # noqa: ANN401 - likewise
        """Both sides are computed; the exports write none with an effect."""
        flag = self.truth(node.cond)
        left, right = self.value(node.iftrue), self.value(node.iffalse)
        kind = common_type(left.kind, right.kind)
        sides = self.converted(left, kind), self.converted(right, kind)
        return CValue(kind, self.builder.select(flag, *sides))

    def _cast(self, node: Any) -> CValue:  # noqa: ANN401 - likewise
        kind = self.unit.type_of(node.to_type)
        return CValue(kind, self.converted(self.value(node.expr), kind))

    def _call(self, node: Any) -> CValue:  # noqa: ANN401 - likewise
        function, result, kinds = self.unit.functions[node.name.name]
        given = [] if node.args is None else node.args.exprs
        numbers = [
            self.converted(self.value(each), kind) for each, kind in zip(given, kinds, strict=True)
        ]
        return CValue(result, self.builder.call(function, numbers))


__all__ = ["LONG", "CValue", "Expressions"]
