"""Webhooks are verified: signed by us, unchanged, now; as the package standardwebhooks does it (A11)."""

import base64
import json
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import standardwebhooks

from esim_orders_client import WebhookVerificationError, webhooks

pytestmark = pytest.mark.covers("A11", "W4")
ITEM = {
    "type": "order.processed",
    "timestamp": "2026-11-27T12:00:00.123456Z",
    "data": {"about": ["order-abcdefghijklmnop", "L-42"], "sim": "S-12"},
}
BODY = json.dumps(ITEM)
ID = "MS43NTIuOTE"


def new_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


SECRET, OTHER = new_secret(), new_secret()


def headers(*signed_with: str, body: str = BODY, late: float = 0) -> dict[str, str]:
    """The headers of a webhook, signed by the other package."""
    moment = datetime.now(UTC) - timedelta(seconds=late)
    signatures = [standardwebhooks.Webhook(each).sign(ID, moment, body) for each in signed_with]
    return {
        "Webhook-Id": ID,
        "Webhook-Timestamp": str(int(moment.timestamp())),
        "Webhook-Signature": " ".join(signatures),
    }


def test_what_the_other_package_signs_is_an_event() -> None:
    event = webhooks.verify(BODY.encode(), headers(SECRET), SECRET)
    assert (event.id, event.type) == (ID, "order.processed")
    assert event.timestamp == datetime(2026, 11, 27, 12, 0, 0, 123456, UTC)
    assert event.data.about == ("order-abcdefghijklmnop", "L-42")
    assert event.data.model_extra == {"sim": "S-12"}
    assert webhooks.verify(BODY, headers(SECRET), SECRET) == event


@pytest.mark.parametrize("mine", [(SECRET,), (OTHER,), (OTHER, SECRET), (new_secret(), OTHER)])
def test_while_a_secret_is_rotated_either_is_enough(mine: tuple[str, ...]) -> None:
    assert webhooks.verify(BODY, headers(SECRET, OTHER), mine).id == ID


@pytest.mark.parametrize("late", [-299, -5, 0, 200, 298])
def test_a_time_within_the_tolerance_is_right_for_both(late: float) -> None:
    sent = headers(SECRET, late=late)
    assert webhooks.verify(BODY, sent, SECRET).id == ID
    standardwebhooks.Webhook(SECRET).verify(BODY, sent)


def _changed(name: str, value: str | None, body: str = BODY) -> tuple[str, dict[str, str]]:
    sent = headers(SECRET)
    return body, {**sent, name: value} if value is not None else {n: v for n, v in sent.items() if n != name}


WRONG: dict[str, Callable[[], tuple[str, dict[str, str]]]] = {
    "another secret": lambda: (BODY, headers(new_secret())),
    "another body": lambda: (BODY.replace("L-42", "L-43"), headers(SECRET)),
    "another id": lambda: _changed("Webhook-Id", "MS43NTIuOTI"),
    "another time": lambda: _changed("Webhook-Timestamp", str(int(time.time()) + 7)),
    "no id": lambda: _changed("Webhook-Id", None),
    "no time": lambda: _changed("Webhook-Timestamp", None),
    "no signature": lambda: _changed("Webhook-Signature", None),
    "an empty signature": lambda: _changed("Webhook-Signature", ""),
    "another version": lambda: _changed(
        "Webhook-Signature", headers(SECRET)["Webhook-Signature"].replace("v1,", "v2,")
    ),
    "no version": lambda: _changed(
        "Webhook-Signature", headers(SECRET)["Webhook-Signature"].removeprefix("v1,")
    ),
    "a time that is none": lambda: _changed("Webhook-Timestamp", "now"),
    "too late": lambda: (BODY, headers(SECRET, late=305)),
    "too early": lambda: (BODY, headers(SECRET, late=-305)),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_all_else_is_refused_as_by_the_other_package(wrong: str) -> None:
    body, sent = WRONG[wrong]()
    with pytest.raises(WebhookVerificationError):
        webhooks.verify(body, sent, SECRET)
    with pytest.raises((standardwebhooks.WebhookVerificationError, ValueError)):
        standardwebhooks.Webhook(SECRET).verify(body, sent)


@pytest.mark.parametrize("body", ["[]", "{}", "x", '{"type": 1}'])
def test_a_signed_body_that_is_no_event_is_refused(body: str) -> None:
    with pytest.raises(WebhookVerificationError):
        webhooks.verify(body, headers(SECRET, body=body), SECRET)


@pytest.mark.parametrize("value", ["é", "v1,é", "v1,", "v1", ", ,", "v1,AAAA v1,é"])
def test_odd_signatures_are_refused_not_failed_at(value: str) -> None:
    with pytest.raises(WebhookVerificationError):
        webhooks.verify(BODY, headers(SECRET) | {"Webhook-Signature": value}, SECRET)


def test_the_tolerance_is_the_caller_s() -> None:
    sent = headers(SECRET, late=500)
    assert webhooks.verify(BODY, sent, SECRET, tolerance=600).id == ID
    with pytest.raises(WebhookVerificationError):
        webhooks.verify(BODY, headers(SECRET, late=20), SECRET, tolerance=10)


@pytest.mark.parametrize("none", [[], ()])
def test_no_secret_at_all_is_the_receiver_s_fault(none: Any) -> None:
    with pytest.raises(ValueError, match="Give the secret"):
        webhooks.verify(BODY, headers(SECRET), none)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_é"])
def test_a_secret_that_is_none_is_the_receiver_s_fault(secret: Any) -> None:
    with pytest.raises(ValueError, match="whsec_"):
        webhooks.verify(BODY, headers(SECRET), secret)


def test_it_is_signed_with_our_secret_in_each_spelling() -> None:
    plain = SECRET.removeprefix("whsec_")
    for secret in (SECRET, plain, plain.rstrip("="), f" {SECRET}\n"):
        assert webhooks.verify(BODY, headers(SECRET), [secret]).id == ID
