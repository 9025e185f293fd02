"""Answers of the API: problems, request ids, entity tags (A5, A9, A19, A20)."""
# ruff: noqa: RUF001  French apostrophes

import json
import logging
from functools import partial
from typing import Any

import httpx
import pytest

from models.language import Language
from starter.orders.book import OrderBook
from telemetry.logs import JsonLines
from tests.builders import ACCOUNT
from tests.callers.world import Known
from tests.portal.api.keys import Keyring
from wording.invalid_fields import invalid_field

_ORDER = {"kind": "switch_to_esim", "discard_confirmed": True}


@pytest.mark.covers("A5", "A20")
async def test_an_iccid_that_is_a_number_is_refused_because_it_loses_digits(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    answer = await api.post(
        f"/orders/{acme.order}/iccid", headers=await keys.of(), json={"iccid": 8933010000000000017}
    )

    assert answer.status_code == 422
    (field,) = answer.json()["errors"]
    assert field["pointer"] == "/iccid"
    assert "loses digits" in field["detail"]
    assert "89330100" not in answer.text


@pytest.mark.covers("A5")
async def test_a_bug_is_answered_with_a_problem_and_logged_without_its_message(
    api: httpx.AsyncClient, keys: Keyring, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    message = " ".join(["a", "secret"])  # the log has the lines of the code

    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError(message)

    monkeypatch.setattr(OrderBook, "orders", broken)

    answer = await api.get("/orders", headers=await keys.of())

    assert answer.status_code == 500
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "our_fault"
    assert answer.json()["request_id"] == answer.headers["Request-Id"]
    assert "A request failed with RuntimeError" in caplog.text
    assert message not in answer.text + caplog.text


JUNK = (
    b"",
    b"{",
    b"[]",
    b"null",
    b'{"kind": "switch_to_esim"}',
    b'{"kind": "nonsense"}',
    b'{"kind": "switch_to_esim", "line": "L-1", "quantity": 1e400}',
    b'{"kind": "switch_to_esim", "line": "L-1", "quantity": 10000000000000000000000}',
    b'{"kind": "switch_to_esim", "line": "\\u0000"}',
    b'{"kind": "switch_to_esim", "line": "\\ud800"}',
    b'{"kind": "switch_to_esim", "line": "L-1", "line_id": 3}',
    b"\xff\xfe",
    b"[" * 50_000,
)


@pytest.mark.covers("A5")
async def test_no_body_makes_a_500(api: httpx.AsyncClient, keys: Keyring) -> None:
    headers = await keys.of() | {"Idempotency-Key": "a", "Content-Type": "application/json"}
    for body in JUNK:
        answer = await api.post("/orders", headers=headers, content=body)

        assert answer.status_code in (400, 404, 422), f"{body[:80]!r}: {answer.text}"
        assert answer.headers["Content-Type"] == "application/problem+json", body[:80]
        problem = answer.json()
        assert problem["type"] == f"https://portal.example/problems/{problem['code']}", body[:80]
        assert problem["request_id"] == answer.headers["Request-Id"], body[:80]


@pytest.mark.covers("A5")
@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[" * 50_000, b'{"kind": "switch_to_esim",}', b"no"])
async def test_a_body_that_is_not_json_is_a_call_that_is_not_well_formed(
    body: bytes, api: httpx.AsyncClient, keys: Keyring
) -> None:
    headers = await keys.of() | {"Idempotency-Key": "a", "Accept-Language": "fr"}

    answer = await api.post("/orders", headers=headers, content=body)

    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["title"]) == (400, "json_invalid", "JSON invalid")
    assert problem["detail"] == "Le contenu n’est pas du JSON valide en UTF-8."
    assert [error["pointer"] for error in problem["errors"]] == [""]
    assert answer.headers["RateLimit"]
    assert (await api.get("/orders", headers=headers)).json()["data"], "a GET has no body to be read"


@pytest.mark.covers("A5")
async def test_a_path_with_a_line_break_is_answered_by_the_api(api: httpx.AsyncClient, keys: Keyring) -> None:
    answer = await api.post("/orders/%0A/acknowledge", headers=await keys.of(), json={})

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.covers("A4", "A5")
async def test_a_refusal_has_every_reason_in_the_callers_language(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    body = {"kind": "switch_to_esim", "line": acme.line}
    headers = await keys.of() | {"Accept-Language": "fr"}

    answer = await api.post("/orders?dry_run=true", headers=headers, json=body)

    assert answer.status_code == 422
    codes = [reason["code"] for reason in answer.json()["refusals"]]
    assert {"open_order", "discard_not_confirmed"} <= set(codes)
    assert all(reason["sentence"] for reason in answer.json()["refusals"])
    assert "commande" in answer.json()["detail"]


@pytest.mark.covers("A5")
async def test_an_invalid_field_is_explained_in_the_callers_language(
    api: httpx.AsyncClient, keys: Keyring
) -> None:
    body: dict[str, Any] = {
        "kind": "switch_to_esim",
        "quantity": "two",
        "comment": "a" * 20_000,
        "colour": "red",
    }
    body |= {"discard_confirmed": "perhaps", "purchase_reference": 1}
    said: dict[str, dict[str, str]] = {}
    key = await keys.of()
    for language in ("en", "fr"):
        headers = key | {"Accept-Language": language}
        answer = await api.post("/orders?dry_run=true", headers=headers, json=body)
        assert answer.status_code == 422
        said[language] = {each["pointer"]: each["detail"] for each in answer.json()["errors"]}

    assert said["en"]["/line"] == "Field required"
    assert said["fr"] == {
        "/line": "Ce champ est obligatoire.",
        "/quantity": "Un nombre entier est attendu.",
        "/comment": "Le texte est trop long\u202f; 2000 caractères au plus.",
        "/colour": "Le champ colour n’existe pas ici.",
        "/discard_confirmed": "true ou false est attendu.",
        "/purchase_reference": "Un texte est attendu.",
    }
    assert said["fr"].keys() == said["en"].keys()


@pytest.mark.covers("A5", "F11")
@pytest.mark.parametrize("confirmed", ["yes", "true", "1", 1, 1.0])
async def test_that_a_sim_is_discarded_is_confirmed_with_true_alone(
    confirmed: object, api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    body = {"kind": "switch_to_esim", "line": acme.line, "discard_confirmed": confirmed, "quantity": "1"}
    key = await keys.of()
    answer = await api.post("/orders?dry_run=true", headers=key, json=body)
    assert answer.status_code == 422
    pointers = [field["pointer"] for field in answer.json()["errors"]]
    assert pointers == ["/quantity", "/discard_confirmed"]
    row = {"line": acme.line, "groups": ["New"], "create": confirmed}
    job = {"kind": "set_groups", "rows": [row]}
    answer = await api.post("/jobs", headers=key | {"Idempotency-Key": "a"}, json=job)
    assert [field["pointer"] for field in answer.json()["errors"]] == ["/rows/0/create"]


@pytest.mark.covers("A5")
@pytest.mark.parametrize(
    ("body", "pointer", "said"),
    [
        (b"{}", "/kind", "The field 'kind' is required."),
        (b'{"kind": "add_nothing"}', "/kind", "'kind' is one of: 'switch_to_esim', "),
        (b"{", "", "The body is not valid JSON."),
        (b"[1]", "", "A JSON object is expected."),
        (
            b'{"kind": "switch_to_esim", "line": "L-1", "colour": 1}',
            "/colour",
            "There is no field colour here.",
        ),
    ],
)
async def test_what_is_wrong_with_an_order_is_named_in_plain_words_whatever_type_it_has(
    body: bytes, pointer: str, said: str, api: httpx.AsyncClient, keys: Keyring
) -> None:
    key = await keys.of() | {"Idempotency-Key": "a"}
    for type_ in ("application/json", "text/plain", "application/x-www-form-urlencoded", ""):
        headers = key | ({"Content-Type": type_} if type_ else {})
        problem = (await api.post("/orders", headers=headers, content=body)).json()
        (field,) = problem["errors"]
        assert field["pointer"] == pointer, type_
        assert field["detail"].startswith(said), type_
        title = "JSON invalid" if body == b"{" else "Call invalid"  # a parameter may be, too
        assert problem["title"] == title, type_


@pytest.mark.covers("A5", "A7")
async def test_a_plus_that_a_query_did_not_escape_is_understood(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers = await keys.of()
    escaped = await api.get("/orders?line=%2B33639980004", headers=headers)
    plain = await api.get("/orders?line=+33639980004", headers=headers)
    assert [order["id"] for order in plain.json()["data"]] == [acme.order]
    assert plain.json() == escaped.json()


def test_a_rule_without_a_french_sentence_gets_a_general_one() -> None:
    asked = partial(invalid_field, english="Input should be odd", language=Language.FR)

    assert asked("odd", context={}) == "La valeur n’est pas valide."
    assert asked("string_too_long", context={}) == "La valeur n’est pas valide."
    expected = {"expected": "'a', 'b' or 'c'"}
    assert asked("enum", context=expected) == "La valeur doit être\u00a0: 'a', 'b' ou 'c'."


@pytest.mark.covers("A3")
async def test_an_order_needs_an_idempotency_key_but_a_dry_run_does_not(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers = await keys.of()

    answer = await api.post("/orders", headers=headers, json=_ORDER | {"line": acme.line})

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_needed")


@pytest.mark.covers("A19")
async def test_while_temporal_is_unavailable_a_call_may_be_repeated_with_its_key(
    api: httpx.AsyncClient, keys: Keyring
) -> None:
    headers = await keys.of() | {"Idempotency-Key": "a"}

    answer = await api.post("/orders", headers=headers, json=_ORDER | {"line": "+33639980002"})

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.covers("A3")
@pytest.mark.parametrize("call", ["acknowledge", "processed", "cancel"])
async def test_a_call_that_may_say_nothing_needs_no_body(
    api: httpx.AsyncClient, keys: Keyring, acme: Known, call: str
) -> None:
    headers = await keys.of_platform(account=ACCOUNT)

    answer = await api.post(f"/orders/{acme.order}/{call}", headers=headers)

    assert answer.status_code == 503, "Temporal is asked, which does not run in this test"


@pytest.mark.covers("A9")
async def test_what_was_read_before_is_not_sent_again(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers = await keys.of()
    first = await api.get(f"/orders/{acme.order}", headers=headers)

    again = await api.get(f"/orders/{acme.order}", headers=headers | {"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    for name in ("ETag", "Cache-Control"):
        assert again.headers[name] == first.headers[name]
    assert first.headers["Cache-Control"] == "private, no-cache", "a client without a copy never asks"


@pytest.mark.covers("A12")
async def test_every_answer_has_a_request_id_and_so_has_its_log_line(
    api: httpx.AsyncClient, keys: Keyring, caplog: pytest.LogCaptureFixture
) -> None:
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(JsonLines("portal").format(record))

    logger, kept = logging.getLogger("portal"), Kept()
    logger.addHandler(kept)
    caplog.set_level(logging.INFO, "portal")
    try:
        answer = await api.get("/orders", headers=await keys.of())
    finally:
        logger.removeHandler(kept)

    assert [json.loads(line)["request_id"] for line in lines] == [answer.headers["Request-Id"]]
    assert json.loads(lines[0])["route"] == "/api/v1/orders"
