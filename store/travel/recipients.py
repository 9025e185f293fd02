"""The subscriber of an eSIM line: who gets its QR code, confirmations and notices."""

from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import EsimError
from models.language import Language
from store.fleet.tables import SimRow
from store.mail_subjects import Person
from store.people.languages import language_of
from store.people.tables import AccountRow
from store.travel.line_tables import EsimLineRow
from store.travel.tables import SubscriberRow

SUBSCRIBER = (
    SubscriberRow.id.label("subscriber_id"),
    SubscriberRow.name.label("subscriber_name"),
    SubscriberRow.email.label("subscriber_email"),
    language_of(SubscriberRow).label("subscriber_language"),
)
"""The columns that `person` reads; the account of the subscriber must be joined."""
_SUBSCRIBER = (
    select(*SUBSCRIBER)
    .join(EsimLineRow, EsimLineRow.subscriber_id == SubscriberRow.id)
    .join(AccountRow, AccountRow.id == SubscriberRow.account_id)
    .join(SimRow, SimRow.holder == EsimLineRow.subject)
    .where(SimRow.id == bindparam("sim"))
)


class NoSubscriberAddress(EsimError):
    """The subscriber of the eSIM line has no e-mail address."""

    def __init__(self) -> None:
        super().__init__("The subscriber has no e-mail address.")


async def subscriber_of(connection: AsyncConnection, sim_id: int) -> Person | None:
    """The subscriber whose eSIM line this eSIM serves now; None if it is on none."""
    row = (await connection.execute(_SUBSCRIBER, {"sim": sim_id})).one_or_none()
    return None if row is None else person(row)


def person(row: Any) -> Person:
    """The subscriber in a row with the columns `SUBSCRIBER`, perhaps without an address."""
    known = row._mapping
    return Person(
        f"subscriber:{known['subscriber_id']}",
        known["subscriber_name"],
        known["subscriber_email"],
        Language(known["subscriber_language"]),
    )
