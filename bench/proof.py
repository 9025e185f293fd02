"""Verifies that all orders of a run ended as they must, in database and mailbox."""

from collections import Counter
from collections.abc import Sequence
from email.parser import BytesHeaderParser
from pathlib import Path

from sqlalchemy import text

from store.session import Database

MAILS_PER_ORDER = 3
"""To the distributor's order contact, the user who placed the order, and the employee of the line."""

_CHECKS = {
    "orders that are not processed, or are held": """
        SELECT count(*) FROM orders WHERE status <> 'processed' OR id IN (SELECT workflow_id FROM holds)""",
    "SIMs in place that are not discarded": """
        SELECT count(*) FROM swap_orders o JOIN sims s ON s.id = o.sim_in_place_id
        WHERE s.state <> 'discarded'""",
    "eSIMs that are not on their line with their ICCID, user and groups": """
        SELECT count(*) FROM orders o JOIN swap_orders w ON w.order_id = o.id
        LEFT JOIN sims s ON s.id = o.esim_id
        WHERE s.state IS DISTINCT FROM 'active' OR s.holder <> o.subject OR s.employee_id IS NULL
           OR s.iccid <> '89339999' || lpad(w.line_id::text, 11, '0')
           OR (SELECT count(*) FROM sim_groups g WHERE g.sim_id = s.id) <> 2""",
    "orders without exactly one discard": """
        SELECT count(*) FROM orders o WHERE 1 <>
            (SELECT count(*) FROM events e WHERE e.about @> ARRAY[o.id] AND e.type = 'sim.discarded')""",
    "orders without exactly three mails sent": f"""
        SELECT count(*) FROM orders o
        WHERE (SELECT count(*) FROM mails m WHERE m.order_id = o.id AND m.state = 'sent') <> {MAILS_PER_ORDER}
           OR (SELECT count(*) FROM events e WHERE e.about @> ARRAY[o.id] AND e.type = 'mail.sent')
              <> {MAILS_PER_ORDER}""",
}


async def faults(database: Database, mailbox: Path, order_ids: Sequence[str]) -> list[str]:
    """A sentence for each fault; empty when every order ended as it must."""
    found = []
    async with database.transaction() as connection:
        known = set(await connection.scalars(text("SELECT id FROM orders")))
        if known != set(order_ids):
            found.append(f"{len(known ^ set(order_ids))} orders are unknown or were not asked for.")
        for what, statement in _CHECKS.items():
            number = await connection.scalar(text(statement))
            if number:
                found.append(f"{number} {what}.")
        expected = set(await connection.scalars(text("SELECT message_id FROM mails")))
    received = _received(mailbox)
    if received.keys() ^ expected:
        found.append(f"{len(received.keys() ^ expected)} mails were lost or are unknown.")
    if repeated := sum(number - 1 for number in received.values()):
        found.append(f"{repeated} mails were received more than once.")
    return found


def _received(mailbox: Path) -> Counter[str]:
    """How often each Message-ID is in the mailbox."""
    parser = BytesHeaderParser()
    return Counter(
        str(parser.parsebytes(mail.read_bytes().partition(b"\r\n\r\n")[0])["Message-ID"]).strip()
        for mail in mailbox.glob("*.eml")
    )
