"""Whether a link is valid, and how it is revoked: one link, or all upload links of a contact.

An upload link is mailed to a contact with the role 'eSIM QR Code'. When the contact loses the role or the
address, or is erased, the link is revoked in the same transaction; its request stays open and can be sent
again. The SIM is locked before the contact, as in sending, erasure and every use of a link.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, any_, bindparam, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.requests import LinkView, RequestStatus
from models.errors import NotFound, Refusal
from models.events import sim_references
from models.fleet.inventory import SimState
from models.people.callers import AllAccounts, By, Scope
from store import events
from store.codes.code_locks import lock_sim
from store.codes.tables import LinkRow, QrNotificationRow, QrRequestRow, QrVersionRow
from store.fleet.tables import SimRow
from store.people.tables import ContactRow
from store.row import now
from store.scopes import within

UPLOAD = "upload"
DOWNLOAD = "download"


def of_contacts(recipients: Any) -> ColumnElement[bool]:
    """Whether a link is an upload link of these contacts that is neither revoked nor expired."""
    return and_(
        LinkRow.purpose == UPLOAD,
        LinkRow.recipient == any_(recipients),
        LinkRow.revoked_at.is_(None),
        LinkRow.expires_at > now(),
    )


_OF_CONTACTS = of_contacts(bindparam("recipients", type_=ARRAY(String)))
SIMS_OF_CONTACTS = select(LinkRow.sim_id).where(_OF_CONTACTS)
"""The SIMs for which `recipients` have an upload link that is neither revoked nor expired."""
_LOCK_SIMS = (
    select(SimRow.id)
    .where(SimRow.id.in_(SIMS_OF_CONTACTS))
    .order_by(SimRow.id)
    .with_for_update(key_share=True)
)
_LOCK_CONTACTS = (
    select(ContactRow.id)
    .where(ContactRow.id.in_(bindparam("contacts", expanding=True)))
    .order_by(ContactRow.id)
    .with_for_update(key_share=True)
)
_REVOKED = (LinkRow.id, LinkRow.account_id, LinkRow.sim_id, LinkRow.request_id, LinkRow.notification_id)
_REVOKE_OF_CONTACTS = update(LinkRow).where(_OF_CONTACTS).values(revoked_at=now()).returning(*_REVOKED)
_REVOKE = (
    update(LinkRow)
    .where(LinkRow.id == bindparam("link"), LinkRow.revoked_at.is_(None))
    .values(revoked_at=now())
    .returning(*_REVOKED)
)


def facts() -> Select[Any]:
    """Select links with everything that decides whether they are valid: see `why_dead`."""
    return (
        select(
            LinkRow.__table__,
            (LinkRow.expires_at <= now()).label("expired"),
            QrRequestRow.status.label("request_status"),
            QrNotificationRow.revoked_at.label("notification_revoked_at"),
            QrVersionRow.current.label("version_current"),
            SimRow.state.label("sim_state"),
        )
        .join(SimRow, SimRow.id == LinkRow.sim_id)
        .outerjoin(QrRequestRow, QrRequestRow.id == LinkRow.request_id)
        .outerjoin(QrNotificationRow, QrNotificationRow.id == LinkRow.notification_id)
        .outerjoin(QrVersionRow, QrVersionRow.id == LinkRow.version_id)
    )


def why_dead(row: Any, *, even_if_over: bool = False) -> Refusal | None:
    """Why a link, selected by `facts`, is not valid any more; None for a valid link.

    `even_if_over` accepts a link whose request has ended, and nothing else. The upload link of a request that
    ended because the SIM was discarded answers `request_over`; any other link of a discarded SIM is revoked.
    """
    if row.expired:
        return Refusal.of("link_expired")
    status = row.request_status if row.purpose == UPLOAD else None
    revoked = (
        row.revoked_at is not None
        or row.notification_revoked_at is not None
        or row.version_current is False
        or (row.sim_state == SimState.DISCARDED and status != RequestStatus.SIM_DISCARDED)
    )
    if revoked:
        return Refusal.of("link_revoked")
    if status is None or status == RequestStatus.REQUESTED or even_if_over:
        return None
    return Refusal.of("request_over", ended=status)


async def lock_recipients(connection: AsyncConnection, contact_ids: Collection[int]) -> None:
    """Lock the SIMs for which these contacts have upload links, then the contacts: no further link is created
    for them until the end of the transaction.
    """
    known = {"recipients": _recipients(contact_ids)}
    while True:
        attempt = await connection.begin_nested()
        locked = set(await connection.scalars(_LOCK_SIMS, known))
        await connection.execute(_LOCK_CONTACTS, {"contacts": list(contact_ids)})
        if set(await connection.scalars(SIMS_OF_CONTACTS, known)) <= locked:
            await attempt.commit()
            return
        await attempt.rollback()  # another link was created before they were locked


async def revoke_of_contacts(connection: AsyncConnection, contact_ids: Collection[int], by: By) -> int:
    """Revoke the upload links of these contacts, who are locked with `lock_recipients`; return how many."""
    known = {"recipients": _recipients(contact_ids)}
    rows = sorted((await connection.execute(_REVOKE_OF_CONTACTS, known)).all())
    for row in rows:
        await _record(connection, row, by)
    return len(rows)


async def revoke(connection: AsyncConnection, link_id: int, by: By) -> None:
    """Revoke one link; idempotent. The link must exist."""
    known = await find(connection, AllAccounts(), link_id)
    await lock_sim(connection, known.sim_id)
    row = (await connection.execute(_REVOKE, {"link": link_id})).one_or_none()
    if row is not None:
        await _record(connection, row, by)


async def find(connection: AsyncConnection, scope: Scope, link_id: int) -> LinkView:
    """One link, without its token. Raises `NotFound` (`unknown_link`)."""
    row = (await connection.execute(_views(scope).where(LinkRow.id == link_id))).one_or_none()
    if row is None:
        raise NotFound.because("unknown_link", link=f"link:{link_id}")
    return _view(row)


async def of_sim(connection: AsyncConnection, scope: Scope, sim_id: int) -> tuple[LinkView, ...]:
    """All links about the SIM, newest first, without their tokens."""
    newest_first = _views(scope).where(LinkRow.sim_id == sim_id).order_by(LinkRow.id.desc())
    return tuple(_view(row) for row in await connection.execute(newest_first))


async def _record(connection: AsyncConnection, row: Any, by: By) -> None:
    about = sim_references(
        row.sim_id, request_id=row.request_id, notification_id=row.notification_id, link_id=row.id
    )
    happened: events.Happening = ("link.revoked", {})
    await events.append(connection, row.account_id, about, by.actor, happened, origin_id=by.origin_id)


def _views(scope: Scope) -> Select[Any]:
    return facts().where(within(scope, LinkRow.account_id, sim=LinkRow.sim_id))


def _view(row: Any) -> LinkView:
    dead = why_dead(row)
    return LinkView(
        id=row.id,
        sim_id=row.sim_id,
        purpose=row.purpose,
        recipient=row.recipient,
        request_id=row.request_id,
        notification_id=row.notification_id,
        created_at=row.created_at,
        expires_at=row.expires_at,
        state="open" if dead is None else _STATES[dead.code],
    )


_STATES = {"link_expired": "expired", "link_revoked": "revoked", "request_over": "request over"}


def _recipients(contact_ids: Collection[int]) -> list[str]:
    return [f"contact:{contact_id}" for contact_id in contact_ids]
