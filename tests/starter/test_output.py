"""What people read in a narrow terminal."""

from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest

from models.codes.requests import QrWaitingView, RequestStatus
from models.language import Language
from models.operations.not_sent import NotSentView
from models.orders.lifecycle import HoldReason, OrderStatus
from models.orders.views import OrderView, SwapDetails
from starter.cli import language
from starter.cli.codes.request_list import print_waiting
from starter.cli.orders.tables import print_orders
from starter.cli.output import console, print_facts, short_time
from wording import labels

FACTS = [
    ("SIM when placed", "8933012400000158388"),
    ("not sent", "the order to the provider (Orders at Telvia <orders@telvia.example>), since yesterday"),
]


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_a_label_is_never_broken_into_lines(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "width", columns)
    with redirect_stdout(StringIO()) as printed:
        print_facts("order-aaaaaaaaaaaaaaaa", FACTS)
    lines = printed.getvalue().splitlines()
    assert all(any(f"│ {label} " in line for line in lines) for label, _ in FACTS)
    assert max(map(len, lines)) <= columns


SINCE = datetime(2026, 11, 26, tzinfo=UTC)
UNSENT = NotSentView(
    step="submit_to_provider", reason="mail_unavailable", since=SINCE, tried_at=SINCE, attempts=3
)
REASONS = (None, *HoldReason)


def order(status: OrderStatus, reason: HoldReason | None) -> OrderView:
    facts: dict[str, Any] = dict.fromkeys(OrderView.model_fields)
    details: dict[str, Any] = dict.fromkeys(SwapDetails.model_fields) | {"msisdn": "+33639980012"}
    facts |= {"id": "order-aaaaaaaaaaaaaaaa", "kind": "switch_to_esim", "status": status}
    facts |= {"status_since": SINCE, "held_reason": reason, "incident": True, "not_sent": (UNSENT,)}
    return OrderView.model_construct(**facts | {"details": SwapDetails.model_construct(**details)})


def request(status: str, reason: HoldReason | None) -> QrWaitingView:
    return QrWaitingView(
        id="qr-request-aaaaaaaaaaaaaaaa",
        account="Acme",
        sim_id=1234,
        status=status,
        held_reason=reason,
        since=SINCE,
        requested_by="user:12",
        not_sent=(UNSENT,),
    )


LISTS: dict[str, tuple[Callable[[Any], None], Sequence[Any]]] = {
    "orders": (print_orders, [order(status, reason) for status in OrderStatus for reason in REASONS]),
    "requests": (print_waiting, [request(status, reason) for status in RequestStatus for reason in REASONS]),
}
"""How each list with statuses is printed, and everything that may be in it."""


@pytest.mark.covers("W11")
@pytest.mark.parametrize("spoken", Language)
@pytest.mark.parametrize("name", LISTS)
def test_no_status_is_cut_inside_a_word_at_80_columns(
    name: str, spoken: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "width", 80)
    monkeypatch.setattr(language, "spoken", lambda: spoken)
    write, found = LISTS[name]
    with redirect_stdout(StringIO()) as printed:
        write(found)
    lines = [line for line in printed.getvalue().splitlines() if line.startswith("│")]
    assert max(map(len, lines)) <= 80
    shown = {word for line in lines for word in line.replace("│", " ").split()}
    statuses = (
        [labels.order_status(status, spoken) for status in OrderStatus]
        if name == "orders"
        else [labels.request_status(status, spoken) for status in RequestStatus]
    )
    mark = labels.not_sent_words(spoken)["label"]
    for text in (*statuses, f"({mark})"):
        assert set(text.split()) <= shown, text
    held = [word for word in shown if word.rstrip(")") in set(HoldReason)]
    assert {word.rstrip(")") for word in held} == set(HoldReason)


def test_a_short_time_has_its_year_where_it_is_not_the_present_one() -> None:
    now = datetime.now(UTC).replace(month=3, day=9, hour=7, minute=5)
    assert short_time(now) == "03-09 07:05"
    for year in (now.year - 1, now.year + 1):
        assert short_time(now.replace(year=year)) == f"{year}-03-09"
    assert short_time(None) == "-"
