"""The frame of signed-in pages, and fields that show what was sent."""

import re
from dataclasses import dataclass, field
from typing import Any

import pytest

from models.language import Language
from models.people.callers import Permission
from portal.links.templates import templates
from portal.pages.frame import PLACES, Flash, Frame
from wording.pages import page_texts


def framed(language: Language = Language.EN, **facts: Any) -> str:
    frame = Frame("Ana <Lopes>", "ana@acme.example", "Acme", "Manager", **facts)
    page = '{% extends "app.html.jinja" %}{% block title %}Orders{% endblock %}'
    return templates(language, "/esim").from_string(page).render(frame=frame)


def test_the_navigation_shows_what_a_person_may_look_at_and_what_is_built() -> None:
    page = framed(
        rights={Permission.VIEW_ORDERS, Permission.RETRY_WORK, Permission.VIEW_LICENCES}, here="orders"
    )
    assert re.findall(r'<li><a href="([^"]+)"', page) == [
        *("/esim/dashboard", "/esim/orders", "/esim/held", "/esim/numbers", "/esim/licences"),
    ]
    assert '<a href="/esim/orders" aria-current="page">' in page
    assert 'action="/esim/search"' not in page, "who may not look at the inventory cannot search it"
    assert 'action="/esim/search"' in framed(rights={Permission.VIEW_INVENTORY})


@pytest.mark.parametrize("language", Language)
def test_each_place_has_a_name_in_each_language(language: Language) -> None:
    assert set(page_texts(language)["frame"]["places"]) == {place.name for place in PLACES}


def test_the_frame_says_who_is_signed_in_what_is_held_and_what_was_done() -> None:
    page = framed(rights=set(Permission), held="1,000+", flash=Flash("Saved <b>", "note"))
    assert "Ana &lt;Lopes&gt;" in page
    assert "1,000+<span" in page
    assert "<p>Saved &lt;b&gt;</p>" in page


@pytest.mark.parametrize(
    ("name", "initials"), [("Ana Lopes", "AL"), ("ana", "A"), ("Ana de la Cruz", "AC"), ("", "?")]
)
def test_a_person_has_initials(name: str, initials: str) -> None:
    assert Frame(name, "", "", "", frozenset()).initials == initials


@dataclass
class Sent:
    """What a form of the pages holds."""

    values: dict[str, Any]
    errors: dict[str, list[str]] = field(default_factory=dict)


def test_what_was_typed_stays_but_a_password_does_not() -> None:
    fields: Any = templates(Language.EN, "").get_template("ui/fields.html.jinja").module
    sent = Sent(
        {"name": 'A"b', "secret": "hunter2", "kind": "x", "to": "1"}, {"name": ["Too short.", "Bad <x>."]}
    )
    text = fields.text("name", "Name", form=sent)
    assert 'value="A&#34;b"' in text
    assert "Too short. Bad &lt;x&gt;." in text
    assert 'aria-describedby="name-error" aria-invalid="true"' in text
    assert "hunter2" not in fields.text("secret", "Password", type="password", form=sent)
    assert '<option value="x" selected>' in fields.select("kind", "Kind", [("y", "Y"), ("x", "X")], form=sent)
    assert 'value="1" checked' in fields.checks("to", "To", [("1", "a"), ("2", "b")], form=sent)
    assert "checked" not in fields.checkbox("gone", "Gone", checked=True, form=sent)
