"""Checks an ID token of the OpenID provider: signature, issuer, audience, expiry, nonce (OpenID Connect Core
3.1.3.7).

Needs the extra `oidc`, which is joserfc: what Authlib itself checks tokens with. Authlib's own clients want
httpx or requests, and a session of Starlette; this application has httpx2 and sessions of its own.
"""

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

LEEWAY = 60
"""Seconds that the clocks of provider and portal may differ by."""
_ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "Ed25519",
)
"""Signatures with a public key only: never `none`, and no secret that both sides have."""


class TokenRejected(Exception):
    """An ID token is not to be believed. The message names the check, and nothing of the token."""


class KeyUnknown(Exception):
    """The token is signed with a key that is not among those that were read: they may have been replaced."""


@dataclass(frozen=True)
class Expected:
    """What the token has to say."""

    issuer: str
    client_id: str
    nonce: str


def read_keys(answer: Mapping[str, Any]) -> list[Key]:
    """The public keys in an answer of the provider; those of an unknown kind are left out."""
    found = []
    for each in answer.get("keys", ()):
        try:
            if each.get("kty") != "oct" and each.get("use", "sig") == "sig":
                found.append(JWKRegistry.import_key(each))
        except (JoseError, AttributeError, TypeError, ValueError):
            continue
    return found


def checked(token: str, keys: Sequence[Key], expected: Expected, now: int) -> Mapping[str, Any]:
    """What the token says. Raises `TokenRejected`, `KeyUnknown`."""
    key_id = _key_id(token)
    named = [key for key in keys if key_id is None or key.kid == key_id]
    if not named:
        raise KeyUnknown
    claims = _signed(token, named)
    registry = jwt.JWTClaimsRegistry(
        now=now,
        leeway=LEEWAY,
        iss={"essential": True, "value": expected.issuer},
        aud={"essential": True, "value": expected.client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )
    try:
        registry.validate(dict(claims))
    except JoseError as wrong:
        raise TokenRejected(f"{wrong.error} {getattr(wrong, 'claim', '')}".strip()) from None
    if claims.get("nonce") != expected.nonce:
        raise TokenRejected("invalid_claim nonce")
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else expected.client_id) != expected.client_id:
        raise TokenRejected("invalid_claim azp")
    return claims


def _signed(token: str, keys: Sequence[Key]) -> Mapping[str, Any]:
    why = "no key fits"
    for key in keys:
        try:
            return jwt.decode(token, key, algorithms=_ALGORITHMS).claims
        except JoseError as wrong:
            why = wrong.error
        except (TypeError, ValueError):
            why = "not a signed token"
    raise TokenRejected(why)


def _key_id(token: str) -> str | None:
    """The key that the token names; nothing of it is believed yet."""
    try:
        header = token.partition(".")[0]
        named = json.loads(urlsafe_b64decode(header + "=" * (-len(header) % 4)))["kid"]
    except KeyError:
        return None
    except (TypeError, ValueError):
        raise TokenRejected("not a signed token") from None
    return named if isinstance(named, str) else None
