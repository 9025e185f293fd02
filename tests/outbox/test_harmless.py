"""Whatever a name or an edited text holds, an e-mail shows it and nothing else happens."""

import re
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail.message import Mail
from models.language import Language
from outbox.emails import Email
from tests.outbox.scene import EDITABLE, EDITED, EMAILS, READER, Words, kinds_of, page
from wording.sentences import LONGEST_VALUE

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
NAMES = [email.name for email in EDITABLE]


def facts_with(email: type[Email], written: str) -> dict[str, Any]:
    """Every fact that is text, but for the kind of the order, which is ours."""
    names = [field.name for field in fields(email) if "str" in str(field.type)]
    lists = {field.name for field in fields(email) if "tuple" in str(field.type)}
    facts: dict[str, Any] = {name: (written, "Zoé") if name in lists else written for name in names}
    return facts | ({"kind": kinds_of(email)[-1]} if "kind" in facts else {})


def assert_harmless(
    email: type[Email], language: Language, facts: dict[str, Any], reader: str = READER
) -> None:
    plain = page(email, language, **EDITED)
    content = page(email, language, reader=reader, **facts)
    seen, expected = Words(content.html), Words(plain.html)
    assert set(seen.elements) <= set(expected.elements) | ({"br"} if "text" in facts else set())
    assert seen.elements.count("tr") <= expected.elements.count("tr")
    assert seen.attributes <= expected.attributes | {"dir"}
    assert re.findall('href="([^"]+)"', content.html) == re.findall('href="([^"]+)"', plain.html)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00]", content.text + content.html + content.subject)
    Mail(
        to="a@client.example",
        subject=content.subject,
        text=content.text,
        html=content.html,
        message_id="<order-1@esim.example>",
    )


def assert_only_a_name(email: type[Email], language: Language, written: str) -> None:
    facts = facts_with(email, written) | ({"text": EDITED["text"]} if email in EDITABLE else {})
    assert_harmless(email, language, facts, written)
    plain, content = page(email, language, **EDITED), page(email, language, reader=written, **facts)
    assert Words(content.html).elements.count("p") <= Words(plain.html).elements.count("p")
    assert len(content.text.splitlines()) <= len(plain.text.splitlines())
    assert max(map(len, content.text.splitlines())) < 6 * LONGEST_VALUE


@pytest.mark.parametrize("written", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_in_a_name_is_only_a_name(email: type[Email], language: Language, written: str) -> None:
    assert_only_a_name(email, language, written)


@given(st.sampled_from(EMAILS), st.sampled_from(list(Language)), st.text(st.characters(), max_size=80))
def test_any_name_is_only_a_name(email: type[Email], language: Language, written: str) -> None:
    assert_only_a_name(email, language, written)


@pytest.mark.covers("F30")
@pytest.mark.parametrize("written", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("name", NAMES)
def test_whatever_a_user_wrote_is_only_text(name: str, language: Language, written: str) -> None:
    assert_harmless(next(one for one in EDITABLE if one.name == name), language, {"text": written})


@given(st.sampled_from(EDITABLE), st.sampled_from(list(Language)), st.text(st.characters(), max_size=80))
def test_any_edited_text_is_only_text(email: type[Email], language: Language, written: str) -> None:
    assert_harmless(email, language, {"text": written, "subject": written})


def test_what_looks_like_a_template_is_shown_as_it_is() -> None:
    content = page("provider_order", account="{{ 7 * 7 }} {msisdn} <b>&amp;")
    assert "{{ 7 * 7 }} {msisdn} <b>&amp; orders an eSIM" in content.text
    assert "{{ 7 * 7 }} {msisdn} &lt;b&gt;&amp;amp; orders an eSIM" in content.html
    content = page("contact_requested", text="{{ 7 * 7 }} {iccid} {0.__class__} %s")
    assert "{{ 7 * 7 }} {iccid} {0.__class__} %s" in content.text
    assert "{{ 7 * 7 }} {iccid} {0.__class__} %s" in content.html
