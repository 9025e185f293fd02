"""The one lock sequence, against deadlocks: subject, then order, then what is shared, then SIM, then people.

A transaction that changes a line, a number or an eSIM line locks its subject first; one that changes a SIM's
QR code locks the SIM (`store.codes.code_locks`). Users, employees, contacts and agents come last, in this
sequence: a new row that refers to one of them locks it, after its SIM. Several rows of one kind are locked in
the sequence of their ids. Several management groups are added in the sequence of their names, as a new unique
name is a lock, too; only imports add several of anything else, and one import runs at a time. An account that
something is added to may be locked at any time: the transaction that closes it locks nothing else. The
billing of an account is locked before its licences, and by no transaction that locks a subject. The IMSI
profile of a stock is locked after the order and before any SIM; an import of stock, too, locks its profiles
before all codes, which are locked last, and before it adds SIMs.
"""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from store.fleet.tables import SubjectRow
from store.orders.tables import OrderRow
from store.people.tables import AccountRow

# NO KEY: records that only refer to the subject need not wait
_LOCK = (
    select(SubjectRow.id)
    .where(SubjectRow.id == bindparam("subject"), SubjectRow.account_id == bindparam("account"))
    .with_for_update(key_share=True)
)
_LOCK_ALL = (
    select(SubjectRow.id)
    .where(
        SubjectRow.id.in_(bindparam("subjects", expanding=True)),
        SubjectRow.account_id == bindparam("account"),
    )
    .order_by(SubjectRow.id)
    .with_for_update(key_share=True)
)
_LOCK_OF_ORDER = (
    select(SubjectRow.id)
    .where(
        SubjectRow.id == select(OrderRow.subject).where(OrderRow.id == bindparam("order")).scalar_subquery()
    )
    .with_for_update(key_share=True)
)

_LOCK_NEW_ORDER = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("order"), 0)))

# KEY SHARE waits for nothing but the closing of the account, which takes the row FOR UPDATE
_KEEP_OPEN = (
    select(AccountRow.closed_at)
    .where(AccountRow.id == bindparam("account"))
    .with_for_update(read=True, key_share=True)
)


async def keep_account_open(connection: AsyncConnection, account_id: int) -> None:
    """Keep the account open until the end of the transaction, which adds something to it.

    A closed account accepts nothing new from any caller, except contacts: an open order may be held until its
    distributor has one (F67). Raises `Refused` (`account_closed`).
    """
    if await connection.scalar(_KEEP_OPEN, {"account": account_id}) is not None:
        raise Refused.because("account_closed")


async def lock_subject(connection: AsyncConnection, account_id: int, subject: str) -> bool:
    """Lock a subject of this account until the end of the transaction; False if it does not exist."""
    known = {"subject": subject, "account": account_id}
    return (await connection.execute(_LOCK, known)).one_or_none() is not None


async def lock_subjects(connection: AsyncConnection, account_id: int, subjects: Sequence[str]) -> None:
    """Lock these subjects of one account, in the same sequence as an import."""
    await connection.execute(_LOCK_ALL, {"subjects": subjects, "account": account_id})


async def lock_subject_of(connection: AsyncConnection, order_id: str) -> bool:
    """Lock the subject of the order; False if the order has no subject."""
    return (await connection.execute(_LOCK_OF_ORDER, {"order": order_id})).one_or_none() is not None


async def lock_new_order(connection: AsyncConnection, order_id: str) -> None:
    """Lock the id of an order that has no row yet and no subject, so that concurrent attempts to accept it
    queue. In the lock sequence it has the place of the order.
    """
    await connection.execute(_LOCK_NEW_ORDER, {"order": order_id})
