"""What callers read of each status that Temporal may answer a call with: an outage, or a bug."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest
from temporalio.client import Client
from temporalio.common import TypedSearchAttributes
from temporalio.service import RPCError, RPCStatusCode

from models.errors import PartAway
from settings import Settings
from store.session import Database
from temporal.calls import Calls, NoSuchWorkflow
from workflows.codes.messages import NotifyOfQrCode
from workflows.codes.notification import EsimQrNotification

BUGS = {"INVALID_ARGUMENT", "OUT_OF_RANGE", "ALREADY_EXISTS", "FAILED_PRECONDITION", "UNIMPLEMENTED"}
SAYS_SO_ITSELF = {"RESOURCE_EXHAUSTED", "PERMISSION_DENIED", "UNAUTHENTICATED"}
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

    start_workflow = execute_update_with_start_workflow = signal = execute_update = _fail


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
    assert isinstance(failure, PartAway)
    assert ("does not answer" in str(failure)) is (status.name not in SAYS_SO_ITSELF)
    assert "SENTINEL" not in str(failure)
