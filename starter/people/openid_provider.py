"""The OpenID provider over HTTP: its addresses (discovery), the token of a code, its keys, a user's address.

No redirect is followed and no proxy of the environment is used; of an answer at most 256 KB are read.
Addresses and keys are read once an hour; keys also when a token names one that is not among them, as after a
rotation.
"""

import base64
import hashlib
import json
import logging
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus, urlencode, urlsplit

import httpx2

from models.errors import Refused, Unavailable
from models.people.sign_in import SIGNED_IN_FOR, Identity, OpenIdBegun
from settings import Settings

if TYPE_CHECKING:
    import ssl

    from joserfc.jwk import Key

SECONDS = 10.0
_KEPT_SECONDS = 3600.0
_PAUSE_SECONDS = 5.0
"""After a failure the provider is not asked again for so long, however often visitors try."""
_LONGEST = 256 * 1024
_ADDRESSES = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_log = logging.getLogger(__name__)


class ProviderRejected(Exception):
    """The provider, or a check of its answer, refuses the sign-in. The message names no person."""


@dataclass(frozen=True)
class Client:
    """The portal, as the provider knows it."""

    issuer: str
    client_id: str
    secret: str
    scopes: str
    redirect: str


@dataclass
class _Known:
    """What was read from the provider."""

    addresses: Mapping[str, Any]
    keys: "list[Key]"
    until: float


class OpenIdProvider:
    """One provider. Safe for concurrent use."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: _Known | None = None
        self._not_before = 0.0

    @classmethod
    def configured(cls, settings: Settings) -> "OpenIdProvider | None":
        """That of the settings; None where none is set. Raises `Refused` (`settings_invalid`,
        `openid_not_installed`).
        """
        if not settings.openid_issuer:
            return None
        invalid = [f"ESIM_{name.upper()}" for name, is_valid in _checks(settings).items() if not is_valid]
        if invalid:
            raise Refused.because("settings_invalid", settings=", ".join(invalid))
        try:
            import starter.people.id_tokens  # noqa: F401, PLC0415  needs the extra
        except ImportError:
            raise Refused.because("openid_not_installed") from None
        return cls(
            Client(
                settings.openid_issuer,
                settings.openid_client_id,
                settings.openid_client_secret,
                " ".join(settings.openid_scopes.split()),
                f"{settings.portal_url.rstrip('/')}/sign-in/openid/callback",
            )
        )

    async def address(self, begun: OpenIdBegun, *, asked: bool) -> str:
        """Where the browser is sent to authenticate. `asked`: the person is asked, also one who is signed in
        there. Raises `Unavailable`.
        """
        known = await self._read()
        digest = hashlib.sha256(begun.verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self._client.client_id,
            "redirect_uri": self._client.redirect,
            "scope": self._client.scopes,
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            # a provider that is asked for an age has to say when the user authenticated
            "max_age": str(0 if begun.again else int(SIGNED_IN_FOR.total_seconds())),
        }
        if asked:
            query["prompt"] = "login"
        address: str = known.addresses["authorization_endpoint"]
        return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(query)}"

    async def identity(self, begun: OpenIdBegun, code: str, issuer: str) -> tuple[Identity, str]:
        """Who authenticated, by the code that the browser brought back, and the token that `with_address`
        wants; that is empty where the ID token says the address. Raises `ProviderRejected`, `Unavailable`.
        """
        known = await self._read()
        named = known.addresses.get("authorization_response_iss_parameter_supported") is True
        if issuer != self._client.issuer and (named or issuer):
            raise ProviderRejected("the answer names another issuer")
        async with _http() as http:
            answer = await self._token(http, known.addresses, begun, code)
            claims = await self._checked(str(answer.get("id_token", "")), begun)
        at, token = claims.get("auth_time"), answer.get("access_token")
        ago = timedelta(seconds=max(0.0, time.time() - at)) if isinstance(at, int | float) else None
        identity = Identity(self._client.issuer, claims["sub"], _verified(claims), ago)
        return identity, token if isinstance(token, str) and "email" not in claims else ""

    async def with_address(self, identity: Identity, token: str) -> Identity:
        """The identity with the address that userinfo says is verified; as it is where userinfo fails or says
        none. Only the first sign-in of a user needs an address.
        """
        try:
            place = str((await self._read()).addresses.get("userinfo_endpoint", ""))
            if not _is_safe(place):
                return identity
            async with _http() as http:
                found = await _json(http, "GET", place, headers={"Authorization": f"Bearer {token}"})
        except Unavailable:  # it is logged
            return identity
        if found.get("sub") != identity.subject:
            _log.warning("The OpenID provider's userinfo is about another user.")
            return identity
        return replace(identity, email=_verified(found))

    async def check(self) -> None:
        """Read addresses and keys. Raises `Unavailable`."""
        self._known, self._not_before = None, 0.0
        await self._read()

    async def _read(self) -> _Known:
        if self._known is None or self._known.until < time.monotonic():
            if time.monotonic() < self._not_before:
                raise _unavailable("it did not answer a moment ago")
            try:
                self._known = await self._asked()
            except Unavailable:
                self._not_before = time.monotonic() + _PAUSE_SECONDS
                raise
        return self._known

    async def _asked(self) -> _Known:
        from starter.people.id_tokens import read_keys  # noqa: PLC0415  needs the extra

        issuer = self._client.issuer
        async with _http() as http:
            addresses = await _json(http, "GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            if addresses.get("issuer") != issuer:
                raise _unavailable("it names another issuer than ESIM_OPENID_ISSUER")
            if not all(_is_safe(str(addresses.get(name, ""))) for name in _ADDRESSES):
                raise _unavailable("an address that it names is missing, or is not https")
            keys = read_keys(await _json(http, "GET", addresses["jwks_uri"]))
        return _Known(addresses, keys, time.monotonic() + _KEPT_SECONDS)

    async def _token(
        self, http: httpx2.AsyncClient, addresses: Mapping[str, Any], begun: OpenIdBegun, code: str
    ) -> Mapping[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._client.redirect,
            "code_verifier": begun.verifier,
        }
        headers = {}
        if "client_secret_basic" in addresses.get(
            "token_endpoint_auth_methods_supported", ["client_secret_basic"]
        ):
            pair = f"{quote_plus(self._client.client_id)}:{quote_plus(self._client.secret)}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form |= {"client_id": self._client.client_id, "client_secret": self._client.secret}
        return await _json(http, "POST", addresses["token_endpoint"], data=form, headers=headers)

    async def _checked(self, token: str, begun: OpenIdBegun) -> Mapping[str, Any]:
        from starter.people.id_tokens import (  # noqa: PLC0415  needs the extra
            Expected,
            KeyUnknown,
            TokenRejected,
            checked,
        )

        expected = Expected(self._client.issuer, self._client.client_id, begun.nonce)
        try:
            try:
                return checked(token, (await self._read()).keys, expected, int(time.time()))
            except KeyUnknown:
                self._known = await self._asked()
                return checked(token, self._known.keys, expected, int(time.time()))
        except KeyUnknown:
            raise ProviderRejected("ID token: signed with an unknown key") from None
        except TokenRejected as wrong:
            raise ProviderRejected(f"ID token: {wrong}") from None


def _verified(said: Mapping[str, Any]) -> str | None:
    """The address of a user, if the provider has verified it."""
    email = said.get("email")
    return email if isinstance(email, str) and said.get("email_verified") is True else None


def _checks(settings: Settings) -> Mapping[str, bool]:
    """Which settings are valid; none is needed alone."""
    return {
        "openid_issuer": _is_safe(settings.openid_issuer) and not urlsplit(settings.openid_issuer).query,
        "openid_client_id": bool(settings.openid_client_id),
        "openid_client_secret": bool(settings.openid_client_secret),
        "openid_scopes": "openid" in settings.openid_scopes.split(),
    }


def _is_safe(address: str) -> bool:
    """Whether it is https; http for a provider on the same machine only."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK))


