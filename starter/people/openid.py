"""Sign in at an OpenID provider, where one is configured (P1, S9).

    address, begun = await desks.openid.begin(visit)
    session = await desks.openid.sign_in(visit, begun, answer)

Who authenticated there is a user of ours by issuer and subject. The first time the user is found by the
address that the provider has verified, if they were invited or sign in with a password already; from then on
by the link alone, whatever the address becomes. A failure has one sentence, whatever the reason; the log says
the reason.
"""

import hmac
import logging
import secrets
import time
from datetime import timedelta
from urllib.parse import urlsplit

from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.identifiers import storable
from models.people.callers import Caller, Permission
from models.people.sign_in import (
    RECENT_FOR,
    SIGNED_IN_FOR,
    Identity,
    NewSession,
    OpenIdAnswer,
    OpenIdBegun,
    Visit,
    WaysToSignIn,
)
from models.people.views import UserView
from settings import Settings
from starter.people.attempts import Attempts
from starter.people.openid_provider import OpenIdProvider, ProviderRejected
from starter.people.sign_in import begin, may_sign_in
from starter.people.users import not_above
from store import lookups
from store.people import identities, sessions, users
from store.people.profiles import record_change
from store.session import Database

_SKEW = 60.0
"""Seconds that the clocks of provider and portal may differ by."""
_LONGEST = 2_000
"""Characters of a code or a state; of a subject the specification allows 255."""
_log = logging.getLogger(__name__)


class OpenIdDesk:
    """Signs users in whom the provider has authenticated. Raises `Refused` where a setting is invalid."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._attempts = Attempts(database)
        self._provider = OpenIdProvider.configured(settings)
        self._issuer = settings.openid_issuer
        self.name = settings.openid_name or urlsplit(settings.openid_issuer).hostname or ""
        """The provider's name on the pages; empty where none is configured."""

    async def begin(
        self, visit: Visit, *, again: bool = False, other: bool = False
    ) -> tuple[str, OpenIdBegun]:
        """Where to send the browser, and what to keep for its return. `again`: a signed-in user confirms who
        they are. `other`: not as who is signed in there, who was refused here a moment ago.

        Raises `Refused` (`openid_refused`: none is configured), `Unavailable`.
        """
        provider = self._configured()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        begun = OpenIdBegun(state, nonce, verifier, int(time.time()), again)
        return await provider.address(begun, asked=again or other), begun

    async def sign_in(
        self, visit: Visit, begun: OpenIdBegun, answer: OpenIdAnswer, *, instead_of: str | None = None
    ) -> NewSession:
        """Begin a session with a new token. The one that the browser had before (`instead_of`) ends.

        The session counts as recent for sensitive acts only if the user authenticated within the last half
        hour; none begins where that was longer ago than a session lasts. Raises `Refused` (`openid_refused`,
        `sign_in_too_often`), `Unavailable`.
        """
        if begun.again:
            raise Refused.because("openid_refused")
        counted = await self._attempts.take("openid", begun.state, visit)
        identity, token = await self._authenticated(begun, answer)
        ago = RECENT_FOR if identity.authenticated_ago is None else identity.authenticated_ago
        if ago > SIGNED_IN_FOR + _since(begun):
            raise _refused("the user authenticated longer ago than the provider was asked for")
        if token:
            identity = await self._with_address(identity, token)
        async with self._database.transaction() as connection:
            user, is_new = await _found(connection, identity)
            if instead_of:
                await sessions.end_token(connection, instead_of)
            session, by = await begin(connection, user, visit, ago)
            if is_new:
                happened = ("user.openid_linked", {"user": user.id, "issuer": identity.issuer})
                await record_change(connection, user.account_id, user.actor, by, happened)
        await self._attempts.give_back(counted)
        return session

    async def confirm(
        self, caller: Caller, session_id: int, begun: OpenIdBegun, answer: OpenIdAnswer, visit: Visit
    ) -> None:
        """Note that the user authenticated again at the provider, which sensitive acts want. Raises `Refused`
        (`openid_refused`, `sign_in_too_often`), `Unavailable`.
        """
        if not begun.again:
            raise Refused.because("openid_refused")
        counted = await self._attempts.take("own identity", str(caller.user), visit)
        identity, _ = await self._authenticated(begun, answer)
        ago = identity.authenticated_ago
        if ago is None or ago > _since(begun):
            raise _refused("the provider did not have the user authenticate again")
        async with self._database.transaction() as connection:
            user = await identities.user_of(connection, identity)
            if user is None or user.id != caller.user:
                raise _refused("another user authenticated")
            await sessions.confirm(connection, caller.user, session_id, ago)
        await self._attempts.give_back(counted)

    async def ways(self, caller: Caller) -> WaysToSignIn:
        """How the caller can confirm who they are."""
        async with self._database.reading() as connection:
            user = await lookups.find_user(connection, caller.scope, f"U-{caller.user}")
            found = await users.with_sign_in(connection, user)
            linked = self.name != "" and await identities.is_linked(connection, user.id, self._issuer)
        return WaysToSignIn(password=bool(found.has_password), openid=linked)

    async def unlink(self, caller: Caller, user: str) -> UserView:
        """Remove the link between a user (`U-3` or the address) and the provider, and end the user's
        sessions. The next sign-in there with the user's verified address links again.

        Raises `NotFound` (`unknown_user`), `Refused` (`role_above_yours`).
        """
        async with self._database.transaction() as connection:
            found = await lookups.find_user(connection, caller.scope, user)
            caller.require(Permission.MANAGE_USERS)
            not_above(caller, found.role)
            await sessions.keep(connection, found.id)
            if await identities.unlink(connection, found, caller.by):
                await sessions.end_all(connection, found.id)
        return found

    async def _authenticated(self, begun: OpenIdBegun, answer: OpenIdAnswer) -> tuple[Identity, str]:
        """Who authenticated, and the token that asks for their address."""
        if not hmac.compare_digest(begun.state.encode(), answer.state.encode(errors="replace")):
            raise _refused("the state is another")
        if not answer.code or len(answer.code) > _LONGEST:
            raise _refused("there is no code")
        try:
            found, token = await self._configured().identity(begun, answer.code, answer.issuer)
        except ProviderRejected as rejected:
            raise _refused(str(rejected)) from None
        if not 0 < len(found.subject) <= _LONGEST or not storable(found.subject):
            raise _refused("the subject cannot be stored")
        return found, token

    async def _with_address(self, identity: Identity, token: str) -> Identity:
        """The identity with its address; the provider is asked only where no user is linked with it yet."""
        async with self._database.reading() as connection:
            if await identities.user_of(connection, identity) is not None:
                return identity
        return await self._configured().with_address(identity, token)

    def _configured(self) -> OpenIdProvider:
        if self._provider is None:
            raise Refused.because("openid_refused")
        return self._provider


