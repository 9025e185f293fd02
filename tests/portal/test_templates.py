"""How the templates of the pages write values, call macros and find texts."""

from typing import Any

import pytest
from jinja2 import UndefinedError, pass_context
from markupsafe import Markup

from models.language import Language
from models.licences.add_ons import AddOn
from portal.links.templates import templates
from wording.pages import page_texts


def rendered(source: str, **facts: Any) -> str:
    return templates(Language.EN, "").from_string(source).render(**facts)


@pytest.mark.parametrize(
    ("value", "html"),
    [
        ('<b>Tom & "Kim" \'O</b>', "&lt;b&gt;Tom &amp; &#34;Kim&#34; &#39;O&lt;/b&gt;"),
        ("two\nlines\u202e<i>", "two lines &lt;i&gt;"),
        (Markup("<b>ours\n</b>"), "<b>ours\n</b>"),
        (AddOn.VOICE_SMS, "voice_sms"),
        (7, "7"),
        (None, "None"),
        (["<"], "[&#39;&lt;&#39;]"),
    ],
)
def test_a_value_is_written_as_html(value: object, html: str) -> None:
    macro = "{% macro said(value) %}{{ value }}{% endmacro %}"
    kept = "{% set kept %}{{ value }}{% endset %}"
    assert rendered(f"{macro}{kept}{{{{ value }}}}|{{{{ said(value) }}}}|{{{{ kept }}}}", value=value) == (
        f"{html}|{html}|{html}"
    )


def test_what_a_template_joins_is_escaped_once() -> None:
    assert rendered(
        '{{ "<" ~ value }} {{ "%s&"|format(value) }} {{ ours ~ value }}', value="&", ours=Markup("<b>")
    ) == ("&lt;&amp; &amp;&amp; <b>&amp;")


def test_a_page_fails_that_writes_what_it_was_not_given() -> None:
    with pytest.raises(UndefinedError, match="nothing_of_it"):
        rendered("{{ nothing_of_it }}")
    with pytest.raises(UndefinedError, match="nothing_of_it"):
        rendered("{{ t.common.nothing_of_it }}")


def test_a_macro_is_called_with_names_a_caller_and_within_loops() -> None:
    source = (
        "{% macro row(id, kind='') %}{{ id }}{{ kind }}:{{ caller() }};{% endmacro %}"
        "{% for one in (1, 2) %}{% call row(one, kind='<') %}{{ loop.index }}{% endcall %}{% endfor %}"
    )
    assert rendered(source) == "1&lt;:1;2&lt;:2;"
    with pytest.raises(TypeError, match="takes no keyword argument"):
        rendered("{% macro row(id) %}{{ id }}{% endmacro %}{{ row(1, other=2) }}")


def test_a_function_gets_what_it_asks_jinja_for() -> None:
    @pass_context
    def named(context: Any) -> str:
        return str(context["name"])

    assert rendered("{% for _ in (1,) %}{{ named() }}{% endfor %}", named=named, name="Ana") == "Ana"


def test_each_text_is_found_by_its_name() -> None:
    """Also those that are called like a method of a mapping."""

    def compare(found: Any, texts: Any) -> None:
        for name, text in texts.items():
            assert rendered("{{ found[name] }}", found=found, name=name) == rendered("{{ text }}", text=text)
            if not hasattr(dict, name):
                assert getattr(found, name) == text
            if isinstance(text, dict):
                compare(found[name], text)

    texts = page_texts(Language.FR)
    compare(
        templates(Language.FR, "").globals["t"], {"common": texts["common"], "languages": texts["languages"]}
    )
    assert rendered("{{ t.languages.items()|list|length }}") == str(len(texts["languages"]))
