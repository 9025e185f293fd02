"""Examples of what the API is sent and answers, made from the schemas of its document.

A field that says `examples` has its first one; another one gets the id that its description names, or what
its name or its type suggests.
"""

import re
from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]
Schemas = Mapping[str, Schema]

REF = "#/components/schemas/"
_LINE, _ICCID = "+33639980000", "8933100000000000011"
_BY_NAME: Mapping[str, str] = {
    "account": "Acme Logistics",
    "activation_code": "LPA:1$smdp.orange.example$K3-7F42Q",
    "agent": "AG-4",
    "cc": "boss@acme.example",
    "contact": "C-7",
    "contacts": "C-7",
    "contact_email": "fleet@acme.example",
    "country": "France",
    "countries": "France",
    "currency": "EUR",
    "cursor": "WyI1ZjRlMjJmZjQ3YjAiLCA0Ml0",
    "device": "D-3",
    "distributor": "Telvia Distribution",
    "eid": "89049032000000000000000000000017",
    "email": "ana@acme.example",
    "employee": "gina.roux@acme.example",
    "groups": "Sales",
    "Esim-Account": "Acme Logistics",
    "Esim-User": "U-3",
    "esim": "S-12",
    "group": "Sales",
    "holder": "L-42",
    "iccid": _ICCID,
    "Idempotency-Key": "cart-4711",
    "job": "J-7",
    "webhook": "WH-7",
    "key": "K-7",
    "language": "en",
    "licence": "LI-3",
    "line": _LINE,
    "line_type": "direct",
    "lines": _LINE,
    "link": "link:7",
    "month": "2027-03",
    "name": "Ana Ruiz",
    "notification": "qr-notification-abcdefghijklmnop",
    "number": "+33612340001",
    "numbers": "+33612340001",
    "order": "order-abcdefghijklmnop",
    "pack": "P-4",
    "permissions": "view_orders",
    "plan": "TP-2",
    "profile": "Default",
    "provider": "Orange",
    "purchase": "LP-5",
    "reason": "The employee keeps the old phone.",
    "request": "qr-request-abcdefghijklmnop",
    "role": "viewer",
    "roles": "order",
    "add_roles": "order",
    "remove_roles": "order",
    "sim": "S-12",
    "subject": "The QR code of your eSIM",
    "subscriber": "rosa.diaz@home.example",
    "text": "Please send us the QR code.",
    "targets": "switch_to_esim:2",
    "to": "boss@acme.example",
    "user": "U-3",
    "workflow": "order-abcdefghijklmnop",
}
_NAMED = re.compile(r"`([A-Z]{1,2}-\d+|[a-z]+:\d+|\d{4}-\d\d)`")
"""An id or a month in a description."""
_BY_FORMAT = {
    "date": "2027-03-01",
    "date-time": "2027-03-01T09:30:00Z",
    "duration": "P3D",
    "binary": "(a file)",
}
_DEEPEST = 8


def resolved(schema: Schema, schemas: Schemas) -> Schema:
    """What a reference leads to; any other schema as it is."""
    while "$ref" in schema:
        schema = schemas[schema["$ref"].removeprefix(REF)]
    return schema


def example_of(schema: Schema, schemas: Schemas, name: str = "", *, all_fields: bool = True) -> Any:
    """A value that the schema accepts. `all_fields`: with the fields that may be left out, too."""
    return _Maker(schemas, all_fields).make(schema, name, 0)


class _Maker:
    def __init__(self, schemas: Schemas, all_fields: bool) -> None:
        self._schemas = schemas
        self._all_fields = all_fields

    def make(self, schema: Schema, name: str, depth: int) -> Any:
        schema = resolved(schema, self._schemas)
        if "examples" in schema:
            return schema["examples"][0]
        if "const" in schema:
            return schema["const"]
        for choice in ("anyOf", "oneOf"):
            if choice in schema:
                return self._choose(schema, schema[choice], name, depth)
        if schema.get("default") not in (None, [], "", {}):
            return schema["default"]
        if schema.get("enum") or schema.get("x-extensible-enum"):
            return (schema.get("enum") or schema["x-extensible-enum"])[0]
        return self._of_type(schema, name, depth)

    def _choose(self, schema: Schema, choices: list[Schema], name: str, depth: int) -> Any:
        if schema.get("default") is not None:
            return schema["default"]
        real = [each for each in choices if each.get("type") != "null"]
        told = (
            name in _BY_NAME
            or _NAMED.search(schema.get("description", ""))
            or any({"$ref", "format", "examples"} & each.keys() for each in real)
        )
        if not real or (self._all_fields and len(real) < len(choices) and not told):
            return None
        return self.make({"description": schema.get("description", ""), **real[0]}, name, depth)

    def _of_type(self, schema: Schema, name: str, depth: int) -> Any:
        match schema.get("type"):
            case "object":
                return self._object(schema, depth)
            case "array":
                item = schema.get("items")
                return [] if item is None or depth > _DEEPEST else [self.make(item, name, depth + 1)]
            case "integer" | "number":
                least = schema.get("minimum", schema.get("exclusiveMinimum", 0))
                return max(1, int(least) + ("exclusiveMinimum" in schema))
            case "boolean":
                return False
            case "string":
                return _text(schema, name)
        return None

    def _object(self, schema: Schema, depth: int) -> dict[str, Any]:
        fields = schema.get("properties", {})
        needed = schema.get("required", [])
        shown = (
            fields
            if self._all_fields or not needed
            else {key: fields[key] for key in fields if key in needed}
        )
        if depth > _DEEPEST:
            shown = {key: fields[key] for key in fields if key in needed}
        return {key: self.make(each, key, depth + 1) for key, each in shown.items()}


def _text(schema: Schema, name: str) -> str:
    if "format" in schema:
        return _BY_FORMAT.get(schema["format"], "text")
    named = _NAMED.search(schema.get("description", ""))
    if named:
        return named[1]
    if name in _BY_NAME:
        return _BY_NAME[name]
    if name.endswith(("_at", "_since")):
        return _BY_FORMAT["date-time"]
    said = name.replace("_", " ").capitalize() or "Text"
    return said[: schema.get("maxLength", len(said))].ljust(schema.get("minLength", 0), ".")
