"""Fails a call of the API that reads or changes what belongs to an account by a statement without a condition
on the account, or on a record that was found in it before (manner of `tests.callers.test_statements`).
"""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.api.app import PREFIX
from store.session import Database
from tests.callers.test_statements import ACCOUNT_TABLES, FROM, OF_ACCOUNT, OF_RECORD

_CHANGED = re.compile(r"\b(?:UPDATE|DELETE FROM) (\w+)")
_OF_MODE = re.compile(r"accounts\.mode = \$\d")
"""A platform key that names no account sees the accounts of its mode."""
_OF_NONE = re.compile(r"(?:WHERE|AND) false")
"""What does not exist for a provider desk."""
_OF_RECORDS = re.compile(
    r"\b(?:id|\w+_id|holder|recipient) (?:IN \(|= ANY \(|= |!= )\$\d|IN \(NULL\) AND \(1 != 1\)"
    r"|\bfingerprint = ANY \(\$\d|events\.about\[\$\d::INTEGER\] = ANY"
)
"""Of records that were found before; a code may belong to one SIM alone, whose ever that is."""
_OF_THE_PLATFORM = {"POST /api/v1/accounts", "POST /api/v1/jobs"}
"""An account is created beside all others: no two have the same name. The dry run of a file reads the
accounts that its rows name, once they were found to be the caller's own.
"""
_AUTHENTICATES = re.compile(r"api_keys\.digest = \$\d|UPDATE api_keys SET digest|INSERT INTO origins")
_call: ContextVar["Call | None"] = ContextVar("call", default=None)


@dataclass
class Call:
    """The statements of a call, once it was authenticated."""

    route: str
    statements: list[str] = field(default_factory=list)

    def offences(self) -> Iterator[str]:
        """Those that may concern another account."""
        for number, statement in enumerate(() if self.route in _OF_THE_PLATFORM else self.statements):
            if any(within.search(statement) for within in (OF_ACCOUNT, _OF_MODE, _OF_NONE)):
                continue
            if number == 0:
                yield f"{self.route} asks before it asks for the account: {statement}"
            elif not OF_RECORD.search(statement) and not _OF_RECORDS.search(statement):
                yield f"{self.route} asks for what belongs to any account: {statement}"


class Guarded:
    """The API, whose calls are looked at; what a test itself does in the database is not."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.offences: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not scope["path"].startswith(PREFIX):
            await self.app(scope, receive, send)
            return
        call = Call(f"{scope['method']} {scope['path']}")
        token = _call.set(call)
        try:
            await self.app(scope, *leaving(receive, send))
        finally:
            _call.reset(token)
            self.offences += call.offences()

    @contextmanager
    def watching(self, database: Database) -> Iterator[None]:
        """Look at the statements of this database."""
        engine = database._engine.sync_engine
        event.listen(engine, "before_cursor_execute", _noted)
        try:
            yield
        finally:
            event.remove(engine, "before_cursor_execute", _noted)


class Leaving:
    """The API for a client that leaves each event stream at once."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, *leaving(receive, send))


def leaving(receive: Receive, send: Send) -> tuple[Receive, Send]:
    """A client that leaves an event stream as soon as it has begun: else the answer would have no end."""
    left = asyncio.Event()
    streams = False

    async def receiving() -> Message:
        if not streams:
            return await receive()
        await left.wait()
        return {"type": "http.disconnect"}

    async def sending(message: Message) -> None:
        nonlocal streams
        await send(message)
        headers = dict(message.get("headers", ()))
        if headers.get(b"content-type", b"").startswith(b"text/event-stream"):
            streams = True
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            left.set()

    async def begun(message: Message) -> None:
        if not streams:
            await sending(message)

    return receiving, begun


def _noted(_: Any, __: Any, statement: str, *___: Any) -> None:
    call = _call.get()
    if call is None or _AUTHENTICATES.search(statement):
        return
    if {*FROM.findall(statement), *_CHANGED.findall(statement)} & ACCOUNT_TABLES:
        call.statements.append(" ".join(statement.split()))
