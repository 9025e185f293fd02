"""Verifies webhooks (Standard Webhooks 1.0): whether a request comes from this API, unchanged, and now."""

import base64
import hashlib
import hmac
import re
import time
from collections.abc import Iterable, Mapping

from pydantic import TypeAdapter, ValidationError

from esim_orders_client.errors import WebhookVerificationError
from esim_orders_client.events import Event

TOLERANCE = 300
"""The seconds that a request may be late or early: an older one may have been recorded and sent again."""
_PREFIX = "whsec_"
_JSON: TypeAdapter[dict[str, object]] = TypeAdapter(dict[str, object])


def verify(
    body: bytes | str,
    headers: Mapping[str, str],
    secrets: str | Iterable[str],
    tolerance: float = TOLERANCE,
) -> Event:
    """The event of a webhook. Raises `WebhookVerificationError` unless it was signed with one of the secrets,
    and ValueError without any: that is a fault of the receiver, as one that cannot be read.

    `body` is the request's body as it arrived, before anything has parsed it; `headers` are its headers, in
    any spelling. While a secret is rotated the request has a signature for the old and one for the new
    secret: any of your secrets that fits is enough. An event may arrive twice: its `id` is then the same.
    """
    known = [secrets] if isinstance(secrets, str) else list(secrets)
    if not known:
        raise ValueError("Give the secret of the webhook.")
    content = body.encode() if isinstance(body, str) else body
    given = {name.lower(): value for name, value in headers.items()}
    identity, moment, signatures = (
        given.get(name, "") for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
    )
    if not (identity and moment and signatures):
        raise WebhookVerificationError("The headers webhook-id, -timestamp and -signature are needed.")
    _check_time(moment, tolerance)
    signed = b".".join([identity.encode(), moment.encode(), content])
    if not _fits(signed, signatures, known):
        raise WebhookVerificationError("No signature fits.")
    try:
        return Event.model_validate(_JSON.validate_json(content) | {"id": identity})
    except ValidationError:
        raise WebhookVerificationError("The body is not an event.") from None


def _check_time(moment: str, tolerance: float) -> None:
    if not re.fullmatch(r"[0-9]{1,12}", moment):
        raise WebhookVerificationError("The header webhook-timestamp is not a time.")
    if abs(time.time() - int(moment)) > tolerance:
        raise WebhookVerificationError("It was signed too long ago, or one of the clocks is wrong.")


def _fits(signed: bytes, signatures: str, secrets: Iterable[str]) -> bool:
    """Whether a signature is one of these secrets'. All are compared, each in constant time."""
    given = [text.removeprefix("v1,") for text in signatures.split() if text.startswith("v1,")]
    fits = False
    for secret in secrets:
        made = base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest())
        for each in given:
            fits |= hmac.compare_digest(made, each.encode())
    return fits


def _key(secret: str) -> bytes:
    """The bytes of a secret. Raises ValueError: a secret that cannot be read is a fault of the receiver."""
    try:
        key = base64.b64decode(secret.strip().removeprefix(_PREFIX) + "==")
    except ValueError:  # also of what is not ASCII
        key = b""
    if not key:
        raise ValueError("The secret of a webhook begins with whsec_, and is base64.")
    return key
