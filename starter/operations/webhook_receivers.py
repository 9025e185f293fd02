"""Receivers of webhooks, as the desk needs them: may an address be called, and what is a ping answered."""

import secrets
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from models.errors import Refused
from models.networks import parse_networks
from models.operations.webhooks import PING, Answer, Outcome, parse_url
from settings import Settings

if TYPE_CHECKING:
    from outbox.webhooks.addresses import Resolve
    from outbox.webhooks.names import Names
    from outbox.webhooks.sending import Sender


class Receivers:
    """Calls receivers. `resolver`: asks for the addresses of hosts, instead of the system's."""

    def __init__(self, settings: Settings, resolver: "Resolve | None") -> None:
        self._loopback = settings.webhooks_to_loopback
        self._refused = parse_networks(settings.webhooks_refused_networks)
        self._resolver = resolver

    async def checked(self, account_id: int, url: str) -> str:
        """The address, if it may be called. Raises `Refused` (`webhook_url_invalid`,
        `webhook_address_private`, `webhook_host_unknown`).
        """
        from outbox.webhooks.addresses import NotThisMachine, PrivateAddress  # noqa: PLC0415  see `_to`

        address = parse_url(url, loopback=self._loopback)
        try:
            async with self._to(account_id, address) as sender:
                await sender.check()
        except NotThisMachine:
            raise Refused.because("webhook_url_invalid") from None
        except PrivateAddress:
            raise Refused.because("webhook_address_private") from None
        except OSError:
            raise Refused.because("webhook_host_unknown") from None
        return address

    async def ping(self, account_id: int, url: str, webhook: str, signed_with: Sequence[str]) -> Answer:
        """The answer to `webhook.ping` about this endpoint."""
        from outbox.webhooks.sending import Post  # noqa: PLC0415

        at = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        ping = Post(f"ping_{secrets.token_hex(12)}", PING, at, {"about": [webhook]})
        async with self._to(account_id, url) as sender:
            return await sender.send(ping, signed_with)

    def _to(self, account_id: int, url: str) -> AbstractAsyncContextManager["Sender"]:
        from outbox.webhooks.sending import Sender  # noqa: PLC0415  takes long to import, and a list needs none

        resolver = self._resolver or self._names.of(account_id)
        return Sender.to(url, loopback=self._loopback, resolver=resolver, refused=self._refused)

    @cached_property
    def _names(self) -> "Names":
        from outbox.webhooks.names import Names  # noqa: PLC0415

        return Names()


def answered(recorded: Mapping[str, Any]) -> Answer:
    """What a ping was answered, without its text, as it was recorded. Raises `Refused`
    (`webhook_ping_unanswered`).
    """
    if not recorded:
        raise Refused.because("webhook_ping_unanswered")
    outcome, status = Outcome(recorded["outcome"]), recorded["status"]
    return Answer(outcome, status, milliseconds=recorded["milliseconds"])
