"""The download link of a notification: a landing page, the QR code, the code as a PNG file (F36, F38, F60).

GET  /q/{token}       what the link shows, and a button: mail scanners open links too, so no code yet
POST /q/{token}       the code, how to install it, and the file to download
POST /q/{token}/png   the file
"""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from models.codes.install_links import install_links
from models.people.callers import LinkBearer
from outbox.links import DOWNLOAD_PAGE
from portal.http.forms import check_same_origin
from portal.links.pages import Pages, drawing
from qr import draw
from starter.codes.link_desk import LinkDesk

FILE_POLICY = "default-src 'none'; sandbox"
"""The content security policy of a picture: opened in a browser, it can neither load nor run anything."""


class DownloadRoutes:
    """The routes behind a download link."""

    def __init__(self, links: LinkDesk, pages: Pages, portal_url: str) -> None:
        self.links = links
        self.pages = pages
        self.portal_url = portal_url

    async def page(self, request: Request, token: str) -> Response:
        """The landing page. It shows no code, and opening it changes nothing."""
        about = await self.links.download_page(LinkBearer(token))
        return self.pages.render(
            request, "landing", about=about, action=self.pages.link(DOWNLOAD_PAGE, token)
        )

    async def back(self, token: str) -> Response:
        """Redirect to the landing page where the address of the file is opened by GET."""
        return RedirectResponse(self.pages.link(DOWNLOAD_PAGE, token), 303)

    async def reveal(self, request: Request, token: str) -> Response:
        """The code, large enough for a phone to scan it from the screen, with its confirmation code."""
        check_same_origin(request, self.portal_url)
        about = await self.links.download_page(LinkBearer(token))
        shown = await self.links.reveal(LinkBearer(token))
        return self.pages.render(
            request,
            "code",
            about=about,
            action=self.pages.link(DOWNLOAD_PAGE, token),
            code=shown.code,
            whole=str(shown.code),
            confirmation_code=shown.confirmation_code,
            drawing=await drawing(shown.code),
            install=install_links(shown.code),
        )

    async def download(self, request: Request, token: str) -> Response:
        """The code as a PNG file."""
        check_same_origin(request, self.portal_url)
        about = await self.links.download_page(LinkBearer(token))
        shown = await self.links.download(LinkBearer(token))
        return Response(
            await run_in_threadpool(draw.png, shown.code),
            media_type="image/png",
            headers={
                "Content-Disposition": f'attachment; filename="esim-qr-{_digits(about.iccid_tail)}.png"',
                "Content-Security-Policy": FILE_POLICY,
            },
        )


def _digits(tail: str) -> str:
    return "".join(digit for digit in tail if digit in "0123456789")
