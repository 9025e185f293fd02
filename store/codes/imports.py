"""Giving a SIM its code: by a user of the account, or by a contact of its distributor with a link (F35)."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ARRAY, LargeBinary, any_, bindparam, exists, func, insert, select, update
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.activation import ActivationCode
from models.codes.requests import Caution, Imported, QrVersionView, RequestStatus
from models.errors import DecryptionFailed, Refused
from models.events import sim_references
from models.fleet.inventory import SimState
from models.orders.rules import Facts, import_refusals
from models.people.callers import By
from store import events
from store.codes import notifications, request_steps
from store.codes.code_locks import RequestInHand, SimInHand, lock_codes, lock_open_request, lock_sim
from store.codes.managers import manager_of
from store.codes.tables import QrRequestRow, QrVersionRow
from store.event_table import EventRow
from store.fleet.tables import SimRow
from store.key_ring import KeyRing
from store.secrets import code_of, file_of

VERSION_COLUMNS = tuple(getattr(QrVersionRow, name) for name in QrVersionView.model_fields)
"""What may be read of a version without the keys."""

_NONE: tuple[str, ...] = ()

_CURRENT = select(*VERSION_COLUMNS, QrVersionRow.code, QrVersionRow.fingerprint).where(
    QrVersionRow.sim_id == bindparam("sim"), QrVersionRow.current
)
_ELSEWHERE = (
    select(QrVersionRow.current)
    .where(
        QrVersionRow.fingerprint == any_(bindparam("fingerprints", type_=ARRAY(LargeBinary))),
        QrVersionRow.sim_id != bindparam("sim"),
    )
    .order_by(QrVersionRow.current.desc())
    .limit(1)
)
_NEWEST = (
    select(QrVersionRow.code)
    .join(SimRow, SimRow.id == QrVersionRow.sim_id)
    .where(QrVersionRow.current, QrVersionRow.sim_id != bindparam("sim"), SimRow.state != SimState.DISCARDED)
    .order_by(QrVersionRow.id.desc())
    .limit(1)
)
_LAST_NUMBER = select(func.coalesce(func.max(QrVersionRow.number), 0)).where(
    QrVersionRow.sim_id == bindparam("sim")
)
_REPLACE = (
    update(QrVersionRow)
    .where(QrVersionRow.sim_id == bindparam("sim"), QrVersionRow.current)
    .values(current=False)
)
_INSERT = insert(QrVersionRow).values(current=True).returning(*VERSION_COLUMNS)
IMPORTED = "qr.imported"
"""The event."""
_BROUGHT = (
    select(QrVersionRow.id)
    .join(QrRequestRow, QrRequestRow.sim_id == QrVersionRow.sim_id)
    .where(
        QrRequestRow.id == bindparam("request"),
        QrVersionRow.current,
        # of the event, for the version may have come before: then the request was answered by the same code
        exists().where(
            EventRow.about.contains(array([QrRequestRow.id])),
            EventRow.type == IMPORTED,
            EventRow.actor == bindparam("who"),
            EventRow.data["version"].as_integer() == QrVersionRow.number,
        ),
    )
)


@dataclass(frozen=True)
class _Import:
    """What somebody brought, and by which way."""

    code: ActivationCode
    file_type: str
    original: bytes | None = field(repr=False)
    by: By
    request_id: str | None
    link_id: int | None


async def take(
    connection: AsyncConnection,
    keys: KeyRing,
    *,
    sim_id: int,
    code: ActivationCode,
    file_type: str,
    original: bytes | None,
    by: By,
    request_id: str | None,
    link_id: int | None = None,
) -> Imported:
    """Give the SIM a code. It is on no other SIM (F62); the one before is kept (F59), but links to it are
    dead; the open request is answered, also by a code that the SIM has already.

    With a request (that of a link) it must be open still; the same code from the same contact again is
    answered alike. Raises `Refused` (`request_over`, `code_on_another_sim`, or as `import_refusals`); then
    the code that was there stays.
    """
    brought = _Import(code, file_type, original, by, request_id, link_id)
    sim = await lock_sim(connection, sim_id)
    asked = await lock_open_request(connection, sim)
    before = (await connection.execute(_CURRENT, {"sim": sim_id})).one_or_none()
    same = None if before is None or not _same_code(keys, before, code) else version_view(before)
    if request_id is not None and (asked is None or asked.id != request_id):
        if same is None or await imported_by(connection, request_id, by.actor) != same.id:
            raise _request_over()
        manager = await manager_of(connection, sim_id, imported_by=by.actor, request_id=request_id)
        return Imported(version=same, changed=False, manager=manager)
    _check(sim)
    found, warnings, dead = (same, _NONE, 0) if same else await _add(connection, keys, sim, brought, asked)
    if asked or not same:
        await _tell(connection, sim, asked, brought, found.number)
    answered = asked.id if asked else None
    return Imported(
        version=found,
        changed=same is None,
        manager=await manager_of(connection, sim_id, imported_by=by.actor, request_id=answered),
        ended_request=answered,
        replaced=before.number if before is not None and same is None else None,
        dead_links=dead,
        warnings=warnings,
    )


async def imported_by(connection: AsyncConnection, request_id: str, actor: str) -> int | None:
    """The present version of the SIM's code, if this person answered the request with it."""
    found: int | None = await connection.scalar(_BROUGHT, {"request": request_id, "who": actor})
    return found


