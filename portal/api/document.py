"""The OpenAPI document of the API (A13): what FastAPI derives from the routes, completed for its readers.

Every parameter and body gets an example, every answer its headers, what is repeated everywhere is shared, and
enumerations that are answered are open: a client has to accept a value that it does not know.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from portal.api.examples import REF, example_of
from portal.api.problems import MEDIA_TYPE, ProblemDetails

Document = dict[str, Any]
Operation = dict[str, Any]

METHODS = ("get", "post", "put", "patch", "delete")
_SHARED_FROM = 4
"""Uses from which a parameter is described once for all."""
_ANSWERS = {
    200: "Done, or what was asked for.",
    201: "Made.",
    202: "Accepted; it goes on afterwards.",
    204: "Done.",
}
_HEADERS: Mapping[str, str] = {
    "Request-Id": "The id of this call, as in problems, log lines and the audit.",
    "RateLimit-Policy": 'How many calls the key may make: `"key";q=500;w=10` are 500 in 10 seconds.',
    "RateLimit": 'How many are left, and when all are: `"key";r=499;t=1`.',
    "ETag": "Send it as `If-None-Match`: the answer is 304 while nothing has changed.",
    "Location": "The path of what was made.",
    "Link": 'The next page: `<...>; rel="next"`; none at the end of the list.',
    "Idempotent-Replayed": "`true` if the call is a repeat that made nothing.",
    "Deprecation": "Since when the operation is deprecated: `@1767225600`, in seconds since 1970.",
    "Sunset": "When it goes.",
    "Retry-After": "How many seconds to wait before the call is repeated.",
}
_RECORDS: Mapping[str, str] = {
    "agent": "The agent: the e-mail address, or `AG-4`.",
    "contact": "The contact: the e-mail address, or `C-7`.",
    "job": "The job: `J-7`.",
    "webhook": "The webhook: `WH-7`.",
    "key": "The API key: `K-7`.",
    "licence": "The licence: `LI-3`.",
    "line": "The line: its phone number, or `L-42`.",
    "number": "The number: in E.164, or `N-7`.",
    "order": "The order: `order-...`.",
    "profile": "The profile: its name, percent-encoded.",
    "request": "The request: `qr-request-...`.",
    "sim": "The SIM: its ICCID, `S-12`, or the phone number that it serves.",
    "user": "The user: the e-mail address, or `U-3`.",
    "workflow": "The held work: its `id` in `GET /held`, such as `order-...`.",
}
"""What a parameter of a path names, where the route does not say more."""
_OF_EVERY_CALL = ("Request-Id", "RateLimit-Policy", "RateLimit")
_OPEN = "More values may be added at any time."


def completed(document: Document, headings: Iterable[str]) -> Document:
    """The document that FastAPI has made, for readers; `headings`: the groups of its operations."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    own = ProblemDetails.model_json_schema(ref_template=REF + "{model}")
    schemas.update(own.pop("$defs", {}), ProblemDetails=own)
    for each in schemas.values():
        _untitle(each)
    _open(document)
    for method, _, operation in operations(document):
        _describe_parameters(operation, schemas)
        _show_bodies(operation, schemas)
        _describe_answers(operation, method, schemas)
    document["components"]["headers"] = {
        name: {"description": text, "schema": {"type": "string"}} for name, text in _HEADERS.items()
    }
    document["components"]["responses"] = {
        "Refused": _problem("The call is refused: a problem with every reason.", "Request-Id"),
        "Unavailable": _problem(
            "A component is unavailable; repeat the call, with the same `Idempotency-Key`, after "
            "`Retry-After`.",
            *("Request-Id", "Retry-After"),
        ),
    }
    _share_parameters(document)
    document["tags"] = [{"name": heading} for heading in headings]
    document["info"]["license"] = {"name": "Apache License 2.0", "identifier": "Apache-2.0"}
    return document


