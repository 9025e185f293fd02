"""Webhooks: `client.webhooks`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import Iterator, Sequence
from datetime import datetime

from esim_orders_client._sync.connection import Connection
from esim_orders_client.calls import OMIT, Call, Omit, body_of, new_key, path_of
from esim_orders_client.model import Page
from esim_orders_client.models import Attempt, NewWebhook, Replay, Webhook, WebhookAnswer


class WebhooksApi:
    """Webhooks."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, *, limit: int | None = None, cursor: str | None = None) -> Page[Webhook]:
        """List webhooks.

        The endpoints of the account, newest first.

        Needs the permission `manage_webhooks`.
        """
        return self._connection.ask(
            Page[Webhook], Call("GET", path_of("webhooks"), query={"limit": limit, "cursor": cursor})
        )

    def iterate(self, *, limit: int = 100) -> Iterator[Webhook]:
        """List webhooks: the records of all pages, one after another."""
        return self._connection.iterate(lambda cursor: self.list(limit=limit, cursor=cursor))

    def make(
        self,
        *,
        url: str,
        types: Sequence[str] | Omit | None = OMIT,
        description: str | Omit = OMIT,
        key: str | None = None,
    ) -> NewWebhook:
        """Make a webhook.

        Send what happens in the account from now on to an address, as signed POST requests: Standard
        Webhooks.

        A repeat makes no second endpoint, and is refused (`webhook_made`), naming the first: its secret is
        shown once. Rotate the secret if it got lost. A key needs the permissions to see those events
        besides, and `view_travel`.

        Needs the permission `manage_webhooks`.

        url: https, with a host that has public addresses only; in a sandbox this machine, too, by http.
        types: Types of events: `order.processed`, or `order` for all of these that there are now; all, if
            empty.
        description: What it is for.
        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        return self._connection.ask(
            NewWebhook,
            Call(
                "POST",
                path_of("webhooks"),
                body=body_of({"url": url, "types": types, "description": description}),
                key=new_key(key),
            ),
        )

    def get(self, webhook: str) -> Webhook:
        """Show a webhook.

        One endpoint of the account.

        Needs the permission `manage_webhooks`.
        """
        return self._connection.ask(Webhook, Call("GET", path_of("webhooks", "{webhook}", webhook=webhook)))

    def change(
        self,
        webhook: str,
        *,
        url: str | Omit | None = OMIT,
        types: Sequence[str] | Omit | None = OMIT,
        description: str | Omit | None = OMIT,
    ) -> Webhook:
        """Change a webhook.

        Change its address, its types or its description. With another address or other types it begins
        anew, also with what failed; events of types that it does not want any more are not sent again.

        Needs the permission `manage_webhooks`.

        types: Types of events: `order.processed`, or `order` for all of these that there are now; all, if
            empty.
        """
        return self._connection.ask(
            Webhook,
            Call(
                "PATCH",
                path_of("webhooks", "{webhook}", webhook=webhook),
                body=body_of({"url": url, "types": types, "description": description}),
            ),
        )

    def delete(self, webhook: str) -> None:
        """Delete a webhook.

        Delete the endpoint with its secret and its attempts: what was not delivered yet never is.

        Needs the permission `manage_webhooks`.
        """
        self._connection.content(Call("DELETE", path_of("webhooks", "{webhook}", webhook=webhook)))

    def test(self, webhook: str, *, key: str | None = None) -> WebhookAnswer:
        """Send a ping to a webhook.

        Send `webhook.ping` at once, also to a disabled one; what the receiver answers within ten seconds.

        A failing receiver that takes it gets what it missed at once. A repeat sends nothing and has the
        same answer, without its text.

        Needs the permission `manage_webhooks`.

        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        return self._connection.ask(
            WebhookAnswer,
            Call("POST", path_of("webhooks", "{webhook}", "test", webhook=webhook), key=new_key(key)),
        )

    def rotate(self, webhook: str, *, keep_hours: int | Omit = OMIT, key: str | None = None) -> NewWebhook:
        """Rotate the secret of a webhook.

        Make another secret. For a day, or as long as `keep_hours` says, each request is signed with both.
        Secrets before that sign until their own time is over; with `keep_hours` 0 none but the new one
        signs.

        A repeat rotates nothing, and is refused (`webhook_rotated`): the secret is shown once. If it is
        lost, rotate again under a new key; meanwhile the secret before goes on signing.

        Needs the permission `manage_webhooks`.

        keep_hours: For how many hours the secret before signs, too.
        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        return self._connection.ask(
            NewWebhook,
            Call(
                "POST",
                path_of("webhooks", "{webhook}", "rotate", webhook=webhook),
                body=body_of({"keep_hours": keep_hours}, required=False),
                key=new_key(key),
            ),
        )

    def disable(self, webhook: str) -> Webhook:
        """Disable a webhook.

        Deliver nothing until it is enabled. Idempotent.

        Needs the permission `manage_webhooks`.
        """
        return self._connection.ask(
            Webhook, Call("POST", path_of("webhooks", "{webhook}", "disable", webhook=webhook))
        )

    def enable(self, webhook: str, *, skip_missed: bool | Omit = OMIT) -> Webhook:
        """Enable a webhook.

        Deliver from where it stopped: all that happened since, the oldest first; with `skip_missed` only
        what happens from now on. A failing one is tried at once. Idempotent.

        Needs the permission `manage_webhooks`.

        skip_missed: Leave out what was not delivered until now.
        """
        return self._connection.ask(
            Webhook,
            Call(
                "POST",
                path_of("webhooks", "{webhook}", "enable", webhook=webhook),
                body=body_of({"skip_missed": skip_missed}, required=False),
            ),
        )

    def replay(
        self,
        webhook: str,
        *,
        event: str | Omit | None = OMIT,
        from_: datetime | Omit | None = OMIT,
        to: datetime | Omit | None = OMIT,
        key: str | None = None,
    ) -> Replay:
        """Send events to a webhook again.

        Send one event again, or what happened in a span of time, under the same `webhook-id`.

        Of a span the events of its types; nothing before or after it is sent again. An event that waits to
        be tried again is sent at once. One that was never tried is not counted: it is delivered anyway. A
        disabled endpoint gets them when it is enabled. A repeat sends nothing and has the same answer.

        Needs the permission `manage_webhooks`.

        event: The `webhook-id` of the event.
        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        return self._connection.ask(
            Replay,
            Call(
                "POST",
                path_of("webhooks", "{webhook}", "replay", webhook=webhook),
                body=body_of({"event": event, "from": from_, "to": to}),
                key=new_key(key),
            ),
        )

    def attempts(
        self,
        webhook: str,
        *,
        waiting: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[Attempt]:
        """List failed attempts of a webhook.

        The attempts of the last 30 days that failed, newest first.

        Needs the permission `manage_webhooks`.

        waiting: Only what is still to be delivered.
        """
        return self._connection.ask(
            Page[Attempt],
            Call(
                "GET",
                path_of("webhooks", "{webhook}", "attempts", webhook=webhook),
                query={"waiting": waiting, "limit": limit, "cursor": cursor},
            ),
        )

    def iterate_attempts(
        self, webhook: str, *, waiting: bool | None = None, limit: int = 100
    ) -> Iterator[Attempt]:
        """List failed attempts of a webhook: the records of all pages, one after another."""
        return self._connection.iterate(
            lambda cursor: self.attempts(webhook, waiting=waiting, limit=limit, cursor=cursor)
        )
