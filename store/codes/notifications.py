"""Notifications of imported codes: recorded before their e-mail is sent, revoked with their links."""

from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Interval,
    Select,
    String,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.requests import NotificationView
from models.errors import NotFound, Refused
from models.events import sim_references
from models.fleet.inventory import SimState
from models.people.callers import AllAccounts, By, Scope
from store import events
from store.codes.code_locks import LockedQrSim, lock_sim
from store.codes.tables import LinkRow, QrNotificationRow, QrVersionRow
from store.mail_table import MailRow
from store.operations import holds, not_sent
from store.operations.tables import HoldRow, NotSentRow
from store.paging import built_once
from store.row import has, now
from store.scopes import shaped, travel_esim, within

OFFERED_BY = "system"
"""The creator of a notification that the workflow of a request offers to the requester, and sends itself."""
_STARTED_WITHIN = timedelta(minutes=5)
"""The e-mail of a notification is begun within this time after it was recorded. If it is not, Temporal was
unavailable for the caller, who perhaps gave up: then the notification does not count as notified.
"""

_INSERT = insert(QrNotificationRow).on_conflict_do_nothing().returning(QrNotificationRow.id)
_CURRENT = select(QrVersionRow.id, QrVersionRow.number).where(
    QrVersionRow.sim_id == bindparam("sim"), QrVersionRow.current
)
_MADE_AS_OTHER = select(QrNotificationRow.id).where(
    QrNotificationRow.id == bindparam("notification"),
    QrNotificationRow.sim_id == bindparam("sim"),
    QrNotificationRow.made_as != bindparam("made_as", type_=String),
)
NOTIFIED = exists().where(
    QrNotificationRow.version_id == QrVersionRow.id,
    or_(
        QrNotificationRow.created_at > now() - bindparam("started_within", _STARTED_WITHIN, type_=Interval),
        exists().where(MailRow.qr_notification_id == QrNotificationRow.id),
    ),
)
"""Whether a recipient has been or is being notified of a version, as a condition of a statement."""
_IS_NOTIFIED = select(QrVersionRow.id).where(QrVersionRow.id == bindparam("version"), NOTIFIED)


def _revoking(*which: ColumnElement[bool]) -> Select[str]:
    """Revoke notifications, and remove their holds and records of unsent e-mails."""
    revoked = (
        update(QrNotificationRow)
        .where(QrNotificationRow.revoked_at.is_(None), *which)
        .values(revoked_at=now())
        .returning(QrNotificationRow.id)
        .cte("revoked")
    )
    released = delete(HoldRow).where(HoldRow.workflow_id.in_(select(revoked.c.id))).cte("released")
    superseded = delete(NotSentRow).where(NotSentRow.subject_id.in_(select(revoked.c.id))).cte("superseded")
    return select(revoked.c.id).add_cte(released, superseded)


_REVOKE = _revoking(QrNotificationRow.sim_id == bindparam("sim"))
_REVOKE_ONE = _revoking(QrNotificationRow.id == bindparam("notification"))
_REVOKE_LINKS = (
    update(LinkRow)
    .where(LinkRow.sim_id == bindparam("sim"), LinkRow.purpose == "download", LinkRow.revoked_at.is_(None))
    .values(revoked_at=now())
)
_REVOKE_LINKS_OF_ONE = _REVOKE_LINKS.where(LinkRow.notification_id == bindparam("notification"))


async def create(
    connection: AsyncConnection,
    *,
    notification_id: str,
    account_id: int,
    sim_id: int,
    version_id: int,
    address: str,
    by: By,
    made_as: str | None = None,
) -> NotificationView:
    """Record a notification of the SIM's current code. The id makes it idempotent. `made_as`: a digest of
    the caller's key with the address that the caller named.

    Raises `Refused` (`key_used_for_notification`, `key_reused`, `sim_discarded`, `code_replaced`).
    """
    sim = await lock_sim(connection, sim_id)
    known = await find(connection, AllAccounts(), notification_id)
    if known is not None:
        asked = {"notification": notification_id, "sim": sim_id, "made_as": made_as}
        if await connection.scalar(_MADE_AS_OTHER, asked) is not None:
            raise Refused.because("key_reused")
        return _same(known, sim_id, address)
    if sim.state is SimState.DISCARDED:
        raise Refused.because("sim_discarded")
    current = (await connection.execute(_CURRENT, {"sim": sim_id})).one_or_none()
    if current is None or current.id != version_id:
        raise Refused.because("code_replaced")
    made = {"id": notification_id, "account_id": account_id, "sim_id": sim_id, "version_id": version_id}
    sent = {"address": address, "made_as": made_as, "created_by": by.actor}
    written = await connection.execute(_INSERT, made | sent)
    if written.scalar_one_or_none() is not None:
        about: dict[str, Any] = {"version": current.number}
        refers = sim_references(sim_id, notification_id=notification_id)
        happened = ("notification.created", about)
        await events.append(connection, account_id, refers, by.actor, happened, origin_id=by.origin_id)
    return _same(await notification(connection, AllAccounts(), notification_id), sim_id, address)


