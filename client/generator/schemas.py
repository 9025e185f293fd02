"""The schemas of the document as Python types, and the module of models."""

import json
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]
REF = "#/components/schemas/"
BANNER = "# Written by `make client` from docs/openapi.json; changes here are lost."
_LIST = re.compile(r"ListOf_(\w+)_")
BY_HAND = {
    "RefusalProblem": ("esim_orders_client.errors", "Refusal"),
    "FeedItem": ("esim_orders_client.events", "Event"),
}
"""Schemas that have a class of their own in the package."""
PAGES = {"FeedAnswer": "Page[Event]"}
"""Pages that have a name of their own in the document."""
_NOT_MODELS = {*PAGES, "ProblemDetails", "FieldProblem"}
_SCALARS = {"integer": "int", "number": "float", "boolean": "bool", "null": "None"}
_STRINGS = {"date-time": "datetime", "date": "date", "binary": "File"}


class Schemas:
    """All schemas of a document, with the names of their classes."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.known: dict[str, Schema] = dict(document["components"]["schemas"])
        self.classes = {name: self._class(name) for name in self.known}
        """The class of each schema."""

    def _class(self, name: str) -> str:
        if name in BY_HAND:
            return BY_HAND[name][1]
        short = name.removesuffix("Resource")
        taken = short in self.known or short in {own for _, own in BY_HAND.values()}
        return name if taken else short

    def referred(self, schema: Schema) -> str | None:
        """The schema that is referred to."""
        reference = schema.get("$ref")
        return None if reference is None else str(reference).removeprefix(REF)

    def type_of(self, schema: Schema, *, name: str, sent: bool = False, many: str = "list") -> str:
        """The annotation of a value; `name` is for an object that has no name of its own."""
        if referred := self.referred(schema):
            if referred in PAGES:
                return PAGES[referred]
            of = _LIST.fullmatch(referred)
            return f"Page[{self.classes[of[1]]}]" if of else self.classes[referred]
        if variants := schema.get("anyOf", schema.get("oneOf")):
            kinds = [self.type_of(each, name=name, sent=sent, many=many) for each in variants]
            return " | ".join(sorted(dict.fromkeys(kinds), key=lambda kind: kind == "None"))
        if "const" in schema and sent:
            return f"Literal[{json.dumps(schema['const'])}]"
        if "enum" in schema:
            return _open(schema["enum"])
        kind = schema.get("type")
        if kind == "array":
            return f"{many}[{self.type_of(schema['items'], name=f'{name}Item', sent=sent, many=many)}]"
        if kind == "object":
            return self._object(schema, name)
        if kind == "string":
            media = "binary" if "contentMediaType" in schema else schema.get("format")
            return _STRINGS.get(str(media), "str")
        return _SCALARS.get(str(kind), "Any")

    def _object(self, schema: Schema, name: str) -> str:
        if "properties" not in schema:
            values = schema.get("additionalProperties")
            plain = not isinstance(values, Mapping) or not values
            return f"dict[str, {'Any' if plain else self.type_of(values or {}, name=name)}]"
        same = [known for known, other in self.known.items() if _shape(other) == _shape(schema)]
        if not same:
            self.known[name], self.classes[name], same = schema, name, [name]
        return self.classes[same[0]]

    def named_variants(self, schema: Schema) -> Schema:
        """The variants of a body that is written inline, each with a class named after its kind."""
        for each in schema.get("oneOf", []):
            if "properties" in each:
                kind = each["properties"]["kind"]["const"]
                self._object(each, "".join(map(str.capitalize, kind.split("_"))) + "Body")
        return schema

    def models(self, calls: str) -> str:
        """The module of the models that the calls need, and that these need. Other bodies are the arguments
        of methods.
        """
        texts: dict[str, str] = {}
        needed = calls
        while missing := [name for name in self.known if name not in texts and self._needed(name, needed)]:
            texts |= {name: self._model(name) for name in missing}
            needed = "".join(self._annotations(name) + " " for name in missing)
        body = "\n\n".join(texts[name] for name in self._sorted(list(texts)))
        by_hand = "".join(
            f"from {module} import {name}\n"
            for schema, (module, name) in BY_HAND.items()
            if schema in self.known
        )
        return (
            f'"""What the API answers and is sent."""\n\n{BANNER}\n\n'
            "from datetime import date, datetime\nfrom typing import Any, Literal, TypeAlias\n\n"
            "from pydantic import Field\n\n"
            f"{by_hand}from esim_orders_client.model import Body, Model\n\n\n{body}"
        )

    def _needed(self, name: str, text: str) -> bool:
        has_class = name not in BY_HAND and name not in _NOT_MODELS and not _LIST.fullmatch(name)
        return has_class and re.search(rf"\b{self.classes[name]}\b", text) is not None

    def _model(self, name: str) -> str:
        schema = self.known[name]
        about = schema.get("description", "A part of another record.")
        told = _docstring(about, 4)
        if "enum" in schema:
            values = _open(schema["enum"])
            return f"{self.classes[name]}: TypeAlias = {values}\n{_docstring(about, 0)}"
        sent = schema.get("additionalProperties") is False
        base = "Body" if sent else "Model"
        lines = [f"class {self.classes[name]}({base}):", told]
        for field, each in schema.get("properties", {}).items():
            inner = self.classes[name].removesuffix("Body") + "".join(map(str.capitalize, field.split("_")))
            kind = self.type_of(each, name=inner.removesuffix("s"), sent=sent)
            lines.append(f"    {field}: {kind}{self._default(schema, field, kind, sent=sent)}")
            if each.get("description"):
                lines.append(_docstring(each["description"], 4))
        return "\n".join(lines) + "\n"

    def _default(self, schema: Schema, field: str, kind: str, *, sent: bool) -> str:
        each = schema["properties"][field]
        if "const" in each and sent:
            return f" = {json.dumps(each['const'])}"
        if field in schema.get("required", ()):
            return ""
        if not sent and each.get("default") is not None:
            default = each["default"]
            return " = Field(default=[])" if default == [] else f" = {default!r}"
        return " = None" if "None" in kind.split(" | ") else " | None = None"

    def _sorted(self, names: list[str]) -> Iterator[str]:
        """A class after those that it needs."""
        done: set[str] = set()
        needs = {name: set(re.findall(r"\w+", self._annotations(name))) for name in names}

        def visit(name: str) -> Iterator[str]:
            if name in done:
                return
            done.add(name)
            for other in names:
                if self.classes[other] in needs[name]:
                    yield from visit(other)
            yield name

        for name in names:
            yield from visit(name)

    def _annotations(self, name: str) -> str:
        schema = self.known[name]
        return " ".join(
            self.type_of(
                each, name=self.classes[name].removesuffix("Body") + field.capitalize().removesuffix("s")
            )
            for field, each in schema.get("properties", {}).items()
        )


def _open(values: list[Any]) -> str:
    """The values of today; others may come."""
    return f"Literal[{', '.join(json.dumps(value) for value in values)}] | str"


def _shape(part: Any) -> Any:
    """A schema without what only explains it."""
    if isinstance(part, Mapping):
        return {key: _shape(value) for key, value in part.items() if key not in ("description", "examples")}
    return [_shape(each) for each in part] if isinstance(part, list) else part


def _docstring(text: str, indent: int) -> str:
    return docstring([text], indent)


def docstring(parts: Iterable[str], indent: int, lines: Iterable[str] = ()) -> str:
    """Paragraphs as a docstring, the summary in the first; the lines follow them."""
    margin = " " * indent
    paragraphs = [_filled(part, indent) for part in parts if part.strip()]
    paragraphs += ["\n".join(_filled(line, indent, "    ") for line in lines)] if lines else []
    text = "\n\n".join(paragraphs)
    return textwrap.indent(f'"""{text}\n"""' if "\n" in text else f'"""{text}"""', margin)


def _filled(text: str, indent: int, hanging: str = "") -> str:
    plain = " ".join(text.split()).replace("\\", "\\\\")
    return textwrap.fill(
        plain, 107 - indent, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False
    )
