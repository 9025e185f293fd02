"""Manages the contacts of distributors and their roles (F42), for the account that has the distributor.

An address belongs to one contact of a distributor. A change of a role or an address does not affect requests
and orders that were sent before, but it revokes the links that were sent to the address. Events record
which fields changed and by which actor, never a name or an address.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, bindparam, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.characters import tidy
from models.errors import NotFound, Refused
from models.identifiers import parse_reference, reference, storable
from models.language import Language
from models.paging import WHOLE, Page, Wanted
from models.people.callers import AllAccounts, By, OfAccount, Scope
from models.people.views import ContactDetails, ContactRole, DistributorView
from store import events
from store.codes import link_ends
from store.made_keys import Made
from store.orders import links as order_links
from store.paging import Keys, by_account
from store.people.languages import language_of
from store.people.tables import AccountRow, ContactRoleRow, ContactRow, DistributorRow
from store.scopes import within
from store.session import constraint_of

_ONE_ADDRESS = "uq_contacts_email"
_LOCK = (
    select(ContactRow.name, ContactRow.email, ContactRow.language)
    .where(ContactRow.id == bindparam("contact"))
    .with_for_update(key_share=True)  # locked before their roles, as in an erasure
)
_ACCOUNT = (
    select(DistributorRow.account_id)
    .join(ContactRow, ContactRow.distributor_id == DistributorRow.id)
    .where(ContactRow.id == bindparam("contact"))
)


async def contacts(
    connection: AsyncConnection,
    scope: Scope,
    *,
    distributor: str | None = None,
    role: ContactRole | None = None,
    wanted: Wanted = WHOLE,
) -> Page[ContactDetails]:
    """Contacts, sorted by account, distributor and name. Raises `NotFound` (`unknown_distributor`)."""
    statement = _contacts(scope)
    if distributor is not None:
        statement = statement.where(DistributorRow.id.in_(await _named(connection, scope, distributor)))
    if role is not None:
        has = exists().where(ContactRoleRow.contact_id == ContactRow.id, ContactRoleRow.role == role)
        statement = statement.where(has)
    keys = by_account(scope, DistributorRow.name, ContactRow.name, ContactRow.id)
    return (await keys.page(connection, statement.order_by(None), wanted)).of(_view)


async def distributors(connection: AsyncConnection, scope: Scope, wanted: Wanted = WHOLE) -> Page[str]:
    """The names of the distributors in the scope."""
    names = select(DistributorRow.name).where(within(scope, DistributorRow.account_id))
    page = await Keys(DistributorRow.name, DistributorRow.id).page(connection, names, wanted)
    return page.of(lambda row: str(row.name))


async def overview(
    connection: AsyncConnection, scope: Scope, wanted: Wanted = WHOLE
) -> Page[DistributorView]:
    """The distributors in the scope by name, with how many contacts they have."""
    mine = select(func.count(ContactRow.id.distinct())).where(ContactRow.distributor_id == DistributorRow.id)
    having = mine.join(ContactRoleRow, ContactRoleRow.contact_id == ContactRow.id)
    statement = select(
        DistributorRow.name,
        mine.scalar_subquery().label("contacts"),
        having.where(ContactRoleRow.role == ContactRole.ORDER).scalar_subquery().label("orders"),
        having.where(ContactRoleRow.role == ContactRole.ESIM_QR_CODE).scalar_subquery().label("codes"),
    ).where(within(scope, DistributorRow.account_id))
    page = await Keys(DistributorRow.name, DistributorRow.id).page(connection, statement, wanted)
    return page.of(lambda row: DistributorView(**row._mapping))


async def find_distributor(connection: AsyncConnection, account_id: int, name: str) -> int:
    """The account's distributor of this name. Raises `NotFound` (`unknown_distributor`)."""
    (found,) = await _named(connection, OfAccount(account_id), name)
    return found


