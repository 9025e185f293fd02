"""Read the audit: every change with who made it, when, from where and by which key or session (A17).

    audit = AuditDesk(database)
    newest = await audit.entries(adam, actor="ana@acme.example", limit=25)
    of_line = await audit.entries(adam, about="+33612345678")

It needs the database only, so it works while Temporal and the workers are down.
"""

import json
import re
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC, datetime
from typing import TypedDict, Unpack

from sqlalchemy.ext.asyncio import AsyncConnection

from models.characters import UNPRINTABLE
from models.csv_text import csv_text
from models.errors import NotFound, Refused
from models.feed import data_of
from models.identifiers import LETTERS, WORK, named, parse_iccid, parse_reference, storable
from models.operations.audit import AuditEntry
from models.paging import Page, Position, Wanted
from models.people.callers import AllAccounts, Caller, Permission, Scope
from store import lookups
from store.licences.lookups import find_agent, find_number
from store.operations import audit
from store.operations.audit import AuditFilter
from store.people import references as people
from store.session import Database

_REFERENCE = re.compile(r"[a-z_]+:[0-9]{1,18}")
_KEY_OR_SESSION = re.compile(r"(k|se)-[0-9]+", re.IGNORECASE)
_IMPERSONAL = ("operator", "provider", "system")
COLUMNS = ("at", "type", "actor", "about", "surface", "session", "address", "request_id", "data")
"""Of the CSV file."""
ROWS_OF_CSV = 1000
_KINDS = {letters: kind for kind, letters in LETTERS.items()}
"""What events call the records whose ids have these letters."""


class Wish(TypedDict, total=False):
    """Which entries are wanted; what is left out or None: any."""

    actor: str | None
    """`operator`, `system`, or a user by address or id."""
    about: str | None
    """A record by its id (`L-42`, `order-...`, also of one that is gone), phone number, ICCID or address."""
    type: str | None
    """Such as `order.submitted`, or `order` for all of these."""
    since: datetime | None
    until: datetime | None
    session: str | None
    """The API key (`K-7`), the session (`SE-12`) or the mailed link (`order-link:7`) of the call."""
    address: str | None
    """The IP address of the call."""


class AuditDesk:
    """Reads the audit of the caller's accounts. Nothing changes or removes an entry."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def entries(
        self,
        caller: Caller,
        account: str | None = None,
        *,
        limit: int | None = None,
        after: Position | None = None,
        **wanted: Unpack[Wish],
    ) -> Page[AuditEntry]:
        """List what was changed, newest first; `wanted`: see `Wish`. Raises `NotFound` (`unknown_record`)."""
        async with self._database.reading() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.VIEW_AUDIT)
            chosen = await _filter(connection, scope, wanted)
            return await audit.entries(
                connection, scope, chosen, Wanted(limit, after), everything=_everything(caller)
            )

    async def entry(self, caller: Caller, entry: str) -> AuditEntry:
        """One change by the id that the list has. Raises `NotFound` (`unknown_event`)."""
        async with self._database.reading() as connection:
            found = await audit.entry(connection, caller.scope, entry, everything=_everything(caller))
            caller.require(Permission.VIEW_AUDIT)
            return found

    async def people(self, caller: Caller, references: Iterable[str]) -> dict[str, str]:
        """Names and addresses of people of the caller's accounts, by reference: `user:3`, `contact:7`."""
        async with self._database.reading() as connection:
            caller.require(Permission.VIEW_AUDIT)
            return await people.names(connection, caller.scope, references)

    async def csv(
        self, caller: Caller, account: str | None = None, **wanted: Unpack[Wish]
    ) -> AsyncIterator[str]:
        """All entries that are wanted, newest first, as parts of a CSV file: no connection is held while a
        part is sent. Raises like `entries` before the first part.
        """
        first = await self.entries(caller, account, limit=ROWS_OF_CSV, **wanted)

        async def parts() -> AsyncIterator[str]:
            page = first
            yield csv_text(COLUMNS, map(_cells, page))
            while page.following is not None:
                page = await self.entries(caller, account, limit=ROWS_OF_CSV, after=page.following, **wanted)
                yield csv_text(COLUMNS, map(_cells, page)).partition("\r\n")[2]

        return parts()


def _everything(caller: Caller) -> bool:
    return isinstance(caller.scope, AllAccounts)


def _cells(entry: AuditEntry) -> list[str]:
    return [
        f"{entry.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        entry.type,
        named(entry.actor),
        " ".join(map(named, entry.about)),
        entry.surface or "",
        entry.session or "",
        entry.address or "",
        entry.request_id or "",
        json.dumps(data_of(entry.data), ensure_ascii=False),
    ]


async def _filter(connection: AsyncConnection, scope: Scope, wanted: Wish) -> AuditFilter:
    actor, about, type_ = wanted.get("actor"), wanted.get("about"), wanted.get("type")
    return AuditFilter(
        actor=None if actor is None else await _actor(connection, scope, actor),
        about=None if about is None else await _reference(connection, scope, about),
        type=None if type_ is None else _type(type_),
        since=wanted.get("since"),
        until=wanted.get("until"),
        session=_plain(wanted.get("session"), _session),
        address=_plain(wanted.get("address"), str.lower),
    )


def _session(text: str) -> str:
    """A key or a session as it is stored, however it was typed; a link is stored as it is."""
    return text.upper() if _KEY_OR_SESSION.fullmatch(text) else text


def _plain(text: str | None, cased: Callable[[str], str]) -> str | None:
    """A text that is compared as it is. One that cannot be stored is that of no call."""
    return None if text is None else cased(text.strip()) if storable(text) else ""


async def _actor(connection: AsyncConnection, scope: Scope, text: str) -> str:
    name = text.strip().lower()
    return name if name in _IMPERSONAL else await _reference(connection, scope, text)


async def _reference(connection: AsyncConnection, scope: Scope, text: str) -> str:
    """The reference by which events name a record. An id need not be known: events outlive records."""
    name = text.strip()
    if _REFERENCE.fullmatch(name) or (name.startswith(WORK) and storable(name)):
        return name
    letters = name.partition("-")[0].upper()
    number = parse_reference(letters, name) if letters in _KINDS else None
    if number is not None:
        return f"{_KINDS[letters]}:{number}"
    try:
        return await _by_natural_key(connection, scope, name)
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
        shown = UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)[:200]
        raise Refused.because("unknown_event_type", types=shown)
    return text.strip().rstrip(".")
