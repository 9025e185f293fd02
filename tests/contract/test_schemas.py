"""The schemas that other languages read are those of the messages, and the document names each."""

import json
import re
from typing import Any, cast

import pytest
from jsonschema import Draft202012Validator

from models.orders.lifecycle import OrderKind
from tests.contract.schemas import FOLDER, schemas, written
from worker import WORKFLOWS

DOCUMENT = FOLDER.parent / "contract.md"
WITHOUT_INPUT = {
    *(
        "EsimOrder.place",
        "EsimOrder.look",
        "EsimQrRequest.request",
        "EsimQrRequest.look",
        "EsimQrRequest.notified",
    ),
    *("EsimNumberChange.apply", "EsimNumberChange.look"),
    *("EsimLineLife.look", "EsimWebhook.wake", "EsimTravelSweep.input"),
}
BAD: list[tuple[str, Any]] = [
    ("EsimOrder.acknowledge", {"actor": "ana@acme.example"}),
    ("EsimOrder.enter_iccid", {}),
    ("EsimOrder.input", {"order": {}, "slot": 1, "provider": "Orange", "distributor": "Telvia"}),
    ("EsimOrder.cancel", {"note_id": 0}),
    ("EsimQrRequest.send_again", {"contacts": ["C-7"]}),
    ("RetryHeld.input", {"reasons": "mail_unavailable"}),
    ("EsimNumberChange.input", {"change": {"change_id": "number-change-aaaaaaaaaaaaaaaa"}}),
    ("EsimLicenceRequest.input", {"request_id": "licence-request-aaaaaaaaaaaaaaaa", "quantity": 0}),
    ("EsimQrNotification.input", {"notification_id": "order-aaaaaaaaaaaaaaaa"}),
]


@pytest.mark.covers("W4")
def test_they_are_current() -> None:
    kept = {path.name: path.read_text() for path in FOLDER.iterdir()}
    assert kept == {name: written(schema) for name, schema in schemas().items()}, "run make schemas"


@pytest.mark.covers("W4")
def test_there_is_one_for_every_call() -> None:
    kept = {path.stem for path in FOLDER.iterdir()}
    for workflow_class in cast("list[Any]", WORKFLOWS):
        defined = workflow_class.__temporal_workflow_definition
        for call in ("input", *defined.updates, *defined.signals):
            name = f"{defined.name}.{call}"
            assert (name in kept) is (name not in WITHOUT_INPUT), name


def test_the_document_names_each() -> None:
    text = DOCUMENT.read_text()
    for path in FOLDER.iterdir():
        assert f"schemas/{path.name}" in text, path.name


EXAMPLES = [
    json.loads(text) for text in re.findall(r"^```json\n(.*?)^```", DOCUMENT.read_text(), re.M | re.S)
]


RETRY = {"reason", "query", "all"}


def _schema_of(example: Any) -> tuple[str, Any]:
    """Which schema an example of the document is of; one of `what` alone is put into an order."""
    if "order" in example:
        return "EsimOrder.input", example
    if "kind" in example:
        order = {"order_id": "order-3cft76j2wb7bilvo", "account_id": 1, "user_id": 3, "what": example}
        return "EsimOrder.input", {"order": order}
    if RETRY & example.keys():
        return "RetryHeld.input", example
    if "retried" in example:
        return "RetryHeld.answer", example
    if "request" in example:
        return "EsimQrRequest.input", example
    if "change" in example:
        return "EsimNumberChange.apply.answer" if "changed" in example else "EsimNumberChange.input", example
    return "EsimOrder.place.answer", example


@pytest.mark.covers("W4")
@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_of_the_document_are_valid(example: Any) -> None:
    name, document = _schema_of(example)
    schema = json.loads((FOLDER / f"{name}.json").read_text())
    Draft202012Validator(schema).validate(document)


def test_the_document_has_an_example_for_every_kind_of_order() -> None:
    assert {example["kind"] for example in EXAMPLES if "kind" in example} == set(OrderKind)


@pytest.mark.parametrize(("name", "document"), BAD)
def test_what_would_be_refused_is_not_valid(name: str, document: Any) -> None:
    schema = json.loads((FOLDER / f"{name}.json").read_text())
    Draft202012Validator.check_schema(schema)
    assert not Draft202012Validator(schema).is_valid(document)
