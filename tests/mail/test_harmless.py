"""Whatever a name holds, a mail shows it and nothing else happens."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail.compose import OrderFacts, Template, compose
from mail.message import Mail
from mail.wording import LONGEST_VALUE
from tests.mail.pages import FACTS, LANGUAGES, Words

HOSTILE = [
    "<script>alert(1)</script>",
    "</td></table><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "{{ 7 * 7 }}{% include 'x' %}",
    "{msisdn} {0.__class__} %s",
    "Eve\r\nBcc: all@client.example\r\n\r\nHello",
    "Eve\u2028Provider: somebody else",
    "\u202emoc.elpmaxe\u202c\u200f",
    "nul\x00 half \ud800",
    "x" * 5000,
    "🙂é漢字 العربية",
]
FREE_TEXT = (
    *("account", "provider", "distributor", "pack", "item", "device", "requester_name", "employee_name"),
    *("recipient_name", "cancel_reason", "order_id"),
)


def facts_with(written: str) -> OrderFacts:
    names: dict[str, Any] = dict.fromkeys(FREE_TEXT, written)
    return replace(FACTS, **names)


def assert_harmless(template: Template, language: str, written: str) -> None:
    plain, content = compose(template, FACTS, language), compose(template, facts_with(written), language)
    seen, expected = Words(content.html), Words(plain.html)
    assert set(seen.elements) <= set(expected.elements)
    assert seen.elements.count("p") <= expected.elements.count("p")
    assert seen.elements.count("tr") <= expected.elements.count("tr")
    assert seen.attributes <= expected.attributes
    assert len(content.text.splitlines()) <= len(plain.text.splitlines())
    assert max(map(len, content.text.splitlines())) < 6 * LONGEST_VALUE
    Mail(
        to="a@client.example",
        subject=content.subject,
        text=content.text,
        html=content.html,
        message_id="<order-1@esim.example>",
    )


@pytest.mark.parametrize("written", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_in_a_name_is_only_a_name(template: Template, language: str, written: str) -> None:
    assert_harmless(template, language, written)


@given(st.sampled_from(list(Template)), st.sampled_from(LANGUAGES), st.text(st.characters(), max_size=80))
def test_any_name_is_only_a_name(template: Template, language: str, written: str) -> None:
    assert_harmless(template, language, written)


def test_what_looks_like_a_template_is_shown_as_it_is() -> None:
    content = compose(Template.PROVIDER_ORDER, facts_with("{{ 7 * 7 }} {msisdn} <b>&amp;"), "en")
    assert "{{ 7 * 7 }} {msisdn} <b>&amp; orders an eSIM" in content.text
    assert "{{ 7 * 7 }} {msisdn} &lt;b&gt;&amp;amp; orders an eSIM" in content.html


def test_nothing_is_fetched_or_run_when_a_mail_is_opened(template: Template, language: str) -> None:
    page = compose(template, FACTS, language).html
    assert not set(Words(page).elements) & {"img", "script", "link", "iframe", "form", "a", "svg", "video"}
    assert "url(" not in page
    assert "http:" not in page
    assert "https:" not in page
