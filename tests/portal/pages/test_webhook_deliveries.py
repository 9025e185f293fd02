"""What webhooks have sent and have still to send, on pages: sent again, disabled, many (A11, issue 15)."""

import re
from datetime import timedelta

import pytest

from starter.desks import Desks
from tests.builders import run
from tests.callers.world import Known
from tests.portal.api.statements import counted
from tests.portal.pages.conftest import SignIn
from tests.portal.pages.people import ANA
from tests.portal.pages.webhook_pages import LIST, caller, desks, made, receiver
from tests.webhooks.hooked import happens
from tests.webhooks.receiver import Receiver

__all__ = ["desks", "receiver"]
pytestmark = pytest.mark.covers("A11", "P11")


async def test_a_time_with_an_offset_is_converted_and_one_that_is_none_is_refused(
    browser: SignIn, desks: Desks, receiver: Receiver
) -> None:
    ana = await browser(ANA)
    path, _ = await made(ana, receiver)
    await happens(desks.database)
    for since, until, field in (
        ("2026-01-01T00:00", "soon", "until"),
        ("2026-01-01T00:00", "0001-01-01T00:00+14:00", "until"),
        ("0001-01-01T00:00+14:00", "", "since"),
    ):
        refused = await ana.post(f"{path}/replay", data={"since": since, "until": until})
        assert refused.status_code == 422, until
        assert f'id="{field}-error"' in refused.text
    (row,) = await run(
        desks.database,
        "SELECT (max(at) AT TIME ZONE 'UTC')::timestamp AS last FROM events"
        " WHERE type = 'line.groups_changed'",
    )
    shown = row.last + timedelta(hours=2)
    for hours, minutes, status in ((0, 1, 422), (-1, 0, 303), (0, -1, 303)):
        since = f"{shown + timedelta(hours=hours, minutes=minutes):%Y-%m-%dT%H:%M:%S}+02:00"
        until = f"{shown - timedelta(minutes=30):%Y-%m-%dT%H:%M:%S}+02:00" if hours else ""
        answer = await ana.post(f"{path}/replay", data={"since": since, "until": until})
        assert answer.status_code == status, since
        assert (status == 422) is ('id="since-error"' in answer.text)
        if status == 303:
            said = re.search(r"Events that are sent again: (\d+)\.", (await ana.get(path)).text)
            assert said
            assert (said[1] == "0") is (hours == -1), since


async def test_what_is_due_is_counted_and_events_are_sent_again(
    browser: SignIn, desks: Desks, receiver: Receiver
) -> None:
    ana = await browser(ANA)
    path, _ = await made(ana, receiver, which="chosen", types="line.groups_changed")
    assert "No failed attempt" in (await ana.get(path)).text
    for _ in range(3):
        await happens(desks.database)
    page = (await ana.get(path)).text
    assert re.search(r"<dt>New events</dt><dd[^>]*>3 · the oldest of ", page)
    name = path.rpartition("/")[2]
    assert (await desks.webhooks.backlog(await caller(desks), name)).new == 3
    await run(
        desks.database,
        "UPDATE webhooks SET (epoch, xid, event_id) ="
        " (SELECT epoch, xid, id FROM events ORDER BY epoch DESC, xid DESC, id DESC LIMIT 1) RETURNING id",
    )
    page = (await ana.get(path)).text
    assert re.search(r"<dt>New events</dt><dd[^>]*>0</dd>", page)
    for form, said in (
        ({}, "since"),
        ({"event": "nonsense"}, "event"),
        ({"since": "2026-01-01T00:00", "event": "x"}, "since"),
        ({"since": "soon"}, "since"),
    ):
        refused = await ana.post(f"{path}/replay", data=form)
        assert refused.status_code == 422, form
        assert f'id="{said}-error"' in refused.text
    done = await ana.post(f"{path}/replay", data={"since": "2026-01-01T00:00", "until": ""})
    assert done.headers["Location"] == path
    page = (await ana.get(path)).text
    assert re.search(r"Events that are sent again: \d+\.", page)
    assert "To be sent again" in page
    assert "The management groups were changed" in page
    waiting = (await ana.get(f"{path}?only=waiting")).text
    (event, *_) = re.findall(r'name="event" value="([\w-]+)"', waiting)
    one = await ana.post(f"{path}/replay", data={"event": event})
    assert one.status_code == 303


async def test_a_disabled_endpoint_says_why_and_goes_on_as_chosen(
    browser: SignIn, desks: Desks, receiver: Receiver
) -> None:
    ana = await browser(ANA)
    path, _ = await made(ana, receiver)
    assert (await ana.post(f"{path}/disable")).headers["Location"] == path
    page = (await ana.get(path)).text
    assert "Disabled by a user: nothing is sent" in page
    assert f'action="{path}/disable"' not in page
    await happens(desks.database)
    await run(desks.database, "UPDATE webhooks SET epoch = esim_epoch(), xid = pg_current_xact_id()")
    await ana.post(f"{path}/replay", data={"since": "2026-01-01T00:00"})
    assert re.search(r"sent again as soon as the webhook is enabled: \d", (await ana.get(path)).text)
    enabled = await ana.post(f"{path}/enable", data={"missed": "skip"})
    assert enabled.status_code == 303
    page = (await ana.get(path)).text
    assert re.search(r"<dt>New events</dt><dd[^>]*>1 ·", page), "only that it was enabled"
    for reason, said in (("gone", "the receiver answered 410"), ("failing", "for three days")):
        await run(
            desks.database,
            "UPDATE webhooks SET disabled_at = now(), disabled_for = :reason RETURNING id",
            reason=reason,
        )
        assert said in (await ana.get(path)).text
        assert said.split()[-1] in (await ana.get(LIST)).text


async def test_a_long_list_and_many_attempts_cost_as_many_statements_as_few(
    browser: SignIn, desks: Desks, receiver: Receiver, acme: Known
) -> None:
    ana, number = await browser(ANA), acme.webhook.removeprefix("WH-")
    paths = (LIST, f"{LIST}/{acme.webhook}")
    few = []
    for path in paths:
        with counted(desks.database) as statements:
            await ana.get(path)
        few.append(len(statements))
    await run(
        desks.database,
        "INSERT INTO webhook_attempts (webhook_id, account_id, epoch, xid, event_id, type, number, outcome,"
        " status) SELECT :id, 1, 1, '9', n, 'order.submitted', 1, 'status', 500"
        " FROM generate_series(1, 30) AS n RETURNING id",
        id=int(number),
    )
    await run(
        desks.database,
        "INSERT INTO webhooks (account_id, url, types, description, secret, epoch, xid, event_id, created_by)"
        " SELECT account_id, url, types, description, secret, epoch, xid, event_id, created_by"
        " FROM webhooks, generate_series(1, 30) RETURNING id",
    )
    for path, before in zip(paths, few, strict=True):
        with counted(desks.database) as statements:
            page = (await ana.get(path)).text
        assert len(statements) == before, path
    assert page.count('id="attempt-') == 25
    (following,) = re.findall(r'rel="next" href="([^"]+)"', page)
    assert (await ana.get(following.replace("&amp;", "&"))).text.count('id="attempt-') == 5
