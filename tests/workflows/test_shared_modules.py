"""Production workers run workflows without the sandbox, so all orders of a worker share its modules."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from temporalio.worker import UnsandboxedWorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

import workflows
from settings import Settings
from worker import configured_runner

FOLDER = Path(workflows.__path__[0])
MODULES = sorted(str(found.relative_to(FOLDER)) for found in FOLDER.rglob("*.py"))
CHANGING = {
    *("append", "extend", "insert", "add", "update", "setdefault", "pop", "popitem", "popleft", "appendleft"),
    *("remove", "discard", "clear", "sort", "reverse", "put", "set"),
}


def module_values(tree: ast.Module) -> set[str]:
    """The names that a module gives values at its top level and in the bodies of its classes."""
    bodies = [tree.body, *(node.body for node in tree.body if isinstance(node, ast.ClassDef))]
    found = set()
    for statement in (it for body in bodies for it in body):
        targets = (
            statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        )
        found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


def named(node: ast.AST | None) -> str | None:
    """The first name of `NAME`, `NAME[...]`, `Class.NAME`."""
    while isinstance(node, ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def changes(source: str) -> Iterator[str]:
    """Where functions of this module change what the module holds."""
    tree = ast.parse(source)
    held = module_values(tree)
    functions = [it for it in ast.walk(tree) if isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef)]
    for node in (inner for function in functions for inner in ast.walk(function)):
        if isinstance(node, ast.Global):
            yield f"global {', '.join(node.names)}"
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            if named(node) in held:
                yield ast.unparse(node)
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in CHANGING
            and named(node.func.value) in held
        ):
            yield ast.unparse(node)


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.covers("W1")
def test_no_order_changes_what_a_module_of_the_workflows_holds(module: str) -> None:
    assert not list(changes((FOLDER / module).read_text()))


@pytest.mark.parametrize(
    "statement", ["global SEEN", "SEEN[order] = 1", "SEEN.add(order)", "del SEEN[order]"]
)
def test_such_a_change_is_found(statement: str) -> None:
    assert list(changes(f"SEEN = set()\n\ndef run(order):\n    {statement}\n"))


def test_a_worker_runs_workflows_in_the_sandbox_where_the_setting_says_so() -> None:
    assert isinstance(configured_runner(Settings()), UnsandboxedWorkflowRunner)
    assert isinstance(configured_runner(Settings(workflow_sandbox=True)), SandboxedWorkflowRunner)
