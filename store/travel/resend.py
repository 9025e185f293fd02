"""Send the subscriber of an eSIM line the QR code or a confirmation again, at the present address (T43)."""

from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.requests import NotificationView
from models.errors import NotFound, Refusal, Refused
from models.fleet.inventory import SimState
from models.identifiers import mark_of_key, qr_notification_id
from models.people.callers import AllAccounts, By
from store import events
from store.codes import notifications
from store.codes.code_locks import lock_sim
from store.codes.tables import QrVersionRow
from store.fleet.tables import SimRow
from store.locks import lock_subject
from store.orders import follow_ups
from store.orders.tables import FollowUpRow, OrderRow
from store.travel.line_tables import EsimLineRow, PlanAssignmentRow
from store.travel.lookups import EsimLineKey
from store.travel.tables import SubscriberRow

_IN_USE = (SimState.ACTIVE, SimState.SUSPENDED)


def _line() -> Select[*tuple[Any, ...]]:
    in_use = (SimRow.holder == EsimLineRow.subject) & SimRow.state.in_(_IN_USE)
    current = (QrVersionRow.sim_id == SimRow.id) & QrVersionRow.current
    return (
        select(
            EsimLineRow.order_id,
            SimRow.id.label("sim_id"),
            QrVersionRow.id.label("version_id"),
            SubscriberRow.email,
        )
        .join(SubscriberRow, SubscriberRow.id == EsimLineRow.subscriber_id)
        .outerjoin(SimRow, in_use)
        .outerjoin(QrVersionRow, current)
        .where(EsimLineRow.id == bindparam("line"), EsimLineRow.account_id == bindparam("account"))
    )


_LINE = _line()
# the order, locked against a cancel, if it gave this line a plan
_CONFIRMED = (
    select(OrderRow.id)
    .join(PlanAssignmentRow, PlanAssignmentRow.order_id == OrderRow.id)
    .where(OrderRow.id == bindparam("order"), PlanAssignmentRow.esim_line_id == bindparam("line"))
    .with_for_update(read=True, of=OrderRow)
)
_DUE = select(func.count()).where(
    FollowUpRow.order_id == bindparam("order"),
    FollowUpRow.done_at.is_(None),
    FollowUpRow.target != bindparam("target"),
)
_ADD = insert(FollowUpRow).on_conflict_do_nothing().returning(FollowUpRow.id)


async def resend_code(connection: AsyncConnection, line: EsimLineKey, by: By, key: str) -> NotificationView:
    """Revoke all notifications of the code of the line's eSIM with their links, and record a new one to the
    subscriber's present address; the caller then starts its workflow. Under the same key it is done once.

    Raises `NotFound` (`unknown_esim_line`), and `Refused` with every reason why nothing can be sent: the code
    of an eSIM that was discarded never is.
    """
    row = await _locked(connection, line)
    notification_id = qr_notification_id(line.account_id, f"resend {key}")
    sent = await notifications.find(connection, AllAccounts(), notification_id)
    if sent is not None:
        if sent.sim_id != row.sim_id:
            raise Refused.because("key_used_for_notification")
        return sent
    found = [] if row.sim_id else [Refusal.of("line_without_esim")]
    if row.sim_id and row.version_id is None:
        found.append(Refusal.of("line_without_code"))
    if not row.email:
        found.append(Refusal.of("subscriber_without_address"))
    if found:
        raise Refused(*found)
    await notifications.revoke_all(connection, await lock_sim(connection, row.sim_id), by)
    return await notifications.create(
        connection,
        notification_id=notification_id,
        account_id=line.account_id,
        sim_id=row.sim_id,
        version_id=row.version_id,
        address=row.email,
        by=by,
    )


async def resend_confirmation(  # noqa: PLR0917  what is sent, and by whom
    connection: AsyncConnection, line: EsimLineKey, order_id: str | None, confirmation: str, by: By, key: str
) -> str:
    """Leave the order's step `confirmation` to be done once more, for the order that added the line unless
    another one is named; return the order's id. The caller then starts its workflow again.

    Raises `NotFound` (`unknown_esim_line`, `unknown_order`), `Refused` (`subscriber_without_address`,
    `emails_not_sent_yet`).
    """
    row = await _locked(connection, line)
    which = {"order": order_id or row.order_id, "line": line.id}
    confirmed = await connection.scalar(_CONFIRMED, which)
    if confirmed is None:
        raise NotFound.because("unknown_order", order=which["order"])
    target = f"{confirmation}:{mark_of_key(line.account_id, key)}"
    if not row.email:
        raise Refused.because("subscriber_without_address")
    if await connection.scalar(_DUE, {"order": confirmed, "target": target}):
        raise Refused.because("emails_not_sent_yet", order=confirmed)
    due = {"order_id": confirmed, "kind": follow_ups.EMAIL, "target": target}
    if (await connection.execute(_ADD, due)).scalar_one_or_none() is not None:
        happened: events.Happening = ("esim_line.confirmation_resent", {})
        about = (confirmed, line.subject)
        await events.append(connection, line.account_id, about, by.actor, happened, origin_id=by.origin_id)
    return confirmed


async def _locked(connection: AsyncConnection, line: EsimLineKey) -> Any:
    """The line, locked, with its present eSIM, the code of that and the subscriber's address."""
    if not await lock_subject(connection, line.account_id, line.subject):
        raise NotFound.because("unknown_esim_line")
    return (await connection.execute(_LINE, {"line": line.id, "account": line.account_id})).one()
