"""Arguments that several commands of `esim-orders qr ...` have: SIM, user, and ids of requests and links."""

import re
from typing import Annotated

import typer

from models.codes.links import LINK
from models.errors import Refused
from models.identifiers import QR_NOTIFICATION_ID_PATTERN, QR_REQUEST_ID_PATTERN

_PATTERNS = {"request": QR_REQUEST_ID_PATTERN, "notification": QR_NOTIFICATION_ID_PATTERN}

Sim = Annotated[
    str, typer.Argument(metavar="SIM", help="Id (S-12), ICCID, or phone number of its line or number.")
]
User = Annotated[str, typer.Option("--user", help="Who asks: e-mail address or id (U-3).")]
SomeUser = Annotated[
    str | None,
    typer.Option(
        "--user", help="As this user, who must be allowed to: e-mail address or U-3. Else as operator."
    ),
]


def parse_id(text: str, what: str) -> str:
    """Parse the id of a request or notification, with or without its prefix.

    `what`: `request` or `notification`. Raises `Refused` (`request_id_invalid`, `notification_id_invalid`).
    """
    prefix = f"qr-{what}-"
    wanted = text.strip().lower()
    wanted = wanted if wanted.startswith(prefix) else prefix + wanted
    if not re.fullmatch(_PATTERNS[what], wanted):
        raise Refused.because("request_id_invalid" if what == "request" else "notification_id_invalid")
    return wanted


def names_link(text: str) -> bool:
    """Whether this is the id of a link rather than of a notification."""
    return text.strip().lower().startswith(LINK)
