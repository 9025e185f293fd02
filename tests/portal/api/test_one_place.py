"""What several subjects of the API share is declared once: answers, translations, types of fields."""

import ast
import json
from collections import defaultdict
from pathlib import Path

import portal.api

API = Path(portal.api.__path__[0])
_ROUTES = ("needs", "router")
"""The permission of each file's routes is named in that file."""


def _declared() -> dict[tuple[str, str], set[str]]:
    """Every class, by its name, and every function and type, by what it is; where each is declared."""
    found = defaultdict(set)
    for file in API.rglob("*.py"):
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.ClassDef):
                found["class", node.name].add(str(file.relative_to(API)))
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = [each for each in node.body if not isinstance(each, ast.Expr)]
                found["function", ast.dump(node.args) + "".join(map(ast.dump, body))].add(
                    str(file.relative_to(API))
                )
            elif isinstance(node, ast.Assign) and "Annotated" in ast.dump(node.value):
                value = ast.dump(node.value)
                if not any(f"id='{name}'" in value for name in _ROUTES):
                    found["type", value].add(str(file.relative_to(API)))
    return found


def test_no_class_function_or_type_of_the_api_is_declared_twice() -> None:
    declared = _declared()

    assert len(declared) > 200
    assert {what: files for what, files in declared.items() if len(files) > 1} == {}


def test_the_reference_has_no_name_of_a_module() -> None:
    """Two classes of one name get the names of their modules, which clients are generated from."""
    document = json.loads((API.parents[1] / "docs" / "openapi.json").read_text())

    assert [name for name in document["components"]["schemas"] if "__" in name] == []
