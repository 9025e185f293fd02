"""The reference of the API as its page shows it, made from the OpenAPI document."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from markupsafe import Markup, escape

from portal.api.document import Document, Operation, operations, parameters_of
from portal.api.examples import REF, example_of
from portal.reference.text import inline, paragraphs

Schema = Mapping[str, Any]
_JSON = "application/json"
_ONE_LINE = 48


@dataclass(frozen=True)
class Field:
    """A parameter, or a field of an object."""

    name: str
    type: Markup
    required: bool
    text: Markup


@dataclass(frozen=True)
class Answer:
    """What an operation answers with one status."""

    status: str
    text: Markup
    type: Markup | None
    headers: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """An operation."""

    id: str
    method: str
    path: str
    summary: str
    text: list[Markup]
    deprecated: bool
    permission: str
    parameters: Mapping[str, list[Field]]
    """By where they stand: `path`, `query`, `header`."""
    bodies: list[tuple[str, Markup, list[Field]]]
    """Media type, type and fields of each body that it takes."""
    answers: list[Answer]
    call: str
    """The call with curl."""
    answer: str | None
    """An example of the answer."""


@dataclass(frozen=True)
class Described:
    """An object that calls send or answer."""

    name: str
    text: list[Markup]
    fields: list[Field]
    values: list[str]


@dataclass(frozen=True)
class Reference:
    """All of the page."""

    about: list[Markup]
    groups: list[tuple[str, str, list[Shown]]]
    """Anchor, heading and operations of each group."""
    objects: list[Described]


def reference(document: Document, address: str) -> Reference:
    """What the page shows. `address`: of the API, in the examples of calls."""
    maker = _Maker(document, address)
    groups = [
        (f"group-{number}", tag["name"], list(maker.operations(tag["name"])))
        for number, tag in enumerate(document["tags"], 1)
    ]
    return Reference(paragraphs(document["info"]["description"]), groups, list(maker.objects()))


class _Maker:
    def __init__(self, document: Document, address: str) -> None:
        self._document = document
        self._address = address
        self._schemas: Mapping[str, Schema] = document["components"]["schemas"]

    def operations(self, tag: str) -> Iterator[Shown]:
        """The operations under a heading."""
        for method, path, operation in operations(self._document):
            if tag in operation["tags"]:
                yield self._operation(method, path, operation)

    def objects(self) -> Iterator[Described]:
        """The objects by name."""
        for name, schema in sorted(self._schemas.items()):
            values = schema.get("enum") or schema.get("x-extensible-enum") or []
            text = paragraphs(schema.get("description", ""))
            yield Described(name, text, self._fields(schema), [str(value) for value in values])

    def _operation(self, method: str, path: str, operation: Operation) -> Shown:
        parameters = parameters_of(self._document, operation)
        placed: dict[str, list[Field]] = {"path": [], "query": [], "header": []}
        for each in parameters:
            placed[each["in"]].append(
                Field(
                    each["name"],
                    self._type(each["schema"]),
                    each["required"],
                    inline(each["description"]),
                )
            )
        contents = operation.get("requestBody", {}).get("content", {})
        return Shown(
            id=operation["operationId"],
            method=method.upper(),
            path=path,
            summary=operation["summary"],
            text=paragraphs(operation["description"]),
            deprecated=operation.get("deprecated", False),
            permission=next(iter(operation["security"][0].values()))[0],
            parameters={place: fields for place, fields in placed.items() if fields},
            bodies=[
                (kind, self._type(content["schema"]), self._fields_of_choices(content["schema"]))
                for kind, content in contents.items()
            ],
            answers=list(self._answers(operation)),
            call=self._call(method, path, parameters, contents),
            answer=self._example_of_answer(operation),
        )

    def _answers(self, operation: Operation) -> Iterator[Answer]:
        shared = self._document["components"]["responses"]
        for status, answer in operation["responses"].items():
            told = shared[answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer
            content: dict[str, Any] = next(iter(told.get("content", {}).values()), {})
            schema = content.get("schema")
            of_its_own = [
                name for name in told.get("headers", {}) if not name.startswith(("Rate", "Request"))
            ]
            yield Answer(
                status, inline(told["description"]), self._type(schema) if schema else None, tuple(of_its_own)
            )

    def _fields_of_choices(self, schema: Schema) -> list[Field]:
        """The fields of a body; of one of several kinds those are in its objects."""
        choices = schema.get("oneOf") or schema.get("anyOf") or [schema]
        return self._fields(choices[0]) if len(choices) == 1 else []

    def _fields(self, schema: Schema) -> list[Field]:
        if "$ref" in schema:
            schema = self._schemas[schema["$ref"].removeprefix(REF)]
        needed = schema.get("required", [])
        return [
            Field(name, self._type(each), name in needed, inline(each.get("description", "")))
            for name, each in schema.get("properties", {}).items()
        ]

    def _type(self, schema: Schema) -> Markup:
        """The type in words; an object is a link to its fields."""
        if "$ref" in schema:
            name = schema["$ref"].removeprefix(REF)
            return Markup('<a href="#object-%s">%s</a>') % (name, name)
        for choice in ("anyOf", "oneOf"):
            if choice in schema:
                return Markup(" or ").join(dict.fromkeys(self._type(each) for each in schema[choice]))
        if "const" in schema:
            return Markup("<code>%s</code>") % json.dumps(schema["const"])
        values = schema.get("enum") or schema.get("x-extensible-enum")
        if values:
            return Markup(", ").join(Markup("<code>%s</code>") % value for value in values)
        if schema.get("type") == "array":
            return Markup("list of %s") % self._type(schema.get("items", {}))
        return escape(_NAMES.get(schema.get("format", ""), schema.get("type", "any value")))

    def _call(
        self, method: str, path: str, parameters: list[dict[str, Any]], contents: Mapping[str, Any]
    ) -> str:
        named = {each["name"]: each["example"] for each in parameters}
        for each in parameters:
            if each["in"] == "path":
                path = path.replace(f"{{{each['name']}}}", quote(str(each["example"]), safe="@+"))
        needed = [
            f"{each['name']}={quote(str(each['example']))}"
            for each in parameters
            if each["in"] == "query" and each["required"]
        ]
        address = self._address + path + ("?" + "&".join(needed) if needed else "")
        parts = [f"curl -X {method.upper()} '{address}'" if method != "get" else f"curl '{address}'"]
        parts.append('-H "Authorization: Bearer $KEY"')
        if "Idempotency-Key" in named:
            parts.append(f"-H 'Idempotency-Key: {named['Idempotency-Key']}'")
        parts += self._sent(contents)
        return " \\\n  ".join(parts)

    def _sent(self, contents: Mapping[str, Any]) -> list[str]:
        if _JSON in contents:
            example = contents[_JSON]["example"]
            short = len(json.dumps(example)) <= _ONE_LINE
            text = json.dumps(example, indent=None if short else 2, ensure_ascii=False)
            example = text.replace("'", "'\\''").replace("\n", "\n  ")
            return [f"-H 'Content-Type: {_JSON}'", f"-d '{example}'"]
        for kind, content in contents.items():
            if kind == "multipart/form-data":
                return ["-F file=@FILE"]
            if content:
                return [f"-H 'Content-Type: {kind}'", "--data-binary @FILE"]
        return []

    def _example_of_answer(self, operation: Operation) -> str | None:
        for status in sorted(operation["responses"], reverse=True):
            content = operation["responses"][status].get("content", {}).get(_JSON)
            if status.startswith("2") and content:
                shown = example_of(content["schema"], self._schemas)
                return json.dumps(shown, indent=2, ensure_ascii=False)
        return None


_NAMES = {"date-time": "time (RFC 3339)", "date": "date", "binary": "file"}
