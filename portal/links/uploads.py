"""The upload link of a distributor's contact: upload, preview, import, notify the manager (F35, F37).

    GET  /u/{token}         which QR code is requested, and the form to upload it
    POST /u/{token}/check   reads the file or the typed code, and shows a preview of it
    POST /u/{token}/send    imports the code; the page offers the notification
    POST /u/{token}/notify    sends the notification

Each request may be repeated: the desk is idempotent. Once the request for the code has ended, the pages say
how it ended; the contact who answered it is thanked, and can notify the manager while no notification was
sent.
"""

from collections.abc import Awaitable
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from models.codes.links import OverPage, UploadPage
from models.errors import Refused
from models.language import Language
from models.people.callers import LinkBearer
from outbox.links import UPLOAD_PAGE
from portal.http.answers import OVER, Reason, RequestOver, reasons_of, wants_json, warned
from portal.http.forms import Incoming, Upload, check_same_origin, read_field, read_upload_form
from portal.http.middleware import allow_large
from portal.links.pages import Pages, drawing, masked, spoken
from qr.intake import LARGEST_UPLOAD
from starter.codes.link_desk import LinkDesk
from wording.dates import moment
from wording.pages import page_texts

_LONGEST_ECHO = 1000
_LONGEST_NAME = 80


class UploadRoutes:
    """The routes behind an upload link."""

    def __init__(self, links: LinkDesk, pages: Pages, portal_url: str, notified_after: timedelta) -> None:
        """`notified_after`: how long after the import the requester is notified automatically."""
        self.links = links
        self.pages = pages
        self.portal_url = portal_url
        self.notified_after = notified_after
        self.incoming = Incoming()

    async def page(self, request: Request, token: str) -> Response:
        """The upload page. Opening it changes nothing."""
        return await self._unless_over(request, token, self._upload_page(request, token))

    async def back(self, token: str) -> Response:
        """Redirect to the upload page where the address of a later step is opened by GET."""
        return RedirectResponse(self.pages.link(UPLOAD_PAGE, token), 303)

    async def check(self, request: Request, token: str) -> Response:
        """Read the uploaded file or typed code and show a preview; nothing is imported yet."""
        check_same_origin(request, self.portal_url)
        return await self._unless_over(request, token, self._check(request, token))

    async def _check(self, request: Request, token: str) -> Response:
        about = await self.links.upload_page(
            LinkBearer(token)
        )  # refuses an invalid link before the body is read
        with self.incoming.one(about.recipient):
            allow_large(request)
            return await self._checked(request, token, about)

    async def _checked(self, request: Request, token: str, about: UploadPage) -> Response:
        upload = await read_upload_form(request)
        try:
            asked = _confirmation(upload) or None
            if upload.typed is not None:
                preview = await self.links.check_code(LinkBearer(token), upload.typed, asked)
            elif upload.filename:
                preview = await self.links.check(LinkBearer(token), upload.content, upload.filename, asked)
            else:
                raise Refused.because("nothing_chosen")
        except Refused as refused:
            return await self._again(request, token, refused, upload)
        return self.pages.render(
            request,
            "preview",
            about=about,
            action=self.pages.link(UPLOAD_PAGE, token),
            upload_id=preview.upload_id,
            code=preview.code,
            has_confirmation_code=preview.has_confirmation_code,
            drawing=await drawing(preview.code),
            masked=masked(preview.code),
        )

    async def send(self, request: Request, token: str) -> Response:
        """Import the code that was previewed."""
        check_same_origin(request, self.portal_url)
        return await self._unless_over(request, token, self._send(request, token))

    async def _send(self, request: Request, token: str) -> Response:
        await self._check_known(token)
        upload_id = await read_field(request, "upload_id")
        try:
            sent = await self.links.send(LinkBearer(token), upload_id)
        except Refused as refused:
            return await self._again(request, token, refused)
        return self.pages.render(
            request,
            "done",
            action=self.pages.link(UPLOAD_PAGE, token),
            changed=sent.imported.changed,
            warnings=warned(sent.imported.warnings, _language(request)),
            manager_name=sent.manager_name,
            manager_address=sent.manager_address,
            notified_after=self.notified_after,
        )

    async def _check_known(self, token: str) -> None:
        """Refuse an invalid link before the body is read. An ended request is not refused here: the same
        upload sent again shows the same page.
        """
        try:
            await self.links.upload_page(LinkBearer(token))
        except Refused as refused:
            if not _is_over(refused):
                raise

    async def notify(self, request: Request, token: str) -> Response:
        """Send the notification."""
        check_same_origin(request, self.portal_url)
        await self.links.notify_manager(LinkBearer(token))
        return self.pages.render(request, "notified")

    async def _unless_over(self, request: Request, token: str, page: Awaitable[Response]) -> Response:
        """The page; where the request has ended, the page that says how it ended."""
        try:
            return await page
        except Refused as refused:
            if not _is_over(refused):
                raise
        over = await self.links.over(LinkBearer(token))
        if wants_json(request):
            raise RequestOver(over.page.status, _how_it_ended(over.page, _language(request)))
        came_to_look = request.method in {"GET", "HEAD"}
        return self.pages.render(
            request,
            "over",
            200 if came_to_look and over.page.answered_by_recipient else 410,
            action=self.pages.link(UPLOAD_PAGE, token),
            about=over.page,
            in_vain=not came_to_look,
            manager_name=over.manager_name,
            manager_address=over.manager_address,
            notified_after=self.notified_after,
        )

    async def _again(
        self, request: Request, token: str, refused: Refused, upload: Upload | None = None
    ) -> Response:
        """The upload page again, with the refusals beside the field. Raises those that concern the link
        itself.
        """
        if wants_json(request) or any(reason.code in OVER for reason in refused.refusals):
            raise refused
        return await self._upload_page(request, token, reasons_of(refused, _language(request)), upload)

    async def _upload_page(
        self,
        request: Request,
        token: str,
        reasons: tuple[Reason, ...] = (),
        upload: Upload | None = None,
    ) -> Response:
        sent = upload or Upload()
        return self.pages.render(
            request,
            "upload",
            422 if reasons else 200,
            about=await self.links.upload_page(LinkBearer(token)),
            action=self.pages.link(UPLOAD_PAGE, token),
            reasons=reasons,
            typed=None if sent.typed is None else sent.typed[:_LONGEST_ECHO],
            filename=_shortened(sent.filename),
            confirmation_code=_confirmation(sent)[:_LONGEST_ECHO],
            limit=LARGEST_UPLOAD,
        )


def _confirmation(upload: Upload) -> str:
    return upload.fields.get("confirmation_code", "").strip()


def _is_over(refused: Refused) -> bool:
    return any(reason.code == "request_over" for reason in refused.refusals)


def _how_it_ended(end: OverPage, language: Language) -> str:
    sentence: str = page_texts(language)["over"][end.status]["text"]
    return sentence.format(moment=moment(end.since, language))


def _language(request: Request) -> Language:
    return spoken(request.headers.get("accept-language", ""))


def _shortened(filename: str) -> str:
    """The start and the end of a long file name; the end has the type."""
    half = _LONGEST_NAME // 2
    return filename if len(filename) <= _LONGEST_NAME else f"{filename[:half]}…{filename[-half:]}"
