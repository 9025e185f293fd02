"""The codes of refusals in the source, read from its syntax."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TOP = Path(__file__).parents[2]
NOT_RAISING = {"tests", "bench", ".venv", "dist", "wording"}
DECLARATIONS = TOP / "models" / "refusals"


@dataclass(frozen=True)
class Module:
    """What a module that may refuse something says."""

    path: str
    raised: tuple[tuple[ast.expr, frozenset[str | None]], ...]
    """The code and the parameters of each refusal that it makes."""
    words: frozenset[str]
    """Every string in it."""


@cache
def modules() -> tuple[Module, ...]:
    """Each module that may refuse something; read once."""
    rooms = [room for room in sorted(TOP.iterdir()) if room.name not in NOT_RAISING]
    paths = [*TOP.glob("*.py"), *(path for room in rooms if room.is_dir() for path in room.rglob("*.py"))]
    return tuple(_read(path) for path in sorted(paths) if DECLARATIONS not in path.parents)


def _read(path: Path) -> Module:
    module = ast.parse(path.read_text())
    return Module(str(path.relative_to(TOP)), tuple(_raised(module)), frozenset(_words(module)))


_MAKERS = {"Refusal", "cls"}


def _raised(module: ast.Module) -> Iterator[tuple[ast.expr, frozenset[str | None]]]:
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


def _words(module: ast.Module) -> set[str]:
    """Every string in it."""
    return {
        node.value
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
