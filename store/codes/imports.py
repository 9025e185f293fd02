"""Imports the QR code of a SIM, from a user of the account or from a contact with an upload link (F35)."""

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
from store.codes.code_locks import LockedQrRequest, LockedQrSim, lock_codes, lock_open_request, lock_sim
from store.codes.managers import manager_of
from store.codes.recipients import sent_by_itself
from store.codes.tables import QrRequestRow, QrVersionRow
from store.event_table import EventRow
from store.fleet.tables import SimRow
from store.key_ring import KeyRing
from store.secrets import code_of, confirmation_code_of, file_of

VERSION_COLUMNS = tuple(getattr(QrVersionRow, name) for name in QrVersionView.model_fields)
"""The columns of a version that can be read without the keys."""

_NONE: tuple[str, ...] = ()

_CURRENT = select(
    *VERSION_COLUMNS, QrVersionRow.code, QrVersionRow.confirmation_code, QrVersionRow.fingerprint
).where(QrVersionRow.sim_id == bindparam("sim"), QrVersionRow.current)
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
"""The event type of an import."""
_BROUGHT = (
    select(QrVersionRow.id)
    .join(QrRequestRow, QrRequestRow.sim_id == QrVersionRow.sim_id)
    .where(
        QrRequestRow.id == bindparam("request"),
        QrVersionRow.current,
        # by the event: the version may be older than the request, which was then answered with the same code
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
    """The code that is imported, by which actor and for which request or link."""

    code: ActivationCode
    confirmation_code: str | None = field(repr=False)
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
    confirmation_code: str | None = None,
) -> Imported:
    """Import a code for the SIM, with its confirmation code where that is known. No other SIM may have it
    (F62). The code before is kept (F59), but its links are revoked. The open request is answered, also by the
    code that the SIM already has.

    A request that is given (that of a link) must still be open; the same code from the same contact again is
    answered in the same way (idempotent). Raises `Refused` (`request_over`, `code_on_another_sim`, or as
    `import_refusals`); then the current code stays.
    """
    brought = _Import(code, confirmation_code, file_type, original, by, request_id, link_id)
    sim = await lock_sim(connection, sim_id)
    asked = await lock_open_request(connection, sim)
    before = (await connection.execute(_CURRENT, {"sim": sim_id})).one_or_none()
    same = None if before is None or not _same_code(keys, before, brought) else version_view(before)
    if request_id is not None and (asked is None or asked.id != request_id):
        if same is None or await imported_by(connection, request_id, by.actor) != same.id:
            raise _request_over()
        manager = await manager_of(connection, sim_id, imported_by=by.actor, request_id=request_id)
        return Imported(version=same, changed=False, manager=manager)
    _check(sim)
    found, warnings, dead = (same, _NONE, 0) if same else await _add(connection, keys, sim, brought, asked)
    if asked or not same:
        await _record(connection, sim, asked, brought, found.number)
    answered = asked.id if asked else None
    known = same is not None and (asked is None or await notifications.is_notified(connection, same.id))
    sent = not known and await sent_by_itself(connection, sim_id, answered=asked is not None)
    return Imported(
        version=found,
        changed=same is None,
        manager=await manager_of(connection, sim_id, imported_by=by.actor, request_id=answered),
        sent_by_itself=sent,
        ended_request=answered,
        replaced=before.number if before is not None and same is None else None,
        dead_links=dead,
        warnings=warnings,
    )


async def imported_by(connection: AsyncConnection, request_id: str, actor: str) -> int | None:
    """The id of the current version of the SIM's code, if this actor answered the request with it."""
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
    """Record that an import was refused, and why, in the history for the account and its operators."""
    sim = await lock_sim(connection, sim_id)
    happened = ("qr.import_refused", {"codes": [reason.code for reason in refused.refusals]})
    about = sim_references(sim.id, request_id=request_id, link_id=link_id)
    await events.append(connection, sim.account_id, about, by.actor, happened, origin_id=by.origin_id)


async def refuse_conflict(
    connection: AsyncConnection, keys: KeyRing, sim_id: int, code: ActivationCode
) -> tuple[str, ...]:
    """Warn if another SIM had the code before, or if it has small letters (R4). Raises `Refused`
    (`code_on_another_sim`) if another SIM of any account, also a discarded one, has it now (F62).
    """
    known = {"fingerprints": list(keys.fingerprints(code.profile)), "sim": sim_id}
    elsewhere = (await connection.execute(_ELSEWHERE, known)).scalar_one_or_none()
    if elsewhere:
        raise Refused.because("code_on_another_sim")
    cautions = {Caution.WAS_ELSEWHERE: elsewhere is not None, Caution.SMALL_LETTERS: code.has_small_letters}
    return tuple(caution.value for caution, applies in cautions.items() if applies)


def version_view(row: Any) -> QrVersionView:
    """The model of a version."""
    return QrVersionView(**{name: row._mapping[name] for name in QrVersionView.model_fields})


async def _add(
    connection: AsyncConnection,
    keys: KeyRing,
    sim: LockedQrSim,
    brought: _Import,
    asked: LockedQrRequest | None,
) -> tuple[QrVersionView, tuple[str, ...], int]:
    """Add a version that replaces the current one; return it, warnings and the number of revoked links."""
    number = (await connection.execute(_LAST_NUMBER, {"sim": sim.id})).scalar_one() + 1
    file, asks = brought.original, brought.confirmation_code
    values = {
        "account_id": sim.account_id,
        "sim_id": sim.id,
        "number": number,
        "code": keys.encrypt(code_of(sim.id, number), str(brought.code).encode()),
        "fingerprint": keys.fingerprints(brought.code.profile)[0],
        "confirmation_code": None
        if asks is None
        else keys.encrypt(confirmation_code_of(sim.id, number), asks.encode()),
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


async def _check_keys(connection: AsyncConnection, keys: KeyRing, sim: LockedQrSim) -> None:
    """Raise `UnknownKey` if the newest code of another SIM is encrypted with a key that this ring does not
    have: without a key in use, a process does not detect that another SIM has the code (F62).
    """
    newest = (await connection.execute(_NEWEST, {"sim": sim.id})).one_or_none()
    if newest is not None:
        keys.require_key_of(newest.code)


async def _record(
    connection: AsyncConnection,
    sim: LockedQrSim,
    asked: LockedQrRequest | None,
    brought: _Import,
    number: int,
) -> None:
    """End the open request, if there is one, and append the event."""
    how = "account" if brought.request_id is None else "link"
    happened = (IMPORTED, {"version": number, "file_type": brought.file_type, "how": how})
    if asked is None:
        by, about = brought.by, sim_references(sim.id)
        await events.append(connection, sim.account_id, about, by.actor, happened, origin_id=by.origin_id)
    else:
        await request_steps.end(
            connection, asked, RequestStatus.IMPORTED, brought.by, happened, link_id=brought.link_id
        )


def _check(sim: LockedQrSim) -> None:
    """Refuse the import if the SIM does not allow it. The caller checks the user's profile."""
    none: frozenset[Any] = frozenset()
    facts = Facts(
        slot=None,
        sim_kind=sim.kind,
        sim_state=sim.state,
        enabled_targets=none,
        esim_packs={},
        qr_contacts=none,
        open_order=None,
    )
    reasons = import_refusals(facts)
    if reasons:
        raise Refused(*reasons)


def _same_code(keys: KeyRing, row: Any, brought: _Import) -> bool:
    """Whether the SIM has this code already, with this confirmation code if one is given."""
    if row.fingerprint not in keys.fingerprints(brought.code.profile):
        return False
    asked, asks = row.confirmation_code, brought.confirmation_code
    try:
        if keys.decrypt(code_of(row.sim_id, row.number), row.code) != str(brought.code).encode():
            return False
        if asked is not None:
            asked = keys.decrypt(confirmation_code_of(row.sim_id, row.number), asked).decode()
    except DecryptionFailed:  # damaged: the import replaces it
        return False
    return asks is None or asks == asked


def _request_over() -> Refused:
    return Refused.because("request_over", ended="over")
