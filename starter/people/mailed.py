"""Invite users, and let them choose a password by a link in an e-mail (P1).

    await desks.mailed.invite(caller, "ana@acme.example")
    begun = await desks.mailed.accept(TokenBearer(visit, TokenPurpose.INVITATION, token), password)

Asking for another password answers the same, and as fast, whether there is such a user or not: what comes of
it happens after the answer. The e-mails are sent by the workflow `EsimUserMail`.
"""

import asyncio
import logging
from collections.abc import Awaitable

from temporalio.client import Client

from models.errors import EsimError, Refused
from models.identifiers import storable
from models.people.callers import By, Caller, Permission, UserKind
from models.people.sign_in import NewSession, TokenBearer, TokenPurpose, Visit, check_password
from models.people.views import UserView
from settings import Settings
from starter.connected import ConnectedDesk
from starter.keys import checked_key
from starter.people.attempts import Attempts, take_invitation
from starter.people.mail_starts import start_of
from starter.people.passwords import Hasher
from starter.people.sign_in import begin, may_sign_in
from starter.people.users import not_above
from store import lookups
from store.people import passwords, sessions, user_mails, users
from store.people.actors import user_deactivated
from store.people.user_mails import Unfinished
from store.session import Database
from workflows.people.user_mail import EsimUserMail
from workflows.search_attributes import user_mail_labels

_log = logging.getLogger(__name__)


class MailedDesk(ConnectedDesk):
    """Sends links by which a user chooses a password, and takes the password. One for a whole process."""

    def __init__(
        self, client: Client, database: Database, settings: Settings, hasher: Hasher | None = None
    ) -> None:
        super().__init__(client, database, settings)
        self._attempts = Attempts(database)
        self._hasher = hasher or Hasher()
        self._later: set[asyncio.Task[None]] = set()

    async def invite(self, caller: Caller, user: str, *, key: str | None = None) -> UserView:
        """Send a user (`U-3` or the address) a link to choose a password, once per key. Again: another link.
        A user who has a password gets the e-mail about another password, whose link is valid for an hour.

        Raises `NotFound` (`unknown_user`), `Refused` (`person_needed_to_sign_in`, `user_deactivated`,
        `role_above_yours`, `account_closed`, `key_reused`, `sign_in_too_often`). After `Unavailable` the
        invitation is recorded; recovery sends it.
        """
        once = checked_key(key)
        async with self._database.transaction() as connection:
            found = await lookups.find_user(connection, caller.scope, user)
            caller.require(Permission.MANAGE_USERS)
            not_above(caller, found.role)
            found = await sessions.keep(connection, found.id)  # a repeat at once finds what was recorded
            known = await user_mails.invited(connection, found, once)
            if known is None:
                _check_person(found)
                await take_invitation(connection, found.id)
                has_password = (await users.with_sign_in(connection, found)).has_password
                purpose = TokenPurpose.RESET if has_password else TokenPurpose.INVITATION
                mail, replayed = await user_mails.record(connection, found, purpose, caller.by, once)
            else:
                mail, replayed = known, True
        await self._start(mail)  # also of a repeat: the call before may have been cut off
        return found.model_copy(update={"replayed": replayed})

    async def forgot(self, visit: Visit, email: str) -> None:
        """Send the user with this address, if there is one, a link to another password. Returns before it is
        known whether there is. Raises `Refused` (`sign_in_too_often`).
        """
        await self._attempts.take("reset", email.strip(), visit)
        task = asyncio.create_task(self._reset(email.strip()))
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    def settled(self) -> Awaitable[object]:
        """What to wait for until everything that was asked for is done."""
        return asyncio.gather(*self._later)

    async def look(self, bearer: TokenBearer) -> UserView:
        """Whose password the bearer of the token may choose. Raises `Refused` (`mailed_link_over`)."""
        async with self._database.reading() as connection:
            user = await user_mails.bearer(connection, bearer)
        return _valid(user)

    async def accept(
        self, bearer: TokenBearer, password: str, *, instead_of: str | None = None
    ) -> NewSession:
        """Give the user this password and begin a session; all others end, and so do all other links and the
        session that the browser had before (`instead_of`), also that of another user.

        Raises `Refused` (`mailed_link_over`, `sign_in_too_often`, and what `check_password` raises).
        """
        counted = await self._attempts.take("mailed link", bearer.token, bearer.visit)
        user = await self.look(bearer)
        hash_ = await self._hasher.hash(check_password(password, (user.email, user.name)))
        async with self._database.transaction() as connection:
            await sessions.keep(connection, user.id)
            user = _valid(await user_mails.bearer(connection, bearer, lock=True))
            await user_mails.use_all(connection, user.id)
            if instead_of:
                await sessions.end_token(connection, instead_of)
            begun, by = await begin(connection, user, bearer.visit)
            await passwords.set_hash(connection, user, hash_, by)
            # after the password: a sign-in with the one before has begun its session, or begins none
            await sessions.end_all(connection, user.id, but=begun.session_id)
        await self._attempts.give_back(counted)
        return begun

    async def _reset(self, email: str) -> None:
        try:
            if not storable(email):
                return
            async with self._database.transaction() as connection:
                user = await sessions.person_at(connection, email)
                if user is None or not may_sign_in(user):
                    return
                mail, _ = await user_mails.record(connection, user, TokenPurpose.RESET, By(user.actor))
            await self._start(mail)
        except Refused:
            return  # the account was closed meanwhile
        except EsimError as failure:
            _log.warning("A link to another password is left to recovery: %s.", type(failure).__name__)

    async def _start(self, mail: Unfinished) -> None:
        start = start_of(mail, self._settings)
        await self._calls.start(EsimUserMail.run, start, mail.id, user_mail_labels(start))


def _check_person(user: UserView) -> None:
    if user.kind is not UserKind.PERSON:
        raise Refused.because("person_needed_to_sign_in")
    if not may_sign_in(user):
        raise Refused(user_deactivated())


def _valid(user: UserView | None) -> UserView:
    """The user of a valid token, if they may still sign in."""
    if user is None or not may_sign_in(user):
        raise Refused.because("mailed_link_over")
    return user
