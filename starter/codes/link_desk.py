"""What the holder of a mailed link may do without an account: upload one SIM's code, or see one code.

Every transaction finds the link by its token, and locks it if it writes, so a link that ends between two
steps of a page, or during one, has no effect any more. Viewing a page does not count as a use; every other
call records an event. Raises `Refused` with the codes `link_unknown`, `link_expired`,
`link_revoked`, `request_over`, `too_many_tries` and those of files and codes.
"""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.confirmation import parse_confirmation_code
from models.codes.links import LinkPage, Over, Preview, Sent, UploadPage
from models.codes.reading import ReadCode, read_code
from models.codes.shown import ShownCode
from models.errors import Refused
from models.events import sim_references
from models.identifiers import qr_notification_id
from models.people.callers import LinkBearer
from qr.intake import read_upload
from starter.codes.code_desk import CodeDesk
from store import events
from store.codes import codes, imports, link_pages, links, notifications, offers
from store.codes.link_ends import DOWNLOAD, UPLOAD
from store.codes.links import Link, StagedUpload
from store.codes.recipients import address_for
from store.events import Happening
from store.licences.recipients import NoAgentAddress

MOST_TRIES = 20
WITHIN = timedelta(minutes=10)
"""Rate limit of one link, against guessing and against load by repeated uploads."""


