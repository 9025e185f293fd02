"""Imports a catalogue file (order packs, their items and order contacts): all rows or none, idempotently.

The file describes each of its packs completely: items of the pack that the file does not name are removed.
Packs that the file does not name stay; `available` withdraws a pack. Accepted orders are not affected. If the
file names order contacts of a distributor, it names all of them: the others stay contacts, but orders are not
sent to them any more, and their links to orders are revoked (S4). That is how a wrong address is corrected.
"""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.catalogue.file import CatalogueRow
from models.errors import Refusal
from models.imports import ImportReport, Progress, RowNotes, counted
from models.people.callers import By
from models.people.views import ContactRole
from store.orders import links as order_links
from store.row import STATUS_OPEN
from store.staging import ids, keep_open, prepare, run, stage

_STAGED = {
    "line_no": "integer",
    "account": "text",
    "pack": "text",
    "section": "text",
    "item": "text",
    "provider": "text",
    "esim": "boolean",
    "distributor": "text",
    "contact_name": "text",
    "contact_email": "text",
    "available": "boolean",
    "contact_language": "text",
}

_UNKNOWN_ACCOUNTS = """
SELECT line_no FROM staged_catalogue staged
WHERE NOT EXISTS (SELECT FROM accounts known WHERE known.name = staged.account)
"""
_CLOSED_ACCOUNTS = """
SELECT line_no FROM staged_catalogue staged
JOIN accounts account ON account.name = staged.account WHERE account.closed_at IS NOT NULL
"""
_PACKS_IN_ORDERS = f"""
SELECT line_no FROM staged_catalogue staged
JOIN accounts account ON account.name = staged.account
JOIN order_packs pack ON pack.account_id = account.id AND pack.name = staged.pack
JOIN distributors distributor ON distributor.id = pack.distributor_id
WHERE lower(distributor.name) <> lower(staged.distributor) AND EXISTS (
    SELECT FROM orders JOIN swap_orders swap ON swap.order_id = orders.id
    WHERE swap.pack_id = pack.id AND orders.{STATUS_OPEN})
"""  # noqa: S608  statuses of our own
_PROVIDERS_OF_NO_LINE = """
SELECT line_no FROM staged_catalogue staged
WHERE esim AND NOT EXISTS (
    SELECT FROM lines
    JOIN providers provider ON provider.id = lines.provider_id
    JOIN accounts account ON account.id = lines.account_id
    WHERE account.name = staged.account AND lower(provider.name) = lower(staged.provider))
"""

