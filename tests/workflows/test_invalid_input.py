"""What does not fit: each message of each workflow is answered by its invalid fields, not their values."""

import contextlib
import inspect
import io
import logging
import uuid
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from temporalio.client import (
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from models.codes.requests import RequestStatus
from models.orders.lifecycle import OrderStatus
from telemetry.logs import TEXT, JsonLines, TextLines
from tests.contract.schemas import SENT
from tests.temporal_server import Temporal
from tests.workflows.codes.qr_house import QrHouse, a_qr_house
from tests.workflows.invalid_input import (
    ARGUMENTS,
    MARK,
    NAMES,
    NULL,
    UNREADABLE,
    WITHOUT_INPUT,
    a_workflow_id,
    beginning,
    beyond_inputs,
    definition,
    rubbish,
    why,
)
from tests.workflows.licences.ways import changed
from tests.workflows.licences.ways import requested as licences_requested
from tests.workflows.operations.ways import job, webhook
from tests.workflows.people.ways import invited
from tests.workflows.travel.ways import alerted
from worker import VERSIONED, WORKFLOWS
from workflows.travel.messages import LiveLine

STARTS = [
    pytest.param(name, sent, id=f"{name}-{number}")
    for name in NAMES
    for number, sent in enumerate(rubbish(SENT[f"{name}.input"]))
]
UPDATES = [
    pytest.param(name, update, sent, id=f"{name}.{update}-{number}")
    for name in NAMES
    for update in definition(next(it for it in WORKFLOWS if definition(it).name == name)).updates
    if f"{name}.{update}" in SENT
    for number, sent in enumerate(rubbish(SENT[f"{name}.{update}"]))
]


@pytest.fixture(scope="module")
async def shared(temporal: Temporal) -> AsyncIterator[QrHouse]:
    """A worker for workflows that have nothing to do with each other."""
    async with a_qr_house(temporal) as opened:
        yield opened
        opened.inventory.check()
        assert opened.inventory.broken == []


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What a worker writes, in both of its formats."""
    written = io.StringIO()
    root = logging.getLogger()
    handlers = [logging.StreamHandler(written), logging.StreamHandler(written)]
    for handler, form in zip(handlers, (TextLines(TEXT), JsonLines("worker")), strict=True):
        handler.setFormatter(form)
        root.addHandler(handler)
    yield written
    for handler in handlers:
        root.removeHandler(handler)


def test_every_message_that_has_an_input_is_known() -> None:
    for workflow in [*WORKFLOWS, *VERSIONED]:
        known = definition(workflow)
        if known.name in WITHOUT_INPUT:
            continue
        assert f"{known.name}.input" in SENT
        assert known.name in NAMES
        for update in known.updates.values():
            has_input = "call" in inspect.signature(update.fn).parameters
            assert has_input == (f"{known.name}.{update.name}" in SENT), update.name


async def a_line(house: QrHouse) -> WorkflowHandle[Any, Any]:
    """The life of an eSIM line of which nothing is due."""
    start = LiveLine(esim_line_id=uuid.uuid4().int % 10**15 + 1, account_id=1)
    return await house.client.start_workflow(
        "EsimLineLife", start, id=start.line_id, task_queue=house.task_queue
    )


@pytest.mark.covers("S9", "W4", "W6")
@pytest.mark.parametrize(("name", "sent"), STARTS)
async def test_a_start_that_does_not_fit_is_answered_by_its_invalid_fields(
    name: str, sent: Any, shared: QrHouse, logged: io.StringIO
) -> None:
    workflow_id = a_workflow_id(name)
    workflow = next(it for it in WORKFLOWS if definition(it).name == name)
    updates = definition(workflow).updates
    said = set()
    for update in updates:
        operation = beginning(shared, name, sent, workflow_id)
        arguments: list[Any] = [{}] if f"{name}.{update}" in SENT else []
        with pytest.raises(WorkflowUpdateFailedError) as failed:
            await shared.client.execute_update_with_start_workflow(
                update, args=arguments, start_workflow_operation=operation
            )
        said.add(why(failed.value.cause))
    handle = shared.client.get_workflow_handle(workflow_id)
    if not updates:
        handle = await shared.client.start_workflow(name, sent, id=workflow_id, task_queue=shared.task_queue)
    with pytest.raises(WorkflowFailureError) as ended:
        await handle.result()
    said.add(why(ended.value.cause))
    assert len(said) == 1, "the caller and the operator read the same"
    if isinstance(sent, dict):
        assert any(field in "".join(said) for field in SENT[f"{name}.input"].model_fields)
    for query in definition(workflow).queries:
        with pytest.raises(WorkflowQueryFailedError) as asked:
            await handle.query(query)
        assert MARK not in str(asked.value)
        assert "is not valid" in str(asked.value)
    assert MARK not in await beyond_inputs(handle)
    assert MARK not in logged.getvalue()


@pytest.mark.covers("S9", "W4", "W6")
@pytest.mark.parametrize(("name", "update", "sent"), UPDATES)
async def test_an_update_that_does_not_fit_is_answered_by_its_invalid_fields(
    name: str, update: str, sent: Any, shared: QrHouse, logged: io.StringIO
) -> None:
    handle: WorkflowHandle[Any, Any]
    handle = await (shared.placed() if name == "EsimOrder" else shared.requested())
    with pytest.raises(WorkflowUpdateFailedError) as failed:
        await handle.execute_update(update, sent)
    said = why(failed.value.cause)
    if isinstance(sent, dict):
        assert all(f"{field} (" in said for field in ("actor", "origin_id"))
    assert MARK not in await beyond_inputs(handle)
    assert MARK not in logged.getvalue()


@pytest.mark.covers("S9", "W4")
@pytest.mark.parametrize("name", ["EsimOrder", "EsimQrRequest"])
async def test_however_many_inputs_an_update_comes_with_it_is_answered_and_so_is_the_next(
    name: str, qr_house: QrHouse
) -> None:
    """A call without an input, or with null, has the defaults: it is made only where one is needed."""
    handle: WorkflowHandle[Any, Any]
    handle = await (qr_house.placed() if name == "EsimOrder" else qr_house.requested())
    workflow = next(it for it in WORKFLOWS if definition(it).name == name)
    for update in definition(workflow).updates:
        message = SENT.get(f"{name}.{update}")
        needed = any(field.is_required() for field in message.model_fields.values()) if message else False
        for arguments in ARGUMENTS:
            if len(arguments) > 1 or (arguments and not message) or (len(arguments) < 2 and needed):
                with pytest.raises(WorkflowUpdateFailedError) as failed:
                    await handle.execute_update(update, args=arguments)
                why(failed.value.cause)
        for sent in UNREADABLE:
            with pytest.raises(WorkflowUpdateFailedError) as failed:
                await handle.execute_update(update, sent)
            why(failed.value.cause)
    last = "cancel" if name == "EsimOrder" else "withdraw"
    assert (await handle.execute_update(last, NULL))["status"] in {"cancelled", "withdrawn"}


@pytest.mark.covers("S9", "W5", "W6")
async def test_signals_that_do_not_fit_are_dropped_without_a_word_of_them(
    qr_house: QrHouse, logged: io.StringIO
) -> None:
    order, request, notification = (
        await qr_house.placed(),
        await qr_house.requested(),
        await qr_house.notify(),
    )
    handles: dict[str, WorkflowHandle[Any, Any]]
    handles = {
        "EsimOrder": order,
        "EsimQrRequest": request,
        "EsimQrNotification": notification,
        "EsimNumberChange": await changed(qr_house),
        "EsimLicenceRequest": await licences_requested(qr_house),
        "EsimTravelNotice": await alerted(qr_house),
        "EsimUserMail": await invited(qr_house),
        "EsimLineLife": await a_line(qr_house),
        "EsimJob": await job(qr_house),
        "EsimWebhook": await webhook(qr_house),
    }
    for workflow in WORKFLOWS:
        for signal in definition(workflow).signals:
            handle = handles[definition(workflow).name]
            for sent in rubbish(SENT["EsimOrder.retry"]):
                with contextlib.suppress(RPCError):  # a notification is soon over
                    await handle.signal(signal, sent)
            for arguments in ARGUMENTS:
                with contextlib.suppress(RPCError):
                    await handle.signal(signal, args=arguments)
    assert (await qr_house.call(order, "cancel")).status is OrderStatus.CANCELLED
    assert (await qr_house.steer(request, "withdraw")).status is RequestStatus.WITHDRAWN
    for handle in handles.values():
        await qr_house.ended(handle)
        assert MARK not in await beyond_inputs(handle)
    assert MARK not in logged.getvalue()


@pytest.mark.covers("W4")
async def test_a_start_under_a_foreign_id_is_answered_by_the_id_that_it_needs(qr_house: QrHouse) -> None:
    wish = qr_house.wish()
    operation = beginning(qr_house, "EsimOrder", wish, f"mine-{uuid.uuid4().hex}")
    with pytest.raises(WorkflowUpdateFailedError) as failed:
        await qr_house.client.execute_update_with_start_workflow("place", start_workflow_operation=operation)
    cause = failed.value.cause
    assert isinstance(cause, ApplicationError)
    assert (cause.type, wish.order.order_id in cause.message) == ("not_an_order", True)
