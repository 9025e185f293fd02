"""The codes of refusals in the source, read from its syntax."""

import ast
from collections.abc import Iterator
from pathlib import Path

TOP = Path(__file__).parents[2]
NOT_RAISING = {"tests", "bench", ".venv", "dist", "wording"}
DECLARATIONS = TOP / "models" / "refusals"


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Each module that may refuse something, by its path."""
    for path in sorted(TOP.rglob("*.py")):
        within = path.relative_to(TOP)
        if within.parts[0] not in NOT_RAISING and DECLARATIONS not in path.parents:
            yield str(within), ast.parse(path.read_text())


_MAKERS = {"Refusal", "cls"}


def raised(module: ast.Module) -> Iterator[tuple[ast.expr, frozenset[str | None]]]:
    """The code and the parameters of each refusal that is made by `of` or `because`, or by `qr.refusals`."""
    for call in ast.walk(module):
        if not isinstance(call, ast.Call) or not call.args:
            continue
        made = call.func
        of = isinstance(made, ast.Attribute) and made.attr == "of" and ast.unparse(made.value) in _MAKERS
        because = isinstance(made, ast.Attribute) and made.attr == "because"
        known = isinstance(made, ast.Name) and made.id == "refused" and isinstance(call.args[0], ast.Constant)
        if of or because or known:
            yield call.args[0], frozenset(keyword.arg for keyword in call.keywords)


def constants(expression: ast.expr) -> list[str]:
    """The codes that it can be: one, or either of two; empty where it is no constant."""
    if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
        return [expression.value]
    if isinstance(expression, ast.IfExp):
        return constants(expression.body) + constants(expression.orelse)
    return []


def words(module: ast.Module) -> set[str]:
    """Every string in it."""
    return {
        node.value
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
