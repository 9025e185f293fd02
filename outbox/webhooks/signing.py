"""Signatures of webhooks: Standard Webhooks 1.0 (https://www.standardwebhooks.com).

A request has the headers webhook-id, webhook-timestamp (seconds) and webhook-signature: for each secret
`v1,` and the HMAC-SHA256 of `id.timestamp.body`, in Base64, separated by blanks.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

PREFIX = "whsec_"
_BYTES = 32


def new_secret() -> str:
    """A new random secret, as its receiver needs it to verify signatures."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def signed(secret: Sequence[str], webhook_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of a request with this body, signed with each of these secrets."""
    content = f"{webhook_id}.{timestamp}.".encode() + body
    keys = [base64.b64decode(one.removeprefix(PREFIX)) for one in secret]
    each = [base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode() for key in keys]
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in each),
    }
