"""E-mails to users that invite them or let them choose another password, and the tokens in them (P1).

Only the digest of a token is stored. A token is valid until it expires, is used, or the user's password is
changed, by another one or by the user; and until the user cannot sign in any more: it does not become valid
again with an activation or a reopened account.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ARRAY, LargeBinary, any_, bindparam, delete, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.identifiers import user_mail_id
from models.people.callers import By
from models.people.sign_in import TokenBearer, TokenPurpose
from models.people.views import UserView
from store.locks import keep_account_open
from store.lookups import select_users, user_view
from store.operations.tables import NotSentRow
from store.people.profiles import record_change
from store.people.sessions import closed_with, digest, keep
from store.people.sign_in_tables import MailedTokenRow, PasswordRow, UserMailRow
from store.people.tables import UserRow
from store.row import now

_RANDOM_BYTES = 32
_HAPPENED = {TokenPurpose.INVITATION: "user.invited", TokenPurpose.RESET: "user.reset_asked"}
_DISCARD = delete(MailedTokenRow).where(
    MailedTokenRow.digest == any_(bindparam("digests", type_=ARRAY(LargeBinary)))
)


@dataclass(frozen=True)
class Unfinished:
    """An e-mail that is still to be sent."""

    id: str
    account_id: int
    user_id: int
    purpose: TokenPurpose


async def record(
    connection: AsyncConnection, user: UserView, purpose: TokenPurpose, by: By, key: str | None = None
) -> tuple[Unfinished, bool]:
    """Record that the user is to get this e-mail, once per key; whether the key has recorded it before.

    Raises `Refused` (`account_closed`; `key_reused` if the key is that of another e-mail).
    """
    await keep_account_open(connection, user.account_id)
    mail = _mail(user, purpose, key or secrets.token_urlsafe(_RANDOM_BYTES))
    values = {"id": mail.id, "account_id": user.account_id, "user_id": user.id, "purpose": purpose.value}
    adding = insert(UserMailRow).values(values | {"created_by": by.actor}).on_conflict_do_nothing()
    if await connection.scalar(adding.returning(UserMailRow.id)) is None:
        return mail, await _is_recorded(connection, mail)
    happened = (_HAPPENED[purpose], {"user": user.id})
    await record_change(connection, user.account_id, user.actor, by, happened)
    return mail, False


async def invited(connection: AsyncConnection, user: UserView, key: str) -> Unfinished | None:
    """The e-mail to the user that was recorded under this key, if one was: an invitation, or about another
    password. Raises `Refused` (`key_reused`) if the key is that of an e-mail to another user.
    """
    recorded = select(UserMailRow.user_id, UserMailRow.purpose).where(
        UserMailRow.id == user_mail_id(user.account_id, key)
    )
    row = (await connection.execute(recorded)).one_or_none()
    if row is None:
        return None
    if row.user_id != user.id:
        raise Refused.because("key_reused")
    return _mail(user, TokenPurpose(row.purpose), key)


def _mail(user: UserView, purpose: TokenPurpose, key: str) -> Unfinished:
    return Unfinished(user_mail_id(user.account_id, key), user.account_id, user.id, purpose)


async def _is_recorded(connection: AsyncConnection, mail: Unfinished) -> bool:
    """Whether this e-mail is recorded. Raises `Refused` (`key_reused`) if another one has its id."""
    known = select(UserMailRow.user_id, UserMailRow.purpose).where(UserMailRow.id == mail.id)
    row = (await connection.execute(known)).one_or_none()
    if row is not None and (row.user_id, row.purpose) != (mail.user_id, mail.purpose):
        raise Refused.because("key_reused")
    return row is not None


async def unfinished(connection: AsyncConnection, mail_id: str) -> Unfinished | None:
    """The e-mail with this id; None if it is done."""
    fields = (UserMailRow.id, UserMailRow.account_id, UserMailRow.user_id, UserMailRow.purpose)
    still = select(*fields).where(UserMailRow.id == mail_id, UserMailRow.done_at.is_(None))
    row = (await connection.execute(still)).one_or_none()
    return None if row is None else Unfinished(row.id, row.account_id, row.user_id, TokenPurpose(row.purpose))


async def wanted(connection: AsyncConnection, mail: Unfinished) -> bool:
    """Whether the e-mail is still to be sent; it stays so until the transaction ends. One that was recorded
    before the user's password was changed is not: its link would let in who could read it before.
    """
    await keep(connection, mail.user_id)
    changed = select(PasswordRow.user_id).where(
        PasswordRow.user_id == UserMailRow.user_id, PasswordRow.changed_at >= UserMailRow.created_at
    )
    still = select(UserMailRow.id).where(
        UserMailRow.id == mail.id, UserMailRow.done_at.is_(None), ~changed.exists()
    )
    return await connection.scalar(still) is not None


async def done(connection: AsyncConnection, mail_id: str) -> bool:
    """The e-mail was sent, is given up or is not needed any more; whether that changed anything."""
    still = update(UserMailRow).where(UserMailRow.id == mail_id, UserMailRow.done_at.is_(None))
    changed = (await connection.execute(still.values(done_at=now()))).rowcount == 1
    await connection.execute(delete(NotSentRow).where(NotSentRow.subject_id == mail_id))
    return changed


async def user_of(connection: AsyncConnection, mail: Unfinished) -> UserView:
    """The user whom the e-mail is for, as they are now."""
    of_mail = select_users().where(UserRow.id == mail.user_id, UserRow.account_id == mail.account_id)
    return user_view((await connection.execute(of_mail)).one())


async def mint(connection: AsyncConnection, mail: Unfinished) -> tuple[str, datetime]:
    """Make a token for the e-mail that is about to be sent, and until when it is valid."""
    token = secrets.token_urlsafe(_RANDOM_BYTES)
    values = {
        "digest": digest(token),
        "mail_id": mail.id,
        "account_id": mail.account_id,
        "user_id": mail.user_id,
        "purpose": mail.purpose.value,
        "expires_at": now() + literal(mail.purpose.valid_for),
    }
    minted = insert(MailedTokenRow).values(values).returning(MailedTokenRow.expires_at)
    return token, (await connection.execute(minted)).scalar_one()


async def discard(connection: AsyncConnection, tokens: Collection[str]) -> None:
    """Delete the tokens of e-mails that were certainly not sent."""
    if tokens:
        await connection.execute(_DISCARD, {"digests": [digest(token) for token in tokens]})


async def bearer(connection: AsyncConnection, known: TokenBearer, *, lock: bool = False) -> UserView | None:
    """The user of a valid token; None if there is none. `lock`: it stays so until the transaction ends."""
    valid = select(MailedTokenRow.user_id).where(
        MailedTokenRow.digest == digest(known.token),
        MailedTokenRow.purpose == known.purpose.value,
        MailedTokenRow.used_at.is_(None),
        MailedTokenRow.expires_at > now(),
    )
    user_id = await connection.scalar(valid.with_for_update() if lock else valid)
    if user_id is None:
        return None
    return user_view((await connection.execute(select_users().where(UserRow.id == user_id))).one())


async def use_all(connection: AsyncConnection, user_id: int) -> None:
    """No token of the user is valid any more: the user has chosen a password."""
    mine = update(MailedTokenRow).where(MailedTokenRow.user_id == user_id, MailedTokenRow.used_at.is_(None))
    await connection.execute(mine.values(used_at=now()))


async def end_of_account(connection: AsyncConnection, account_id: int) -> None:
    """No token of an account that closes is valid any more, even if it reopens; its provider desks go on."""
    mine = update(MailedTokenRow).where(
        MailedTokenRow.account_id == account_id,
        MailedTokenRow.user_id.in_(closed_with(account_id)),
        MailedTokenRow.used_at.is_(None),
    )
    await connection.execute(mine.values(used_at=now()))
