"""Each name is imported from the file that defines it, so that a search for it ends in one place."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = sorted(it.parent.name for it in ROOT.glob("*/__init__.py"))


def _name(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def modules() -> dict[str, ast.Module]:
    """All modules of our packages."""
    return {
        _name(file): ast.parse(file.read_text("utf-8"))
        for package in PACKAGES
        for file in (ROOT / package).rglob("*.py")
    }


def handed_on(tree: ast.Module) -> set[str]:
    """The names that a module imports from our packages: other modules must not take them from it."""
    ours = [
        it for it in tree.body if isinstance(it, ast.ImportFrom) and str(it.module).split(".")[0] in PACKAGES
    ]
    return {alias.asname or alias.name for statement in ours for alias in statement.names}


@cache
def all_handed_on() -> dict[str, set[str]]:
    return {module: handed_on(tree) for module, tree in modules().items()}


def taken(tree: ast.Module) -> Iterator[str]:
    """What a module takes from another one that only hands it on."""
    local = {}
    for statement in ast.walk(tree):
        if isinstance(statement, ast.ImportFrom) and statement.module in modules():
            for alias in statement.names:
                local[alias.asname or alias.name] = full = f"{statement.module}.{alias.name}"
                if full not in modules() and alias.name in all_handed_on()[statement.module]:
                    yield full
    for it in ast.walk(tree):
        if isinstance(it, ast.Attribute) and isinstance(it.value, ast.Name):
            module = local.get(it.value.id, "")
            if it.attr in all_handed_on().get(module, ()):
                yield f"{module}.{it.attr}"


@pytest.mark.parametrize("package", PACKAGES)
def test_no_name_is_imported_from_a_module_that_only_hands_it_on(package: str) -> None:
    of_package = {module: tree for module, tree in modules().items() if module.split(".")[0] == package}
    assert [f"{module}: {it}" for module, tree in of_package.items() for it in taken(tree)] == []


@pytest.mark.parametrize(
    "source",
    [
        "from starter.orders.placing import OrderDraft",
        "from starter.orders import placing\n\nprint(placing.OrderDraft)",
    ],
)
def test_such_an_import_is_found(source: str) -> None:
    assert list(taken(ast.parse(source))) == ["starter.orders.placing.OrderDraft"]
