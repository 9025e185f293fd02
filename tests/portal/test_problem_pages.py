"""The pages about problems: every code in both languages, with what to do (A5)."""

import re
from html import unescape

import httpx
import pytest

from models.language import Language
from models.refusals import DECLARED, SUBJECTS
from models.refusals.declared import CONFLICT
from portal.reference.problems import PORTAL
from wording.pages import page_texts
from wording.refusals import declared_sentence

pytestmark = pytest.mark.covers("A5")
OWN = tuple(page_texts(Language.EN)["api_problems"])
CODES = (*DECLARED, *OWN)


def words_of(page: httpx.Response) -> str:
    return unescape(re.sub(r"<[^>]+>", "", page.text))


@pytest.mark.parametrize("language", list(Language))
async def test_every_code_has_a_page_with_its_sentence_its_status_and_what_to_do(
    browser: httpx.AsyncClient, language: Language
) -> None:
    browser.headers["Accept-Language"] = language
    advice = page_texts(language)["problem_pages"]["advice"]
    for code in CODES:
        page = await browser.get(f"/problems/{code}")
        assert page.status_code == 200, code
        assert f'<html lang="{language}">' in page.text
        said = words_of(page)
        assert code in said
        assert any(text in said for text in advice.values()), code
        if code in DECLARED:
            sentence = declared_sentence(code, language)
            assert re.sub(r"\{(\w+)[^}]*\}", r"\1", sentence) in said
            status = DECLARED[code].status
            assert str(422 if status == CONFLICT else status) in said


@pytest.mark.parametrize("language", list(Language))
async def test_the_list_leads_to_every_page_under_headings_in_the_readers_language(
    browser: httpx.AsyncClient, language: Language
) -> None:
    browser.headers["Accept-Language"] = language
    page = await browser.get("/problems")
    assert set(re.findall(r'href="/problems/(\w+)"', page.text)) == set(CODES)
    subjects = page_texts(language)["problem_pages"]["subjects"]
    assert set(subjects) == {*SUBJECTS, PORTAL}
    assert re.findall(r"<h2>(.*?)</h2>", page.text) == list(subjects.values())


@pytest.mark.parametrize("language", list(Language))
async def test_what_to_do_is_what_helps(browser: httpx.AsyncClient, language: Language) -> None:
    browser.headers["Accept-Language"] = language
    advice = page_texts(language)["problem_pages"]["advice"]
    for code, meant in (
        ("key_used", "key"),
        ("key_used_for_change", "key"),
        ("key_reused", "key"),
        ("body_invalid", "fields"),
        ("pack_not_eligible", "422"),
        ("open_order", "rule"),
    ):
        said = words_of(await browser.get(f"/problems/{code}"))
        assert [name for name, text in advice.items() if text in said] == [meant], code
        assert ("errors" in advice[meant]) == (code == "body_invalid"), "only there errors names fields"


async def test_an_unknown_code_has_no_page(browser: httpx.AsyncClient) -> None:
    for code in ("nothing", "%00", "<b>", "x" * 5000):
        page = await browser.get(f"/problems/{code}")
        assert page.status_code == 404
        assert "<b>" not in page.text


async def test_the_home_page_leads_to_the_problems_and_to_no_reference_of_an_api_that_is_not_served(
    browser: httpx.AsyncClient,
) -> None:
    home = await browser.get("/")
    assert 'href="/problems"' in home.text
    assert "/docs/api" not in home.text
    assert (await browser.get("/docs/api")).status_code == 404
