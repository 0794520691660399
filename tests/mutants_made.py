"""How mutants are made: one comparison, constant, operator, condition or return of a source changed at a time."""

import ast
import copy
from collections.abc import Callable, Iterator

_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
"""For an order: the same but for the border, and the contrary."""
_COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_Change = Callable[[ast.AST], None]


def changed(source: str) -> Iterator[tuple[ast.Module, int, str]]:
    """Iterate over a source with one change each, the line of the change, and what it is."""
    tree = ast.parse(source)
    for place, node in enumerate(_deciding(tree)):
        for what, change in _changes(node):
            copied = copy.deepcopy(tree)
            change(_deciding(copied)[place])
            yield ast.fix_missing_locations(copied), getattr(node, "lineno", 0), what


def _deciding(tree: ast.AST) -> list[ast.AST]:
    """Return the nodes that may be changed: not what only annotates, documents or decorates."""
    found: list[ast.AST] = []
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_docstring(child):
                found += [child, *_deciding(child)]
    return found


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _changes(node: ast.AST) -> Iterator[tuple[str, _Change]]:
    match node:
        case ast.Compare():
            for i, op in enumerate(node.ops):
                for other in _COMPARED[type(op)]:
                    yield f"{type(op).__name__} → {other.__name__} in {ast.unparse(node)}", _operator(i, other)
        case ast.Constant():
            yield from _constant(node)
        case ast.BoolOp():
            other_bool = ast.Or if isinstance(node.op, ast.And) else ast.And
            yield f"and ↔ or in {ast.unparse(node)}", _set("op", other_bool())
        case ast.BinOp() | ast.AugAssign() if type(node.op) in _COUNTED:
            yield f"other operator in {ast.unparse(node)}", _set("op", _COUNTED[type(node.op)]())
        case ast.If() | ast.IfExp():
            yield f"not {ast.unparse(node.test)}", _set("test", ast.UnaryOp(ast.Not(), node.test))
        case ast.Return() if node.value is not None and not _says_nothing(node.value):
            yield f"None for {ast.unparse(node)}", _set("value", ast.Constant(None))


def _constant(node: ast.Constant) -> Iterator[tuple[str, _Change]]:
    value = node.value
    if isinstance(value, bool):
        yield f"not {value}", _set("value", not value)
    elif isinstance(value, int):
        yield f"{value} → {value + 1}", _set("value", value + 1)
    elif isinstance(value, float):
        yield f"{value} → {value * 1.5 + 0.05:g}", _set("value", value * 1.5 + 0.05)
    elif isinstance(value, str):
        yield f"{value!r:.60} → another text", _set("value", value[:-1] if len(value) > 1 else f"{value}~")


def _says_nothing(node: ast.AST) -> bool:
    """Tell whether `None` would say the same: nothing and no are alike to who asks; a constant is changed as one."""
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Tuple) and not node.elts)


def _operator(place: int, other: type[ast.cmpop]) -> _Change:
    def change(node: ast.AST) -> None:
        assert isinstance(node, ast.Compare)
        node.ops[place] = other()

    return change


def _set(name: str, value: object) -> _Change:
    return lambda node: setattr(node, name, copy.deepcopy(value))
