"""What callers read of each status that Temporal may answer a call with: an outage, or a bug."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, cast

import pytest
from temporalio.client import Client
from temporalio.common import TypedSearchAttributes
from temporalio.service import RPCError, RPCStatusCode

from models.errors import Refused, Unavailable
from settings import Settings
from starter.operations.readiness import Check, readiness
from starter.operations.recovery import RecoveryDesk
from starter.operations.restarts import runs
from starter.operations.retry import RetryDesk
from starter.operations.work_checks import failing, workflows
from starter.operations.worker_checks import workers
from store.session import Database
from temporal.calls import Calls, NoSuchWorkflow
from tests.builders import OPERATOR, line, place, world
from workflows.codes.messages import NotifyOfQrCode
from workflows.codes.notification import EsimQrNotification

BUGS = {"INVALID_ARGUMENT", "OUT_OF_RANGE", "ALREADY_EXISTS", "FAILED_PRECONDITION", "UNIMPLEMENTED"}
SAYS_SO_ITSELF = {"RESOURCE_EXHAUSTED", "PERMISSION_DENIED", "UNAUTHENTICATED", "NOT_FOUND"}
START = NotifyOfQrCode(
    notification_id="qr-notification-" + "a" * 16, sim_id=1, account_id=1, provider="Orange"
)


class Answers:
    """A client, and a handle, whose every call ends with this status."""

    def __init__(self, status: RPCStatusCode) -> None:
        self._status = status

    def get_workflow_handle(self, _: str) -> "Answers":
        return self

    async def _fail(self, *_: Any, **__: Any) -> None:
        raise RPCError("SENTINEL", self._status, b"")

    async def list_workflows(self, *_: Any, **__: Any) -> AsyncIterator[Any]:
        await self._fail()
        yield

    namespace = "default"
    start_workflow = execute_update_with_start_workflow = signal = execute_update = describe = _fail
    describe_task_queue = describe_namespace = list_search_attributes = _fail

    @property
    def workflow_service(self) -> "Answers":
        return self

    operator_service = workflow_service


@pytest.mark.covers("W1", "R18")
@pytest.mark.parametrize(
    ("call", "status"),
    [
        pytest.param(call, status, id=f"{call} {status.name}")
        for call in ("start", "start_and_ask", "signal", "update")
        for status in RPCStatusCode
        # such an update is made again until Temporal has not forgotten it
        if (call, status) != ("update", RPCStatusCode.FAILED_PRECONDITION)
    ],
)
async def test_only_what_temporal_cannot_do_now_is_an_outage(call: str, status: RPCStatusCode) -> None:
    calls = Calls(cast("Client", Answers(status)), cast("Database", None), Settings())
    labels = TypedSearchAttributes([])
    run, look = EsimQrNotification.run, "look"
    ways: dict[str, Callable[[], Awaitable[object]]] = {
        "start": lambda: calls.start(run, START, "id", labels),
        "start_and_ask": lambda: calls.start_and_ask(run, look, cast("Any", START), "id", labels),
        "signal": lambda: calls.signal("id", look),
        "update": lambda: calls.update("id", look, None),
    }
    with pytest.raises(Exception) as raised:  # noqa: PT011  which one is asserted below
        await ways[call]()
    failure = raised.value
    if status.name in BUGS:
        assert isinstance(failure, RPCError)
        return
    if status is RPCStatusCode.NOT_FOUND and call in {"signal", "update"}:
        assert isinstance(failure, NoSuchWorkflow)
        return
    assert isinstance(failure, Unavailable)
    assert ("does not answer" in str(failure)) is (status.name not in SAYS_SO_ITSELF)
    assert "SENTINEL" not in str(failure)


UNAVAILABLE = "does not answer"


@pytest.fixture
async def open_order(database: Database) -> str:
    """An order that only Temporal can say more about, and that is not held."""
    await world(database, line(1))
    return (await place(database, 1)).order_id


@pytest.mark.covers("W1", "R18")
@pytest.mark.parametrize("status", RPCStatusCode, ids=lambda status: status.name)
async def test_desks_that_list_and_describe_say_what_temporal_answered(
    database: Database, open_order: str, status: RPCStatusCode
) -> None:
    client = cast("Client", Answers(status))
    retry = RetryDesk(client, database, Settings())
    recovery = RecoveryDesk(client, database, Settings())
    ways: dict[str, Callable[[], Awaitable[object]]] = {
        "runs": lambda: runs(client, open_order),
        "retry": lambda: retry.one(OPERATOR, open_order),
        "select": lambda: retry.select(OPERATOR, query="HoldReason = 'mail_rejected'"),
        "find": lambda: recovery.find(OPERATOR),
    }
    for call, ask in ways.items():
        error = await _error(ask)
        if call == "select" and status is RPCStatusCode.INVALID_ARGUMENT:
            assert isinstance(error, Refused)
            assert [reason.code for reason in error.refusals] == ["query_invalid"]
        elif call in {"runs", "retry"} and status is RPCStatusCode.NOT_FOUND:
            assert not isinstance(error, RPCError), "no workflow of this id is an answer"
        elif status.name in BUGS:
            assert isinstance(error, RPCError)
        else:
            assert isinstance(error, Unavailable)
            assert (UNAVAILABLE in str(error)) is (status.name not in SAYS_SO_ITSELF)
            assert "SENTINEL" not in str(error)


async def _error(ask: Callable[[], Awaitable[object]]) -> Exception | None:
    try:
        await ask()
    except Exception as error:  # noqa: BLE001  which one is what is tested
        return error
    return None


@pytest.mark.covers("W8")
@pytest.mark.usefixtures("open_order")
@pytest.mark.parametrize("status", RPCStatusCode, ids=lambda status: status.name)
async def test_doctor_says_what_temporal_answered(database: Database, status: RPCStatusCode) -> None:
    client = cast("Client", Answers(status))
    looked: list[Check] = [
        *(await readiness(database, client)),
        *(await workers(client, "queue")),
        *(await workflows(client, database)),
        await failing(client, "queue"),
    ]
    red = {check.name: check.sentence for check in looked if not check.ok}
    asked = {"temporal", "workers", "failing", "orders", "qr_requests", "qr_notifications"}
    asked |= {"number_changes", "licence_requests", "travel_notices", "user_mails", "travel_lines", "jobs"}
    assert red.keys() == asked | {"search_attributes"}
    for name in asked:
        assert "SENTINEL" not in red[name]
        assert (UNAVAILABLE in red[name]) is (status.name not in SAYS_SO_ITSELF | BUGS)
        assert (status.name in red[name]) is (status.name in BUGS)