_PROVIDERS = """
INSERT INTO providers (name)
SELECT (array_agg(provider ORDER BY line_no))[1] FROM staged_catalogue staged
WHERE provider IS NOT NULL
  AND NOT EXISTS (SELECT FROM providers known WHERE lower(known.name) = lower(staged.provider))
GROUP BY lower(provider) ORDER BY min(line_no)
"""
_DISTRIBUTORS = """
INSERT INTO distributors (account_id, name)
SELECT account.id, (array_agg(distributor ORDER BY line_no))[1]
FROM staged_catalogue staged JOIN accounts account ON account.name = staged.account
WHERE NOT EXISTS (
    SELECT FROM distributors known
    WHERE known.account_id = account.id AND lower(known.name) = lower(staged.distributor))
GROUP BY account.id, lower(distributor) ORDER BY min(line_no)
"""
_WANTED = """
CREATE TEMPORARY TABLE wanted_catalogue ON COMMIT DROP AS
SELECT staged.line_no, account.id AS account_id, distributor.id AS distributor_id, provider.id AS provider_id,
       pack, section, item, esim, contact_name, staged.contact_email, available, contact_language
FROM staged_catalogue staged
JOIN accounts account ON account.name = staged.account
JOIN distributors distributor
    ON distributor.account_id = account.id AND lower(distributor.name) = lower(staged.distributor)
LEFT JOIN providers provider ON lower(provider.name) = lower(staged.provider)
"""
_PACKS = """
INSERT INTO order_packs (account_id, distributor_id, name, available)
SELECT account_id, distributor_id, pack, available FROM wanted_catalogue wanted
WHERE NOT EXISTS (
    SELECT FROM order_packs known WHERE known.account_id = wanted.account_id AND known.name = wanted.pack)
GROUP BY account_id, distributor_id, pack, available ORDER BY min(line_no)
RETURNING id
"""
_PACKS_CHANGED = """
UPDATE order_packs SET distributor_id = wanted.distributor_id, available = wanted.available
FROM wanted_catalogue wanted
WHERE order_packs.account_id = wanted.account_id AND order_packs.name = wanted.pack
  AND (order_packs.distributor_id, order_packs.available) <> (wanted.distributor_id, wanted.available)
RETURNING order_packs.id
"""
_ITEMS_OUT = """
DELETE FROM order_pack_items old USING order_packs pack
WHERE old.pack_id = pack.id
  AND EXISTS (
    SELECT FROM wanted_catalogue wanted
    WHERE wanted.account_id = pack.account_id AND wanted.pack = pack.name)
  AND NOT EXISTS (
    SELECT FROM wanted_catalogue wanted
    WHERE wanted.account_id = pack.account_id AND wanted.pack = pack.name AND wanted.section = old.section
      AND wanted.item = old.name AND wanted.esim = old.esim
      AND wanted.provider_id IS NOT DISTINCT FROM old.provider_id)
RETURNING old.pack_id
"""
_ITEMS_IN = """
INSERT INTO order_pack_items (pack_id, section, name, esim, provider_id)
SELECT pack.id, wanted.section, wanted.item, wanted.esim, wanted.provider_id
FROM wanted_catalogue wanted
JOIN order_packs pack ON pack.account_id = wanted.account_id AND pack.name = wanted.pack
WHERE NOT EXISTS (
    SELECT FROM order_pack_items known
    WHERE known.pack_id = pack.id AND known.section = wanted.section AND known.name = wanted.item)
ORDER BY wanted.line_no
RETURNING pack_id
"""
# by id, as an erasure does: the updates would lock them in an arbitrary sequence
_LOCK_CONTACTS = """
SELECT id FROM contacts WHERE distributor_id IN (SELECT distributor_id FROM wanted_catalogue)
ORDER BY id FOR NO KEY UPDATE
"""
_CONTACTS_CHANGED = """
UPDATE contacts SET name = wanted.contact_name FROM wanted_catalogue wanted
WHERE contacts.distributor_id = wanted.distributor_id
  AND lower(contacts.email) = lower(wanted.contact_email) AND contacts.name <> wanted.contact_name
RETURNING contacts.id
"""
_CONTACT_LANGUAGES = """
UPDATE contacts SET language = wanted.contact_language FROM wanted_catalogue wanted
WHERE contacts.distributor_id = wanted.distributor_id
  AND lower(contacts.email) = lower(wanted.contact_email)
  AND wanted.contact_language IS NOT NULL AND contacts.language IS DISTINCT FROM wanted.contact_language
RETURNING contacts.id
"""
_CONTACTS = """
INSERT INTO contacts (distributor_id, name, email, language)
SELECT distributor_id, min(contact_name), min(contact_email), min(contact_language)
FROM wanted_catalogue wanted
WHERE contact_email IS NOT NULL AND NOT EXISTS (
    SELECT FROM contacts known
    WHERE known.distributor_id = wanted.distributor_id AND lower(known.email) = lower(wanted.contact_email))
GROUP BY distributor_id, lower(contact_email) ORDER BY min(line_no)
RETURNING id
"""
_ORDER_ROLES = f"""
INSERT INTO contact_roles (contact_id, role)
SELECT DISTINCT contacts.id, '{ContactRole.ORDER}' FROM contacts
JOIN wanted_catalogue wanted
    ON wanted.distributor_id = contacts.distributor_id AND lower(wanted.contact_email) = lower(contacts.email)
ON CONFLICT DO NOTHING
RETURNING contact_id
"""  # noqa: S608  a role of our own
_ORDER_ROLES_OUT = f"""
DELETE FROM contact_roles old USING contacts contact
WHERE contact.id = old.contact_id AND old.role = '{ContactRole.ORDER}'
  AND EXISTS (
    SELECT FROM wanted_catalogue wanted
    WHERE wanted.distributor_id = contact.distributor_id AND wanted.contact_email IS NOT NULL)
  AND NOT EXISTS (
    SELECT FROM wanted_catalogue wanted
    WHERE wanted.distributor_id = contact.distributor_id
      AND lower(wanted.contact_email) = lower(contact.email))
RETURNING old.contact_id
"""  # noqa: S608  a role of our own

