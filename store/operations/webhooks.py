"""Webhook endpoints: made, listed, changed, rotated, disabled, deleted (A11, A16)."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, Text, case, cast, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import NotFound, Refused
from models.feed import Cursor
from models.identifiers import parse_reference, reference
from models.operations.webhooks import (
    IN_A_ROW,
    AttemptView,
    DisabledFor,
    WebhookState,
    WebhookView,
)
from models.paging import Page, Wanted
from models.people.callers import By, Scope
from store import events
from store.locks import keep_account_open
from store.made_keys import Made
from store.operations.webhook_tables import WebhookAttemptRow, WebhookEarlierSecretRow, WebhookRow
from store.operations.webhook_waiting import begin_anew, give_up
from store.paging import Keys
from store.people.tables import AccountRow
from store.row import now
from store.scopes import within
from store.secrets import signing_secret_of

if TYPE_CHECKING:
    from store.key_ring import KeyRing

_NOW = {
    "epoch": func.esim_epoch(),
    "xid": func.pg_snapshot_xmin(func.pg_current_snapshot()),
    "event_id": 0,
}
"""The place in the feed after which everything comes that is not visible yet."""
WORKING = {
    "failures": 0,
    "failing_since": None,
    "next_attempt_at": None,
    "working_since": now(),
}
"""The columns of an endpoint whose receiver is tried at once. What is just being sent is sent again."""
_ROW = WebhookRow
_EARLIER = WebhookEarlierSecretRow
_ROTATES_UNTIL = (
    select(func.max(_EARLIER.until))
    .where(_EARLIER.webhook_id == _ROW.id, _EARLIER.until > now())
    .correlate(_ROW)
    .scalar_subquery()
)
_WEBHOOKS: Select[*tuple[Any, ...]] = select(
    _ROW.id,
    _ROW.account_id,
    AccountRow.name.label("account"),
    _ROW.url.label("address"),
    _ROW.types,
    _ROW.description,
    _ROW.disabled_at,
    _ROW.disabled_for,
    _ROW.failures,
    _ROW.failing_since,
    _ROW.next_attempt_at,
    _ROTATES_UNTIL.label("secret_rotates_until"),
    _ROW.created_at,
    _ROW.created_by,
).join(AccountRow, AccountRow.id == _ROW.account_id)
_ATTEMPTS: Select[*tuple[Any, ...]] = select(
    WebhookAttemptRow.id,
    WebhookAttemptRow.epoch,
    cast(WebhookAttemptRow.xid, Text).label("xid"),
    WebhookAttemptRow.event_id,
    WebhookAttemptRow.type,
    WebhookAttemptRow.number,
    WebhookAttemptRow.at,
    WebhookAttemptRow.outcome,
    WebhookAttemptRow.status,
    WebhookAttemptRow.answer,
    WebhookAttemptRow.milliseconds,
    WebhookAttemptRow.next_attempt_at,
    WebhookAttemptRow.delivered_at,
    WebhookAttemptRow.given_up_at,
)


async def create(
    connection: AsyncConnection,
    account_id: int,
    ring: "KeyRing",
    secret: str,
    *,
    url: str,
    types: Sequence[str],
    description: str,
    most: int,
    once: str | None,
    by: By,
) -> WebhookView:
    """Add an endpoint that gets what happens from now on. Once per idempotency key, `once`: its repeat is
    refused, as the secret that its caller wants is not shown again.

    Raises `Refused` (`account_closed`, `webhook_made`, `key_reused`, `too_many_webhooks`).
    """
    await keep_account_open(connection, account_id)
    # one at a time for an account: else two at once exceed the limit
    await connection.execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended(f"webhooks of A-{account_id}", 0)))
    )
    content = {"url": url, "types": list(types), "description": description}
    mark = Made.of(account_id, once, content)
    known = await mark.find(connection, _ROW, _ROW.account_id == account_id)
    if known is not None:
        raise Refused.because("webhook_made", webhook=reference("WH", known))
    number = select(func.count()).select_from(_ROW).where(_ROW.account_id == account_id)
    if int(await connection.scalar(number) or 0) >= most:
        raise Refused.because("too_many_webhooks", most=most)
    following = select(func.nextval(func.pg_get_serial_sequence("webhooks", "id")))
    webhook_id = int(await connection.scalar(following) or 0)
    values = {
        **content,
        **mark.columns,
        **_NOW,
        "id": webhook_id,
        "account_id": account_id,
        "secret": ring.encrypt(signing_secret_of(webhook_id), secret.encode()),
        "created_by": by.actor,
    }
    await connection.execute(insert(_ROW).values(values))
    await record(connection, account_id, webhook_id, by, "created")
    return await read(connection, webhook_id)


async def page(connection: AsyncConnection, scope: Scope, wanted: Wanted) -> Page[WebhookView]:
    """The endpoints of the scope, newest first."""
    mine = _WEBHOOKS.where(within(scope, _ROW.account_id))
    return (await Keys(_ROW.id, descending=True).page(connection, mine, wanted)).of(_view)


async def find(
    connection: AsyncConnection, scope: Scope, text: str, *, lock: bool = False
) -> tuple[WebhookView, int]:
    """The endpoint with this id (`WH-7`, `7`), and its account. Raises `NotFound` (`unknown_webhook`).

    `lock`: nothing else of it is changed until the end of the transaction.
    """
    number = parse_reference("WH", text)
    mine = _WEBHOOKS.where(_ROW.id == number, within(scope, _ROW.account_id))
    mine = mine.with_for_update(of=_ROW) if lock else mine
    row = None if number is None else (await connection.execute(mine)).one_or_none()
    if row is None:
        raise NotFound.because("unknown_webhook")
    return _view(row), row.account_id


async def attempts(
    connection: AsyncConnection,
    webhook_id: int,
    account_id: int,
    shown: Collection[str] | None,
    wanted: Wanted,
    *,
    waiting: bool,
) -> Page[AttemptView]:
    """The attempts that failed and what is to be sent again, newest first; with `waiting` only what is still
    to be delivered; where `shown` is given, only events of these types.
    """
    mine = _ATTEMPTS.where(
        WebhookAttemptRow.webhook_id == webhook_id, WebhookAttemptRow.account_id == account_id
    )
    if shown is not None:
        mine = mine.where(WebhookAttemptRow.type.in_(sorted(shown)))
    if waiting:
        mine = mine.where(WebhookAttemptRow.next_attempt_at.is_not(None))
    return (await Keys(WebhookAttemptRow.id, descending=True).page(connection, mine, wanted)).of(_attempt)


async def change(
    connection: AsyncConnection, known: WebhookView, account_id: int, values: dict[str, Any], by: By
) -> WebhookView:
    """Give the endpoint another address, description or other types. With another address or other types it
    begins anew, also with what failed; events of types that it does not want any more are not sent again.
    What is the same changes nothing.
    """
    before = known.model_dump() | {"url": known.address, "types": known.types}
    changed = {name: value for name, value in values.items() if value != before[name]}
    if changed:
        again = WORKING if {"url", "types"} & changed.keys() else {}
        chosen = {name: list(v) if name == "types" else v for name, v in changed.items()}
        await connection.execute(update(_ROW).where(_ROW.id == known.id).values(**chosen, **again))
        if chosen.get("types"):
            await give_up(connection, known.id, but=chosen["types"])
        if again:
            await begin_anew(connection, known.id)
        await record(connection, account_id, known.id, by, "changed", fields=sorted(changed))
    return await read(connection, known.id)


async def remove(connection: AsyncConnection, known: WebhookView, account_id: int, by: By) -> None:
    """Delete the endpoint, its secret and its attempts."""
    gone = await connection.execute(delete(_ROW).where(_ROW.id == known.id).returning(_ROW.id))
    if gone.one_or_none():
        await record(connection, account_id, known.id, by, "deleted")


async def disable(
    connection: AsyncConnection, webhook_id: int, account_id: int, reason: DisabledFor, by: By
) -> WebhookView:
    """Deliver nothing more. Idempotent. No e-mail is sent about what a user asked for."""
    values: dict[str, Any] = {"disabled_at": now(), "disabled_for": reason.value}
    values |= {"notified_at": now() if reason is DisabledFor.ASKED else None}
    enabled = update(_ROW).where(_ROW.id == webhook_id, _ROW.disabled_at.is_(None))
    done = await connection.execute(enabled.values(values).returning(_ROW.id))
    if done.one_or_none():
        await record(connection, account_id, webhook_id, by, "disabled", reason=reason.value)
    return await read(connection, webhook_id)


async def enable(
    connection: AsyncConnection, known: WebhookView, account_id: int, by: By, *, skip_missed: bool
) -> WebhookView:
    """Deliver again: from where it stopped, or with `skip_missed` what happens from now on. One that fails is
    tried at once. Idempotent.
    """
    again: dict[str, Any] = {"disabled_at": None, "disabled_for": None, "notified_at": None, **WORKING}
    again["woken_until"] = case(
        (_ROW.disabled_at.is_(None), _ROW.woken_until)
    )  # it has no turn, at most a wait
    if skip_missed:
        again |= _NOW
    before = select(_ROW.id, _ROW.disabled_at).where(_ROW.id == known.id).with_for_update().cte("before")
    enabled = update(_ROW).where(_ROW.id == before.c.id).values(again).returning(before.c.disabled_at)
    row = (await connection.execute(enabled)).one_or_none()
    if row is None:
        raise NotFound.because("unknown_webhook")
    await (give_up if skip_missed else begin_anew)(connection, known.id)
    if row.disabled_at is not None or skip_missed:
        await record(connection, account_id, known.id, by, "enabled", skipped=skip_missed)
    return await read(connection, known.id)


async def try_again(connection: AsyncConnection, webhook_id: int) -> None:
    """Its receiver has taken a ping: deliver at once what it missed while it failed. A disabled one stays."""
    failing = update(_ROW).where(_ROW.id == webhook_id, _ROW.disabled_at.is_(None), _ROW.failures >= IN_A_ROW)
    if (await connection.execute(failing.values(WORKING).returning(_ROW.id))).one_or_none():
        await begin_anew(connection, webhook_id)


async def record(
    connection: AsyncConnection, account_id: int, webhook_id: int, by: By, what: str, **data: Any
) -> None:
    """Append what happened to an endpoint: never its address or its secret."""
    happened = (f"webhook.{what}", {"webhook": webhook_id, **data})
    await events.append(
        connection, account_id, (f"webhook:{webhook_id}",), by.actor, happened, origin_id=by.origin_id
    )


async def read(connection: AsyncConnection, webhook_id: int) -> WebhookView:
    """The endpoint with this id."""
    return _view((await connection.execute(_WEBHOOKS.where(_ROW.id == webhook_id))).one())


def _view(row: Any) -> WebhookView:
    values = dict(row._mapping)
    return WebhookView(**values | {"types": tuple(row.types), "state": _state(row)})


def _state(row: Any) -> WebhookState:
    if row.disabled_at is not None:
        return WebhookState.DISABLED
    return WebhookState.FAILING if row.failures >= IN_A_ROW else WebhookState.ENABLED


def _attempt(row: Any) -> AttemptView:
    values = dict(row._mapping)
    place = Cursor(values.pop("epoch"), int(values.pop("xid")), values.pop("event_id"))
    return AttemptView(**values, event=str(place))
