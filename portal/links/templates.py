"""The templates of one language, as Jinja compiles and calls them for us.

A list of 50 rows writes some thousand values and calls some hundred macros. Of what Jinja does around each
of these, little is needed here, and it took a third of the time of a page.
"""

import re
from collections.abc import Callable, MutableMapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator
from jinja2.runtime import Context
from markupsafe import Markup, escape

from models.characters import UNPRINTABLE
from models.language import Language
from portal.http.static import PREFIX, StaticFiles
from wording.dates import moment, span
from wording.numbers import number
from wording.pages import page_texts

TEMPLATES = Path(__file__).parents[1] / "templates"
_SPECIAL = re.compile("[&<>\"']")
"""What HTML is made of."""


def plain(value: object) -> object:
    """Replace line breaks, control characters and bidirectional characters in a value by blanks."""
    if isinstance(value, Markup) or not isinstance(value, str) or value.isprintable():
        return value
    return UNPRINTABLE.sub(" ", value)


def shown(value: object) -> str:
    """A value as HTML: escaped, and what cannot be printed replaced; most texts are as they were."""
    if type(value) is Markup:
        return value
    if type(value) is str and value.isprintable() and not _SPECIAL.search(value):
        return value
    return str(escape(plain(value)))


class _Code(CodeGenerator):
    """Writes each value of a template by one call, that of `shown`, in place of three."""

    def _output_child_pre(self, node: Any, frame: Any, finalize: Any) -> None:
        self.write("environment.finalize(")

    def _output_child_post(self, node: Any, frame: Any, finalize: Any) -> None:
        self.write(")")


class _Context(Context):
    """Calls macros and our functions as they are, unless they ask for what Jinja can give them."""

    def call(self, called: Callable[..., Any], /, *args: Any, **given: Any) -> Any:
        """Call it."""
        if hasattr(called, "jinja_pass_arg"):
            return super().call(called, *args, **given)
        given.pop("_loop_vars", None)
        given.pop("_block_vars", None)
        return called(*args, **given)


_METHODS = frozenset(dir(dict))


class _Templates(Environment):
    code_generator_class = _Code
    context_class = _Context

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """What all templates know. None knows more, so there is no chain of mappings to go through."""
        return self.globals if d is None else super().make_globals(d)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """What `obj.attribute` is in a template. A text or a cell is found in its mapping at once, instead of
        where it is missed first.
        """
        if type(obj) is dict and attribute in obj and attribute not in _METHODS:
            return obj[attribute]
        try:
            return getattr(obj, attribute)
        except AttributeError:
            return super().getattr(obj, attribute)


class _Compiled(BytecodeCache):
    """Templates that one language has compiled, which takes some ms each, are the same in the others."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what was made of this source."""
        bucket.code = self._made.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was made of it."""
        self._made[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


def _said(macro: Callable[..., Markup], *words: str) -> Markup:
    """What a macro makes of these words of ours, which are few: lists ask for the same again in each row."""
    return macro(*words)


@cache
def templates(language: Language, base: str) -> Environment:
    """The templates of one language. The texts `t` and the words for dates are globals, so that macros have
    them without being given them; `static("app.css")` is the address of a file that a page loads;
    `once(badge, "active", words)` calls a macro once for the same words.
    """
    made = _Templates(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=_COMPILED,
    )
    made.filters["pre"] = lambda text: Markup("%s") % (text,)  # an example of ours: its line breaks stay
    files = StaticFiles.of()
    made.globals.update(
        t=page_texts(language),
        language=language,
        base=base,
        once=cache(_said),
        moment=lambda when: moment(when, language),
        span=lambda length: span(length, language),
        digits=lambda value: number(value, language),
        static=lambda name: f"{base}{PREFIX}{files.name(name)}",
    )
    return made