async def _found(connection: AsyncConnection, identity: Identity) -> tuple[UserView, bool]:
    """The user with this identity, and whether they were linked just now. They stay active until the
    transaction ends. Raises `Refused` (`openid_refused`).
    """
    user = await identities.user_of(connection, identity)
    if user is None and identity.email:
        user = await _person_at(connection, identity.email)
    if user is None:
        raise _refused("no user is linked, or has the address that the provider has verified")
    user = await sessions.keep(connection, user.id)
    if not may_sign_in(user):
        raise _refused("the user cannot sign in")
    known = await identities.user_of(connection, identity)
    if known is not None and known.id == user.id:
        return user, False
    invited = await users.with_sign_in(connection, user)
    if not (invited.has_password or invited.was_invited):
        raise _refused("the user was not invited")
    if not await identities.link(connection, user, identity):
        raise _refused("the user is linked with another identity")
    return user, True


async def _person_at(connection: AsyncConnection, email: str) -> UserView | None:
    """The user with this address. Both are ASCII: lower case makes other letters equal that name two
    mailboxes, such as the Kelvin sign and k.
    """
    if not email.isascii() or not storable(email):
        return None
    user = await sessions.person_at(connection, email)
    return user if user is not None and user.email.isascii() else None


def _since(begun: OpenIdBegun) -> timedelta:
    """How long ago the browser was sent to the provider, at most."""
    return timedelta(seconds=time.time() - begun.at + _SKEW)


def _refused(why: str) -> Refused:
    _log.warning("A sign-in by the OpenID provider was refused: %s.", why)
    return Refused.because("openid_refused")
