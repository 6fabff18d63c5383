"""Translates the subset of C that the exports write into LLVM.

Functions, integers, floats, pointers, arrays, one level of structs, if, for, while and return; no
goto, switch, unions, function pointers or variable arguments. Whatever is not known is refused, so
that nothing is computed in another way than a compiler would.
"""

from typing import Any

from llvmlite import ir
from pycparser import c_ast, c_parser

from studio.nn.c_code.c_source import CSource
from studio.nn.c_code.c_types import BASIC, CType
from studio.nn.c_code.expressions import CValue, Expressions


def translate(source: CSource) -> ir.Module:
    """The LLVM module of a translation unit.

    Raises:
        NotImplementedError: It uses C beyond the subset.
        pycparser.c_parser.ParseError: It is no C.
    """
    return _Unit(source).module


class _Unit:
    def __init__(self, source: CSource) -> None:
        self.module = ir.Module("model")
        self.types: dict[str, CType] = {}
        self.names: dict[str, CValue] = {}
        self.functions: dict[str, tuple[Any, CType, tuple[CType, ...]]] = {}
        self._tables = source.tables
        for node in c_parser.CParser().parse(source.code).ext:
            self._external(node)

    def _external(self, node: Any) -> None:  # noqa: ANN401 - pycparser has no types
        if isinstance(node, c_ast.Typedef):
            self.types[node.name] = self.type_of(node.type)
        elif isinstance(node, c_ast.FuncDef):
            self._declare(node.decl)
            _Function(self, node)
        elif isinstance(node, c_ast.Decl) and isinstance(node.type, c_ast.FuncDecl):
            self._declare(node)
        elif isinstance(node, c_ast.Decl) and node.name in self._tables:
            self._table(node)
        else:
            raise NotImplementedError(f"{type(node).__name__} outside of functions")

    def _table(self, node: Any) -> None:  # noqa: ANN401 - likewise
        kind, values = self.type_of(node.type), self._tables[node.name]
        data = bytearray(values.astype(values.dtype.newbyteorder("<")).tobytes())
        raw = ir.ArrayType(ir.IntType(8), len(data))
        place = ir.GlobalVariable(self.module, raw, node.name)
        place.linkage, place.global_constant = "internal", True
        place.initializer = ir.Constant(raw, data)
        place.align = max(1, values.dtype.itemsize)
        place.type = ir.PointerType()
        self.names[node.name] = CValue(kind, place, is_place=True)

    def _declare(self, node: Any) -> None:  # noqa: ANN401 - likewise
        if node.name in self.functions:
            return
        given = node.type.args.params if node.type.args else []
        kinds = tuple(_decayed(self.type_of(each.type)) for each in given)
        kinds = () if [kind.kind for kind in kinds] == ["void"] else kinds
        result = self.type_of(node.type.type)
        signature = ir.FunctionType(result.llvm, [kind.llvm for kind in kinds])
        function = ir.Function(self.module, signature, node.name)
        if "static" in node.storage:
            function.linkage = "internal"
        self.functions[node.name] = function, result, kinds

    def type_of(self, node: Any) -> CType:  # noqa: ANN401 - likewise
        """The type of a declaration."""
        if isinstance(node, c_ast.PtrDecl):
            return CType("pointer", of=self.type_of(node.type))
        if isinstance(node, c_ast.ArrayDecl):
            return CType("array", of=self.type_of(node.type), count=int(node.dim.value))
        if isinstance(node, c_ast.TypeDecl | c_ast.Typename):
            return self.type_of(node.type)
        if isinstance(node, c_ast.Struct):
            fields = tuple((each.name, self.type_of(each.type)) for each in node.decls)
            return CType("struct", fields=fields)
        names = tuple(node.names)
        if len(names) == 1 and names[0] in self.types:
            return self.types[names[0]]
        if names not in BASIC:
            raise NotImplementedError(f"the type {' '.join(names)}")
        return BASIC[names]


def _decayed(kind: CType) -> CType:
    return CType("pointer", of=kind.of) if kind.kind == "array" else kind


class _Function(Expressions):
    """Translates the statements of one function."""

    def __init__(self, unit: _Unit, node: Any) -> None:  # noqa: ANN401 - likewise
        function, self.result, kinds = unit.functions[node.decl.name]
        super().__init__(ir.IRBuilder(function.append_basic_block("entry")), unit)
        params = node.decl.type.args.params if kinds else []
        for given, kind, param in zip(function.args, kinds, params, strict=True):
            self.store(self.local(param.name, kind), CValue(kind, given))
        self._block(node.body)
        if not self.builder.block.is_terminated:
            if self.result.kind != "void":
                raise NotImplementedError("a function whose end does not return a value")
            self.builder.ret_void()

    def _block(self, node: Any) -> None:  # noqa: ANN401 - likewise
        outer = dict(self.locals)
        for each in node.block_items or []:
            self._statement(each)
        self.locals = outer

    def _statement(self, node: Any) -> None:  # noqa: ANN401 - likewise
        kinds = {
            c_ast.Compound: self._block,
            c_ast.Decl: self._declaration,
            c_ast.If: self._if,
            c_ast.For: self._loop,
            c_ast.While: self._loop,
            c_ast.Return: self._return,
        }
        if isinstance(node, c_ast.DeclList):
            for each in node.decls:
                self._declaration(each)
            return
        kinds.get(type(node), self.value)(node)

    def _declaration(self, node: Any) -> None:  # noqa: ANN401 - likewise
        place = self.local(node.name, self.unit.type_of(node.type))
        if node.init is not None:
            self.store(place, self.value(node.init))

    def _return(self, node: Any) -> None:  # noqa: ANN401 - likewise
        if node.expr is None:
            self.builder.ret_void()
        else:
            self.builder.ret(self.converted(self.value(node.expr), self.result))

    def _if(self, node: Any) -> None:  # noqa: ANN401 - likewise
        then = self.builder.append_basic_block("then")
        otherwise = self.builder.append_basic_block("else")
        after = self.builder.append_basic_block("after")
        self.builder.cbranch(self.truth(node.cond), then, otherwise)
        for block, body in ((then, node.iftrue), (otherwise, node.iffalse)):
            self.builder.position_at_end(block)
            if body is not None:
                self._statement(body)
            if not self.builder.block.is_terminated:
                self.builder.branch(after)
        self.builder.position_at_end(after)

    def _loop(self, node: Any) -> None:  # noqa: ANN401 - likewise
        outer = dict(self.locals)
        if isinstance(node, c_ast.For) and node.init is not None:
            self._statement(node.init)
        head = self.builder.append_basic_block("head")
        body = self.builder.append_basic_block("body")
        after = self.builder.append_basic_block("after")
        self.builder.branch(head)
        self.builder.position_at_end(head)
        self.builder.cbranch(self.truth(node.cond), body, after)
        self.builder.position_at_end(body)
        self._statement(node.stmt)
        if isinstance(node, c_ast.For) and node.next is not None:
            self.value(node.next)
        self.builder.branch(head)
        self.builder.position_at_end(after)
        self.locals = outer
