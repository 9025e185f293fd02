"""Uploads that stall, over real connections: they take nothing from other recipients, and are given up."""

import asyncio
from dataclasses import dataclass

import httpx
import pytest

from portal.http.forms import MOST_INCOMING, MOST_INCOMING_OF_ONE
from portal.http.limits import Pace
from tests.portal.desk import GOOD, InventedDesk
from tests.portal.served import serving

BRUNO = [f"link-of-bruno-{number}" for number in range(8)]
CARLA = "link-of-carla"
PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n' + GOOD
LONG = 180.0


@dataclass
class Stalled:
    """An upload of which the head and a little of the file have come."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def status(self) -> int:
        line = await asyncio.wait_for(self.reader.readline(), 20)
        return int(line.split()[1])


@pytest.fixture
def crowd(desk: InventedDesk) -> InventedDesk:
    """A desk whose recipient Bruno has eight links, and Carla one."""
    desk.recipients = dict.fromkeys(BRUNO, "contact:1") | {CARLA: "contact:2"}
    return desk


async def stall(port: int, token: str) -> Stalled:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST /u/{token}/check HTTP/1.1\r\nHost: portal\r\nContent-Length: 5000000\r\n"
    writer.write(head.encode() + b"Content-Type: multipart/form-data; boundary=x\r\n\r\n" + PART)
    await writer.drain()
    return Stalled(reader, writer)


async def upload(port: int, token: str) -> int:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as browser:
        return (await browser.post(f"/u/{token}/check", files={"file": ("a.png", GOOD)})).status_code


async def refused(uploads: list[Stalled], number: int) -> None:
    """So many of the uploads are answered that there is no place for them."""
    left = {asyncio.create_task(one.status()) for one in uploads}
    async with asyncio.timeout(20):
        while len(uploads) - len(left) < number:
            done, left = await asyncio.wait(left, return_when=asyncio.FIRST_COMPLETED)
            assert {task.result() for task in done} == {503}
    for task in left:
        task.cancel()


@pytest.mark.covers("S6")
async def test_stalled_uploads_of_one_recipient_leave_places_to_the_others(crowd: InventedDesk) -> None:
    async with serving(crowd, Pace(every=LONG)) as port:
        held = [await stall(port, token) for token in BRUNO for _ in range(MOST_INCOMING // len(BRUNO))]
        await refused(held, len(held) - MOST_INCOMING_OF_ONE)
        assert await upload(port, CARLA) == 200
        assert await upload(port, BRUNO[-1]) == 503
        for one in held:
            one.writer.close()


@pytest.mark.covers("S6")
async def test_a_place_is_given_up_once_the_content_makes_no_progress(crowd: InventedDesk) -> None:
    async with serving(crowd, Pace(every=0.5)) as port:
        held = [await stall(port, BRUNO[0]) for _ in range(MOST_INCOMING_OF_ONE)]
        assert [await one.status() for one in held] == [408] * len(held)
        assert await upload(port, BRUNO[0]) == 200
        for one in held:
            one.writer.close()


async def test_a_trickle_that_is_slower_than_the_pace_is_no_progress(crowd: InventedDesk) -> None:
    async with serving(crowd, Pace(every=0.5, at_least=1000)) as port:
        one = await stall(port, CARLA)
        answered = asyncio.create_task(one.status())
        while not answered.done():
            one.writer.write(b"a")
            await asyncio.wait({answered}, timeout=0.05)
        assert await answered == 408
        one.writer.close()


async def test_a_slow_upload_that_makes_progress_is_taken(crowd: InventedDesk) -> None:
    pace = Pace(every=0.2, at_least=1)
    async with serving(crowd, pace) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        parts = [PART, *[b"a"] * 20, b"\r\n--x--\r\n"]
        head = f"POST /u/{CARLA}/check HTTP/1.1\r\nHost: portal\r\nContent-Length: {sum(map(len, parts))}\r\n"
        writer.write(head.encode() + b"Content-Type: multipart/form-data; boundary=x\r\n\r\n")
        for part in parts:
            writer.write(part)
            await asyncio.sleep(pace.every / 4)  # the pace is what is tested
        assert await Stalled(reader, writer).status() == 200
        writer.close()
