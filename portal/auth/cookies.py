"""The cookies of signed-in people: the session, and the message that follows a form.

The message is shown once, on the page that a form leads to. It is a code of `wording/pages` with parameters,
signed with the session's token: another site can neither make nor change one.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from models.people.sign_in import SIGNED_IN_FOR

_MESSAGE_SECONDS = 60
_LONGEST = 1_500
"""Bytes of a message: a browser keeps no cookie of more than 4,096, and base64 makes three bytes four."""


@dataclass(frozen=True)
class Message:
    """What was done, as a key of the texts `flash`, and what the sentence names."""

    code: str
    parameters: Mapping[str, str] = field(default_factory=dict)


class Cookies:
    """Sets and reads the cookies of one portal. Over https their names bind them to its host (`__Host-`)."""

    def __init__(self, portal_url: str) -> None:
        self._secure = urlsplit(portal_url).scheme == "https"
        prefix = "__Host-" if self._secure else ""
        self.session, self.message = f"{prefix}esim-session", f"{prefix}esim-message"

    def token(self, request: Request) -> str | None:
        """The session's token that the browser sends."""
        return request.cookies.get(self.session) or None

    def begin(self, response: Response, token: str) -> None:
        """Have the browser send this session's token from now on."""
        self._set(response, self.session, token, int(SIGNED_IN_FOR.total_seconds()))

    def end(self, response: Response) -> None:
        """Have the browser forget the session."""
        self._set(response, self.session, "", 0)

    def leave(self, response: Response, token: str, message: Message) -> None:
        """Leave a message for the next page of this session."""
        content = _shortened(message)
        packed = base64.urlsafe_b64encode(content).decode()
        self._set(response, self.message, f"{packed}.{_signed(token, packed)}", _MESSAGE_SECONDS)

    def left(self, request: Request, token: str) -> Message | None:
        """The message that was left for this page of the session."""
        packed, _, signature = request.cookies.get(self.message, "").partition(".")
        if not hmac.compare_digest(signature.encode(), _signed(token, packed).encode()):
            return None
        code, parameters = json.loads(base64.urlsafe_b64decode(packed))
        return Message(code, parameters)

    def taken(self, response: Response) -> None:
        """The message was shown."""
        self._set(response, self.message, "", 0)

    def _set(self, response: Response, name: str, value: str, seconds: int) -> None:
        response.set_cookie(
            name, value, max_age=seconds, path="/", secure=self._secure, httponly=True, samesite="lax"
        )


def _shortened(message: Message) -> bytes:
    """The message as it is stored. Where it is too long, its parameters are cut to what fits."""
    parameters, longest = dict(message.parameters), _LONGEST
    while len(content := json.dumps([message.code, parameters]).encode()) > _LONGEST and longest > 1:
        longest //= 2
        parameters = {name: _cut(text, longest) for name, text in message.parameters.items()}
    return content


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _signed(token: str, packed: str) -> str:
    return hmac.new(token.encode(), f"message {packed}".encode(), hashlib.sha256).hexdigest()
