"""What backends, running workflows and workers of another version rely on, and whether it still holds.

A change is additive: a new message, a new call, a new field with a default. `broken` names every other one.
What is sent (starts, updates, signals) must be accepted as before; what is answered must still be understood
by readers of before, who expect unknown kinds and statuses; steps are both, as workers of two versions run
side by side and histories are replayed.
"""

from collections.abc import Iterator
from typing import Any, get_type_hints

from pydantic import TypeAdapter

from tests.contract.schemas import ANSWERED, SENT
from worker import WORKFLOWS
from workflows.step import declared_by
from workflows.steps import CONTRACTS

Schema = dict[str, Any]
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
_SAME = ("pattern", "format", "contentEncoding")
ADVICE = (
    "Keep it beside the new one: a new field has a default that means 'as before', another meaning is a new "
    "message or call, and workers of two versions run side by side (docs/contract.md, Changes; "
    "docs/versions.md)."
)


def contract() -> dict[str, Any]:
    """All of it, as it is kept for each release."""
    return {
        "sent": {name: model.model_json_schema() for name, model in SENT.items()},
        "answered": {name: model.model_json_schema(mode="serialization") for name, model in ANSWERED.items()},
        "steps": dict(_steps()),
        "calls": dict(_calls()),
    }


def _steps() -> Iterator[tuple[str, Schema]]:
    """The inputs and results of all steps."""
    for steps in CONTRACTS:
        for name, declared in declared_by(steps).items():
            hints = get_type_hints(declared)
            result = hints.pop("return")
            for part, of in (*hints.items(), ("result", result)):
                yield f"{name}.{part}", TypeAdapter(of).json_schema()


def _calls() -> Iterator[tuple[str, list[str]]]:
    """The updates, signals and queries of each type of workflow."""
    for kind in WORKFLOWS:
        defined: Any = kind.__temporal_workflow_definition  # type: ignore[attr-defined]
        calls = {"update": defined.updates, "signal": defined.signals, "query": defined.queries}
        yield (
            defined.name,
            sorted(f"{sort} {name}" for sort, names in calls.items() for name in names if name),
        )


