"""What a desk asks of receivers of webhooks: whether an address may be sent to, and the answer to a ping."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from models.errors import Refused
from models.operations.webhooks import PING, Answer, WebhookView, parse_url

if TYPE_CHECKING:
    from outbox.webhooks.addresses import Resolve


class Receivers:
    """Reaches receivers. `loopback`: also on this machine; `resolver`: asks for the addresses of hosts."""

    def __init__(self, *, loopback: bool, resolver: "Resolve | None") -> None:
        self._loopback = loopback
        self._resolver = resolver

    async def ping(self, webhook: WebhookView, known: Sequence[str]) -> Answer:
        """Send `webhook.ping`, signed with these secrets; the receiver's answer."""
        from outbox.webhooks.addresses import resolve  # noqa: PLC0415
        from outbox.webhooks.sending import Post, Sender  # noqa: PLC0415

        at = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        ping = Post(f"ping_{secrets.token_hex(12)}", PING, at, {"about": [webhook.webhook_id]})
        resolver = self._resolver or resolve
        async with Sender.to(webhook.address, loopback=self._loopback, resolver=resolver) as sender:
            return await sender.send(ping, known)

    async def checked(self, url: str) -> str:
        """The address, which may be sent to. Raises `Refused` (`webhook_url_invalid`, `webhook_host_unknown`,
        `webhook_address_private`).
        """
        from outbox.webhooks.addresses import PrivateAddress, resolve  # noqa: PLC0415
        from outbox.webhooks.sending import Sender  # noqa: PLC0415

        address = parse_url(url, loopback=self._loopback)
        resolver = self._resolver or resolve
        try:
            async with Sender.to(address, loopback=self._loopback, resolver=resolver) as sender:
                await sender.check()
        except PrivateAddress:
            raise Refused.because("webhook_address_private") from None
        except OSError:
            raise Refused.because("webhook_host_unknown") from None
        return address
