"""A change of the contract is additive: what was released still holds, and a break says what to do."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.released import ADVICE, broken, contract
from tests.upgrade.kept import RELEASED, Kept

Change = Callable[[dict[str, Any]], None]
SENT: dict[str, Any] = {
    "type": "object",
    "properties": {
        "user_id": {"type": "integer", "minimum": 1},
        "iccid": {
            "anyOf": [{"type": "string", "pattern": "^[0-9]{18,20}$"}, {"type": "null"}],
            "default": None,
        },
        "kind": {"$ref": "#/$defs/Kind"},
        "retries": {"type": "integer", "default": 0},
        "what": {"oneOf": [{"$ref": "#/$defs/Switch"}, {"$ref": "#/$defs/Replace"}]},
    },
    "required": ["user_id", "kind"],
    "$defs": {
        "Kind": {"type": "string", "enum": ["switch", "replace"]},
        "Switch": {
            "type": "object",
            "properties": {"kind": {"const": "switch"}, "line": {"type": "integer"}},
        },
        "Replace": {
            "type": "object",
            "properties": {"kind": {"const": "replace"}, "why": {"type": "string"}},
        },
    },
}


def released(schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "sent": {"EsimOrder.input": copy.deepcopy(schema)},
        "answered": {"EsimOrder.state.answer": copy.deepcopy(schema)},
        "steps": {},
        "calls": {"EsimOrder": ["signal retry", "update cancel"]},
    }


def sentences(change: Change) -> list[str]:
    """What is broken by a change of the message, without the advice."""
    now = released(SENT)
    change(now["sent"]["EsimOrder.input"])
    return [sentence.removesuffix(ADVICE).strip() for sentence in broken(released(SENT), now)]


def field(name: str, **schema: Any) -> Change:
    return lambda message: message["properties"].update({name: schema})


def without(name: str) -> Change:
    return lambda message: message["properties"].pop(name)


def needed(name: str) -> Change:
    return lambda message: message["required"].append(name)


def both(*changes: Change) -> Change:
    def change(message: dict[str, Any]) -> None:
        for one in changes:
            one(message)

    return change


BREAKS: list[tuple[Change, str]] = [
    (without("retries"), "the field `retries` is gone"),
    (both(without("user_id"), field("user", type="integer")), "the field `user_id` is gone"),
    (both(field("email", type="string"), needed("email")), "the new field `email` is required"),
    (needed("retries"), "the field `retries` is required now"),
    (field("user_id", type="string"), "`user_id` is string now"),
    (field("user_id", type="integer", minimum=10), "`user_id` has a narrower minimum"),
    (field("user_id", type="integer", minimum=1, maximum=9), "`user_id` has a maximum now"),
    (field("iccid", type="string", pattern="^[0-9]{18,20}$"), "`iccid` is string now"),
    (field("retries", type="integer", default=3), "the default of `retries` is another one"),
    (lambda m: m["$defs"]["Kind"]["enum"].remove("switch"), "`kind` does not take switch any more"),
    (lambda m: m["$defs"]["Switch"]["properties"].pop("line"), "the field `what.line` is gone"),
    (lambda m: m.update(additionalProperties=False), "the whole refuses unknown fields now"),
]
ADDITIONS: list[Change] = [
    field("origin", type="integer", default=None),
    field("user_id", type="integer"),
    field("user_id", anyOf=[{"type": "integer", "minimum": 1}, {"type": "null"}]),
    lambda m: m["$defs"]["Kind"]["enum"].append("assign"),
    lambda m: m["properties"]["what"]["oneOf"].append({"type": "object", "properties": {}}),
    lambda m: m["required"].remove("kind"),
]


@pytest.mark.covers("W4", "W7")
@pytest.mark.parametrize("kept", RELEASED, ids=lambda kept: kept.version)
def test_what_was_released_still_holds(kept: Kept) -> None:
    assert broken(kept.contract, contract()) == []


@pytest.mark.parametrize(("change", "said"), BREAKS, ids=[said for _, said in BREAKS])
def test_a_break_is_named(change: Change, said: str) -> None:
    assert sentences(change) == [f"EsimOrder.input: {said}."]


@pytest.mark.parametrize("change", ADDITIONS)
def test_an_addition_breaks_nothing(change: Change) -> None:
    assert sentences(change) == []


def test_an_answer_may_have_more_fields_and_kinds_but_no_other_types() -> None:
    now = released(SENT)
    answer = now["answered"]["EsimOrder.state.answer"]
    answer["properties"]["holds"] = {"type": "array"}
    answer["required"].append("holds")
    answer["$defs"]["Kind"]["enum"].append("assign")
    assert broken(released(SENT), now) == []
    answer["properties"]["user_id"] = {"anyOf": [{"type": "integer"}, {"type": "null"}]}
    assert broken(released(SENT), now) == [
        f"EsimOrder.state.answer: `user_id` may be null now. {ADVICE}",
    ]


def test_a_call_or_message_that_is_gone_is_named() -> None:
    now = released(SENT)
    now["calls"]["EsimOrder"].remove("update cancel")
    del now["sent"]["EsimOrder.input"]
    assert [sentence.removesuffix(ADVICE).strip() for sentence in broken(released(SENT), now)] == [
        "EsimOrder: the update cancel is gone.",
        "EsimOrder.input: the message is gone.",
    ]
