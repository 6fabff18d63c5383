"""Equations with numbers that add up as they are printed."""

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping

_DECIMALS = 3
_MOST_DECIMALS = 9
SYMBOL = re.compile(r"\b([a-z])\b('?)")
_TWICE = re.compile(r"\(\((−[^()]*)\)\)")
_NEW = "_new"


def sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-value)) if value >= 0 else 1 - sigmoid(-value)


_SIGNS: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}
_FUNCTIONS = {"tanh": math.tanh, "σ": sigmoid}


def digits(value: float, decimals: int = _DECIMALS) -> str:
    """A number with so many decimals, or almost as many digits where these would all be 0."""
    if not math.isfinite(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    is_small = abs(value) < 0.5 * 10**-decimals
    text = f"{value:.{decimals - 1}g}" if is_small else f"{value:.{decimals}f}"
    return text.replace("-", "−")


def with_numbers(right: str, values: Mapping[str, float], result: float) -> str:
    """The right side of an equation with numbers for its letters, and its result.

    The result has three digits. The numbers have as many as it takes to get just that result from
    them as they are printed, up to nine decimals; a result that is smaller than the rounding of
    such numbers is the one that they give.

    Args:
        right: Such as "f * c + i * g"; a mark after a letter means the new state.
        values: The number of each letter, with its mark.
        result: What is on the left.
    """
    for decimals in range(_DECIMALS, _MOST_DECIMALS + 1):
        shown = {name: digits(value, decimals) for name, value in values.items()}
        computed = evaluated(right, {name: _number(text) for name, text in shown.items()})
        if digits(computed) == digits(result):
            break
    else:
        result = computed  # they differ by less than the last decimal
    filled = SYMBOL.sub(lambda match: _in_brackets(shown[match.group(0)]), right)
    filled = _TWICE.sub(r"(\1)", filled)
    return f"{filled.replace('*', '×').replace(' - ', ' − ')} = {digits(result)}"


def evaluated(right: str, values: Mapping[str, float]) -> float:
    """The value of the right side of an equation."""
    named = {name.replace("'", _NEW): value for name, value in values.items()}
    return _value(ast.parse(right.replace("'", _NEW), mode="eval").body, named)


def _value(node: ast.expr, values: Mapping[str, float]) -> float:
    match node:
        case ast.Constant(value=float() | int() as number):
            return float(number)
        case ast.Name(id=name):
            return values[name]
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            return _FUNCTIONS[name](_value(argument, values))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, values)
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _SIGNS:
            return _SIGNS[type(sign)](_value(left, values), _value(right, values))
    raise ValueError(f"no part of a cell's equation: {ast.dump(node)}")


def _number(text: str) -> float:
    return float(text.replace("−", "-").replace("∞", "inf"))


def _in_brackets(text: str) -> str:
    return f"({text})" if text.startswith("−") else text
