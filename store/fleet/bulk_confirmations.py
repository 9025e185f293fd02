"""Confirmed bulk actions in the database: recorded before a row is done, and answered again on a repeat."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.identifiers import mark_of_key
from store.fleet.grid_tables import BulkConfirmationRow as Confirmed

_ADD = insert(Confirmed).on_conflict_do_nothing(index_elements=[Confirmed.account_id, Confirmed.made_key])


@dataclass(frozen=True)
class Confirmation:
    """What was confirmed. `plan`: the accepted rows, each with its pack, None for a job; `made`: the outcome
    of each row, None until all are done.
    """

    plan: Mapping[str, str | None] | None
    made: Sequence[Any] | None


async def find(connection: AsyncConnection, account_id: int, key: str, asked: str) -> Confirmation | None:
    """What was confirmed under this key. Raises `Refused` (`key_reused`) if it was something else."""
    known = select(Confirmed.asked, Confirmed.plan, Confirmed.made).where(_of(account_id, key))
    row = (await connection.execute(known)).one_or_none()
    if row is None:
        return None
    if row.asked != asked:
        raise Refused.because("key_reused")
    return Confirmation(row.plan, row.made)


async def record(
    connection: AsyncConnection, account_id: int, key: str, asked: str, plan: Mapping[str, str | None] | None
) -> Confirmation:
    """Record a confirmation; one that another call has recorded meanwhile counts instead."""
    values = {"account_id": account_id, "made_key": mark_of_key(account_id, key), "asked": asked}
    await connection.execute(_ADD.values(**values, **({} if plan is None else {"plan": dict(plan)})))
    return await find(connection, account_id, key, asked) or Confirmation(plan, None)


async def finish(connection: AsyncConnection, account_id: int, key: str, made: Sequence[Any]) -> None:
    """Record what became of the rows."""
    await connection.execute(update(Confirmed).where(_of(account_id, key)).values(made=list(made)))


def _of(account_id: int, key: str) -> Any:
    return and_(Confirmed.account_id == account_id, Confirmed.made_key == mark_of_key(account_id, key))
