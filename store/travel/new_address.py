"""Addresses of subscribers change (`store.codes.new_address`): codes of eSIMs that are on no phone yet go to
the new address, and what is held for an address continues. The caller has staged the subscribers.

The eSIM lines are locked before their eSIMs, and both before the subscribers. A code that a phone has
installed is not sent again: its line is left as it is.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.requests import NotificationView
from models.people.callers import By
from store.codes import new_address
from store.codes.new_address import Moved, Served

_LINES = """
FROM staged_subscribers staged
JOIN subscribers known ON known.account_id = :account AND known.msisdn = staged.msisdn
JOIN esim_lines line ON line.subscriber_id = known.id AND line.account_id = known.account_id
"""
_OTHER_ADDRESS = "lower(known.email) IS DISTINCT FROM lower(staged.email)"
# an earlier call committed it and could not start its workflow
_UNSENT = """
EXISTS (
    SELECT FROM sims JOIN qr_notifications unsent ON unsent.sim_id = sims.id
    WHERE sims.holder = line.subject AND unsent.revoked_at IS NULL AND NOT unsent.given_up
      AND unsent.created_by <> 'system'
      AND NOT EXISTS (SELECT FROM mails WHERE mails.qr_notification_id = unsent.id AND mails.state = 'sent'))
"""
_NOT_INSTALLED = f"""
{_LINES} WHERE staged.email IS NOT NULL AND line.installed_at IS NULL AND line.ended_at IS NULL
  AND ({_OTHER_ADDRESS} OR {_UNSENT})
"""
_SUBJECTS = f"SELECT line.subject {_NOT_INSTALLED} ORDER BY line.subject"
_SERVED = f"""
SELECT known.id, known.email AS before, staged.email AS address,
       array_agg(sims.id ORDER BY sims.id) AS sims
{_NOT_INSTALLED.replace("WHERE", "JOIN sims ON sims.holder = line.subject WHERE", 1)}
  AND line.subject = ANY(CAST(:subjects AS text[]))
GROUP BY known.id, known.email, staged.email ORDER BY known.id
"""
_OTHERS = f"""
SELECT known.id FROM staged_subscribers staged
JOIN subscribers known ON known.account_id = :account AND known.msisdn = staged.msisdn
WHERE staged.email IS NOT NULL AND {_OTHER_ADDRESS}
"""  # noqa: S608  a statement of our own
_HELD = f"""
WITH concerned AS (
    SELECT line.id, line.subject, line.order_id, known.id = ANY(CAST(:others AS bigint[])) AS other
    {_LINES} WHERE known.email IS NOT NULL
), work AS (
    SELECT order_id AS id, other FROM concerned
    UNION ALL
    SELECT orders.id, other FROM concerned JOIN orders ON orders.subject = concerned.subject
    UNION ALL
    SELECT 'travel-line-' || concerned.id, other FROM concerned
    UNION ALL
    SELECT asked.id, false FROM concerned
    JOIN sims ON sims.holder = concerned.subject JOIN qr_requests asked ON asked.sim_id = sims.id
)
SELECT DISTINCT work.id FROM work JOIN holds ON holds.workflow_id = work.id
WHERE holds.reason = 'no_subscriber_address'
   OR other AND (starts_with(holds.step, 'send_email:') OR starts_with(work.id, 'travel-line-'))
ORDER BY work.id
"""  # noqa: S608  a statement of our own


async def lock(connection: AsyncConnection, account_id: int) -> list[str]:
    """Lock the eSIM lines, with their eSIMs, of staged subscribers whose codes are to go to another address;
    the lines. The caller then locks the subscribers.
    """
    subjects = list((await connection.scalars(text(_SUBJECTS), {"account": account_id})).all())
    if subjects:
        await new_address.lock_esims(connection, account_id, subjects)
    return subjects


async def before(
    connection: AsyncConnection, account_id: int, subjects: Sequence[str]
) -> tuple[list[Any], list[int]]:
    """What is on these lines, which are locked, and the staged subscribers who get another address; both as
    they are before the subscribers are changed.
    """
    which = {"account": account_id}
    rows = (await connection.execute(text(_SERVED), {**which, "subjects": list(subjects)})).all()
    return list(rows), list((await connection.scalars(text(_OTHERS), which)).all())


async def move(connection: AsyncConnection, account_id: int, served: Sequence[Any], by: By) -> Moved:
    """Send the codes of the eSIMs on these lines to the new addresses (`before`)."""
    send: list[NotificationView] = []
    superseded: list[str] = []
    for row in served:
        moved = await new_address.move(
            connection, Served(account_id, tuple(row.sims), row.before), row.address, by
        )
        send += moved.send
        superseded += moved.superseded
    return Moved(tuple(send), tuple(superseded))


async def held(connection: AsyncConnection, account_id: int, others: Sequence[int]) -> list[str]:
    """The work for staged subscribers that is held because they had no address, and the e-mails that are held
    for whatever reason of those who got another one: `others`.
    """
    known = {"account": account_id, "others": list(others)}
    return list((await connection.scalars(text(_HELD), known)).all())
