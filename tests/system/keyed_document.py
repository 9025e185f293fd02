"""The calls that take an `Idempotency-Key`, as the OpenAPI document has them."""

from collections.abc import Iterator, Mapping
from typing import Any

from portal.api.examples import Schema, resolved

_PARAMETERS = "#/components/parameters/"


def keyed_bodies(document: Mapping[str, Any]) -> dict[str, Schema]:
    """The schema of the JSON body of each call; one for each kind where a route takes several."""
    return dict(_bodies(document))


def _bodies(document: Mapping[str, Any]) -> Iterator[tuple[str, Schema]]:
    schemas, parameters = document["components"]["schemas"], document["components"]["parameters"]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            names = [
                parameters[each["$ref"].removeprefix(_PARAMETERS)]["name"] if "$ref" in each else each["name"]
                for each in operation.get("parameters", ())
            ]
            if "Idempotency-Key" in names:
                content = operation.get("requestBody", {}).get("content", {})
                schema = content.get("application/json", {}).get("schema", {})
                body = resolved(
                    schema.get("anyOf", [schema])[0], schemas
                )  # others: null, if it may be left out
                yield from _variants(f"{method.upper()} {path}", body, schemas)


def _variants(route: str, body: Schema, schemas: Mapping[str, Schema]) -> Iterator[tuple[str, Schema]]:
    for each in body.get("oneOf", ()):
        schema = resolved(each, schemas)
        kind = schema["properties"]["kind"]
        yield f"{route} {kind.get('const') or kind['enum'][0]}", schema
    if "oneOf" not in body:
        yield route, body
