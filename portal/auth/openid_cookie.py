"""The cookie of a sign-in at the OpenID provider: what was begun, and the page to go on to.

It is signed, is sent on the sign-in's path only, is valid for ten minutes, and is no session. The key comes
from the client secret, which all portal processes share.
"""

import base64
import hashlib
import hmac
import json
import time
from dataclasses import asdict
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from models.people.sign_in import OPENID_WITHIN, OpenIdBegun

PATH = "/sign-in/openid"


class OpenIdCookie:
    """Sets and reads the cookie of one portal."""

    def __init__(self, portal_url: str, client_secret: str) -> None:
        parts = urlsplit(portal_url)
        self._secure = parts.scheme == "https"
        self._path = f"{parts.path.rstrip('/')}{PATH}"
        self.name = f"{'__Secure-' if self._secure else ''}esim-openid"
        self._key = hmac.digest(client_secret.encode(), b"cookie of a sign-in", hashlib.sha256)

    def keep(self, response: Response, begun: OpenIdBegun, next_page: str) -> None:
        """Have the browser keep what was begun until it comes back from the provider."""
        content = json.dumps({**asdict(begun), "next": next_page}).encode()
        packed = base64.urlsafe_b64encode(content).decode()
        self._set(response, f"{packed}.{self._signed(packed)}", int(OPENID_WITHIN.total_seconds()))

    def kept(self, request: Request) -> tuple[OpenIdBegun, str] | None:
        """What was begun in this browser, and where to go on; None where there is nothing that is valid."""
        packed, _, signature = request.cookies.get(self.name, "").partition(".")
        if not packed or not hmac.compare_digest(signature.encode(), self._signed(packed).encode()):
            return None
        content = json.loads(base64.urlsafe_b64decode(packed))
        next_page = content.pop("next")
        begun = OpenIdBegun(**content)
        is_valid = 0 <= time.time() - begun.at <= OPENID_WITHIN.total_seconds()
        return (begun, next_page) if is_valid else None

    def forget(self, response: Response) -> None:
        """What was begun is over."""
        self._set(response, "", 0)

    def _set(self, response: Response, value: str, seconds: int) -> None:
        response.set_cookie(
            self.name,
            value,
            max_age=seconds,
            path=self._path,
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )

    def _signed(self, packed: str) -> str:
        return hmac.new(self._key, packed.encode(), hashlib.sha256).hexdigest()
