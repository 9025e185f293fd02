"""What a distributor's contact does with the link of a request, without an account (F35, F37)."""

import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from markupsafe import escape

from models.codes.activation import parse_activation_code
from models.errors import Refused
from tests.portal.desk import CODE, DOWNLOAD, GOOD, UPLOAD, About, InventedDesk, database_away

PAGE = f"/u/{UPLOAD}"
GOOD_FILE = {"file": ("code.png", GOOD, "image/png")}


@pytest.mark.covers("F35")
async def test_the_page_says_which_sim_and_what_is_wanted(browser: httpx.AsyncClient) -> None:
    answer = await browser.get(PAGE)
    assert answer.status_code == 200
    for fact in (
        "4711",
        "Nordlicht Mobile",
        "Acme Logistics",
        "Dupont Télécom",
        "S-12",
        About.request,
        "4 March 2027",
    ):
        assert fact in answer.text


async def test_opening_the_page_uses_nothing_up(browser: httpx.AsyncClient, desk: InventedDesk) -> None:
    for path in (PAGE, f"{PAGE}/check", f"{PAGE}/send", f"{PAGE}/notify"):
        await browser.get(path, follow_redirects=True)
        await browser.head(path, follow_redirects=True)
    assert set(desk.done) == {"upload_page"}


@pytest.mark.covers("F35", "F37", "F58")
async def test_a_file_is_checked_looked_at_sent_and_told(
    browser: httpx.AsyncClient, desk: InventedDesk
) -> None:
    checked = await browser.post(f"{PAGE}/check", files=GOOD_FILE)
    assert checked.status_code == 200
    assert "<svg" in checked.text
    assert CODE.smdp_address in checked.text
    assert "•••• 2Q" in checked.text
    assert CODE.matching_id not in checked.text
    assert desk.received == [("code.png", len(GOOD))]
    assert "send" not in desk.done
    done = await browser.post(f"{PAGE}/send", data={"upload_id": "upload-1"})
    assert done.status_code == 200
    assert '<dialog class="notice" id="notice" open' in done.text
    assert ">Ana Lopes</dd>" in done.text
    assert ">ana@acme.example</dd>" in done.text
    assert "notified automatically 15 minutes after" in done.text
    assert "notify_manager" not in desk.done
    told = await browser.post(f"{PAGE}/notify")
    assert told.status_code == 200
    assert desk.done["notify_manager"] == 1


async def test_a_typed_code_is_checked_like_a_file(browser: httpx.AsyncClient) -> None:
    checked = await browser.post(f"{PAGE}/check", data={"code": str(CODE)})
    assert checked.status_code == 200
    assert 'value="upload-2"' in checked.text


@pytest.mark.covers("R8")
@pytest.mark.parametrize("sent", [{"files": GOOD_FILE}, {"data": {"code": str(CODE)}}], ids=["file", "typed"])
async def test_the_confirmation_code_is_entered_with_it_and_shown_on_no_page(
    browser: httpx.AsyncClient, sent: dict[str, dict[str, object]]
) -> None:
    assert 'name="confirmation_code"' in (await browser.get(PAGE)).text
    more = {**sent, "data": {**sent.get("data", {}), "confirmation_code": " CONFIRM-0815 "}}
    checked = await browser.post(f"{PAGE}/check", **more)  # type: ignore[arg-type]
    assert checked.status_code == 200
    assert "entered; it is shown with the QR code" in checked.text
    assert "CONFIRM-0815" not in checked.text
    none = await browser.post(f"{PAGE}/check", **sent)  # type: ignore[arg-type]
    assert "entered; it is shown" not in none.text


@pytest.mark.covers("R8")
async def test_a_confirmation_code_that_is_none_is_explained_beside_its_field(
    browser: httpx.AsyncClient,
) -> None:
    sent = {"code": str(CODE), "confirmation_code": "1\n2"}
    answer = await browser.post(f"{PAGE}/check", data=sent)
    assert answer.status_code == 422
    said = 'id="code-confirmation-error" role="alert">\n<p>A confirmation code has 1 to 64 characters'
    assert said in answer.text
    assert 'id="code-error" role="alert" hidden' in answer.text


@pytest.mark.covers("R8")
@pytest.mark.parametrize(
    "sent", [{"files": {"file": ("a.png", b"none")}}, {"data": {"code": "none"}}], ids=["file", "typed"]
)
async def test_a_confirmation_code_stays_in_its_field_where_the_code_is_refused(
    browser: httpx.AsyncClient, sent: dict[str, dict[str, object]]
) -> None:
    more = {**sent, "data": {**sent.get("data", {}), "confirmation_code": "4711"}}
    answer = await browser.post(f"{PAGE}/check", **more)  # type: ignore[arg-type]
    assert answer.status_code == 422
    assert answer.text.count('value="4711"') == 1


