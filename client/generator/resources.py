"""The modules of resources: one for each first part of a path."""

import re
from collections.abc import Mapping
from typing import Any

from client.generator.methods import Method
from client.generator.operations import FORM, JSON, Operation, operations
from client.generator.schemas import BANNER, BY_HAND, Schemas

WAIT = '''
    async def wait(self, order: str, *, timeout: float | None = None) -> Order:
        """Wait until an order has ended, and answer it then: processed, cancelled or refused. An order that
        is held has not ended.

        timeout: after so many seconds TimeoutError is raised.
        """
        async with aclosing(self.stream(order, timeout=timeout)) as events:
            async for _ in events:
                pass
        return await self.get(order)
'''
_BY_HAND = {"orders": ("show_order", WAIT)}
"""Methods that are no operation, with one that they need."""
_TYPING = ("Literal", "cast", "overload")
_CALLS = ("OMIT", "Call", "File", "Omit", "body_of", "new_key", "path_of", "to_json")


def modules(document: Mapping[str, Any]) -> dict[str, str]:
    """All written modules of asyncio, by their file names, and the module of models."""
    schemas = Schemas(document)
    resources: dict[str, list[Operation]] = {}
    for operation in operations(document):
        resources.setdefault(operation.resource, []).append(operation)
    made = {f"_async/resources/{name}.py": _module(name, found, schemas) for name, found in resources.items()}
    made["_async/resources/__init__.py"] = _all(list(resources), document)
    made["models.py"] = schemas.models("".join(map(_code, made.values())))
    return made


def class_of(resource: str) -> str:
    """The class of a resource."""
    return "Async" + "".join(map(str.capitalize, resource.split("_"))) + "Api"


def methods_of(found: list[Operation], schemas: Schemas) -> dict[str, str]:
    """The methods of a resource, by name. Raises ValueError where two would have one name."""
    texts: dict[str, str] = {}
    for operation in found:
        made = [Method(operation, schemas, operation.name)]
        if FORM in operation.bodies and not operation.name.endswith("_file"):
            made.append(Method(operation, schemas, f"{operation.name}_from_file"))
        written = {method.name: method.text() for method in made}
        if len(operation.answers) > 1 and JSON in operation.answers:
            other = Method(operation, schemas, f"{operation.name}_as")
            written[other.name] = other.other_format()
        if twice := written.keys() & texts.keys():
            raise ValueError(f"Name one of them in NAMES: {operation.id}, {twice}")
        texts |= written
    return texts


def _module(resource: str, found: list[Operation], schemas: Schemas) -> str:
    texts = list(methods_of(found, schemas).values())
    if resource in _BY_HAND and any(operation.streams for operation in found):
        texts.append(_BY_HAND[resource][1].strip("\n"))
    body = "\n\n".join(texts)
    code = _code(body)
    title = found[0].about["tags"][0]
    own = {name for _, name in BY_HAND.values()}
    named = {name for name in schemas.classes.values() if _uses(code, name)} - own
    imports = [
        _import(
            "collections.abc",
            [name for name in ("AsyncGenerator", "AsyncIterator", "Sequence") if _uses(code, name)],
        ),
        _import("contextlib", [name for name in ("aclosing",) if _uses(code, name)]),
        _import("datetime", [name for name in ("date", "datetime") if _uses(code, name)]),
        _import("typing", [name for name in _TYPING if _uses(code, name)]),
        _import("esim_orders_client._async.connection", ["AsyncConnection"]),
        _import("esim_orders_client.calls", [name for name in _CALLS if _uses(code, name)]),
        *(_import(module, [name] if _uses(code, name) else []) for module, name in BY_HAND.values()),
        _import("esim_orders_client.model", ["Page"] if _uses(code, "Page") else []),
        _import("esim_orders_client.models", sorted(named)),
    ]
    return (
        f'"""{title}: `client.{resource}`."""\n\n{BANNER}\n\n{"".join(imports)}\n\n'
        f'class {class_of(resource)}:\n    """{title}."""\n\n'
        f"    def __init__(self, connection: AsyncConnection) -> None:\n"
        f"        self._connection = connection\n\n{body}\n"
    )


def _all(resources: list[str], document: Mapping[str, Any]) -> str:
    imports = "".join(
        _import(f"esim_orders_client._async.resources.{name}", [class_of(name)]) for name in sorted(resources)
    )
    attributes = "".join(f"        self.{name} = {class_of(name)}(connection)\n" for name in resources)
    return (
        f'"""All calls of the API, by subject."""\n\n{BANNER}\n\n'
        f"from esim_orders_client._async.connection import AsyncConnection\n{imports}\n\n"
        f'class AsyncResources:\n    """The attributes of a client."""\n\n'
        f"    def __init__(self, connection: AsyncConnection) -> None:\n"
        f"        self._connection = connection\n{attributes}"
    )


def _uses(code: str, name: str) -> bool:
    return re.search(rf"(?<![\w.\"]){re.escape(name)}(?![\w\"=])", code) is not None


def _code(text: str) -> str:
    """A text without its docstrings."""
    return re.sub(r'"""(.|\n)*?"""', "", text)


def _import(module: str, names: list[str]) -> str:
    return f"from {module} import {', '.join(names)}\n" if names else ""
