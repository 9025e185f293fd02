"""Make, list, change, try and delete the endpoints that an account's events are sent to (A11, A16).

made = await desks.webhooks.create(adam, "https://shop.example/hooks", types=["order.processed"])
made.secret                                        # whsec_..., shown once
await desks.webhooks.test(adam, "WH-7")            # sends webhook.ping; the receiver's answer
await desks.webhooks.replay(adam, "WH-7", event="MS43OTIuNDI")
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.event_permissions import types_for
from models.operations.webhooks import (
    OLD_SECRET_SIGNS_FOR,
    AttemptView,
    Backlog,
    DisabledFor,
    NewWebhook,
    Replayed,
    Tested,
    WebhookView,
    parse_description,
    parse_types,
)
from models.paging import Page, Position, Wanted
from models.people.callers import Caller, Permission
from settings import Settings
from starter.keys import checked_key
from starter.operations.webhook_receivers import Receivers, answered
from starter.operations.webhook_rules import require_events, span
from store import lookups
from store.operations import (
    webhook_backlog,
    webhook_calls,
    webhook_deliveries,
    webhook_replays,
    webhook_rotations,
    webhooks,
)
from store.secrets import signing_secret_of
from store.session import Database

if TYPE_CHECKING:
    from outbox.webhooks.addresses import Resolve
    from store.key_ring import KeyRing


class WebhookDesk:
    """Administers the webhooks of the caller's accounts. `resolver`: asks for the addresses of hosts."""

    def __init__(self, database: Database, settings: Settings, resolver: "Resolve | None" = None) -> None:
        self._database = database
        self._secret_keys = settings.secret_keys
        self._most = settings.webhooks_per_account
        self._receivers = Receivers(settings, resolver)

    async def create(
        self,
        caller: Caller,
        url: str,
        *,
        types: Collection[str] | None = None,
        description: str = "",
        account: str | None = None,
        key: str | None = None,
    ) -> NewWebhook:
        """Make an endpoint that gets what happens from now on, of these types or, without any, of all.

        `key`: an idempotency key, whose repeat is refused (`webhook_made`): the secret is shown once. Raises
        `Refused` (`webhook_url_invalid`, `webhook_address_private`, `webhook_host_unknown`,
        `webhook_types_unknown`, `too_many_webhooks`).
        """
        from outbox.webhooks.signing import new_secret  # noqa: PLC0415  see `_ring`

        once = None if key is None else checked_key(key)
        async with self._database.reading() as connection:
            found = await lookups.find_account(connection, caller.scope, account)
        caller.require(Permission.MANAGE_WEBHOOKS)
        chosen, known = parse_types(types), parse_description(description)
        require_events(caller, chosen)
        address = await self._receivers.checked(found.id, url)
        secret = new_secret()
        async with self._database.transaction() as connection:
            view = await webhooks.create(
                connection,
                found.id,
                self._ring,
                secret,
                url=address,
                types=chosen,
                description=known,
                most=self._most,
                once=once,
                by=caller.by,
            )
        return NewWebhook(view, secret)

    async def webhooks(
        self,
        caller: Caller,
        account: str | None = None,
        *,
        limit: int | None = None,
        after: Position | None = None,
    ) -> Page[WebhookView]:
        """List the endpoints, newest first."""
        async with self._database.reading() as connection:
            scope = await lookups.narrowed(connection, caller.scope, account)
            caller.require(Permission.MANAGE_WEBHOOKS)
            return await webhooks.page(connection, scope, Wanted(limit, after))

    async def webhook(self, caller: Caller, webhook: str) -> WebhookView:
        """One endpoint (`WH-7`). Raises `NotFound` (`unknown_webhook`)."""
        async with self._database.reading() as connection:
            return (await _found(connection, caller, webhook))[0]

    async def backlog(self, caller: Caller, webhook: str) -> Backlog:
        """What is still to be sent to an endpoint."""
        async with self._database.reading() as connection:
            found, _ = await _found(connection, caller, webhook)
            return await webhook_backlog.backlog(connection, found.id)

    async def attempts(
        self,
        caller: Caller,
        webhook: str,
        *,
        waiting: bool = False,
        limit: int | None = None,
        after: Position | None = None,
    ) -> Page[AttemptView]:
        """The failed attempts of 30 days, newest first; with `waiting` what is still to be delivered."""
        async with self._database.reading() as connection:
            found, account_id = await _found(connection, caller, webhook, sees=True)
            shown, page = types_for(caller.permissions), Wanted(limit, after)
            return await webhooks.attempts(connection, found.id, account_id, shown, page, waiting=waiting)

    async def edit(
        self,
        caller: Caller,
        webhook: str,
        *,
        url: str | None = None,
        types: Collection[str] | None = None,
        description: str | None = None,
        shown: str | None = None,
    ) -> WebhookView:
        """Change what is given. `types` empty: all. A `url` as it is shown, without its query, changes
        nothing. Raises `Refused` as `create`, also for the types before.

        `shown`: what a form showed (`WebhookView.shown`). If it is something else now, nothing is changed
        (`webhook_changed`).
        """
        async with self._database.reading() as connection:
            found, account_id = await _found(connection, caller, webhook)
        values: dict[str, object] = {}
        if url not in (None, found.url):
            values["url"] = await self._receivers.checked(account_id, url)
        values |= {} if types is None else {"types": parse_types(types)}
        values |= {} if description is None else {"description": parse_description(description)}
        async with self._database.transaction() as connection:
            found, account_id = await webhooks.find(connection, caller.scope, webhook, lock=True)
            require_events(caller, found.types)
            if types is not None:
                require_events(caller, parse_types(types))
            if shown is not None and found.shown != shown:
                raise Refused.because("webhook_changed")
            return await webhooks.change(connection, found, account_id, values, caller.by)

    async def delete(self, caller: Caller, webhook: str) -> None:
        """Delete an endpoint, its secret and its attempts. What was not delivered yet never is."""
        async with self._database.transaction() as connection:
            found, account_id = await _found(connection, caller, webhook, lock=True)
            await webhooks.remove(connection, found, account_id, caller.by)

    async def rotate(
        self,
        caller: Caller,
        webhook: str,
        *,
        keep: timedelta = OLD_SECRET_SIGNS_FOR,
        key: str | None = None,
    ) -> NewWebhook:
        """Make another secret. The one before signs, too, for so long: a day, if left out. Those before that
        go on signing until their own time is over; with no time at all, none but the new one signs.

        `key`: an idempotency key, whose repeat rotates nothing and is refused (`webhook_rotated`).
        """
        from outbox.webhooks.signing import new_secret  # noqa: PLC0415

        if not timedelta() <= keep <= timedelta(days=30):
            raise Refused.because("webhook_keep_invalid")
        once = None if key is None else checked_key(key)
        secret = new_secret()
        async with self._database.transaction() as connection:
            found, account_id = await _found(connection, caller, webhook, lock=True, sees=True)
            view = await webhook_rotations.rotate(
                connection, self._ring, found, account_id, secret, keep, once, caller.by
            )
        return NewWebhook(view, secret)

    async def disable(self, caller: Caller, webhook: str) -> WebhookView:
        """Deliver nothing until it is enabled. Idempotent."""
        async with self._database.transaction() as connection:
            found, account_id = await _found(connection, caller, webhook, lock=True)
            return await webhooks.disable(connection, found.id, account_id, DisabledFor.ASKED, caller.by)

    async def enable(self, caller: Caller, webhook: str, *, skip_missed: bool = False) -> WebhookView:
        """Deliver from where it stopped, or with `skip_missed` what happens from now on. One that fails is
        tried at once. Idempotent.
        """
        async with self._database.transaction() as connection:
            found, account_id = await _found(connection, caller, webhook, lock=True)
            return await webhooks.enable(connection, found, account_id, caller.by, skip_missed=skip_missed)

    async def replay(
        self,
        caller: Caller,
        webhook: str,
        *,
        event: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        key: str | None = None,
    ) -> Replayed:
        """Send one event again, or what happened in a span of time (until now, if left out), under the same
        ids. `key`: an idempotency key, whose repeat sends nothing and has the same answer.

        A disabled endpoint gets them when it is enabled.

        Raises `NotFound` (`unknown_event`), `Refused` (`webhook_replay_choice`, `webhook_replay_span`,
        `webhook_replay_many`).
        """
        once = None if key is None else checked_key(key)
        async with self._database.transaction() as connection:
            found, account_id = await _found(connection, caller, webhook, lock=True, sees=True)
            begun = await webhook_calls.begin(
                connection, found, account_id, "replay", once, event=event, since=since, until=until
            )
            if begun.before:
                return Replayed(found, begun.result["events"], replayed=True)
            if (event is None) == (since is None) or (event is not None and until is not None):
                raise Refused.because("webhook_replay_choice")
            if event is not None:
                number = await webhook_replays.replay_one(connection, found.id, event)
            else:
                begins, ends = span(since, until, await webhook_replays.now(connection))
                number = await webhook_replays.replay_span(connection, found.id, begins, ends)
            await webhook_calls.finish(connection, begun, events=number)
            await webhooks.record(connection, account_id, found.id, caller.by, "replayed", events=number)
        return Replayed(found, number)

    async def test(self, caller: Caller, webhook: str, *, key: str | None = None) -> Tested:
        """Send `webhook.ping` at once; the receiver's answer. One that is taken has a failing receiver tried
        again at once.

        `key`: an idempotency key, whose repeat sends nothing and has the same answer without its text, or is
        refused where there is none yet (`webhook_ping_unanswered`).
        """
        once = None if key is None else checked_key(key)
        async with self._database.transaction() as connection:
            found, account_id = await _found(connection, caller, webhook, lock=True)
            begun = await webhook_calls.begin(connection, found, account_id, "test", once)
            if begun.before:
                return Tested(found, answered(begun.result), replayed=True)
            endpoint = await webhook_deliveries.read_endpoint(connection, found.id)
        known = [self._ring.decrypt(signing_secret_of(found.id), each) for each in endpoint.secrets]
        answer = await self._receivers.ping(
            account_id, found.address, found.webhook_id, [each.decode() for each in known]
        )
        data = {"outcome": answer.outcome.value, "status": answer.status}
        async with self._database.transaction() as connection:
            await webhook_calls.finish(connection, begun, **data, milliseconds=answer.milliseconds)
            await webhooks.record(connection, account_id, found.id, caller.by, "tested", **data)
            if answer.ok:
                await webhooks.try_again(connection, found.id)
            found, _ = await _found(connection, caller, webhook)
        return Tested(found, answer)

    @property
    def _ring(self) -> "KeyRing":
        """Raises `Refused` (`keys_invalid`)."""
        from store.key_ring import KeyRing  # noqa: PLC0415  takes long to import, and a list needs none

        return KeyRing(self._secret_keys)


async def _found(
    connection: AsyncConnection, caller: Caller, webhook: str, *, lock: bool = False, sees: bool = False
) -> tuple[WebhookView, int]:
    """The endpoint and its account. `sees`: for who learns what is sent to it, or what signs that."""
    found = await webhooks.find(connection, caller.scope, webhook, lock=lock)
    caller.require(Permission.MANAGE_WEBHOOKS)
    if sees:
        require_events(caller, found[0].types)
    return found
