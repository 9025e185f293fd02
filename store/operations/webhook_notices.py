"""What the e-mail says by which administrators learn that an endpoint was disabled, and to whom it goes."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Select, and_, case, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.identifiers import reference, webhook_work_id
from models.language import Language
from models.people.callers import PERMISSIONS, USER_ROLES, Permission, Role, UserKind
from store.mail_subjects import AboutWork, Person
from store.operations.webhook_tables import WebhookRow
from store.people.languages import language_of
from store.people.tables import AccountRow, UserRow
from store.row import now

_ROLES = sorted(role for role in USER_ROLES if Permission.MANAGE_WEBHOOKS in PERMISSIONS[role])
_WEBHOOK: Select[*tuple[Any, ...]] = select(
    WebhookRow.account_id,
    AccountRow.name,
    WebhookRow.url,
    WebhookRow.description,
    WebhookRow.disabled_at,
    WebhookRow.failing_since,
).join(AccountRow, AccountRow.id == WebhookRow.account_id)
_UNTOLD = (WebhookRow.disabled_at.is_not(None), WebhookRow.notified_at.is_(None))


@dataclass(frozen=True)
class WebhookNotice:
    """An endpoint that was disabled."""

    about: AboutWork
    reference: str
    account: str
    host: str
    description: str | None = field(repr=False)
    disabled_at: datetime
    failing_since: datetime | None
    recipients: tuple[Person, ...] = field(repr=False)


async def read(connection: AsyncConnection, webhook_id: int) -> WebhookNotice | None:
    """What the e-mail says; None where there is nothing to notify of."""
    row = (await connection.execute(_WEBHOOK.where(WebhookRow.id == webhook_id, *_UNTOLD))).one_or_none()
    if row is None:
        return None
    about = AboutWork(
        webhook_work_id(webhook_id), row.account_id, (webhook_work_id(webhook_id), f"webhook:{webhook_id}")
    )
    return WebhookNotice(
        about=about,
        reference=reference("WH", webhook_id),
        account=row.name,
        host=urlsplit(row.url).hostname or "",  # what follows may be a secret of the receiver's
        description=row.description or None,
        disabled_at=row.disabled_at,
        failing_since=row.failing_since,
        recipients=await _recipients(connection, row.account_id),
    )


async def _recipients(connection: AsyncConnection, account_id: int) -> tuple[Person, ...]:
    """The people who manage the account's webhooks. Where it has none, its managers; else the users of
    programs that manage them, which have addresses, too.
    """
    manages, is_person = UserRow.role.in_(_ROLES), UserRow.kind == UserKind.PERSON
    rank = case((and_(manages, is_person), 0), (is_person, 1), else_=2)
    users = (
        select(
            UserRow.id,
            UserRow.name,
            UserRow.email,
            language_of(UserRow).label("language"),
            rank.label("rank"),
        )
        .join(AccountRow, AccountRow.id == UserRow.account_id)
        .where(
            UserRow.account_id == account_id,
            or_(manages, and_(is_person, UserRow.role == Role.MANAGER)),
            UserRow.deactivated_at.is_(None),
        )
        .order_by("rank", UserRow.id)
    )
    found = (await connection.execute(users)).all()
    return tuple(
        Person(f"user:{one.id}", one.name, one.email, Language(one.language))
        for one in found
        if one.rank == found[0].rank
    )


async def is_wanted(connection: AsyncConnection, webhook_id: int) -> bool:
    """Whether it is still to be said. The row stays as it is until the end of the transaction."""
    wanted = select(WebhookRow.id).where(WebhookRow.id == webhook_id, *_UNTOLD)
    return await connection.scalar(wanted.with_for_update(read=True)) is not None


async def notified(connection: AsyncConnection, webhook_id: int) -> None:
    """The administrators were notified that the endpoint is disabled."""
    first = update(WebhookRow).where(WebhookRow.id == webhook_id, WebhookRow.notified_at.is_(None))
    await connection.execute(first.values(notified_at=now()))