async def of_ids(
    connection: AsyncConnection, scope: Scope, contact_ids: Collection[int]
) -> list[ContactDetails]:
    """The contacts with these ids, sorted by name."""
    statement = _contacts(scope).where(ContactRow.id.in_(contact_ids))
    return [_view(row) for row in await connection.execute(statement)]


async def find(connection: AsyncConnection, scope: Scope, text: str) -> ContactDetails:
    """The contact with this id (`C-7`, `7`) or address.

    Raises `NotFound` (`unknown_contact`), or `Refused` (`contact_ambiguous`) if several distributors have a
    contact with the address.
    """
    number = parse_reference("C", text)
    chosen = (
        ContactRow.id == number
        if number is not None
        else func.lower(ContactRow.email) == func.lower(text.strip())
    )
    rows = (await connection.execute(_contacts(scope).where(chosen))).all() if storable(text) else []
    if not rows:
        raise NotFound.because("unknown_contact")
    if len(rows) > 1:
        ids = ", ".join(reference("C", row.id) for row in rows)
        raise Refused.because("contact_ambiguous", contacts=ids)
    return _view(rows[0])


async def add(
    connection: AsyncConnection,
    account_id: int,
    distributor: str,
    *,
    name: str,
    email: str,
    roles: Collection[ContactRole],
    language: Language | None = None,
    key: str | None = None,
    by: By,
) -> ContactDetails:
    """Create a contact of a distributor of the account, once per key: a repeat gets the contact as it is now.

    Raises `NotFound` (`unknown_distributor`), `Refused` (`contact_exists`, `key_reused`).
    """
    (distributor_id,) = await _named(connection, OfAccount(account_id), distributor)
    content = {"distributor": distributor_id, "name": name, "email": email, "language": language}
    made = Made.of(account_id, key, content | {"roles": sorted(roles)})
    if known := await _made(connection, account_id, made):
        return known
    added = await connection.execute(
        insert(ContactRow)
        .values(distributor_id=distributor_id, name=name, email=email, language=language, **made.columns)
        .on_conflict_do_nothing()
        .returning(ContactRow.id)
    )
    contact_id = added.scalar_one_or_none()
    if contact_id is None:
        if known := await _made(connection, account_id, made):  # by a call at the same time
            return known
        raise await _exists(connection, distributor_id, email)
    given = await _give(connection, contact_id, roles)
    data = {"contact": contact_id, "distributor": distributor_id, "roles": given}
    await _record(connection, contact_id, by, ("contact.created", data))
    return await _contact(connection, contact_id)


async def _made(connection: AsyncConnection, account_id: int, made: Made) -> ContactDetails | None:
    """The contact that was created under this key, as it is now."""
    ours = select(DistributorRow.id).where(DistributorRow.account_id == account_id)
    contact_id = await made.find(connection, ContactRow, ContactRow.distributor_id.in_(ours))
    if contact_id is None:
        return None
    return (await _contact(connection, contact_id)).model_copy(update={"replayed": True})


async def edit(
    connection: AsyncConnection,
    contact_id: int,
    *,
    name: str | None,
    email: str | None,
    add_roles: Collection[ContactRole],
    remove_roles: Collection[ContactRole],
    language: Language | None = None,
    by: By,
) -> ContactDetails:
    """Change a contact; None leaves a field as it is. Raises `Refused` (`contact_exists`).

    If the address changes, or the role 'eSIM QR Code' is removed, the contact's upload links are revoked; so
    are the links to orders, if the address changes, or the role 'order' is removed.
    """
    if email is not None or ContactRole.ESIM_QR_CODE in remove_roles:
        await link_ends.lock_recipients(connection, [contact_id])
    before = (await connection.execute(_LOCK, {"contact": contact_id})).one()
    given = {"name": name, "email": email, "language": language}
    changes = {key: value for key, value in given.items() if value not in (None, getattr(before, key))}
    if changes:
        try:
            async with connection.begin_nested():
                await connection.execute(
                    update(ContactRow).where(ContactRow.id == contact_id).values(changes)
                )
        except IntegrityError as clash:
            if constraint_of(clash) != _ONE_ADDRESS:
                raise
            of = select(ContactRow.distributor_id).where(ContactRow.id == contact_id)
            raise await _exists(connection, await connection.scalar(of), str(email)) from None
    of_these = (ContactRoleRow.contact_id == contact_id, ContactRoleRow.role.in_(remove_roles))
    taken = await connection.scalars(delete(ContactRoleRow).where(*of_these).returning(ContactRoleRow.role))
    moved = email is not None and email.lower() != before.email.lower()
    lost = [*taken]
    if moved or ContactRole.ESIM_QR_CODE in lost:
        await link_ends.revoke_of_contacts(connection, [contact_id], by)
    if moved or ContactRole.ORDER in lost:
        await order_links.revoke_of_contacts(connection, [contact_id], by)
    done = {"fields": list(changes), "roles_taken": sorted(lost)}
    done["roles_given"] = await _give(connection, contact_id, add_roles)
    if any(done.values()):
        await _record(connection, contact_id, by, ("contact.changed", {"contact": contact_id, **done}))
    return await _contact(connection, contact_id)