class LinkDesk:
    """The desk for holders of mailed links. One for a whole process."""

    def __init__(self, desk: CodeDesk) -> None:
        self._desk = desk
        self._database = desk.database

    # --- upload links ---------------------------------------------------------------------------------

    async def upload_page(self, bearer: LinkBearer) -> UploadPage:
        """Which SIM's code is requested."""
        async with self._database.reading() as connection:
            link = await links.find(connection, bearer.token, UPLOAD)
            return await link_pages.upload_page(connection, link.scope)

    async def over(self, bearer: LinkBearer) -> Over:
        """The outcome of a request, for a person who opens its upload link after the end."""
        async with self._database.reading() as connection:
            link = await links.find(connection, bearer.token, UPLOAD, even_if_over=True)
            page = await link_pages.over_page(connection, link.scope)
            if not page.unnotified:
                return Over(page)
            who = await link_pages.requester(connection, page.request)
        return Over(page, who.name, who.email)

    async def check(
        self, bearer: LinkBearer, content: bytes, filename: str, confirmation_code: str | None = None
    ) -> Preview:
        """Read an uploaded file, and store it encrypted until it is sent (F57, F62), with the confirmation
        code that the phone asks for besides (R8).
        """
        link = await self._recorded(bearer, UPLOAD, "link.checked")
        try:
            asked = _confirmation(confirmation_code)
            found = await read_upload(content, filename)
            read = ReadCode(found.code, asked or found.confirmation_code)
            return await self._stage(bearer, read, found.type.value, content)
        except Refused as refused:
            await self._note_refused(bearer, link, refused)
            raise

    async def check_code(
        self, bearer: LinkBearer, text: str, confirmation_code: str | None = None
    ) -> Preview:
        """Read a code that was typed in, with its confirmation code where that is known."""
        link = await self._recorded(bearer, UPLOAD, "link.checked")
        try:
            asked = _confirmation(confirmation_code)
            read = read_code(text)
            read = ReadCode(read.code, asked or read.confirmation_code)
            return await self._stage(bearer, read, "typed", None)
        except Refused as refused:
            await self._note_refused(bearer, link, refused)
            raise

    async def send(self, bearer: LinkBearer, upload_id: str) -> Sent:
        """Give the SIM the code that was checked, which fulfils the request (F35).

        Idempotent: a repeat gets the same answer.
        """
        link = await self._recorded(bearer, UPLOAD, "link.used", even_if_over=True)
        try:
            async with self._database.transaction() as connection:
                await links.find(connection, bearer.token, UPLOAD, lock=True, even_if_over=True)
                staged = await links.staged(connection, self._desk.keys, link, upload_id)
                imported = await imports.take(
                    connection,
                    self._desk.keys,
                    sim_id=link.sim_id,
                    code=staged.read.code,
                    file_type=staged.file_type,
                    original=staged.original,
                    by=link.by(bearer),
                    request_id=link.request_id,
                    link_id=link.id,
                    confirmation_code=staged.read.confirmation_code,
                )
                who = await link_pages.requester(connection, link.request_id or "")
        except Refused as refused:
            await self._note_refused(bearer, link, refused)
            raise
        await self._desk.workflows.signal_imported(link.request_id)
        return Sent(imported, who.name, who.email)

    async def notify_manager(self, bearer: LinkBearer) -> None:
        """Notify the requester, or a number's agent, that the code has arrived (F37, F38). A repeat sends no
        second e-mail. If the agent has no address, the request's workflow is held until there is one.
        """
        async with self._database.transaction() as connection:
            link = await links.find(connection, bearer.token, UPLOAD, lock=True, even_if_over=True)
            request_id = link.request_id or ""
            version_id = await imports.imported_by(connection, request_id, link.actor)
            if version_id is None:
                raise Refused.because("not_imported")
            if await offers.offered(connection, link.account_id, request_id):
                return  # the request's workflow did it, since the button was not pressed in time
            who = await link_pages.requester(connection, request_id)
            try:
                address = await address_for(connection, link.sim_id, who.email)
            except NoAgentAddress:
                return
            notification = await notifications.create(
                connection,
                notification_id=qr_notification_id(link.account_id, f"{request_id} {version_id}"),
                account_id=link.account_id,
                sim_id=link.sim_id,
                version_id=version_id,
                address=address,
                by=link.by(bearer),
            )
        await self._desk.workflows.start_notification(notification, link.account_id, request_id)

    # --- download links -------------------------------------------------------------------------------

    async def download_page(self, bearer: LinkBearer) -> LinkPage:
        """Which SIM's code the link shows. The code is not shown yet, since mail scanners open links."""
        async with self._database.reading() as connection:
            link = await links.find(connection, bearer.token, DOWNLOAD)
            return await link_pages.download_page(connection, link.scope)

    async def reveal(self, bearer: LinkBearer) -> ShownCode:
        """Show the code to the holder of the link (F60)."""
        return await self._shown(bearer, "link.shown")

    async def download(self, bearer: LinkBearer) -> ShownCode:
        """The code, to be saved as a picture."""
        return await self._shown(bearer, "link.downloaded")

    # --------------------------------------------------------------------------------------------------

    async def _shown(self, bearer: LinkBearer, event: str) -> ShownCode:
        await self._recorded(bearer, DOWNLOAD, event)
        async with self._database.transaction() as connection:
            link = await links.find(connection, bearer.token, DOWNLOAD, lock=True)
            return await codes.version(connection, link.scope, self._desk.keys, link.version_id or 0)

    async def _recorded(
        self, bearer: LinkBearer, purpose: str, event: str, *, even_if_over: bool = False
    ) -> Link:
        """Find the link and record its use before it is used, so that failed attempts count, too.

        The link is locked, so that concurrent attempts are counted one by one. It may end before the next
        transaction, which therefore finds and locks it again.
        """
        async with self._database.transaction() as connection:
            link = await links.find(connection, bearer.token, purpose, lock=True, even_if_over=even_if_over)
            if await links.recent_uses(connection, link.id, WITHIN) >= MOST_TRIES:
                raise Refused.because("too_many_tries")
            await _record(connection, bearer, link, (event, {}))
        return link

    async def _stage(
        self, bearer: LinkBearer, read: ReadCode, file_type: str, original: bytes | None
    ) -> Preview:
        upload = StagedUpload(read, file_type, original)
        async with self._database.transaction() as connection:
            link = await links.find(connection, bearer.token, UPLOAD, lock=True)
            await imports.refuse_conflict(connection, self._desk.keys, link.sim_id, read.code)
            upload_id = await links.stage(connection, self._desk.keys, link, upload)
        return Preview(
            upload_id, read.code, file_type, has_confirmation_code=read.confirmation_code is not None
        )

    async def _note_refused(self, bearer: LinkBearer, link: Link, refused: Refused) -> None:
        async with self._database.transaction() as connection:
            await imports.note_refused(
                connection,
                link.sim_id,
                link.by(bearer),
                refused,
                request_id=link.request_id,
                link_id=link.id,
            )


def _confirmation(code: str | None) -> str | None:
    return None if code is None else parse_confirmation_code(code)


async def _record(
    connection: AsyncConnection, bearer: LinkBearer, link: Link, *happenings: Happening
) -> None:
    about = sim_references(
        link.sim_id, request_id=link.request_id, notification_id=link.notification_id, link_id=link.id
    )
    by = link.by(bearer)
    await events.append(connection, link.account_id, about, by.actor, *happenings, origin_id=by.origin_id)
