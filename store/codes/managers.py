"""The manager to whom a notification of a QR code is offered (F37, F65)."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store.codes.recipients import recipient_of

# The requester of an ended request may have been erased since; that address receives no e-mail.
_MANAGER = """
SELECT coalesce(
    (SELECT u.email FROM qr_requests r JOIN users u ON u.id = r.requested_by
     WHERE r.sim_id = s.id AND r.status <> 'refused' AND u.email NOT LIKE 'erased-user-%@erased.invalid'
     ORDER BY r.id = CAST(:request AS text) DESC NULLS LAST, r.requested_at DESC, r.id LIMIT 1),
    a.contact_email,
    (SELECT u.email FROM users u
     WHERE u.account_id = s.account_id AND 'user:' || u.id = CAST(:importer AS text)
       AND u.email NOT LIKE 'erased-user-%@erased.invalid'))
FROM sims s JOIN accounts a ON a.id = s.account_id
WHERE s.id = :sim
"""


async def manager_of(
    connection: AsyncConnection, sim_id: int, *, imported_by: str, request_id: str | None = None
) -> str | None:
    """The address to which a notification of this SIM's code is offered; a caller may choose another.

    It is the address of the user who requested the code: in `request_id`, else in the last request that was
    accepted. Without a request it is the account's contact address, else the address of the user who imported
    the code (`user:3`). None if there is none of these. The code of a number's eSIM is for the agent alone.
    """
    person = await recipient_of(connection, sim_id)
    if person is not None:
        return person.email
    known = {"sim": sim_id, "request": request_id, "importer": imported_by}
    found: str | None = await connection.scalar(text(_MANAGER), known)
    return found