@asynccontextmanager
async def _http() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(
        verify=_certificates(), trust_env=False, follow_redirects=False, timeout=SECONDS
    ) as client:
        yield client


async def _json(http: httpx2.AsyncClient, method: str, address: str, **sent: Any) -> Mapping[str, Any]:
    """The object that is answered. Raises `ProviderRejected` if the call is refused, else `Unavailable`."""
    sent["headers"] = {"Accept": "application/json", **sent.get("headers", {})}
    read = b""
    try:
        async with http.stream(method, address, **sent) as answer:
            async for part in answer.aiter_bytes():
                read += part
                if len(read) > _LONGEST:
                    raise _unavailable("its answer is too long")
    except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError) as failure:
        raise _unavailable(type(failure).__name__) from None
    if method == "POST" and answer.status_code in (400, 403):  # the code is over, or was made for another
        raise ProviderRejected(f"the token endpoint answers {answer.status_code}")
    if answer.status_code != httpx2.codes.OK:
        raise _unavailable(f"it answers {answer.status_code}")
    try:
        found = json.loads(read)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise _unavailable("its answer is no JSON object")
    return found


@cache
def _certificates() -> "ssl.SSLContext":
    """The system's certificates; made once, as it takes long."""
    return httpx2.create_ssl_context()


def _unavailable(why: str) -> Unavailable:
    _log.warning("The OpenID provider is unavailable: %s.", why)
    return Unavailable("openid", f"The OpenID provider is unavailable: {why}.")
