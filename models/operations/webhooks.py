"""Webhooks: what an endpoint is, which addresses it may have, when a failed delivery is tried again (A11).

An endpoint keeps a place in the feed of its account's events. Each event is sent at least once, in no
promised sequence; a repeat has the same `webhook-id`.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, computed_field

from models.characters import LONGEST_NAME
from models.errors import Refused
from models.event_permissions import meant_by
from models.identifiers import reference, storable
from models.values import View

LONGEST_URL = 2000
LONGEST_ANSWER = 2048
"""Bytes of an answer that are kept."""
GIVEN_UP_AFTER = timedelta(days=3)
"""Where nothing was delivered for so long, the endpoint is disabled; a single event is given up."""
IN_A_ROW = 3
"""After so many failures in a row the endpoint itself waits, not only its events."""
OLD_SECRET_SIGNS_FOR = timedelta(hours=24)
MOST_EARLIER_SECRETS = 10
"""Of an endpoint, that sign beside the present one: each is a signature in every request."""
MOST_REPLAYED = 10_000
"""Events of one call that sends a span of time again."""
PING = "webhook.ping"
"""The type of what a test sends. It is no event of the feed."""
_DELAYS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
)
"""After each failure; the last one stays."""
_HIDDEN_QUERY = "?…"


class WebhookState(StrEnum):
    """Whether events are delivered to an endpoint."""

    ENABLED = "enabled"
    FAILING = "failing"
    """Its receiver failed at least three times in a row: it is tried less and less often."""
    DISABLED = "disabled"


class DisabledFor(StrEnum):
    """Why an endpoint is disabled."""

    ASKED = "asked"
    """By a user or an operator."""
    GONE = "gone"
    """The receiver answered 410."""
    FAILING = "failing"
    """Nothing was delivered for three days."""


class Outcome(StrEnum):
    """How an attempt to deliver ended."""

    DELIVERED = "delivered"
    """Any 2xx."""
    STATUS = "status"
    """Another status; 3xx too, as redirects are not followed."""
    TIMEOUT = "timeout"
    """No status within ten seconds."""
    CONNECTION = "connection"
    """The connection failed or was lost."""
    TLS = "tls"
    """The certificate is not valid for the host, or TLS failed."""
    UNKNOWN_HOST = "unknown_host"
    PRIVATE_ADDRESS = "private_address"
    """The host has an address that is not public: nothing was sent."""


class WebhookView(View):
    """An endpoint as it is listed; its secret is shown once, when it is made."""

    id: int
    account: str
    address: str = Field(exclude=True, repr=False)
    """Where events are sent. Its query may hold a token of the receiver's, so it is not shown: see `url`."""
    types: tuple[str, ...]
    """Empty: all that the account may see."""
    description: str
    state: WebhookState
    disabled_at: datetime | None = None
    disabled_for: DisabledFor | None = None
    failures: int = 0
    """In a row."""
    failing_since: datetime | None = None
    next_attempt_at: datetime | None = None
    """Until when its receiver is left alone."""
    secret_rotates_until: datetime | None = None
    """Until when earlier secrets sign, too."""
    created_at: datetime
    created_by: str

    @computed_field  # type: ignore[prop-decorator]  # pydantic's own way
    @property
    def url(self) -> str:
        """The address as it is shown: `https://shop.example/hooks?…`."""
        return redacted_url(self.address)

    @property
    def shown(self) -> str:
        """What a form shows of it, as a text to compare: a digest of address, description and types."""
        said = "\n".join((self.url, self.description, *sorted(self.types)))
        return hashlib.sha256(said.encode()).hexdigest()[:32]

    @property
    def webhook_id(self) -> str:
        """The id by which people name it: `WH-7`."""
        return reference("WH", self.id)


class Backlog(View):
    """What is still to be sent to an endpoint. Numbers stop at `models.paging.MOST_COUNTED`."""

    place: str
    """The event up to which all are sent, or are to be sent again: a cursor of the feed."""
    place_at: datetime | None
    """When the last event until there happened; None if nothing has happened."""
    new: int
    """Events that were never tried."""
    oldest_at: datetime | None
    """When the oldest of these happened."""
    again: int
    """Events that failed, or that are sent again because a user asked for it."""


