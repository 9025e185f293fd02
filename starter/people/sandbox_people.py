"""One person of each role in a sandbox's account, with passwords that are made and kept in its folder."""

import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from models.errors import NotFound
from models.people.callers import USER_ROLES, Caller, Permission, Role
from models.people.views import UserView
from starter.people.accounts import AccountDesk
from starter.people.contacts import ContactDesk
from starter.people.passwords import Hasher
from starter.people.users import UserDesk
from store.people import passwords
from store.session import Database

FILE = "sign-ins.json"


@dataclass(frozen=True)
class SignIn:
    """What a person of the sandbox signs in with."""

    role: str
    address: str
    password: str = field(repr=False)


async def sign_ins(caller: Caller, database: Database, folder: Path) -> list[SignIn]:
    """The people of the first account, made where they are missing; none while there is no account.

    Only for the operator of a sandbox, whose folder is private. A password that its owner has changed stays.
    """
    caller.require(Permission.MANAGE_ACCOUNTS)
    accounts = await AccountDesk(database).accounts(caller, limit=1)
    if not accounts:
        return []
    known_before = {one.address: one for one in known(folder)}
    people = []
    for role in USER_ROLES:
        user = await _person(caller, database, accounts[0].name, role)
        if user is not None:
            people.append(await _with_password(database, user, known_before.get(user.email)))
    _keep(folder, people)
    return people


def known(folder: Path) -> list[SignIn]:
    """Those that the folder has."""
    try:
        return [SignIn(**one) for one in json.loads((folder / FILE).read_text())]
    except (OSError, ValueError, TypeError):
        return []


def written(people: list[SignIn]) -> str:
    """Role, address and password of each, a line each."""
    width = max((len(one.role) for one in people), default=0)
    far = max((len(one.address) for one in people), default=0)
    return "\n".join(f"  {one.role:{width}}  {one.address:{far}}  {one.password}" for one in people)


async def _person(caller: Caller, database: Database, account: str, role: Role) -> UserView | None:
    """The person of this role; None for a provider desk while there is no distributor."""
    desk, address = UserDesk(database), f"{role.replace('_', '-')}@sandbox.example"
    try:
        return await desk.user(caller, address)
    except NotFound:
        pass
    distributor = None
    if role is Role.PROVIDER_DESK:
        distributors = await ContactDesk(database).distributors(caller, account)
        if not distributors:
            return None
        distributor = distributors[0]
    name = role.value.replace("_", " ").capitalize()
    return await desk.create_user(caller, account, name, address, role=role, distributor=distributor)


async def _with_password(database: Database, user: UserView, before: SignIn | None) -> SignIn:
    if before is not None:
        async with database.reading() as connection:
            if await passwords.hash_of(connection, user.id):
                return before
    made = SignIn(user.role.value, user.email, secrets.token_urlsafe(12))
    hash_ = await Hasher().hash(made.password)
    async with database.transaction() as connection:
        await passwords.renew_hash(connection, user, hash_)
    return made


def _keep(folder: Path, people: list[SignIn]) -> None:
    file = os.open(folder / FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(file, "w") as opened:
        json.dump([{"role": p.role, "address": p.address, "password": p.password} for p in people], opened)