async def test_a_code_that_asks_for_a_confirmation_code_says_so(browser: httpx.AsyncClient) -> None:
    checked = await browser.post(f"{PAGE}/check", data={"code": "LPA:1$a.example$X$$1"})
    assert "Confirmation code" in checked.text


async def test_sending_twice_changes_nothing_and_says_so(browser: httpx.AsyncClient) -> None:
    await browser.post(f"{PAGE}/send", data={"upload_id": "upload-1"})
    again = await browser.post(f"{PAGE}/send", data={"upload_id": "upload-1"})
    assert again.status_code == 200
    assert "Nothing was changed." in again.text


@pytest.mark.covers("F57")
async def test_a_refused_file_is_explained_beside_the_field(
    browser: httpx.AsyncClient, desk: InventedDesk
) -> None:
    answer = await browser.post(f"{PAGE}/check", files={"file": ("evil.svg", b"<script>", "image/png")})
    assert answer.status_code == 422
    field, error = answer.text.split('<label class="zone"')
    assert field.rstrip().endswith('aria-invalid="true">')
    assert 'id="file-error" role="alert">\n<p class="error-file" dir="auto">evil.svg</p>\n' in error
    assert "<p>The file shows no QR code that can be read;" in error
    assert "<title>Error: " in answer.text
    assert "<script>" not in answer.text
    assert not desk.done["send"]


async def test_a_refused_code_is_explained_beside_its_own_field(browser: httpx.AsyncClient) -> None:
    answer = await browser.post(f"{PAGE}/check", data={"code": '"><script>alert(1)</script>'})
    assert answer.status_code == 422
    assert '<details class="typed" open>' in answer.text
    assert 'id="code-error" role="alert">\n<p>This is not a valid activation code' in answer.text
    assert 'id="file-error" role="alert" hidden' in answer.text
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"files": {"file": ("", b"", "application/octet-stream")}},
        {"data": {"other": "field"}},
        {"content": b"{}", "headers": {"content-type": "application/json"}},
    ],
    ids=["nothing", "no file chosen", "another field", "another type"],
)
async def test_nothing_chosen_is_said(browser: httpx.AsyncClient, sent: dict[str, object]) -> None:
    answer = await browser.post(f"{PAGE}/check", **sent)  # type: ignore[arg-type]
    assert answer.status_code == 422
    assert "Choose a file first" in answer.text


async def test_two_files_are_refused(browser: httpx.AsyncClient, desk: InventedDesk) -> None:
    two = [("file", ("a.png", GOOD)), ("file", ("b.png", GOOD))]
    answer = await browser.post(f"{PAGE}/check", files=two)
    assert answer.status_code == 422
    assert "send one file only" in answer.text
    assert desk.received == []


@pytest.mark.parametrize("content", [b"", b"garbage", b"--x\r\nno header", b"--x\r\n\r\nunnamed\r\n--x--"])
async def test_a_broken_form_is_refused(browser: httpx.AsyncClient, content: bytes) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = await browser.post(f"{PAGE}/check", content=content, headers=headers)
    assert answer.status_code == 422
    assert (await browser.post(f"{PAGE}/check", headers={"content-type": "multipart/form-data"})).is_error


@pytest.mark.skipif(sys.platform != "linux", reason="open files are listed in /proc")
async def test_an_upload_is_never_written_to_disk(browser: httpx.AsyncClient, desk: InventedDesk) -> None:
    """It is a secret, and a form is usually kept in a nameless file while it is read."""
    content = GOOD + bytes(5 * 1024 * 1024)
    before = nameless_files()
    during = set()

    async def sent() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="big.png"\r\n\r\n'
        for start in range(0, len(content), 1 << 20):
            yield content[start : start + (1 << 20)]
            during.update(nameless_files())
        yield b"\r\n--x--\r\n"

    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = await browser.post(f"{PAGE}/check", content=sent(), headers=headers)
    assert answer.status_code == 200
    assert desk.received == [("big.png", len(content))]
    assert during <= before


def nameless_files() -> set[str]:
    found = set()
    for descriptor in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            found.add(str(descriptor.readlink()))
    return {target for target in found if target.endswith("(deleted)")}