async def _give(connection: AsyncConnection, contact_id: int, roles: Collection[ContactRole]) -> list[str]:
    """Add these roles to the contact; return those that it did not have before."""
    if not roles:
        return []
    rows = [{"contact_id": contact_id, "role": role} for role in roles]
    added = insert(ContactRoleRow).values(rows).on_conflict_do_nothing().returning(ContactRoleRow.role)
    return sorted(await connection.scalars(added))


async def _record(connection: AsyncConnection, contact_id: int, by: By, happened: events.Happening) -> None:
    account_id = await connection.scalar(_ACCOUNT, {"contact": contact_id})
    about = (f"contact:{contact_id}",)
    await events.append(connection, account_id, about, by.actor, happened, origin_id=by.origin_id)


async def _contact(connection: AsyncConnection, contact_id: int) -> ContactDetails:
    return _view(
        (await connection.execute(_contacts(AllAccounts()).where(ContactRow.id == contact_id))).one()
    )


async def _named(connection: AsyncConnection, scope: Scope, name: str) -> list[int]:
    """The ids of the distributors of this name: several only if the scope has several accounts."""
    spelt = [func.lower(name.strip()), func.lower(tidy(name))]
    statement = select(DistributorRow.id).where(
        func.lower(DistributorRow.name).in_(spelt), within(scope, DistributorRow.account_id)
    )
    found = list(await connection.scalars(statement)) if storable(name) else []
    if not found:
        raise NotFound.because("unknown_distributor")
    return found


def _contacts(scope: Scope) -> Select[*tuple[Any, ...]]:
    roles = (
        select(func.array_agg(aggregate_order_by(ContactRoleRow.role, ContactRoleRow.role.desc())))
        .where(ContactRoleRow.contact_id == ContactRow.id)
        .scalar_subquery()
    )
    return (
        select(
            ContactRow.id,
            AccountRow.name.label("account"),
            DistributorRow.name.label("distributor"),
            ContactRow.name,
            ContactRow.email,
            language_of(ContactRow).label("language"),
            roles.label("roles"),
        )
        .join(DistributorRow, DistributorRow.id == ContactRow.distributor_id)
        .join(AccountRow, AccountRow.id == DistributorRow.account_id)
        .where(within(scope, DistributorRow.account_id))
        .order_by(AccountRow.name, DistributorRow.name, ContactRow.name, ContactRow.id)
    )


def _view(row: Any) -> ContactDetails:
    return ContactDetails(**dict(row._mapping) | {"roles": tuple(row.roles or ())})


async def _exists(connection: AsyncConnection, distributor_id: int | None, email: str) -> Refused:
    of_address = (
        ContactRow.distributor_id == distributor_id,
        func.lower(ContactRow.email) == func.lower(email),
    )
    found = await connection.scalar(select(ContactRow.id).where(*of_address))
    return Refused.because("contact_exists", contact="C-?" if found is None else reference("C", found))