class AttemptView(View):
    """An attempt to deliver an event that failed, or an event that is to be sent again."""

    id: int
    event: str
    """Its id in the feed, which is its `webhook-id`."""
    type: str
    number: int
    """Which attempt it was since it began anew; 0: it is to be sent again, and was not tried yet."""
    at: datetime
    outcome: Outcome | None
    status: int | None
    answer: str | None
    milliseconds: int | None
    next_attempt_at: datetime | None
    delivered_at: datetime | None
    given_up_at: datetime | None

    @property
    def replay(self) -> Literal["to_be_sent", "sent_again", "not_sent"]:
        """What became of an event that is to be sent again, and has no outcome of its own."""
        if self.next_attempt_at is not None:
            return "to_be_sent"
        return "sent_again" if self.given_up_at is None else "not_sent"


@dataclass(frozen=True)
class Answer:
    """How one request ended."""

    outcome: Outcome
    status: int | None = None
    text: str = field(default="", repr=False)
    milliseconds: int = 0

    @property
    def ok(self) -> bool:
        """Whether the receiver has taken the event."""
        return self.outcome is Outcome.DELIVERED


@dataclass(frozen=True)
class NewWebhook:
    """An endpoint that was just made, or whose secret was, with the secret, which is not shown again."""

    view: WebhookView
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Tested:
    """The answer of a receiver to a ping."""

    webhook: WebhookView
    answer: Answer
    replayed: bool = False
    """Whether it was sent before under the same key, and not again."""


@dataclass(frozen=True)
class Replayed:
    """How many events are sent again to an endpoint."""

    webhook: WebhookView
    events: int
    replayed: bool = False
    """Whether they were sent again before under the same key, and not once more."""

    @property
    def waits_until_enabled(self) -> bool:
        """Whether there are events, and the endpoint is disabled: they are sent when it is enabled."""
        return self.events > 0 and self.webhook.state is WebhookState.DISABLED


def parse_types(types: Collection[str] | None) -> tuple[str, ...]:
    """The chosen types of events; none for all. `order` means all types of orders that there are now. Raises
    `Refused` (`webhook_types_unknown`).
    """
    found, unknown = meant_by(name.strip().lower() for name in types or ())
    if unknown:
        raise Refused.because("webhook_types_unknown", types=", ".join(unknown)[:200])
    return tuple(sorted(found))


def parse_url(text: str, *, loopback: bool) -> str:
    """The address of a receiver: https, without a user name, and no label of its host is empty. Where
    `loopback` is allowed, http too, of this machine; which addresses the host has is checked by
    `outbox.webhooks`. Raises `Refused` (`webhook_url_invalid`; `webhook_query_hidden`, where the query is as
    `redacted_url` shows it).
    """
    url = text.strip()
    if url.endswith(_HIDDEN_QUERY):
        raise Refused.because("webhook_query_hidden")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
        parts = urlsplit("")
    plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    named = all((host or "").split("."))
    right = named and port != 0 and "@" not in parts.netloc and not parts.fragment
    scheme = parts.scheme == "https" or (loopback and parts.scheme == "http")
    if not (plain and right and scheme and len(url) <= LONGEST_URL):
        raise Refused.because("webhook_url_invalid")
    return url


def redacted_url(url: str) -> str:
    """The address without its query, in which a receiver may have a token: `https://shop.example/hooks?…`."""
    shown, query, _ = url.partition("?")
    return f"{shown}{_HIDDEN_QUERY}" if query else url


def parse_description(text: str) -> str:
    """What the endpoint is for. Raises `Refused` (`webhook_description_invalid`)."""
    description = " ".join(text.split())
    if len(description) > LONGEST_NAME or not storable(description):
        raise Refused.because("webhook_description_invalid", most=LONGEST_NAME)
    return description


def delay_after(failures: int, jitter: float) -> timedelta:
    """How long to wait after so many failures, times `jitter`, so that not all come back at once."""
    return _DELAYS[min(max(failures, 1), len(_DELAYS)) - 1] * jitter
