"""Sign in and out; the sessions and the password of one's own (P1, S9).

    begun = await desks.sign_in.sign_in(visit, "ana@acme.example", password)
    known = await callers.of_session(database, begun.token)

A failed sign-in has one sentence and takes one time, whatever the reason: no user, a service user, no
password, the wrong one, a deactivated user, a closed account. Only persons sign in.
"""

import secrets
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.identifiers import storable
from models.language import parse_language
from models.people.account import closed_refusal
from models.people.callers import By, Caller, UserKind
from models.people.sign_in import NewSession, SessionView, Visit, check_password
from models.people.views import UserView
from starter.callers import of_visit
from starter.people.attempts import Attempts
from starter.people.passwords import Hasher
from store import lookups
from store.people import passwords, sessions, user_mails, users
from store.people.profiles import record_change
from store.session import Database

_RANDOM_BYTES = 32
_LONGEST_ADDRESS = 320


def may_sign_in(user: UserView | None) -> bool:
    """Whether this is a person who may act now."""
    if user is None or user.kind is not UserKind.PERSON or user.deactivated_at is not None:
        return False
    return closed_refusal(user.role, closed=user.account_closed_at is not None) is None


class SignInDesk:
    """Begins and ends sessions. A signed-in caller reads and changes nothing here but what is their own."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._attempts = Attempts(database)
        self.hasher = Hasher()

    async def sign_in(
        self, visit: Visit, email: str, password: str, *, instead_of: str | None = None
    ) -> NewSession:
        """Begin a session with a new token. The one that the browser had before (`instead_of`) ends.

        Raises `Refused` (`sign_in_refused`, `sign_in_too_often`).
        """
        named = email.strip()[:_LONGEST_ADDRESS]
        counted = await self._attempts.take("sign in", named, visit)
        user, stored = await self._found(named)
        same, renewed = await self.hasher.verify(password, stored)
        if not same or user is None or not may_sign_in(user):
            raise Refused.because("sign_in_refused")
        async with self._database.transaction() as connection:
            # who is deactivated, or whose account or password changes, meanwhile begins no session
            user = await sessions.keep(connection, user.id)
            if not may_sign_in(user) or not await passwords.unchanged(connection, user.id, stored):
                raise Refused.because("sign_in_refused")
            if instead_of:
                await sessions.end_token(connection, instead_of)
            if renewed:
                await passwords.renew_hash(connection, user, renewed)
            begun, _ = await begin(connection, user, visit)
        await self._attempts.give_back(counted)
        return begun

    async def _found(self, email: str) -> tuple[UserView | None, str | None]:
        """The user with this address, and the hash of the password, where there are such."""
        if not storable(email):
            return None, None
        async with self._database.reading() as connection:
            user = await sessions.person_at(connection, email)
            hash_ = await passwords.hash_of(connection, user.id if user else 0)
        return user, hash_

    async def sign_out(self, caller: Caller, session_id: int) -> None:
        """End the session that the call came in."""
        await self._end(caller, session_id)

    async def sessions(self, caller: Caller) -> Sequence[SessionView]:
        """The caller's own sessions, the newest first."""
        async with self._database.reading() as connection:
            return await sessions.of_user(connection, caller.user)

    async def end_session(self, caller: Caller, session: str) -> None:
        """End one of the caller's own sessions (`SE-7`). Raises `NotFound` (`unknown_session`)."""
        async with self._database.reading() as connection:
            found = await sessions.find(connection, caller.user, session)
        await self._end(caller, found.id)

    async def end_others(self, caller: Caller, session_id: int) -> None:
        """End all of the caller's own sessions but this one."""
        async with self._database.transaction() as connection:
            if await sessions.end_all(connection, caller.user, but=session_id):
                ended = ("user.session_ended", {"user": caller.user, "session": None})
                await record_change(connection, caller.account, caller.actor, caller.by, ended)

    async def _end(self, caller: Caller, session_id: int) -> None:
        async with self._database.transaction() as connection:
            if await sessions.end(connection, caller.user, session_id):
                ended = ("user.session_ended", {"user": caller.user, "session": session_id})
                await record_change(connection, caller.account, caller.actor, caller.by, ended)

    async def confirm(self, caller: Caller, session_id: int, password: str, visit: Visit) -> None:
        """Note that the password was entered again, which sensitive acts want. Raises `Refused`
        (`password_wrong`, `sign_in_too_often`).
        """
        user, stored = await self._check(caller, password, visit)
        async with self._database.transaction() as connection:
            await _still(connection, user, stored)
            await sessions.confirm(connection, caller.user, session_id)

    async def change_password(
        self, caller: Caller, session_id: int, old: str, new: str, visit: Visit
    ) -> None:
        """Change the caller's own password, and end all other sessions and all mailed links. Raises `Refused`
        (`password_wrong`, `sign_in_too_often`, and what `check_password` raises).
        """
        user, stored = await self._check(caller, old, visit)
        chosen = check_password(new, (user.email, user.name))
        hash_ = await self.hasher.hash(chosen)
        async with self._database.transaction() as connection:
            await _still(connection, user, stored)
            await passwords.set_hash(connection, user, hash_, caller.by)
            await sessions.end_all(connection, user.id, but=session_id)
            await user_mails.use_all(connection, user.id)
            await sessions.confirm(connection, caller.user, session_id)

    async def set_language(self, caller: Caller, language: str) -> None:
        """Set the language of the pages and e-mails to the caller. Raises `Refused` (`language_unknown`)."""
        chosen = parse_language(language)
        async with self._database.transaction() as connection:
            await users.set_user_language(connection, caller.user, chosen, caller.by)

    async def _check(self, caller: Caller, password: str, visit: Visit) -> tuple[UserView, str | None]:
        """The caller's own user and the stored hash, if this is the password."""
        async with self._database.reading() as connection:
            user = await lookups.find_user(connection, caller.scope, f"U-{caller.user}")
            stored = await passwords.hash_of(connection, user.id)
        counted = await self._attempts.take("own password", user.email, visit)
        same, _ = await self.hasher.verify(password, stored)
        if not same:
            raise Refused.because("password_wrong")
        await self._attempts.give_back(counted)
        return user, stored


async def _still(connection: AsyncConnection, user: UserView, stored: str | None) -> None:
    """The password is still this one, and stays so until the transaction ends."""
    await sessions.keep(connection, user.id)
    if not await passwords.unchanged(connection, user.id, stored):
        raise Refused.because("password_wrong")


async def begin(connection: AsyncConnection, user: UserView, visit: Visit) -> tuple[NewSession, By]:
    """Begin a session of the user with a new token, and record from where; also who does it."""
    token = secrets.token_urlsafe(_RANDOM_BYTES)
    session_id = await sessions.begin(connection, user, token, visit)
    origin_id = await of_visit(connection, user, session_id, visit)
    happened = ("user.signed_in", {"user": user.id, "session": session_id})
    by = By(user.actor, origin_id)
    await record_change(connection, user.account_id, user.actor, by, happened)
    return NewSession(session_id, token), by