async def notification(connection: AsyncConnection, scope: Scope, notification_id: str) -> NotificationView:
    """One notification. `version` is the version's number. Raises `NotFound` (`unknown_notification`)."""
    found = await find(connection, scope, notification_id)
    if found is None:
        raise NotFound.because("unknown_notification", notification=notification_id)
    return found


async def find(connection: AsyncConnection, scope: Scope, notification_id: str) -> NotificationView | None:
    """One notification, or None."""
    statement = selected(scope).where(QrNotificationRow.id == notification_id)
    row = (await connection.execute(statement)).one_or_none()
    return None if row is None else view(row)


async def of_sim(connection: AsyncConnection, scope: Scope, sim_id: int) -> tuple[NotificationView, ...]:
    """All notifications of the SIM's codes, newest first."""
    shape, known = shaped(scope)
    rows = await connection.execute(_of_sim(shape), {**known, "sim": sim_id})
    return tuple(view(row) for row in rows)


@built_once
def _of_sim(scope: Scope) -> Select[*tuple[Any, ...]]:
    mine = selected(scope).where(QrNotificationRow.sim_id == bindparam("sim"))
    return mine.order_by(QrNotificationRow.created_at.desc(), QrNotificationRow.id)


async def revoke(connection: AsyncConnection, notification_id: str, by: By) -> None:
    """Revoke a notification and its links; idempotent.

    Raises `NotFound` (`unknown_notification`).
    """
    known = await notification(connection, AllAccounts(), notification_id)
    sim = await lock_sim(connection, known.sim_id)
    one = {"sim": known.sim_id, "notification": notification_id}
    if (await connection.execute(_REVOKE_ONE, one)).scalar_one_or_none() is None:
        return
    await connection.execute(_REVOKE_LINKS_OF_ONE, one)
    await _record_revoked(connection, sim, by, notification_id)


async def revoke_all(connection: AsyncConnection, sim: LockedQrSim, by: By) -> int:
    """Revoke all notifications of a locked SIM and their links, because the SIM gets another code.

    Return how many links were valid until now.
    """
    revoked = (await connection.scalars(_REVOKE, {"sim": sim.id})).all()
    links = await connection.scalars(_REVOKE_LINKS.returning(LinkRow.expires_at > now()), {"sim": sim.id})
    dead = sum(links)
    for notification_id in revoked:
        await _record_revoked(connection, sim, by, notification_id)
    return dead


async def _record_revoked(
    connection: AsyncConnection, sim: LockedQrSim, by: By, notification_id: str
) -> None:
    about = sim_references(sim.id, notification_id=notification_id)
    happened: events.Happening = ("notification.revoked", {})
    await events.append(connection, sim.account_id, about, by.actor, happened, origin_id=by.origin_id)


async def is_notified(connection: AsyncConnection, version_id: int) -> bool:
    """Whether a recipient has been or is being notified of this version."""
    which = {"version": version_id}
    return await connection.scalar(_IS_NOTIFIED, which) is not None


def selected(scope: Scope) -> Select[*tuple[Any, ...]]:
    """Select the notifications of the scope; `view` makes the model of a row."""
    expires = (
        select(func.max(LinkRow.expires_at))
        .where(
            LinkRow.sim_id == QrNotificationRow.sim_id,
            LinkRow.notification_id == QrNotificationRow.id,
            LinkRow.revoked_at.is_(None),
        )
        .scalar_subquery()
    )
    mails = select(MailRow.id).where(MailRow.qr_notification_id == QrNotificationRow.id)
    sent = has(mails.where(MailRow.state == "sent").correlate(QrNotificationRow))
    return (
        select(
            QrNotificationRow.__table__,
            QrVersionRow.number,
            expires.label("link_expires_at"),
            sent.label("sent"),
            holds.of(QrNotificationRow.id).label("holds"),
            not_sent.of(QrNotificationRow.id).label("not_sent"),
        )
        .join(QrVersionRow, QrVersionRow.id == QrNotificationRow.version_id)
        .where(within(scope, QrNotificationRow.account_id, travel=travel_esim(QrNotificationRow.sim_id)))
    )


def view(row: Any) -> NotificationView:
    """The model of a notification."""
    states = {
        "revoked": row.revoked_at is not None,
        "sent": row.sent,
        "given_up": row.given_up,
        "held": bool(row.holds),
        "waiting": True,
    }
    state = next(state for state, is_so in states.items() if is_so)
    return NotificationView(
        id=row.id,
        account_id=row.account_id,
        sim_id=row.sim_id,
        version=row.number,
        address=row.address,
        created_at=row.created_at,
        state=state,
        link_expires_at=row.link_expires_at,
        not_sent=not_sent.read(row.not_sent),
        **holds.read(row.holds if state == "held" else None),
    )


def _same(known: NotificationView, sim_id: int, address: str) -> NotificationView:
    if (known.sim_id, known.address) != (sim_id, address):
        raise Refused.because("key_used_for_notification")
    return known
