"""Current and earlier codes of SIMs, with the files they were read from: encrypted, never deleted (F59)."""

from typing import Any

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.activation import parse_activation_code
from models.codes.requests import QrHistory, QrVersionView
from models.codes.shown import ShownCode
from models.errors import NotFound, Refused
from models.events import EventView
from models.fleet.inventory import SimState
from models.people.callers import Scope
from store import events
from store.codes import link_ends, notifications, request_views
from store.codes.imports import (
    VERSION_COLUMNS,
    version_view,
)
from store.codes.tables import QrVersionRow
from store.fleet.tables import SimRow
from store.key_ring import KeyRing
from store.scopes import within
from store.secrets import code_of, confirmation_code_of, file_of
from store.travel.revealed import reveal

_ENCRYPTED = select(*VERSION_COLUMNS, QrVersionRow.code, QrVersionRow.confirmation_code)
_CURRENT = _ENCRYPTED.where(QrVersionRow.sim_id == bindparam("sim"), QrVersionRow.current)
_CURRENT_CODE = _CURRENT.add_columns(SimRow.state).join(SimRow, SimRow.id == QrVersionRow.sim_id)
_CURRENT_NUMBER = select(QrVersionRow.number).where(
    QrVersionRow.sim_id == bindparam("sim"), QrVersionRow.current
)
_VERSION = _ENCRYPTED.where(QrVersionRow.id == bindparam("version"))
_VERSIONS = (
    select(*VERSION_COLUMNS)
    .where(QrVersionRow.sim_id == bindparam("sim"))
    .order_by(QrVersionRow.number.desc())
)
_ORIGINAL = select(QrVersionRow.sim_id, QrVersionRow.number, QrVersionRow.original).where(
    QrVersionRow.id == bindparam("version")
)

_OF_OTHERS = ("order-", "line:", "number:", "number-change-", "esim_line:", "stock:")
"""How the first reference of an event begins that is about the SIM, but not about its code."""


async def current(connection: AsyncConnection, scope: Scope, keys: KeyRing, sim_id: int) -> ShownCode:
    """The current code of the SIM with its confirmation code; of one that is discarded, no caller gets it.
    The caller has locked the SIM (`store.codes.code_locks`), so that it is not discarded before the code is
    handed out.

    Raises `NotFound` (`no_qr_code_yet`), `Refused` (`sim_discarded`), `DecryptionFailed`.
    """
    row = (await connection.execute(_CURRENT_CODE.where(_mine(scope)), {"sim": sim_id})).one_or_none()
    if row is None:
        raise _none_yet()
    if row.state == SimState.DISCARDED:
        raise Refused.because("sim_discarded")
    await reveal(connection, row.sim_id)
    return _decrypted(keys, row)


async def current_version(connection: AsyncConnection, scope: Scope, sim_id: int) -> QrVersionView:
    """The facts about the current code of the SIM, without the code. Raises `NotFound` (`no_qr_code_yet`)."""
    row = (await connection.execute(_CURRENT.where(_mine(scope)), {"sim": sim_id})).one_or_none()
    if row is None:
        raise _none_yet()
    return version_view(row)


async def current_number(connection: AsyncConnection, scope: Scope, sim_id: int) -> int | None:
    """The number of the current version of the SIM's code, if it has a code."""
    number: int | None = await connection.scalar(_CURRENT_NUMBER.where(_mine(scope)), {"sim": sim_id})
    return number


async def version(connection: AsyncConnection, scope: Scope, keys: KeyRing, version_id: int) -> ShownCode:
    """A current or earlier code of a SIM with its own confirmation code, about to be shown. Raises
    `NotFound` (`unknown_version`), `DecryptionFailed`.
    """
    row = (await connection.execute(_VERSION.where(_mine(scope)), {"version": version_id})).one_or_none()
    if row is None:
        raise NotFound.because("unknown_version")
    await reveal(connection, row.sim_id)
    return _decrypted(keys, row)


async def original(connection: AsyncConnection, scope: Scope, keys: KeyRing, version_id: int) -> bytes | None:
    """The file that the code was read from; None where it was typed in. Raises like `version`.

    The file is untrusted: it is never rendered, only handed out as a download.
    """
    row = (await connection.execute(_ORIGINAL.where(_mine(scope)), {"version": version_id})).one_or_none()
    if row is None:
        raise NotFound.because("unknown_version")
    return None if row.original is None else keys.decrypt(file_of(row.sim_id, row.number), row.original)


async def history(connection: AsyncConnection, scope: Scope, sim_id: int) -> QrHistory:
    """The history of the SIM's code: everything but the code itself."""
    versions = await connection.execute(_VERSIONS.where(_mine(scope)), {"sim": sim_id})
    return QrHistory(
        sim_id=sim_id,
        versions=tuple(version_view(row) for row in versions),
        requests=await request_views.of_sim(connection, scope, sim_id),
        notifications=await notifications.of_sim(connection, scope, sim_id),
        links=await link_ends.of_sim(connection, scope, sim_id),
        events=await _events(connection, scope, sim_id),
    )


def _mine(scope: Scope) -> ColumnElement[bool]:
    return within(scope, QrVersionRow.account_id, sim=QrVersionRow.sim_id)


async def _events(connection: AsyncConnection, scope: Scope, sim_id: int) -> tuple[EventView, ...]:
    """The events about the SIM's code, without those of orders and of what it serves. Their data names the
    request, the notification and the link that they are about.
    """
    found = await events.of(connection, scope, f"sim:{sim_id}")
    return tuple(_named(event) for event in found if not event.about[0].startswith(_OF_OTHERS))


def _named(event: EventView) -> EventView:
    named: dict[str, object] = {}
    for reference in event.about:
        if reference.startswith("qr-request-"):
            named["request_id"] = reference
        elif reference.startswith("qr-notification-"):
            named["notification_id"] = reference
        elif reference.startswith("link:"):
            named["link_id"] = int(reference.removeprefix("link:"))
    return event.model_copy(update={"data": {**event.data, **named}})


def _decrypted(keys: KeyRing, row: Any) -> ShownCode:
    code = keys.decrypt(code_of(row.sim_id, row.number), row.code).decode()
    asked = row.confirmation_code
    if asked is not None:
        asked = keys.decrypt(confirmation_code_of(row.sim_id, row.number), asked).decode()
    return ShownCode(parse_activation_code(code), version_view(row), asked)


def _none_yet() -> NotFound:
    return NotFound.because("no_qr_code_yet")