def operations(document: Document) -> Iterator[tuple[str, str, Operation]]:
    """Every operation with its method and path."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield method, path, item[method]


def parameters_of(document: Document, operation: Operation) -> list[dict[str, Any]]:
    """The parameters of an operation, also those that are described once for all."""
    shared = document["components"].get("parameters", {})
    return [
        shared[each["$ref"].rpartition("/")[2]] if "$ref" in each else each
        for each in operation.get("parameters", [])
    ]


def _describe_parameters(operation: Operation, schemas: Mapping[str, Any]) -> None:
    for each in operation.get("parameters", []):
        schema = each["schema"]
        _untitle(schema)
        if each["in"] == "header":
            each["name"] = "-".join(part.capitalize() for part in each["name"].split("-"))
        described = schema.pop("description", None)
        each.setdefault("description", described or _meaning(each))
        told = {**schema, "description": each["description"]}
        each["example"] = example_of(told, schemas, each["name"], all_fields=False)


def _meaning(parameter: Mapping[str, Any]) -> str:
    """What a parameter without a description of its own means: one of a path names a record, another one is
    a filter.
    """
    name = parameter["name"].replace("_", " ")
    if parameter["in"] == "path" and parameter["schema"].get("type") != "string":
        return f"The {name}."
    if parameter["in"] == "path":
        return _RECORDS.get(parameter["name"], f"The {name}: its id, or what names it.")
    if "boolean" in json.dumps(parameter["schema"]):
        return f"Only those that are {name}."
    return f"Only those with this {name}."


def _show_bodies(operation: Operation, schemas: Mapping[str, Any]) -> None:
    for content in operation.get("requestBody", {}).get("content", {}).values():
        _untitle(content["schema"])
        if "examples" not in content:
            content.setdefault("example", example_of(content["schema"], schemas, all_fields=False))


def _describe_answers(operation: Operation, method: str, schemas: Mapping[str, Any]) -> None:
    answers = operation["responses"]
    named = {each["name"] for each in operation.get("parameters", [])}
    for code, answer in list(answers.items()):
        if not code.isdigit():
            continue
        if answer["description"] == "Successful Response":
            answer["description"] = _ANSWERS.get(int(code), HTTPStatus(int(code)).phrase)
        for content in answer.get("content", {}).values():
            _untitle(content.get("schema", {}))
        headers = list(_OF_EVERY_CALL)
        tagged = method == "get" and code == "200" and "text/event-stream" not in answer.get("content", {})
        headers += ["ETag"] if tagged else []
        headers += ["Link"] if "cursor" in named else []
        headers += ["Location"] if code == "201" else []
        headers += ["Idempotent-Replayed"] if "Idempotency-Key" in named else []
        headers += ["Deprecation", "Sunset"] if operation.get("deprecated") else []
        answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in headers}
    for code in [code for code in answers if code in ("422", "default")]:
        if "HTTPValidationError" in json.dumps(answers[code]):
            del answers[code]
    answers["4XX"] = {"$ref": "#/components/responses/Refused"}
    answers["5XX"] = {"$ref": "#/components/responses/Unavailable"}
    operation["responses"] = dict(sorted(answers.items()))


def _problem(description: str, *headers: str) -> dict[str, Any]:
    return {
        "description": description,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in headers},
        "content": {MEDIA_TYPE: {"schema": {"$ref": f"{REF}ProblemDetails"}}},
    }


def _share_parameters(document: Document) -> None:
    """Describe a parameter that many operations have once for all."""
    uses: Counter[str] = Counter()
    for _, _, operation in operations(document):
        uses.update(_written(each) for each in operation.get("parameters", []))
    shared: dict[str, Any] = {}
    for _, _, operation in operations(document):
        for place, each in enumerate(operation.get("parameters", [])):
            name = each["name"]
            if uses[_written(each)] >= _SHARED_FROM and shared.setdefault(name, each) == each:
                operation["parameters"][place] = {"$ref": f"#/components/parameters/{name}"}
    document["components"]["parameters"] = shared


def _written(parameter: Mapping[str, Any]) -> str:
    return json.dumps(parameter, sort_keys=True)


def _open(document: Document) -> None:
    """Open the enumerations that are answered only; those that are sent are checked."""
    schemas = document["components"]["schemas"]
    sent: set[str] = set()
    answered: set[str] = set()
    for _, _, operation in operations(document):
        _reach([operation.get("parameters", []), operation.get("requestBody", {})], schemas, sent)
        _reach(operation["responses"], schemas, answered)
    for name, schema in schemas.items():
        if name in answered and name not in sent:
            _open_in(schema)
        elif "enum" in schema:
            schema["description"] = f"{schema.get('description', '')} {_OPEN}".strip()


def _reach(part: Any, schemas: Mapping[str, Any], found: set[str]) -> None:
    for child in _children(part):
        reference = child.get("$ref", "") if isinstance(child, dict) else ""
        if isinstance(reference, str) and reference.startswith(REF):
            name = reference.removeprefix(REF)
            if name not in found:
                found.add(name)
                _reach([schemas[name]], schemas, found)
        _reach(child, schemas, found)


def _children(part: Any) -> list[Any]:
    if isinstance(part, dict):
        return list(part.values())
    return part if isinstance(part, list) else []


def _open_in(part: Any) -> None:
    if isinstance(part, dict) and isinstance(part.get("enum"), list):
        part["x-extensible-enum"] = part.pop("enum")
        part["description"] = f"{part.get('description', '')} {_OPEN}".strip()
    for child in _children(part):
        _open_in(child)


def _untitle(schema: Any) -> None:
    """Remove the titles that repeat the names of fields."""
    if not isinstance(schema, dict):
        return
    if isinstance(schema.get("title"), str):
        del schema["title"]
    for fields in ("properties", "$defs"):
        for each in schema.get(fields, {}).values():
            _untitle(each)
    for part in ("items", "additionalProperties", "anyOf", "oneOf", "allOf"):
        for each in schema[part] if isinstance(schema.get(part), list) else [schema.get(part)]:
            _untitle(each)