async def note_refused(
    connection: AsyncConnection,
    sim_id: int,
    by: By,
    refused: Refused,
    *,
    request_id: str | None = None,
    link_id: int | None = None,
) -> None:
    """Record that an import was refused, and why: the account and its operators read it in the history."""
    sim = await lock_sim(connection, sim_id)
    happened = ("qr.import_refused", {"codes": [reason.code for reason in refused.refusals]})
    about = sim_references(sim.id, request_id=request_id, link_id=link_id)
    await events.append(connection, sim.account_id, about, by.actor, happened, origin_id=by.origin_id)


async def refuse_conflict(
    connection: AsyncConnection, keys: KeyRing, sim_id: int, code: ActivationCode
) -> tuple[str, ...]:
    """Warnings about a code that another SIM had. Raises `Refused` (`code_on_another_sim`) where another SIM,
    of whatever account and also a discarded one, has it (F62).
    """
    known = {"fingerprints": list(keys.fingerprints(code.profile)), "sim": sim_id}
    elsewhere = (await connection.execute(_ELSEWHERE, known)).scalar_one_or_none()
    if elsewhere:
        raise Refused.because("code_on_another_sim")
    return _NONE if elsewhere is None else (Caution.WAS_ELSEWHERE.value,)


def version_view(row: Any) -> QrVersionView:
    """A version as it is read."""
    return QrVersionView(**{name: row._mapping[name] for name in QrVersionView.model_fields})


async def _add(
    connection: AsyncConnection, keys: KeyRing, sim: SimInHand, brought: _Import, asked: RequestInHand | None
) -> tuple[QrVersionView, tuple[str, ...], int]:
    """A new version in the place of the one before, with warnings, and how many links died with that."""
    number = (await connection.execute(_LAST_NUMBER, {"sim": sim.id})).scalar_one() + 1
    file = brought.original
    values = {
        "account_id": sim.account_id,
        "sim_id": sim.id,
        "number": number,
        "code": keys.encrypt(code_of(sim.id, number), str(brought.code).encode()),
        "fingerprint": keys.fingerprints(brought.code.profile)[0],
        "file_type": brought.file_type,
        "original": None if file is None else keys.encrypt(file_of(sim.id, number), file),
        "request_id": asked.id if asked else None,
        "imported_by": brought.by.actor,
    }
    await lock_codes(connection)
    await _check_keys(connection, keys, sim)
    warnings = await refuse_conflict(connection, keys, sim.id, brought.code)
    await connection.execute(_REPLACE, {"sim": sim.id})
    added = (await connection.execute(_INSERT, values)).one()
    dead = await notifications.revoke_all(connection, sim, brought.by)
    return version_view(added), warnings, dead


async def _check_keys(connection: AsyncConnection, keys: KeyRing, sim: SimInHand) -> None:
    """A process without a key in use does not recognise a code that is on another SIM already (F62). Raises
    `UnknownKey` where the newest code of another SIM is encrypted with a key that this ring does not have.
    """
    newest = (await connection.execute(_NEWEST, {"sim": sim.id})).one_or_none()
    if newest is not None:
        keys.require_key_of(newest.code)


async def _tell(
    connection: AsyncConnection, sim: SimInHand, asked: RequestInHand | None, brought: _Import, number: int
) -> None:
    """End the request that is open, and append the event."""
    how = "account" if brought.request_id is None else "link"
    happened = (IMPORTED, {"version": number, "file_type": brought.file_type, "how": how})
    if asked is None:
        by, about = brought.by, sim_references(sim.id)
        await events.append(connection, sim.account_id, about, by.actor, happened, origin_id=by.origin_id)
    else:
        await request_steps.end(
            connection, asked, RequestStatus.IMPORTED, brought.by, happened, link_id=brought.link_id
        )


def _check(sim: SimInHand) -> None:
    """What the SIM itself says against it; what the user's profile says is the caller's to ask."""
    none: frozenset[Any] = frozenset()
    facts = Facts(
        slot=None,
        sim_kind=sim.kind,
        sim_state=sim.state,
        enabled_targets=none,
        esim_packs=none,
        qr_contacts=none,
        open_order=None,
    )
    reasons = import_refusals(facts)
    if reasons:
        raise Refused(*reasons)


def _same_code(keys: KeyRing, row: Any, code: ActivationCode) -> bool:
    if row.fingerprint not in keys.fingerprints(code.profile):
        return False
    try:
        return keys.decrypt(code_of(row.sim_id, row.number), row.code) == str(code).encode()
    except DecryptionFailed:  # damaged: the code that was brought mends it
        return False


def _request_over() -> Refused:
    return Refused.because("request_over", ended="over")
