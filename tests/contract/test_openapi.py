"""The OpenAPI document that other languages read is that of the routes, and says all that they need (A13)."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from models.people.callers import Permission
from portal.api.app import ROUTERS
from portal.api.document import METHODS, operations, parameters_of
from portal.api.examples import example_of
from tests.contract.openapi import FILE, api_of, application, written
from tests.portal.api.test_walk import routes_of

pytestmark = pytest.mark.covers("A13")
KEPT: dict[str, Any] = json.loads(FILE.read_text())
OPERATIONS = list(operations(KEPT))
NAMES = [f"{method.upper()} {path}" for method, path, _ in OPERATIONS]
SCHEMAS = KEPT["components"]["schemas"]


def each_operation() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("operation", [each for _, _, each in OPERATIONS], ids=NAMES)


async def test_it_is_current_and_names_every_route_with_its_permission() -> None:
    app = await application()

    assert FILE.read_text() == written(api_of(app).openapi()), "run make schemas"
    permissions = {
        name: operation["security"] for name, (_, _, operation) in zip(NAMES, OPERATIONS, strict=True)
    }
    declared = {route.name: route.permission for route in routes_of(app) if route.permission is not None}
    assert permissions == {name: [{"api_key": [permission]}] for name, permission in declared.items()}


def test_it_is_valid_openapi_3_1() -> None:
    assert KEPT["openapi"].startswith("3.1.")
    validate(KEPT)


def test_no_two_operations_have_one_id_and_each_stands_under_a_heading() -> None:
    ids = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(set(ids)) == len(ids)
    assert [tag["name"] for tag in KEPT["tags"]] == list(ROUTERS)
    assert {tag for _, _, operation in OPERATIONS for tag in operation["tags"]} == set(ROUTERS)
    assert {method for item in KEPT["paths"].values() for method in item} <= set(METHODS)


@each_operation()
def test_an_operation_says_what_it_does_and_whom_it_needs(operation: dict[str, Any]) -> None:
    assert operation["summary"]
    assert not operation["summary"].endswith(".")
    assert operation["description"].endswith((".", ")"))
    ((needed,),) = [tuple(each.values()) for each in operation["security"]]
    assert [Permission(name) for name in needed]


@each_operation()
def test_every_parameter_and_body_has_an_example_that_is_valid(operation: dict[str, Any]) -> None:
    for parameter in parameters_of(KEPT, operation):
        assert parameter["description"], parameter["name"]
        _check(parameter["schema"], parameter["example"])
    for content in operation.get("requestBody", {}).get("content", {}).values():
        for example in content.get("examples", {"": {"value": content.get("example")}}).values():
            _check(content["schema"], example["value"])


@each_operation()
def test_every_answer_is_described_and_refusals_are_problems(operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    assert {"4XX", "5XX"} < set(answers)
    assert "422" not in answers
    for code in set(answers) - {"4XX", "5XX"}:
        assert code.startswith("2")
        assert answers[code]["description"] != "Successful Response"
        for kind, content in answers[code].get("content", {}).items():
            if kind == "application/json":
                _check(content["schema"], example_of(content["schema"], SCHEMAS))


def test_enumerations_are_open() -> None:
    """What is answered is not limited to the values of today; what is sent says that there may be more."""
    for _, _, operation in OPERATIONS:
        for answer in operation["responses"].values():
            for name in _reached(answer, set()):
                assert "enum" not in SCHEMAS[name] or "More values" in SCHEMAS[name]["description"], name
    for name, schema in SCHEMAS.items():
        if "enum" in schema or "x-extensible-enum" in schema:
            assert "More values may be added" in schema["description"], name


def test_nothing_of_this_machine_is_in_it() -> None:
    text = FILE.read_text()
    assert "localhost" not in text
    assert "127.0.0.1" not in text
    assert KEPT["servers"] == [{"url": "/api/v1"}]


def _check(schema: dict[str, Any], example: Any) -> None:
    whole = {**schema, "components": KEPT["components"]}
    Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(example)


def _reached(part: Any, found: set[str]) -> set[str]:
    for child in _values(part):
        name = child.rpartition("/")[2] if isinstance(child, str) and "/schemas/" in child else None
        if name is not None and name not in found:
            found.add(name)
            _reached(SCHEMAS[name], found)
        _reached(child, found)
    return found


def _values(part: Any) -> Iterator[Any]:
    if isinstance(part, dict):
        yield from part.values()
    elif isinstance(part, list):
        yield from part
