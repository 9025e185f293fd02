"""Find the record that a person typed: a line, a SIM, a user, a pack or an account.

A record of another account is answered exactly like one that does not exist, and a refusal never repeats what
was typed: a caller cannot learn from refusals which phone numbers or names exist.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Executable,
    Select,
    String,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from models.catalogue.views import PackView
from models.characters import tidy
from models.errors import NotFound, Refused
from models.fleet.inventory import IN_PLACE
from models.identifiers import parse_iccid, parse_msisdn, parse_reference, storable
from models.people.callers import OfAccount, Scope
from models.people.views import UserView
from store.catalogue.tables import PackItemRow, PackRow
from store.catalogue.views import eligible, esim_of, pack_view, select_packs
from store.fleet.tables import LineRow, SimRow
from store.licences.tables import NumberRow
from store.people.languages import language_of
from store.people.tables import AccountRow, DistributorRow, ProfileRow, ProviderRow, UserRow
from store.scopes import travel_esim, within


@dataclass(frozen=True)
class LineKey:
    """A line that was found, with its account and provider."""

    id: int
    account_id: int
    account: str
    slot: int
    provider_id: int
    provider: str

    @property
    def subject(self) -> str:
        """The reference that orders and SIMs have to the line: `line:42`."""
        return f"line:{self.id}"


@dataclass(frozen=True)
class SimKey:
    """A SIM that was found, whatever its state. `holder` is what it serves or will serve: `line:42`."""

    id: int
    account_id: int
    holder: str | None
    state: str


@dataclass(frozen=True)
class AccountKey:
    """An account that was found."""

    id: int
    name: str


async def find_line(connection: AsyncConnection, scope: Scope, text: str) -> LineKey:
    """The line with this phone number (E.164) or id (`L-42`, `42`).

    Only lines of the scope exist. Raises `NotFound` (`unknown_line`).
    """
    number = parse_reference("L", text)
    msisdn = None if number is not None else _parsed(parse_msisdn, text)
    if number is None and msisdn is None:
        raise NotFound.because("unknown_line")
    statement = _select_line(by_number=number is not None).where(within(scope, LineRow.account_id))
    row = await _one(connection, statement, wanted=msisdn if number is None else number)
    if row is None:
        raise NotFound.because("unknown_line")
    return LineKey(*row)


async def find_sim(connection: AsyncConnection, scope: Scope, text: str) -> SimKey:
    """The SIM with this id (`S-12`, `12`) or ICCID, also a discarded one; or the SIM in place of the line,
    else of the agent's number, with this phone number. Raises `NotFound` (`unknown_sim`).
    """
    iccid = _parsed(parse_iccid, text)
    number = parse_reference("S", text)
    msisdn = _parsed(parse_msisdn, text)
    if number is not None:
        chosen = SimRow.id == number
    elif iccid is not None:
        chosen = SimRow.iccid == iccid
    elif msisdn is not None:
        holders = union_all(
            select(LineRow.subject).where(LineRow.msisdn == msisdn),
            select(NumberRow.subject).where(NumberRow.msisdn == msisdn, NumberRow.deleted_at.is_(None)),
        )
        chosen = and_(SimRow.holder.in_(holders), SimRow.state.in_(IN_PLACE))
    else:
        raise NotFound.because("unknown_sim")
    row = await _one(
        connection,
        select(SimRow.id, SimRow.account_id, SimRow.holder, SimRow.state)
        .where(chosen, within(scope, SimRow.account_id, travel=travel_esim(SimRow.id)))
        .order_by(SimRow.holder)  # line:42 before number:7
        .limit(1),
    )
    if row is None:
        raise NotFound.because("unknown_sim")
    return SimKey(*row)


async def find_user(connection: AsyncConnection, scope: Scope, text: str) -> UserView:
    """The user with this e-mail address or id (`U-3`, `3`). Raises `NotFound` (`unknown_user`)."""
    number = parse_reference("U", text)
    statement = _select_user(by_number=number is not None).where(within(scope, UserRow.account_id))
    row = (
        await _one(connection, statement, wanted=text if number is None else number)
        if storable(text)
        else None
    )
    if row is None:
        raise NotFound.because("unknown_user")
    return user_view(row)


async def find_pack(
    connection: AsyncConnection, scope: Scope, text: str, provider_id: int | None = None
) -> PackView:
    """The order pack with this name or id (`P-4`, `4`). Raises `NotFound` (`unknown_pack`).

    The item shown is the eSIM of the provider where one is named, else the pack's first eSIM or item.
    """
    statement = _select_pack().where(within(scope, PackRow.account_id))
    wanted = {"named": text.strip(), "number": parse_reference("P", text), "provider": provider_id}
    row = await _one(connection, statement, **wanted) if storable(text) else None
    if row is None:
        raise NotFound.because("unknown_pack")
    return pack_view(row)


async def eligible_packs(connection: AsyncConnection, scope: Scope, line_id: int) -> list[PackView]:
    """What the shop offers for a line: available packs with an eSIM of its provider among SIM Cards (F8)."""
    statement = _select_eligible_packs().where(within(scope, PackRow.account_id))
    rows = await connection.execute(statement, {"line": line_id})
    return [pack_view(row) for row in rows]


async def find_account(connection: AsyncConnection, scope: Scope, name: str | None) -> AccountKey:
    """The account of the scope with this name or id (`A-3`); without a name, the only account in the scope.

    Raises `NotFound` (`unknown_account`), or `Refused` (`account_needed`) where there are several.
    """
    accounts = select(AccountRow.id, AccountRow.name).where(within(scope, AccountRow.id))
    if name is None:
        rows = (await connection.execute(accounts.limit(2))).all()
        if len(rows) > 1:
            raise Refused.because("account_needed")
        if not rows:
            raise NotFound.because("no_account")
        return AccountKey(*rows[0])
    named = AccountRow.name.in_({name.strip(), tidy(name)})
    number = None if name.strip().isdigit() else parse_reference("A", name)  # a name may be digits alone
    either = accounts.where(or_(named, AccountRow.id == number)).order_by(named.desc()).limit(1)
    row = await _one(connection, either) if storable(name) else None
    if row is None:
        raise NotFound.because("unknown_account")
    return AccountKey(*row)


async def narrowed(connection: AsyncConnection, scope: Scope, account: str | None) -> Scope:
    """The scope, or of it only the account of this name. Raises `NotFound` (`unknown_account`)."""
    if account is None:
        return scope
    found = await find_account(connection, scope, account)
    return scope if isinstance(scope, OfAccount) else OfAccount(found.id)


def select_users() -> Select[*tuple[Any, ...]]:
    """Select users with their account and profile; the caller adds conditions."""
    return (
        select(
            UserRow.id,
            AccountRow.name.label("account"),
            UserRow.account_id,
            UserRow.name,
            UserRow.email,
            ProfileRow.name.label("profile"),
            UserRow.role,
            UserRow.kind,
            UserRow.distributor_id,
            DistributorRow.name.label("distributor"),
            UserRow.deactivated_at,
            AccountRow.closed_at.label("account_closed_at"),
            language_of(UserRow).label("language"),
        )
        .join(AccountRow, AccountRow.id == UserRow.account_id)
        .join(ProfileRow, ProfileRow.id == UserRow.profile_id)
        .outerjoin(DistributorRow, DistributorRow.id == UserRow.distributor_id)
    )


def user_view(row: Any) -> UserView:
    """The model of a row of `select_users`."""
    return UserView(**row._mapping)


# Statements that every order runs are built once: building a statement takes longer than running it.


@cache
def _select_line(*, by_number: bool) -> Select[*tuple[Any, ...]]:
    return (
        select(
            LineRow.id,
            LineRow.account_id,
            AccountRow.name,
            LineRow.slot,
            LineRow.provider_id,
            ProviderRow.name,
        )
        .join(AccountRow, AccountRow.id == LineRow.account_id)
        .join(ProviderRow, ProviderRow.id == LineRow.provider_id)
        .where((LineRow.id if by_number else LineRow.msisdn) == bindparam("wanted"))
    )


@cache
def _select_user(*, by_number: bool) -> Select[*tuple[Any, ...]]:
    if by_number:
        return select_users().where(UserRow.id == bindparam("wanted"))
    return select_users().where(func.lower(UserRow.email) == func.lower(bindparam("wanted", type_=String)))


@cache
def _select_pack() -> Select[*tuple[Any, ...]]:
    named = PackRow.name == bindparam("named", type_=String)
    return (
        select_packs()
        .where(or_(named, PackRow.id == bindparam("number", type_=BigInteger)))
        .order_by(
            case((named, 0), else_=1),
            case((esim_of(bindparam("provider", type_=BigInteger)), 0), else_=1),
            case((PackItemRow.esim, 0), else_=1),
            PackItemRow.id,
        )
        .limit(1)
    )


@cache
def _select_eligible_packs() -> Select[*tuple[Any, ...]]:
    return (
        select_packs()
        .join(LineRow, LineRow.account_id == PackRow.account_id)
        .where(LineRow.id == bindparam("line"), eligible(LineRow.provider_id))
        .order_by(PackRow.name)
    )


async def _one(connection: AsyncConnection, statement: Executable, **wanted: Any) -> Any:
    return (await connection.execute(statement, wanted)).one_or_none()


def phone_number(text: str) -> str | None:
    """The phone number in E.164 that was typed, or None if it is not one."""
    return _parsed(parse_msisdn, text)


def _parsed(parse: Any, text: str) -> str | None:
    try:
        return str(parse(text))
    except ValueError:
        return None
