"""Links in e-mails: a random bearer token that allows one action for one SIM, until it expires (F60).

Only the SHA-256 digest of the token is stored. A link is invalid when it has expired or was revoked, and also
when what it is about has ended: the request of an upload link, the version that a download link shows.
"""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import (
    ARRAY,
    Interval,
    LargeBinary,
    String,
    any_,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.activation import parse_activation_code
from models.codes.reading import ReadCode
from models.errors import NotFound, Refused
from models.identifiers import storable
from models.people.callers import By, LinkBearer, OfLink
from models.people.views import ContactRole
from store.codes.code_locks import lock_sim
from store.codes.link_ends import facts, why_dead
from store.codes.tables import (
    LinkRow,
    QrUploadRow,
)
from store.event_table import EventRow
from store.key_ring import KeyRing
from store.people.tables import ContactRoleRow, ContactRow
from store.row import now
from store.secrets import UPLOADED, upload_use

_UPLOADS_KEPT = timedelta(days=1)
_MOST_UPLOADS = 5
"""Uploads kept for one link: enough for several browser windows, too few to fill the database."""
_RANDOM_BYTES = 32


@dataclass(frozen=True)
class Link:
    """A link that is valid."""

    id: int
    account_id: int
    sim_id: int
    request_id: str | None
    recipient: str | None
    notification_id: str | None
    version_id: int | None
    expires_at: datetime

    @property
    def scope(self) -> OfLink:
        """What the bearer of the link may read: its SIM alone."""
        return OfLink(self.id, self.account_id, self.sim_id)

    @property
    def actor(self) -> str:
        """The actor in events: the recipient of the e-mail with the link, else the link itself."""
        return self.recipient or f"link:{self.id}"

    def by(self, bearer: LinkBearer) -> By:
        """The bearer of the link as actor and origin of an event."""
        return By(self.actor, bearer.origin_id)


@dataclass(frozen=True)
class StagedUpload:
    """An upload that was checked: its code with the confirmation code, and the file, if it came as one."""

    read: ReadCode
    file_type: str
    original: bytes | None = field(repr=False)


_MINT = insert(LinkRow).values(expires_at=now() + bindparam("expires_after", type_=Interval))
_DISCARD = delete(LinkRow).where(LinkRow.token == any_(bindparam("digests", type_=ARRAY(LargeBinary))))
_DEAD = update(LinkRow).where(LinkRow.token == bindparam("digest")).values(revoked_at=now())


_FIND = facts().where(LinkRow.token == bindparam("digest"), LinkRow.purpose == bindparam("for_purpose"))
_KEEP_CONTACT = (
    select(ContactRow.id, func.lower(ContactRow.email).label("address"))
    .where(ContactRow.id == bindparam("contact"))
    .with_for_update(read=True)
)
_MAY_UPLOAD = select(ContactRoleRow.contact_id).where(
    ContactRoleRow.contact_id == bindparam("contact"), ContactRoleRow.role == ContactRole.ESIM_QR_CODE
)
_RECENT_USES = select(func.count()).where(
    EventRow.about.contains(array([bindparam("link", type_=String)])),
    EventRow.type.startswith("link."),
    EventRow.at > now() - bindparam("since", type_=Interval),
)
_STAGE = insert(QrUploadRow)
_STAGED = select(QrUploadRow.__table__).where(
    QrUploadRow.id == bindparam("upload"), QrUploadRow.link_id == bindparam("link")
)
_OLD = (
    select(QrUploadRow.id)
    .where(QrUploadRow.uploaded_at < now() - bindparam("kept", type_=Interval))
    .with_for_update(skip_locked=True)
)
_NEWEST = (
    select(QrUploadRow.id)
    .where(QrUploadRow.link_id == bindparam("link"))
    .order_by(QrUploadRow.uploaded_at.desc())
    .limit(bindparam("most"))
)
_FORGET_OLDER = delete(QrUploadRow).where(
    QrUploadRow.link_id == bindparam("link"), QrUploadRow.id.not_in(_NEWEST)
)
_FORGET = delete(QrUploadRow).where(QrUploadRow.id.in_(_OLD))


async def mint(
    connection: AsyncConnection,
    *,
    purpose: str,
    account_id: int,
    sim_id: int,
    expires_after: timedelta,
    request_id: str | None = None,
    recipient: str | None = None,
    address: str | None = None,
    notification_id: str | None = None,
    version_id: int | None = None,
) -> str:
    """Create a link and return its token, which cannot be read again.

    An upload link belongs to a request and to the contact whom its e-mail goes to; a download link belongs to
    a notification and shows one version. If the contact has lost the `address` or the role meanwhile, the
    link is created revoked, because its e-mail is already being sent.
    """
    late = address is not None and not await _may_upload(connection, recipient or "", address)
    await connection.execute(_FORGET, {"kept": _UPLOADS_KEPT})
    token = secrets.token_urlsafe(_RANDOM_BYTES)
    await connection.execute(
        _MINT,
        {
            "token": _digest(token),
            "purpose": purpose,
            "account_id": account_id,
            "sim_id": sim_id,
            "request_id": request_id,
            "recipient": recipient,
            "notification_id": notification_id,
            "version_id": version_id,
            "expires_after": expires_after,
        },
    )
    if late:
        await connection.execute(_DEAD, {"digest": _digest(token)})
    return token


async def discard(connection: AsyncConnection, tokens: Collection[str]) -> None:
    """Delete links whose e-mails were certainly not sent: no recipient has them, so no history shows them."""
    if tokens:
        await connection.execute(_DISCARD, {"digests": [_digest(token) for token in tokens]})


async def _may_upload(connection: AsyncConnection, recipient: str, address: str) -> bool:
    """Whether the contact has this address and the role. It stays so until the end of the transaction."""
    known = {"contact": int(recipient.removeprefix("contact:"))}
    contact = (await connection.execute(_KEEP_CONTACT, known)).one_or_none()
    if contact is None or contact.address != address.lower():
        return False
    return await connection.scalar(_MAY_UPLOAD, known) is not None


async def find(
    connection: AsyncConnection, token: str, purpose: str, *, lock: bool = False, even_if_over: bool = False
) -> Link:
    """The link with this token, if it is valid. Raises `Refused` (`link_unknown`, `link_expired`,
    `link_revoked`, `request_over`).

    `lock` keeps it valid until the end of the transaction: a transaction that would end its request, replace
    its version or discard its SIM waits. `even_if_over` also finds a link whose request has ended, because
    the contact who imported the code with it may see that; it never finds a revoked link, and gives no right
    to import.
    """
    known = {"digest": _digest(token), "for_purpose": purpose}
    row = (await connection.execute(_FIND, known)).one_or_none()
    if row is not None and lock:
        await lock_sim(connection, row.sim_id)
        row = (await connection.execute(_FIND, known)).one_or_none()
    if row is None:
        raise NotFound.because("link_unknown")
    dead = why_dead(row, even_if_over=even_if_over)
    if dead is not None:
        raise Refused(dead)
    return Link(**{name: row._mapping[name] for name in Link.__dataclass_fields__})


async def recent_uses(connection: AsyncConnection, link_id: int, since: timedelta) -> int:
    """How often the link was used in the last `since`, for the rate limit: refused attempts count, too."""
    known = {"link": f"link:{link_id}", "since": since}
    return int((await connection.execute(_RECENT_USES, known)).scalar_one())


async def stage(connection: AsyncConnection, keys: KeyRing, link: Link, upload: StagedUpload) -> str:
    """Keep an upload that was checked until the person who uploaded it submits it, for a day at most; return
    the id by which it is submitted. Only the newest few uploads of a link are kept.
    """
    await connection.execute(_FORGET, {"kept": _UPLOADS_KEPT})
    await connection.execute(_FORGET_OLDER, {"link": link.id, "most": _MOST_UPLOADS - 1})
    upload_id = secrets.token_urlsafe(_RANDOM_BYTES)
    asked, file = upload.read.confirmation_code, upload.original
    secret = {
        "code": str(upload.read.code).encode(),
        "confirmation_code": None if asked is None else asked.encode(),
        "original": file,
    }
    encrypted = {
        column: None if value is None else keys.encrypt(upload_use(upload_id, column), value)
        for column, value in secret.items()
    }
    known = {"id": upload_id, "link_id": link.id, "file_type": upload.file_type}
    await connection.execute(_STAGE, {**known, **encrypted})
    return upload_id


async def staged(connection: AsyncConnection, keys: KeyRing, link: Link, upload_id: str) -> StagedUpload:
    """The upload with this link. Raises `NotFound` (`upload_unknown`)."""
    await connection.execute(_FORGET, {"kept": _UPLOADS_KEPT})
    wanted = {"upload": upload_id if storable(upload_id) else "", "link": link.id}
    row = (await connection.execute(_STAGED, wanted)).one_or_none()
    if row is None:
        raise NotFound.because("upload_unknown")
    code, asked, file = (
        None if value is None else keys.decrypt(upload_use(row.id, column), value)
        for column, value in ((column, getattr(row, column)) for column in UPLOADED)
    )
    read = ReadCode(parse_activation_code((code or b"").decode()), None if asked is None else asked.decode())
    return StagedUpload(read, row.file_type, file)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()
