"""The client has every call of the API, and reads what the portal answers."""

import asyncio
import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from client.generator.operations import Operation, argument, operations
from esim_orders_client import ApiError, AsyncEsimOrders, EsimOrders, models
from tests.callers.world import Known
from tests.client.conftest import Here
from tests.portal.api.samples import SAMPLES
from tests.portal.api.samples.sample import Sample

pytestmark = pytest.mark.covers("W4")
DOCUMENT = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text())
OPERATIONS = list(operations(DOCUMENT))
NOT_NOW = {403, 404, 409, 422, 503}
"""What a sample may answer: its record has moved on since, or it needs Temporal or another role."""
_FEWEST = 85


def method_of(client: EsimOrders | AsyncEsimOrders, operation: Operation) -> Any:
    return getattr(getattr(client, operation.resource), operation.name)


@pytest.mark.parametrize("kind", [EsimOrders, AsyncEsimOrders])
def test_each_operation_is_a_method_with_its_parameters(
    kind: type[EsimOrders] | type[AsyncEsimOrders],
) -> None:
    client = kind("https://portal.example", "esim_test_x")
    methods = [method_of(client, operation) for operation in OPERATIONS]
    assert len({each.__qualname__ for each in methods}) == len(OPERATIONS) > 130
    for operation, method in zip(OPERATIONS, methods, strict=True):
        named = inspect.signature(method).parameters
        expected = {argument(name) for name in operation.query.keys() | operation.names.keys()} - {"format"}
        assert expected <= named.keys(), operation.id
        assert ("key" in named) == (operation.keyed or "key" in operation.names), operation.id
        assert inspect.getdoc(method)


def samples() -> Iterator[tuple[Operation, Sample]]:
    """Each operation with its sample; those that only read come first."""
    for operation in sorted(OPERATIONS, key=lambda each: each.method != "get"):
        name = f"{operation.method.upper()} {operation.path}"
        found = [each for key, each in SAMPLES.items() if f"{key.split(':')[0]} ".startswith(f"{name} ")]
        if found and not operation.streams and not found[0].content:
            yield operation, found[0]


def arguments(operation: Operation, sample: Sample, known: Known) -> tuple[list[Any], dict[str, Any]]:
    """The arguments of the client's method for a sample of the API's tests."""
    path = [unquote(value) for value in sample.path(known).values()]
    named = {argument(name): value for name, value in dict(sample.query(known)).items()}
    named.pop("format", None)
    sent: Any = sample.json(known) if sample.json else {}
    schema = operation.bodies.get("application/json", {})
    if "oneOf" in schema:
        kinds = [each for each in vars(models).values() if _is_body(each, sent["kind"])]
        return [*path, kinds[0](**sent)], named
    return path, named | {argument(name): value for name, value in sent.items()}


def _is_body(kind: Any, value: str) -> bool:
    field = getattr(kind, "model_fields", {}).get("kind")
    return field is not None and value in str(field.annotation)


def _refused_by_a_rule(operation: Operation, error: ApiError) -> bool:
    """Whether the call was well formed, and only cannot be done now."""
    now = {404} if operation.method == "get" else NOT_NOW
    return error.status in now and bool(error.code) and not error.pointers


async def test_each_call_is_understood_and_its_answer_read(here: Here, acme: Known) -> None:
    """With the samples of the API's own tests. An answer that does not fit its model would raise."""
    done: list[str] = []
    wrong: list[tuple[str, ApiError]] = []
    with here.client(max_retries=0) as client:
        for operation, sample in samples():
            path, named = arguments(operation, sample, acme)
            try:
                await asyncio.to_thread(method_of(client, operation), *path, **named)
            except ApiError as refused:
                wrong += [] if _refused_by_a_rule(operation, refused) else [(operation.id, refused)]
            else:
                done.append(operation.id)
    assert wrong == []
    assert len(done) >= _FEWEST, sorted({each.id for each in OPERATIONS} - set(done))