_WITHOUT_ORDER_CONTACT = f"""
SELECT min(line_no) FROM wanted_catalogue wanted
WHERE NOT EXISTS (
    SELECT FROM contacts JOIN contact_roles ON contact_roles.contact_id = contacts.id
    WHERE contacts.distributor_id = wanted.distributor_id AND contact_roles.role = '{ContactRole.ORDER}')
GROUP BY distributor_id
"""  # noqa: S608  a role of our own


async def import_catalogue(
    connection: AsyncConnection,
    rows: Sequence[CatalogueRow],
    warnings: RowNotes,
    by: By,
    progress: Progress | None = None,
) -> ImportReport:
    """Make the catalogue match the rows. Raises `Refused` if they conflict with the inventory."""
    await stage(connection, "staged_catalogue", _STAGED, map(_staged, rows))
    await _refuse_conflicts(connection)
    for line in await ids(connection, _PROVIDERS_OF_NO_LINE):
        warnings.add(line, "provider", Refusal.of("provider_of_no_line"))
    if progress is not None:
        progress("Writing", 1, 2)
    created = {
        "providers": await run(connection, _PROVIDERS),
        "distributors": await run(connection, _DISTRIBUTORS),
    }
    await prepare(connection, "wanted_catalogue", _WANTED)
    new = await ids(connection, _PACKS)
    changed = await ids(connection, _PACKS_CHANGED)
    changed |= await ids(connection, _ITEMS_OUT) | await ids(connection, _ITEMS_IN)
    await run(connection, _LOCK_CONTACTS)
    kept = await ids(connection, _CONTACTS_CHANGED) | await ids(connection, _CONTACT_LANGUAGES)
    contacts = await ids(connection, _CONTACTS)
    given, taken = await ids(connection, _ORDER_ROLES), await ids(connection, _ORDER_ROLES_OUT)
    await order_links.revoke_of_contacts(connection, taken, by)
    for line in await ids(connection, _WITHOUT_ORDER_CONTACT):
        warnings.add(line, "distributor", Refusal.of("distributor_without_contact"))
    created |= {"packs": len(new), "contacts": len(contacts)}
    changes = {"packs": len(changed - new), "contacts": len((kept | given | taken) - contacts)}
    return ImportReport(rows=len(rows), created=counted(created), changed=counted(changes))


async def _refuse_conflicts(connection: AsyncConnection) -> None:
    wrong = RowNotes()
    for (line,) in await connection.execute(text(_UNKNOWN_ACCOUNTS)):
        wrong.add(line, "account", Refusal.of("account_not_imported"))
    await connection.execute(text(keep_open("staged_catalogue")))
    for (line,) in await connection.execute(text(_CLOSED_ACCOUNTS)):
        wrong.add(line, "account", Refusal.of("account_closed"))
    for (line,) in await connection.execute(text(_PACKS_IN_ORDERS)):
        wrong.add(line, "distributor", Refusal.of("pack_open_orders"))
    wrong.refuse()


def _staged(row: CatalogueRow) -> tuple[object, ...]:
    return (
        row.line,
        row.account,
        row.pack,
        row.section,
        row.item,
        row.provider,
        row.esim,
        row.distributor,
        row.contact_name,
        row.contact_email,
        row.available,
        row.contact_language,
    )
