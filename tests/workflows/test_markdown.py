"""Names from outside are shown as they are in the Markdown that operators read: no link, picture or HTML."""

import inspect
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from pydantic import BaseModel

from models.codes.requests import QrRequest
from models.licences.add_ons import AddOn
from models.licences.changes import NumberChange
from models.licences.numbers import Change, ReplaceReason
from models.markdown import code, inert
from models.orders.kinds import KINDS
from models.orders.lifecycle import HoldReason, OrderStatus
from models.orders.ordered import Shown
from models.orders.placement import Placement
from models.people.sign_in import TokenPurpose
from models.travel.profiles import Notice
from tests.workflows.all_messages import all_messages
from workflows.details import details
from workflows.step_runner import Hold

EVIL = (
    "[Log in again](https://evil.example) ![p](https://evil.example/p.png)",
    "<b>evil</b><img src=https://evil.example/p.png>",
    "https://evil.example/login",
    "www.evil.example",
    "x` [evil](https://evil.example) `",
    "``evil`` *evil* __evil__ ~~evil~~ $evil$ | evil |",
    "evil\n\n# evil\n- evil",
    "\\`[evil](https://evil.example)\\`",
    "<javascript:evil> &lt;evil&gt;",
    "evil@evil.example",
)
ID = "order-" + "a" * 16
ASKED: dict[str, Any] = {
    "line_id": 1,
    "pack_id": 1,
    "number_id": 1,
    "licence_id": 1,
    "reason": ReplaceReason.LOST,
    "subscriber_id": 1,
    "plan_id": 1,
    "esim_line_id": 1,
}
"""What any kind of order asks for."""
HELD_AT = datetime(2026, 1, 1, tzinfo=UTC)


def outside_code(text: str) -> str:
    """What a reader of Markdown makes of the text, apart from code spans: its markup, and its plain words."""

    def walk(tokens: list[Token]) -> Iterator[str]:
        for token in tokens:
            if token.children is not None:
                yield from walk(token.children)
            elif token.type != "code_inline":
                yield f"{token.type} {token.content}"

    return "\n".join(walk(MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)))


def harmless(text: str) -> bool:
    return not any(
        bad in outside_code(text) for bad in ("evil", "http", "html", "link", "image", "heading", "fence")
    )


def filled(cls: type[BaseModel], evil: str, **more: Any) -> Any:
    """A message whose every text without a pattern is this one."""
    texts = {
        name: evil
        for name, field in cls.model_fields.items()
        if field.annotation in (str, str | None) and not any(hasattr(it, "pattern") for it in field.metadata)
    }
    return cls.model_construct(**{"slot": 1, "sim_id": 1, "account_id": 1} | texts | more)


def parts(cls: type[BaseModel]) -> Iterator[dict[str, Any]]:
    """What a message consists of besides its texts."""
    if "order" in cls.model_fields:
        for name, kind in KINDS.items():
            what = kind.what.model_construct(kind=name, **ASKED)
            yield {"order": Placement.model_construct(order_id=ID, account_id=1, user_id=1, what=what)}
    elif "request" in cls.model_fields:
        yield {"request": QrRequest.model_construct(request_id=ID, account_id=1, sim_id=1, user_id=1)}
    elif "change" in cls.model_fields:
        yield {
            "change": NumberChange.model_construct(
                change_id=ID, number_id=1, account_id=1, change=Change.DELETE
            )
        }
    elif "purpose" in cls.model_fields:
        yield {"user_id": 1, "purpose": TokenPurpose.INVITATION}
    elif "add_on" in cls.model_fields:
        yield {"add_on": AddOn.VOICE_SMS, "quantity": 1}
    elif "notice" in cls.model_fields:
        yield {"notice": Notice.STOCK_LOW}
    elif "esim_line_id" in cls.model_fields:
        yield {"esim_line_id": 1}
    elif "kind" in cls.model_fields:
        yield {"job_id": "job-1"}
    else:
        yield {"webhook_id": "webhook-1"} if "webhook_id" in cls.model_fields else {}


def texts_of_messages(evil: str) -> Iterator[tuple[str, str]]:
    """All that any message says of itself to operators."""
    for cls in all_messages():
        for more in parts(cls):
            message = filled(cls, evil, **more)
            for name, it in inspect.getmembers(cls, lambda it: isinstance(it, property)):
                if it.fget.__annotations__.get("return") is str:
                    yield f"{cls.__name__}.{name}", getattr(message, name)


@pytest.mark.covers("W3")
@pytest.mark.parametrize("evil", EVIL)
def test_names_in_summaries_and_details_are_shown_and_nothing_else(evil: str) -> None:
    found = dict(texts_of_messages(evil))
    starts = {"PlaceOrder", "RequestQrCode", "NotifyOfQrCode", "ChangeNumber", "RequestLicences"}
    starts |= {"SendTravelNotice", "SendUserMail", "LiveLine", "RunJob", "RunWebhook"}
    expected = {f"{start}.{what}" for start in starts for what in ("summary", "details")}
    assert set(found) == expected | {"RetryMany.chosen", "LiveLine.line_id"}
    for kind, entry in KINDS.items():
        what, shown = (
            entry.what.model_construct(kind=kind, **ASKED),
            filled(Shown, evil),
        )
        found |= {f"{kind}.summary": what.summary(shown), f"{kind}.records": what.records(shown)}
    hold = Hold(HoldReason.MAIL_REJECTED, HELD_AT + timedelta(1), evil)
    found["details"] = details(OrderStatus.SUBMITTED.label, [(HELD_AT, "Submitted")], [hold])
    assert {name: text for name, text in found.items() if not harmless(text)} == {}


@pytest.mark.parametrize("evil", EVIL)
def test_without_a_code_span_each_of_them_would_be_found(evil: str) -> None:
    assert not all(harmless(f"to eSIM ({raw})") for raw in (evil, f"`{evil}`"))
    assert harmless(f"to eSIM ({inert(evil)})")


def test_a_plain_name_stays_as_it_is_and_a_backtick_ends_no_span() -> None:
    for plain in ("Orange", "Bouygues Télécom (FR)", "AT&T", "Free - Pro", "中国移动", "O'Neil, Sons"):
        assert inert(plain) == plain
    assert inert("The server: is back. Really!") == "The server: is back. Really!"
    assert inert("S.A.") == "`S.A.`"
    assert code("a`b``c\nd") == "`a'b''c d`"
    assert code("") == ""
