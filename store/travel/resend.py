"""Send the subscriber of an eSIM line the QR code or a confirmation again, at the present address (T43)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.requests import Notified
from models.errors import NotFound, Refusal, Refused
from models.fleet.inventory import SimState
from models.identifiers import mark_of_key, qr_notification_id
from models.people.callers import AllAccounts, By
from models.travel.sending import SentAgain
from store import events
from store.codes import notifications
from store.codes.code_locks import lock_sim
from store.codes.tables import QrVersionRow
from store.fleet.tables import SimRow
from store.locks import lock_subject
from store.orders import follow_ups
from store.orders.tables import RESENT, FollowUpRow, OrderRow
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
_OF_KEY = select(FollowUpRow.order_id).where(FollowUpRow.target == bindparam("target"), text(RESENT))
"""The order that is confirmed again under a key, of whatever line: `target` is of the account and the key."""
_ADD = insert(FollowUpRow).on_conflict_do_nothing().returning(FollowUpRow.id)


@dataclass(frozen=True)
class Confirmed:
    """An order whose confirmation is to be sent again; `replayed`: it was, under this key."""

    order_id: str
    replayed: bool


async def resend_code(connection: AsyncConnection, line: EsimLineKey, by: By, key: str) -> Notified:
    """Revoke all notifications of the code of the line's eSIM with their links, and record a new one to the
    subscriber's present address; the caller then starts its workflow. Under the same key it is done once.

    Raises `NotFound` (`unknown_esim_line`), and `Refused` with every reason why nothing can be sent: the code
    of an eSIM that was discarded never is.
    """
    row = await _locked(connection, line)
    notification_id = _notification_id(line, key)
    sent = await notifications.find(connection, AllAccounts(), notification_id)
    if sent is not None:
        if sent.sim_id != row.sim_id:
            raise Refused.because("key_used_for_notification")
        return Notified(**sent.model_dump(), replayed=True)
    if await connection.scalar(_OF_KEY, {"target": _target(line, key)}) is not None:
        raise Refused.because("key_used_for_notification")
    found = [] if row.sim_id else [Refusal.of("line_without_esim")]
    if row.sim_id and row.version_id is None:
        found.append(Refusal.of("line_without_code"))
    if not row.email:
        found.append(Refusal.of("subscriber_without_address"))
    if found:
        raise Refused(*found)
    await notifications.revoke_all(connection, await lock_sim(connection, row.sim_id), by)
    created = await notifications.create(
        connection,
        notification_id=notification_id,
        account_id=line.account_id,
        sim_id=row.sim_id,
        version_id=row.version_id,
        address=row.email,
        by=by,
    )
    return Notified(**created.model_dump())


async def resend_confirmation(
    connection: AsyncConnection, line: EsimLineKey, order_id: str | None, by: By, key: str
) -> Confirmed:
    """Leave the confirmation to be sent once more, of the order that added the line unless another one is
    named; the caller then starts its workflow again. Under the same key it is done once.

    Raises `NotFound` (`unknown_esim_line`, `unknown_order`), `Refused` (`key_used_for_notification`,
    `subscriber_without_address`, `emails_not_sent_yet`).
    """
    row = await _locked(connection, line)
    which = {"order": order_id or row.order_id, "line": line.id}
    confirmed = await connection.scalar(_CONFIRMED, which)
    target = _target(line, key)
    of_key = await connection.scalar(_OF_KEY, {"target": target})
    code_sent = await notifications.find(connection, AllAccounts(), _notification_id(line, key))
    if code_sent is not None or of_key not in {None, confirmed}:
        raise Refused.because("key_used_for_notification")
    if confirmed is None:
        raise NotFound.because("unknown_order", order=which["order"])
    if not row.email:
        raise Refused.because("subscriber_without_address")
    if await connection.scalar(_DUE, {"order": confirmed, "target": target}):
        raise Refused.because("emails_not_sent_yet", order=confirmed)
    due = {"order_id": confirmed, "kind": follow_ups.EMAIL, "target": target}
    if of_key is None and (await connection.execute(_ADD, due)).scalar_one_or_none() is not None:
        happened: events.Happening = ("esim_line.confirmation_resent", {})
        about = (confirmed, line.subject)
        await events.append(connection, line.account_id, about, by.actor, happened, origin_id=by.origin_id)
    return Confirmed(confirmed, replayed=of_key is not None)


def _notification_id(line: EsimLineKey, key: str) -> str:
    return qr_notification_id(line.account_id, f"resend {key}")


def _target(line: EsimLineKey, key: str) -> str:
    return f"{SentAgain.CONFIRMATION}:{mark_of_key(line.account_id, key)}"


async def _locked(connection: AsyncConnection, line: EsimLineKey) -> Any:
    """The line, locked, with its present eSIM, the code of that and the subscriber's address."""
    if not await lock_subject(connection, line.account_id, line.subject):
        raise NotFound.because("unknown_esim_line")
    return (await connection.execute(_LINE, {"line": line.id, "account": line.account_id})).one()