async def test_a_dead_link_is_refused_before_the_file_is_read(
    browser: httpx.AsyncClient, desk: InventedDesk
) -> None:
    assert (await browser.post("/u/another/check", files=GOOD_FILE)).status_code == 404
    assert desk.received == []


@pytest.mark.covers("F60")
@pytest.mark.parametrize("code", ["link_expired", "link_revoked"])
async def test_a_link_that_is_over_says_what_to_do(
    browser: httpx.AsyncClient, desk: InventedDesk, code: str
) -> None:
    over = Refused.because(code)
    desk.fails = dict.fromkeys(("upload_page", "send", "notify_manager"), over)
    for answer in (
        await browser.get(PAGE),
        await browser.post(f"{PAGE}/check", files=GOOD_FILE),
        await browser.post(f"{PAGE}/send", data={"upload_id": "upload-1"}),
        await browser.post(f"{PAGE}/notify"),
    ):
        assert answer.status_code == 410
        assert "Ask the sender for a new one." in answer.text
        assert "ask the sender" not in answer.text, "the title says the rest"
        assert "<form" not in answer.text


async def test_too_many_tries_say_when_to_come_back(browser: httpx.AsyncClient, desk: InventedDesk) -> None:
    desk.fails["check"] = Refused.because("too_many_tries")
    answer = await browser.post(f"{PAGE}/check", files=GOOD_FILE)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert "try again in ten minutes." in answer.text


async def test_a_part_that_is_away_is_our_trouble(browser: httpx.AsyncClient, desk: InventedDesk) -> None:
    desk.fails["send"] = database_away()
    answer = await browser.post(f"{PAGE}/send", data={"upload_id": "upload-1"})
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert "ESIM_" not in answer.text


@pytest.mark.parametrize("name", ['<img src=x>"\u202e.png', "x" * 200 + ".png"])
async def test_the_name_of_a_refused_file_is_only_a_name(browser: httpx.AsyncClient, name: str) -> None:
    answer = await browser.post(f"{PAGE}/check", files={"file": (name, b"bad")})
    assert answer.status_code == 422
    assert ".png</p>\n<p>The file shows" in answer.text
    for harmful in ("<img", "\u202e", "x" * 100):
        assert harmful not in answer.text


@pytest.mark.parametrize("hostile", ['<script>alert("x")</script>', "'\"><img src=x>", "{{ 7 * 7 }}", "{t}"])
async def test_names_are_only_names(browser: httpx.AsyncClient, desk: InventedDesk, hostile: str) -> None:
    desk.about = About(account=hostile, provider=hostile, distributor=hostile, recipient_name=hostile)
    for answer in (
        await browser.get(PAGE),
        await browser.post(f"{PAGE}/check", files=GOOD_FILE),
        await browser.post(f"{PAGE}/check", files={"file": ("x.png", b"bad")}),
    ):
        assert str(escape(hostile)) in answer.text
        assert answer.text.count("<script") == 1
        assert "<img" not in answer.text


async def test_a_name_cannot_turn_the_page_around(browser: httpx.AsyncClient, desk: InventedDesk) -> None:
    desk.about = About(account="Acme\u202e\x00\u2028 Logistics")
    answer = await browser.get(PAGE)
    assert not set("\u202e\x00\u2028") & set(answer.text)


async def test_warnings_are_shown(browser: httpx.AsyncClient, desk: InventedDesk) -> None:
    desk.warnings = ("The code was another SIM's before.",)
    answer = await browser.post(f"{PAGE}/send", data={"upload_id": "upload-1"})
    assert "The code was another SIM&#39;s before." in answer.text


@pytest.mark.covers("S9")
@pytest.mark.parametrize("typed", ["bücher.example", "xn--bcher-kva.example"])
async def test_a_server_in_unicode_or_punycode_is_shown_as_both(
    browser: httpx.AsyncClient, desk: InventedDesk, typed: str
) -> None:
    preview = await browser.post(f"/u/{UPLOAD}/check", data={"code": f"LPA:1${typed}$AAAA-1111"})
    desk.code = parse_activation_code(f"LPA:1${typed}$AAAA-1111")
    shown = await browser.post(f"/q/{DOWNLOAD}")
    for page in (preview, shown):
        assert page.status_code == 200
        assert "xn--bcher-kva.example (bücher.example)" in page.text
        assert "letters that look like others" in page.text
    desk.code = CODE
    assert "letters that look" not in (await browser.post(f"/q/{DOWNLOAD}")).text
