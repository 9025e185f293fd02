"""What an upload link says once its request is over, to whoever answered it and to the others (F35, F37)."""

import httpx
import pytest

from models.codes.requests import Caution, RequestStatus
from models.language import Language
from tests.portal.desk import GOOD, UPLOAD, Ended, InventedDesk
from wording.pages import page_texts

PAGE = f"/u/{UPLOAD}"
ENDS = [RequestStatus.IMPORTED, RequestStatus.WITHDRAWN, RequestStatus.SIM_DISCARDED]
MOMENTS = {"en": "4 March 2027, 10:20 UTC", "fr": "4\u00a0mars 2027 à 10\u00a0h\u00a020\u00a0UTC"}


@pytest.mark.covers("F35", "F37")
@pytest.mark.parametrize(
    ("language", "title"), [("en", "The QR code was received on"), ("fr", "Le QR code a été reçu le")]
)
async def test_whoever_answered_is_thanked_and_may_still_tell(
    browser: httpx.AsyncClient, desk: InventedDesk, language: str, title: str
) -> None:
    browser.headers["Accept-Language"] = language
    desk.ended = Ended()
    answer = await browser.get(PAGE)
    assert answer.status_code == 200
    assert f"{title} {MOMENTS[language]}</h1>" in answer.text
    assert "sign good" in answer.text
    assert Ended.request in answer.text
    assert ">ana@acme.example</dd>" in answer.text
    assert f'action="{PAGE}/notify"' in answer.text
    assert (await browser.post(f"{PAGE}/notify")).status_code == 200
    desk.ended = Ended(unnotified=False)
    told = await browser.get(PAGE)
    assert told.status_code == 200
    assert "<form" not in told.text
    assert "ana@acme.example" not in told.text


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_others_are_told_how_it_ended_and_it_is_no_error(
    browser: httpx.AsyncClient, desk: InventedDesk, language: str
) -> None:
    browser.headers["Accept-Language"] = language
    said = page_texts(Language(language))["over"]
    texts = set()
    for status in ENDS:
        desk.ended = Ended(status=status, answered_by_recipient=False, unnotified=False)
        answer = await browser.get(PAGE)
        assert answer.status_code == 410
        text = said[status]["text"].format(moment=MOMENTS[language])
        assert text in answer.text
        assert "sign plain" in answer.text
        for wrong in ("sign bad", "410", "<form", 'role="alert"', "ana@acme.example"):
            assert wrong not in answer.text
        texts.add(text)
        program = await browser.get(PAGE, headers={"Accept": "application/json"})
        assert (program.status_code, program.json()["code"]) == (410, "request_over")
        assert program.json()["detail"] == text
    assert len(texts) == len(ENDS)


@pytest.mark.parametrize("mine", [True, False])
async def test_what_is_sent_too_late_is_said_to_be_lost(
    browser: httpx.AsyncClient, desk: InventedDesk, *, mine: bool
) -> None:
    desk.ended = Ended(answered_by_recipient=mine, unnotified=mine)
    for answer in (
        await browser.post(f"{PAGE}/check", files={"file": ("code.png", GOOD)}),
        await browser.post(f"{PAGE}/send", data={"upload_id": "upload-1"}),
    ):
        assert answer.status_code == 410
        assert "What you sent just now was not imported." in answer.text
    assert desk.received == []


async def test_a_caution_is_told_in_french(browser: httpx.AsyncClient, desk: InventedDesk) -> None:
    desk.warnings = (Caution.WAS_ELSEWHERE,)
    browser.headers["Accept-Language"] = "fr"
    answer = await browser.post(f"{PAGE}/send", data={"upload_id": "upload-1"})
    assert "Une autre SIM avait ce code auparavant" in answer.text
    assert "Another SIM" not in answer.text
