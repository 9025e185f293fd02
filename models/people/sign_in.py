"""Signing in: what a password must be, and how long sessions and mailed tokens are valid (P1, S9)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from models.errors import Refused
from models.identifiers import reference
from models.values import View

LEAST_CHARACTERS = 12
MOST_CHARACTERS = 200
"""Of a password. The most keeps a hash from costing more than a sign-in should."""
IDLE_FOR = timedelta(hours=12)
"""A session that was not used for so long has expired."""
SIGNED_IN_FOR = timedelta(days=14)
"""A session expires so long after the sign-in, however often it is used."""
RECENT_FOR = timedelta(minutes=30)
"""How long after the password was entered, or the user authenticated at the OpenID provider, sensitive acts
are allowed without doing that again."""
OPENID_WITHIN = timedelta(minutes=10)
"""How long a person may take to authenticate at the OpenID provider."""
_USUAL = frozenset(
    """
    123456789012 1234567890123 12345678901234 123456789123 123123123123 111111111111 000000000000
    qwertyuiopas qwertyuiop12 qwertyuiop123 azertyuiopqs azertyuiop123 1q2w3e4r5t6y 1qaz2wsx3edc
    password1234 password12345 passwordpassword password123! passw0rd1234 motdepasse123 motdepasse12
    administrator administrateur adminadminadmin welcome12345 bienvenue123 letmeinletmein iloveyou1234
    changeme1234 changemenow1 esim-orders1 esimorders12 abcdefghijkl abcd12345678 abc123abc123
    """.split()  # noqa: SIM905  one a word reads better
)
"""The usual passwords of twelve characters and more."""


class TokenPurpose(StrEnum):
    """What a token in an e-mail to a user is for."""

    INVITATION = "invitation"
    RESET = "reset"

    @property
    def valid_for(self) -> timedelta:
        """How long after the e-mail was sent."""
        return timedelta(days=7) if self is TokenPurpose.INVITATION else timedelta(hours=1)


@dataclass(frozen=True)
class Visit:
    """From where a browser calls."""

    address: str | None = None
    network: str = "unknown"
    """The address, or of IPv6 the network, that attempts are counted by."""
    browser: str | None = None
    request_id: str | None = None


@dataclass(frozen=True)
class OpenIdBegun:
    """A sign-in that was begun at the OpenID provider: what its end is compared with. The browser keeps it,
    signed, for `OPENID_WITHIN`.
    """

    state: str
    nonce: str
    verifier: str = field(repr=False)
    """Of PKCE: a code alone is exchanged for no token."""
    at: int
    """When it was begun, in seconds since 1970."""
    again: bool = False
    """Whether a signed-in user confirms who they are: the provider has them authenticate anew."""


@dataclass(frozen=True)
class OpenIdAnswer:
    """What the OpenID provider has the browser bring back; a text is empty where it is missing."""

    state: str = ""
    code: str = field(default="", repr=False)
    issuer: str = ""


@dataclass(frozen=True)
class Identity:
    """Who authenticated at the OpenID provider."""

    issuer: str
    subject: str
    email: str | None
    """The address, if the provider has verified it."""
    authenticated_ago: timedelta | None
    """None where the provider does not say when."""


@dataclass(frozen=True)
class WaysToSignIn:
    """How a user can confirm who they are."""

    password: bool
    openid: bool


@dataclass(frozen=True)
class TokenBearer:
    """Who opens a link in an e-mail to a user. The token is a secret."""

    visit: Visit
    purpose: TokenPurpose
    token: str = field(repr=False)


class SessionView(View):
    """A session, as its user sees it in the list of their own."""

    id: int
    created_at: datetime
    confirmed_at: datetime
    """When the password was entered last."""
    seen_at: datetime
    """To the minute."""
    address: str | None
    browser: str | None

    @property
    def session_id(self) -> str:
        """The id as it is shown: `SE-7`."""
        return reference("SE", self.id)


@dataclass(frozen=True)
class NewSession:
    """A session that was just begun. The token is a secret."""

    session_id: int
    token: str = field(repr=False)


def check_password(password: str, personal: Iterable[str] = ()) -> str:
    """The password, if a user may have it. `personal`: the user's own texts, such as the address, that it
    must not be. Raises `Refused` (`password_too_short`, `password_too_long`, `password_usual`).
    """
    if len(password) < LEAST_CHARACTERS:
        raise Refused.because("password_too_short", least=LEAST_CHARACTERS)
    if len(password) > MOST_CHARACTERS:
        raise Refused.because("password_too_long", most=MOST_CHARACTERS)
    plain = password.strip().lower()
    if plain in _USUAL or len(set(plain)) < 4 or plain in {text.lower() for text in personal}:
        raise Refused.because("password_usual")
    return password
