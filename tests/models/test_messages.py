"""Every field of every message takes its own JSON type only, and every duration and count has bounds."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from models.orders.kinds import KINDS
from settings import Settings
from tests.contract.schemas import SENT
from workflows.codes.messages import QrTimeouts
from workflows.orders.messages import Timeouts

OF_TYPE: dict[str, list[Any]] = {
    "string": ["yes", "1"],
    "integer": [1],
    "number": [1.5, 1.0],
    "boolean": [True],
    "array": [[]],
    "object": [{}],
    "null": [None],
}


def messages() -> list[type[BaseModel]]:
    """All that are sent, with what they are made of."""
    found = dict.fromkeys([*SENT.values(), *(kind.what for kind in KINDS.values())])
    for message in list(found):
        _collect(message, found)
    return list(found)


def _collect(message: type[BaseModel], found: dict[type[BaseModel], None]) -> None:
    for field in message.model_fields.values():
        for part in _parts(field.annotation):
            if isinstance(part, type) and issubclass(part, BaseModel):
                found.setdefault(part)
                _collect(part, found)


def _parts(annotation: Any) -> Iterator[Any]:
    yield annotation
    for part in get_args(annotation):
        yield from _parts(part)


FIELDS = [
    pytest.param(message, name, field, id=f"{message.__name__}.{name}")
    for message in messages()
    for name, field in message.model_fields.items()
]


def takes(message: type[BaseModel], name: str) -> set[str]:
    """The JSON types that the field is documented to take."""
    schema = message.model_json_schema()
    own = schema["properties"][name]
    shapes = [own, *own.get("anyOf", []), *own.get("oneOf", [])]
    shapes += [schema["$defs"][shape["$ref"].rpartition("/")[2]] for shape in shapes if "$ref" in shape]
    types = {shape["type"] for shape in shapes if "type" in shape}
    durations = any(shape.get("format") == "duration" for shape in shapes)
    return types | ({"integer", "number"} if durations else set())


def refuses(message: type[BaseModel], name: str, value: Any) -> bool:
    """Whether this field refuses the value, read as a start is and read as JSON."""
    text = json.dumps({name: value})
    (answer,) = {
        name in _invalid_fields(partial(message.model_validate, json.loads(text))),
        name in _invalid_fields(partial(message.model_validate_json, text)),
    }
    return answer


def _invalid_fields(read: Callable[[], BaseModel]) -> list[Any]:
    try:
        read()
    except ValidationError as invalid:
        return [error["loc"][0] for error in invalid.errors()]
    return []


@pytest.mark.covers("W4", "S9")
@pytest.mark.parametrize(("message", "name", "field"), FIELDS)
def test_a_field_takes_no_other_json_type_than_its_schema_says(
    message: type[BaseModel], name: str, field: FieldInfo
) -> None:
    documented = takes(message, name)
    assert documented, "the schema names a type"
    for kind, values in OF_TYPE.items():
        if kind not in documented:
            assert [value for value in values if not refuses(message, name, value)] == [], kind


@pytest.mark.covers("W4", "W11")
@pytest.mark.parametrize(("message", "name", "field"), FIELDS)
def test_a_duration_or_count_has_a_lower_and_an_upper_bound(
    message: type[BaseModel], name: str, field: FieldInfo
) -> None:
    kinds = set(_parts(field.annotation))
    if timedelta in kinds:
        for wrong in ("P999999999D", "P366D", "PT0S", "PT0.000001S", "-P2D"):
            assert refuses(message, name, wrong), wrong
    elif int in kinds and dict not in kinds:
        number: Any
        for number in (10**30, -(10**30)):
            assert refuses(message, name, [number] if tuple in kinds or _many(field) else number)


def _many(field: FieldInfo) -> bool:
    return any(getattr(part, "__origin__", None) is tuple for part in _parts(field.annotation))


@pytest.mark.covers("W11")
@pytest.mark.parametrize("timeouts", [Timeouts, QrTimeouts])
def test_a_wait_that_a_message_refuses_is_no_setting_either(timeouts: type[BaseModel]) -> None:
    """Else an order would be refused because of a setting."""
    compared = 0
    for name, field in timeouts.model_fields.items():
        setting = name if name in Settings.model_fields and timeouts is Timeouts else f"qr_{name}"
        if setting not in Settings.model_fields:
            continue
        compared += 1
        tried = (
            (-1, 0, 20, 21)
            if field.annotation is int
            else ("P366D", "P365D", "PT1S", "PT0.5S", "P999999999D")
        )
        for value in tried:
            assert _taken(Settings, setting, value) == _taken(timeouts, name, value), (setting, value)
    assert compared >= 3


def _taken(model: type[BaseModel], name: str, value: Any) -> bool:
    try:
        model(**{name: value})
    except ValidationError:
        return False
    return True
