"""How the templates of the pages write values, call macros and find texts."""

from typing import Any

import pytest
from jinja2 import Environment, UndefinedError, pass_context
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


def test_what_a_mapping_has_is_found_by_its_name() -> None:
    texts = {"title": "Ours", "items": "shadowed", "none": None}
    source = "{{ texts.title }} {{ texts.items()|length }} {{ texts['items'] }} {{ texts.none }}"
    assert rendered(source, texts=texts) == "Ours 3 shadowed None"
    assert rendered("{{ texts.other|default('-') }}", texts=texts) == "-"
    assert rendered("{{ t.common.product }}") == page_texts(Language.EN)["common"]["product"]


def test_a_template_is_compiled_once_for_all_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    generate = Environment.compile

    def counted(self: Environment, source: Any, name: Any = None, *rest: Any, **given: Any) -> Any:
        compiled.append(name)
        return generate(self, source, name, *rest, **given)

    monkeypatch.setattr(Environment, "compile", counted)
    in_turn = [templates(language, "/once").get_template("problem.html.jinja") for language in Language]
    assert len(compiled) <= 1
    assert len({template.environment for template in in_turn}) == len(Language)