def broken(released: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Every promise of a release that does not hold any more, as a sentence."""
    found = []
    for workflow, calls in released["calls"].items():
        kept = now["calls"].get(workflow, [])
        found += [f"{workflow}: the {call} is gone." for call in calls if call not in kept]
        found += [] if workflow in now["calls"] else [f"The workflow {workflow} is gone."]
    for part, answered in (("sent", False), ("answered", True), ("steps", False)):
        for name, schema in released[part].items():
            if name not in now[part]:
                found.append(f"{name}: the message is gone.")
                continue
            compared = _Comparison(schema, now[part][name], answered=answered)
            found += [f"{name}: {difference}." for difference in compared.differences()]
    return [f"{sentence} {ADVICE}" for sentence in found]


class _Comparison:
    """One message as it was and as it is."""

    def __init__(self, before: Schema, now: Schema, *, answered: bool) -> None:
        self._before, self._now, self._answered = before, now, answered
        self._seen: set[tuple[str, str]] = set()

    def differences(self) -> list[str]:
        return list(self._compare(self._before, self._now, ""))

    def _compare(self, before: Schema, now: Schema, at: str) -> Iterator[str]:
        if (pair := (str(before.get("$ref")), str(now.get("$ref")))) != ("None", "None"):
            if pair in self._seen:
                return
            self._seen.add(pair)
        before, now = _resolved(before, self._before), _resolved(now, self._now)
        then, today = _alternatives(before), _alternatives(now)
        if len(then) == len(today) == 1:
            yield from self._same_kind(then[0], today[0], at)
        else:
            yield from self._choices(then, today, at)
        if "default" in before and before["default"] != now.get("default", before["default"]):
            yield f"the default of {_field(at)} is another one"

    def _choices(self, then: list[Schema], today: list[Schema], at: str) -> Iterator[str]:
        """Each value of before must be one of today's, and of an answer each type of today one of before."""
        for one in then:
            tried = [list(_Comparison._fresh(self, one, other, at)) for other in today]
            if all(tried):
                yield from min(tried, key=len)
        if self._answered:
            known = {name for one in then for name in _types(_resolved(one, self._before))}
            news = {name for one in today for name in _types(_resolved(one, self._now))} - known
            yield from (f"{_field(at)} may be {name} now" for name in sorted(news))

    def _fresh(self, before: Schema, now: Schema, at: str) -> Iterator[str]:
        other = _Comparison(self._before, self._now, answered=self._answered)
        return other._compare(before, now, at)

    def _same_kind(self, before: Schema, now: Schema, at: str) -> Iterator[str]:
        lost = _types(before) - _types(now)
        if _types(now) and (not _types(before) or lost - ({"integer"} if "number" in _types(now) else set())):
            yield f"{_field(at)} is {' or '.join(sorted(_types(now)))} now"
            return
        if self._answered and _types(now) - _types(before):
            yield f"{_field(at)} may be {' or '.join(sorted(_types(now) - _types(before)))} now"
        yield from _narrowed(before, now, at)
        yield from self._fields(before, now, at)
        for part in ("items", "additionalProperties"):
            if isinstance(before.get(part), dict) and isinstance(now.get(part), dict):
                yield from self._compare(before[part], now[part], f"{at}[]")
        if now.get("additionalProperties") is False and before.get("additionalProperties") is not False:
            yield f"{_field(at)} refuses unknown fields now"

    def _fields(self, before: Schema, now: Schema, at: str) -> Iterator[str]:
        fields, today = before.get("properties", {}), now.get("properties", {})
        needed = set(now.get("required", ())) - set(before.get("required", ()))
        for name, schema in fields.items():
            place = f"{at}.{name}" if at else name
            if name not in today:
                yield f"the field {_field(place)} is gone"
                continue
            if name in needed and not self._answered:
                yield f"the field {_field(place)} is required now"
            yield from self._compare(schema, today[name], place)
        if not self._answered:
            for name in sorted(needed - set(fields)):
                yield f"the new field {_field(f'{at}.{name}' if at else name)} is required"


def _narrowed(before: Schema, now: Schema, at: str) -> Iterator[str]:
    values = _values(now)
    if values is not None:
        left_out = None if _values(before) is None else sorted(set(_values(before) or ()) - set(values))
        if left_out is None:
            yield f"{_field(at)} takes only {', '.join(values)} now"
        elif left_out:
            yield f"{_field(at)} does not take {', '.join(left_out)} any more"
    for limit in (*_LOWER, *_UPPER):
        if limit in now and limit not in before:
            yield f"{_field(at)} has a {limit} now"
        elif (
            limit in now and (now[limit] > before[limit]) == (limit in _LOWER) and now[limit] != before[limit]
        ):
            yield f"{_field(at)} has a narrower {limit}"
    for rule in _SAME:
        if rule in now and now[rule] != before.get(rule):
            yield f"{_field(at)} has another {rule}"


def _field(at: str) -> str:
    return f"`{at}`" if at else "the whole"


def _values(schema: Schema) -> list[str] | None:
    if "const" in schema:
        return [str(schema["const"])]
    return [str(value) for value in schema["enum"]] if "enum" in schema else None


def _types(schema: Schema) -> set[str]:
    kinds = schema.get("type", ())
    return {kinds} if isinstance(kinds, str) else set(kinds)


def _alternatives(schema: Schema) -> list[Schema]:
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return list(schema[choice])
    return [schema]


def _resolved(schema: Schema, root: Schema) -> Schema:
    """The schema behind a reference, with what stands beside it."""
    while "$ref" in schema:
        beside = {name: value for name, value in schema.items() if name != "$ref"}
        schema = {**root["$defs"][schema["$ref"].rpartition("/")[2]], **beside}
    return schema
