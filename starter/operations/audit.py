"""Read the audit: every change with who made it, when, from where and by which key or session (A17).

    audit = AuditDesk(database)
    newest = await audit.entries(adam, actor="ana@acme.example", limit=25)
    of_line = await audit.entries(adam, about="+33612345678")

It needs the database only, so it works while Temporal and the workers are down.
"""

import re
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound, Refused
from models.identifiers import LETTERS, WORK, parse_iccid, parse_reference, storable
from models.operations.audit import AuditEntry
from models.paging import Page, Position, Wanted
from models.people.callers import AllAccounts, Caller, Permission, Scope
from store import lookups
from store.licences.lookups import find_agent, find_number
from store.operations import audit
from store.operations.audit import AuditFilter
from store.session import Database

_REFERENCE = re.compile(r"[a-z_]+:[0-9]{1,18}")
_IMPERSONAL = ("operator", "provider", "system")
_KINDS = {letters: kind for kind, letters in LETTERS.items()}
"""What events call the records whose ids have these letters."""


class AuditDesk:
    """Reads the audit of the caller's accounts. Nothing changes or removes an entry."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def entries(
        self,
        caller: Caller,
        account: str | None = None,
        *,
        actor: str | None = None,
        about: str | None = None,
        type: str | None = None,  # noqa: A002  what events call it
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
        after: Position | None = None,
    ) -> Page[AuditEntry]:
        """List what was changed, newest first.

        `actor`: `operator`, `system`, or a user by address or id; `about`: a record by its id (`L-42`,
        `order-...`, also of one that is gone), phone number, ICCID or address; `type`: such as
        `order.submitted`, or `order` for all of these. Raises `NotFound` (`unknown_record`).
        """
        async with self._database.reading() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.VIEW_AUDIT)
            chosen = AuditFilter(
                actor=None if actor is None else await _actor(connection, scope, actor),
                about=None if about is None else await _reference(connection, scope, about),
                type=None if type is None else _type(type),
                since=since,
                until=until,
            )
            everything = isinstance(caller.scope, AllAccounts)
            return await audit.entries(connection, scope, chosen, Wanted(limit, after), everything=everything)


async def _actor(connection: AsyncConnection, scope: Scope, text: str) -> str:
    named = text.strip().lower()
    return named if named in _IMPERSONAL else await _reference(connection, scope, text)


async def _reference(connection: AsyncConnection, scope: Scope, text: str) -> str:
    """The reference by which events name a record. An id need not be known: events outlive records."""
    named = text.strip()
    if _REFERENCE.fullmatch(named) or (named.startswith(WORK) and storable(named)):
        return named
    letters = named.partition("-")[0].upper()
    number = parse_reference(letters, named) if letters in _KINDS else None
    if number is not None:
        return f"{_KINDS[letters]}:{number}"
    try:
        return await _by_natural_key(connection, scope, named)
    except NotFound:
        raise NotFound.because("unknown_record") from None


async def _by_natural_key(connection: AsyncConnection, scope: Scope, text: str) -> str:
    """A user or an agent by address, a SIM by ICCID, a line or a number by phone number."""
    if "@" in text:
        try:
            return (await lookups.find_user(connection, scope, text)).actor
        except NotFound:
            return f"agent:{(await find_agent(connection, scope, text)).id}"
    if _is_iccid(text):
        return f"sim:{(await lookups.find_sim(connection, scope, text)).id}"
    if text.isdigit():
        raise NotFound.because("unknown_record")
    try:
        return (await lookups.find_line(connection, scope, text)).subject
    except NotFound:
        return f"number:{(await find_number(connection, scope, text)).id}"


def _is_iccid(text: str) -> bool:
    try:
        parse_iccid(text)
    except ValueError:
        return False
    return True


def _type(text: str) -> str:
    if not storable(text):
        raise Refused.because("unknown_event_type")
    return text.strip().rstrip(".")
