"""Requests for licences: which owners are notified of one, and that they have been (L37)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from models.errors import EsimError
from models.language import Language
from models.licences.add_ons import AddOn
from models.people.callers import Role
from store import events
from store.licences.tables import LicenceRequestRow
from store.mail_subjects import AboutWork, Person
from store.people.languages import language_of
from store.people.tables import AccountRow, UserRow
from store.row import now

UNFINISHED = LicenceRequestRow.notified_at.is_(None)
"""A request of which the owners are still to be notified."""
_owner = aliased(UserRow)
_OWNERS = (
    select(
        func.jsonb_agg(
            aggregate_order_by(
                func.jsonb_build_array(_owner.id, _owner.name, _owner.email, language_of(_owner)),
                _owner.id,
            )
        )
    )
    .where(
        _owner.account_id == LicenceRequestRow.account_id,
        _owner.role == Role.OWNER,
        _owner.deactivated_at.is_(None),
    )
    .correlate(LicenceRequestRow, AccountRow)
    .scalar_subquery()
)
_FACTS = (
    select(
        LicenceRequestRow.account_id,
        LicenceRequestRow.add_on,
        LicenceRequestRow.quantity,
        LicenceRequestRow.note,
        AccountRow.name.label("account"),
        UserRow.name.label("requester_name"),
        UserRow.email.label("requester_email"),
        _OWNERS.label("owners"),
        LicenceRequestRow.purchase_id.is_not(None).label("answered"),
    )
    .join(AccountRow, AccountRow.id == LicenceRequestRow.account_id)
    .join(UserRow, UserRow.id == LicenceRequestRow.requested_by)
    .where(LicenceRequestRow.id == bindparam("request"), UNFINISHED)
)
# FOR SHARE: a purchase that answers the request waits, or is visible
_WANTED = (
    select(LicenceRequestRow.id)
    .where(
        LicenceRequestRow.id == bindparam("request"),
        UNFINISHED,
        LicenceRequestRow.purchase_id.is_(None),
    )
    .with_for_update(read=True)
)
_NOTIFIED = (
    update(LicenceRequestRow)
    .where(LicenceRequestRow.id == bindparam("request"), UNFINISHED)
    .values(notified_at=now())
    .returning(LicenceRequestRow.account_id)
)


class NoOwner(EsimError):
    """The account has no active owner who can be notified of a request."""

    def __init__(self) -> None:
        super().__init__("The account has no active owner.")


@dataclass(frozen=True)
class RequestFacts:
    """What is requested, by whom, and the owners who are notified of it."""

    about: AboutWork
    account: str
    add_on: AddOn
    quantity: int
    note: str | None
    requester_name: str
    requester_email: str
    owners: tuple[Person, ...]
    answered: bool
    """A purchase has answered it: no owner needs to be notified any more."""


async def request_facts(connection: AsyncConnection, request_id: str) -> RequestFacts | None:
    """What the owners are notified of; None if they have been."""
    row = (await connection.execute(_FACTS, {"request": request_id})).one_or_none()
    if row is None:
        return None
    return RequestFacts(
        about=AboutWork(request_id, row.account_id, (request_id,)),
        account=row.account,
        add_on=AddOn(row.add_on),
        quantity=row.quantity,
        note=row.note,
        requester_name=row.requester_name,
        requester_email=row.requester_email,
        owners=tuple(_person(*owner) for owner in row.owners or ()),
        answered=row.answered,
    )


async def is_wanted(connection: AsyncConnection, about: AboutWork) -> bool:
    """Whether the owners are still to be notified: no purchase has answered the request. It stays so until
    the end of the transaction (FOR SHARE).
    """
    return await connection.scalar(_WANTED, {"request": about.id}) is not None


async def notified(connection: AsyncConnection, about: AboutWork) -> None:
    """Record that every owner is notified, or need not be any more. Idempotent."""
    done = (await connection.execute(_NOTIFIED, {"request": about.id})).one_or_none()
    if done is not None:
        happened: tuple[str, dict[str, Any]] = ("licence_request.notified", {})
        await events.append(connection, done.account_id, about.references, "system", happened)


def _person(id_: int, name: str, email: str, language: str) -> Person:
    return Person(f"user:{id_}", name, email, Language(language))
