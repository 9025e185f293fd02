"""Send the agent's e-mail again: the links of the earlier e-mails stop working (L31)."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.requests import Notified
from models.errors import NotFound, Refusal, Refused
from models.identifiers import qr_notification_id
from models.licences.numbers import NumberState
from models.people.callers import AllAccounts, By
from store.codes import notifications
from store.codes.code_locks import lock_sim
from store.codes.tables import QrVersionRow
from store.fleet.tables import SimRow
from store.licences import facts
from store.licences.tables import AgentRow
from store.locks import lock_subject

_FACTS = facts.NUMBER_FACTS.add_columns(
    AgentRow.email,
    select(QrVersionRow.id)
    .where(QrVersionRow.sim_id == SimRow.id, QrVersionRow.current)
    .correlate(SimRow)
    .scalar_subquery()
    .label("version_id"),
)


async def resend(connection: AsyncConnection, account_id: int, number_id: int, by: By, key: str) -> Notified:
    """Revoke all notifications of the code of the number's eSIM with their links, and record a new one to the
    agent's present address; the caller then starts its workflow. Under the same key it is done once.

    Raises `NotFound` (`unknown_number`), and `Refused` with every reason why nothing can be sent.
    """
    if not await lock_subject(connection, account_id, f"number:{number_id}"):
        raise NotFound.because("unknown_number")
    notification_id = qr_notification_id(account_id, f"resend {key}")
    known = {"number": number_id, "account": account_id, "kept": timedelta()}
    row = (await connection.execute(_FACTS, known)).one()
    sent = await notifications.find(connection, AllAccounts(), notification_id)
    if sent is not None:
        if sent.sim_id != row.sim_id:
            raise Refused.because("key_used_for_notification")
        return Notified(**sent.model_dump(), replayed=True)
    if reasons := _refusals(row):
        raise Refused(*reasons)
    await notifications.revoke_all(connection, await lock_sim(connection, row.sim_id), by)
    created = await notifications.create(
        connection,
        notification_id=notification_id,
        account_id=account_id,
        sim_id=row.sim_id,
        version_id=row.version_id,
        address=row.email,
        by=by,
    )
    return Notified(**created.model_dump())


def _refusals(row: Any) -> list[Refusal]:
    if row.state == NumberState.DELETED:
        return [Refusal.of("number_deleted")]
    if row.sim_id is None:
        return [Refusal.of("number_without_esim")]
    found = []
    if row.state == NumberState.SUSPENDED:
        found.append(Refusal.of("number_suspended"))
    if row.version_id is None:
        found.append(Refusal.of("number_without_code"))
    if row.agent_id is None:
        found.append(Refusal.of("number_without_agent"))
    elif not row.email:
        found.append(Refusal.of("agent_without_address"))
    return found
