"""Uploads that trickle in, and many at a time: what one link can do to the others."""

import asyncio

import httpx
import pytest
from starlette.types import Message

from models.errors import Unavailable
from portal.app import create_app
from portal.http.forms import MOST_INCOMING_OF_ONE, Incoming
from portal.http.limits import Pace
from settings import Settings
from tests.portal.conftest import ADDRESS
from tests.portal.desk import GOOD, UPLOAD, InventedDesk

PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n' + GOOD
END = b"\r\n--x--\r\n"


class Sender:
    """Sends one upload, but its last part only when told to."""

    def __init__(self) -> None:
        self.parts: asyncio.Queue[bytes] = asyncio.Queue()
        self.begun = asyncio.Event()
        self.answer: list[Message] = []
        self.parts.put_nowait(PART)

    async def receive(self) -> Message:
        part = await self.parts.get()
        self.begun.set()
        return {"type": "http.request", "body": part, "more_body": part != END}

    async def send(self, message: Message) -> None:
        self.answer.append(message)

    def upload(self, app: object) -> asyncio.Task[None]:
        """Begin to send."""
        scope = {
            "type": "http",
            "method": "POST",
            "path": f"/u/{UPLOAD}/check",
            "query_string": b"",
            "headers": [(b"content-type", b"multipart/form-data; boundary=x")],
        }
        return asyncio.create_task(app(scope, self.receive, self.send))  # type: ignore[operator]

    @property
    def status(self) -> int:
        return int(self.answer[0]["status"])


async def test_an_upload_that_trickles_in_for_too_long_is_given_up(desk: InventedDesk) -> None:
    sender = Sender()
    async with asyncio.timeout(10):
        await sender.upload(create_app(desk, Settings(portal_url=ADDRESS), pace=Pace(seconds=0.05)))
    assert sender.status == 408
    assert dict(sender.answer[0]["headers"])[b"connection"] == b"close"
    assert b"took too long" in sender.answer[1]["body"]
    assert desk.received == []


async def test_one_link_holds_few_uploads_open_and_the_others_get_their_page(desk: InventedDesk) -> None:
    app = create_app(desk, Settings(portal_url=ADDRESS))
    held = [Sender() for _ in range(MOST_INCOMING_OF_ONE)]
    uploads = [sender.upload(app) for sender in held]
    async with asyncio.timeout(10):
        for sender in held:
            await sender.begun.wait()
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS) as browser:
            one_more = await browser.post(f"/u/{UPLOAD}/check", files={"file": ("a.png", GOOD)})
            assert one_more.status_code == 503
            assert "Too many files" in one_more.text
            assert one_more.headers["retry-after"]
            assert (await browser.get(f"/u/{UPLOAD}")).status_code == 200
            for sender in held:
                sender.parts.put_nowait(END)
            await asyncio.gather(*uploads)
            assert [sender.status for sender in held] == [200] * len(held)
            again = await browser.post(f"/u/{UPLOAD}/check", files={"file": ("a.png", GOOD)})
            assert again.status_code == 200


def test_all_links_together_hold_so_many_uploads_open() -> None:
    incoming = Incoming(most=2, most_of_one=2)
    with (
        incoming.one("a"),
        incoming.one("b"),
        pytest.raises(Unavailable, match="Too many"),
        incoming.one("c"),
    ):
        pass
    with incoming.one("c"):
        pass


@pytest.mark.parametrize(
    ("part", "told"), [("reader_unavailable", "Too many files"), ("database", "is unavailable")]
)
async def test_a_reader_that_has_too_much_to_do_says_so(
    browser: httpx.AsyncClient, desk: InventedDesk, part: str, told: str
) -> None:
    desk.fails["check"] = Unavailable(part, "Away.")
    answer = await browser.post(f"/u/{UPLOAD}/check", files={"file": ("a.png", GOOD)})
    assert answer.status_code == 503
    assert told in answer.text
