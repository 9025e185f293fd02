"""What a person without an account may do with a link from a mail: give one SIM its code, or see one code.

A link is found by its token in every transaction, and locked where the transaction has an effect: one that
ends between two steps of a page, or in the middle of one, has no effect any more. Looking at a page uses
nothing up; every deed is recorded. Raises `Refused` with the codes `link_unknown`, `link_expired`,
`link_revoked`, `request_over`, `too_many_tries` and those of files and codes.
"""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.activation import ActivationCode
from models.codes.links import LinkPage, Over, Preview, Sent, UploadPage
from models.errors import Refused
from models.events import sim_references
from models.identifiers import qr_notification_id
from models.people.callers import LinkBearer
from qr.intake import read_upload
from starter.codes.code_desk import CodeDesk, ShownCode, read_typed
from store import events
from store.codes import codes, link_pages, links, notifications
from store.codes.link_ends import DOWNLOAD, UPLOAD
from store.codes.links import Link
from store.events import Happening

MOST_TRIES = 20
WITHIN = timedelta(minutes=10)
"""How many deeds one link may do in how long: nobody guesses, or burns our processors, with a link."""


class LinkDesk:
    """The desk for those who come with a link. One for a whole process."""

    def __init__(self, desk: CodeDesk) -> None:
        self._desk = desk
        self._database = desk.database

    # --- upload links ---------------------------------------------------------------------------------

    async def upload_page(self, bearer: LinkBearer) -> UploadPage:
        """Which SIM's code is asked for."""
        async with self._database.reading() as connection:
            link = await links.find(connection, bearer.token, UPLOAD)
            return await link_pages.upload_page(connection, link.scope)

    async def over(self, bearer: LinkBearer) -> Over:
        """What became of the request of an upload link, for whoever opens its link afterwards."""
        async with self._database.reading() as connection:
            link = await links.find(connection, bearer.token, UPLOAD, even_if_over=True)
            page = await link_pages.over_page(connection, link.scope)
            if not page.unnotified:
                return Over(page)
            who = await link_pages.requester(connection, page.request)
        return Over(page, who.name, who.email)

    async def check(self, bearer: LinkBearer, content: bytes, filename: str) -> Preview:
        """Read an uploaded file, and keep it encrypted until it is sent (F57, F62)."""
        link = await self._recorded(bearer, UPLOAD, "link.checked")
        try:
            found = await read_upload(content, filename)
            return await self._stage(bearer, found.code, found.type.value, content)
        except Refused as refused:
            await self._note_refused(bearer, link, refused)
            raise

    async def check_code(self, bearer: LinkBearer, text: str) -> Preview:
        """Read a code that was typed in."""
        link = await self._recorded(bearer, UPLOAD, "link.checked")
        try:
            return await self._stage(bearer, read_typed(text), "typed", None)
        except Refused as refused:
            await self._note_refused(bearer, link, refused)
            raise

    async def send(self, bearer: LinkBearer, upload_id: str) -> Sent:
        """Give the SIM the code that was checked: the request is fulfilled (F35). Sent twice, it is done once
        and answered twice.
        """
        link = await self._recorded(bearer, UPLOAD, "link.used", even_if_over=True)
        try:
            async with self._database.transaction() as connection:
                await links.find(connection, bearer.token, UPLOAD, lock=True, even_if_over=True)
                code, file_type, original = await links.staged(connection, self._desk.keys, link, upload_id)
                imported = await codes.take(
                    connection,
                    self._desk.keys,
                    sim_id=link.sim_id,
                    code=code,
                    file_type=file_type,
                    original=original,
                    by=link.by(bearer),
                    request_id=link.request_id,
                    link_id=link.id,
                )
                who = await link_pages.requester(connection, link.request_id or "")
        except Refused as refused:
            await self._note_refused(bearer, link, refused)
            raise
        await self._desk.workflows.signal_imported(link.request_id)
        return Sent(imported, who.name, who.email)

    async def notify_manager(self, bearer: LinkBearer) -> None:
        """Mail who asked for the code that it is there (F37, F38). Asked again, nobody is told twice."""
        async with self._database.transaction() as connection:
            link = await links.find(connection, bearer.token, UPLOAD, lock=True, even_if_over=True)
            request_id = link.request_id or ""
            version_id = await codes.imported_by(connection, request_id, link.actor)
            if version_id is None:
                raise Refused.because("not_imported")
            if await notifications.offered(connection, link.account_id, request_id):
                return  # by the request's workflow, as nobody pressed the button for so long
            who = await link_pages.requester(connection, request_id)
            notification = await notifications.create(
                connection,
                notification_id=qr_notification_id(link.account_id, f"{request_id} {version_id}"),
                account_id=link.account_id,
                sim_id=link.sim_id,
                version_id=version_id,
                address=who.email,
                by=link.by(bearer),
            )
        await self._desk.workflows.start_notification(notification, link.account_id, request_id)

    # --- download links -------------------------------------------------------------------------------

    async def download_page(self, bearer: LinkBearer) -> LinkPage:
        """Which SIM's code the link would show. The code is not shown yet: mail scanners open links."""
        async with self._database.reading() as connection:
            link = await links.find(connection, bearer.token, DOWNLOAD)
            return await link_pages.download_page(connection, link.scope)

    async def reveal(self, bearer: LinkBearer) -> ShownCode:
        """The code, for the eyes of whoever holds the link (F60)."""
        return await self._shown(bearer, "link.shown")

    async def download(self, bearer: LinkBearer) -> ShownCode:
        """The code, to be kept as a picture."""
        return await self._shown(bearer, "link.downloaded")

    # --------------------------------------------------------------------------------------------------

    async def _shown(self, bearer: LinkBearer, event: str) -> ShownCode:
        await self._recorded(bearer, DOWNLOAD, event)
        async with self._database.transaction() as connection:
            link = await links.find(connection, bearer.token, DOWNLOAD, lock=True)
            return ShownCode(
                *await codes.version(connection, link.scope, self._desk.keys, link.version_id or 0)
            )

    async def _recorded(
        self, bearer: LinkBearer, purpose: str, event: str, *, even_if_over: bool = False
    ) -> Link:
        """Find the link and record what is done with it, before it is done: what fails was tried, too.

        The link is locked, so that tries made at once are counted one by one. It may end before the next
        transaction, which finds and locks it again.
        """
        async with self._database.transaction() as connection:
            link = await links.find(connection, bearer.token, purpose, lock=True, even_if_over=even_if_over)
            if await links.recent_uses(connection, link.id, WITHIN) >= MOST_TRIES:
                raise Refused.because("too_many_tries")
            await _record(connection, bearer, link, (event, {}))
        return link

    async def _stage(
        self, bearer: LinkBearer, code: ActivationCode, file_type: str, original: bytes | None
    ) -> Preview:
        async with self._database.transaction() as connection:
            link = await links.find(connection, bearer.token, UPLOAD, lock=True)
            await codes.refuse_conflict(connection, self._desk.keys, link.sim_id, code)
            upload_id = await links.stage(
                connection, self._desk.keys, link, code, file_type=file_type, original=original
            )
        return Preview(upload_id, code, file_type)

    async def _note_refused(self, bearer: LinkBearer, link: Link, refused: Refused) -> None:
        async with self._database.transaction() as connection:
            await codes.note_refused(
                connection,
                link.sim_id,
                link.by(bearer),
                refused,
                request_id=link.request_id,
                link_id=link.id,
            )


async def _record(
    connection: AsyncConnection, bearer: LinkBearer, link: Link, *happenings: Happening
) -> None:
    about = sim_references(
        link.sim_id, request_id=link.request_id, notification_id=link.notification_id, link_id=link.id
    )
    by = link.by(bearer)
    await events.append(connection, link.account_id, about, by.actor, *happenings, origin_id=by.origin_id)
