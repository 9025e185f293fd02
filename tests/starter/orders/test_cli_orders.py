"""`esim-orders order list|show`, as people read them."""

import re

import pytest

from models.orders.lifecycle import HoldReason
from models.people.callers import By
from store import events, mails
from store.mail_subjects import AboutOrder
from store.operations import holds
from store.orders import emails, steps
from store.session import Database
from tests.builders import acknowledge, as_csv, cancel, iccid, item, line, place, world
from tests.starter.shell import Shell

_NOBODY = {"order_contact_name": "", "order_contact_email": ""}


async def test_an_empty_list_is_a_sentence(database: Database, shell: Shell) -> None:
    for arguments, sentence in (
        ((), "There are no orders.\n"),
        (("--held",), "No order is held.\n"),
        (("--open",), "There are no such orders.\n"),
    ):
        assert shell.run("order", "list", *arguments).out == sentence
    assert shell.lines("order", "list") == []


async def test_orders_are_listed_with_number_and_short_date(database: Database, shell: Shell) -> None:
    await world(database, line(1), line(2), line(3))
    first, second, third = [await place(database, number) for number in (1, 2, 3)]
    await acknowledge(database, first)
    await cancel(database, second)
    async with database.transaction() as connection:
        await holds.hold(connection, third.order_id, "waiting", HoldReason.NO_ACKNOWLEDGEMENT)
    for columns in (80, 120):
        listed = shell.process("order", "list", columns=columns).out
        assert max(map(len, listed.splitlines())) <= columns
        for word in (first.order_id, "+33639980001", "processing", "no_acknowledgement"):
            assert word in listed, columns
        assert re.search(r" \d\d-\d\d \d\d:\d\d ", listed)
    for columns in (80, 120):
        held = shell.process("order", "list", "--held", columns=columns).out
        assert max(map(len, held.splitlines())) <= columns
        assert re.search(rf"{third.order_id} .*\+33639980003 .* \d\d-\d\d \d\d:\d\d ", held), held
        read = " ".join(re.sub("[│┃]", " ", held).split())
        first_words = " ".join(HoldReason.NO_ACKNOWLEDGEMENT.sentence.split()[:3])
        assert columns == 80 or first_words in read, held
    assert "Switch to eSIM" in shell.run("order", "list").out
    still_open = shell.run("order", "list", "--open").out
    assert first.order_id in still_open
    assert second.order_id not in still_open
    assert [order["id"] for order in shell.lines("order", "list", "--held")] == [third.order_id]


async def test_an_unknown_status_is_one_sentence(shell: Shell) -> None:
    said = shell.run("order", "list", "--status", "nope", code=2)
    assert said.err == (
        "There is no such status; there are submitted, provider_processing, processed, cancelled, refused.\n"
    )
    assert shell.run("order", "list", "--status", "Processed").out == "There are no such orders.\n"


async def test_the_command_line_says_why_it_was_refused(database: Database, shell: Shell) -> None:
    await world(database)
    refused = await place(database, quantity=2)
    listed = shell.run("order", "list", "--status", "refused").out
    assert refused.order_id in listed
    assert "Refused" in listed
    shown = shell.run("order", "show", refused.order_id).out
    assert refused.refusals[0].sentence.split(";")[0][:30] in shown
    assert "quantity_locked" in shown
    assert "'kind'" not in shown
    assert shell.run("order", "list").out == "There are no orders.\n"
    assert shell.json("order", "show", refused.order_id)["refusals"][0]["code"] == "quantity_locked"


async def test_an_order_names_people_and_what_it_waits_for(database: Database, shell: Shell) -> None:
    await world(database)
    order = await place(database)
    async with database.transaction() as connection:
        (contact,) = (await emails.swap_facts(connection, order.order_id)).order_contacts
        about = AboutOrder(order.order_id, 1)
        record = mails.EmailRecord("a mail", about, "provider_order", contact.key, "<a@esim.example>")
        await mails.claim(connection, [record], 0)
        await mails.record(connection, about, [mails.Outcome(record, "sent")], 0)
    for columns in (80, 120):
        shown = shell.process("order", "show", order.order_id, columns=columns).out
        assert max(map(len, shown.splitlines())) <= columns
        for words in ("Switch to eSIM", "the provider's acknowledgement", "Ana", "<orders@telvia.example>"):
            assert words in shown, columns
        for internal in ("switch_to_esim", "contact:", "user:"):
            assert internal not in shown
        assert " " + iccid(1) + " " in shown
    await acknowledge(database, order)
    assert "the provider's word that the order is processed" in shell.run("order", "show", order.order_id).out


@pytest.mark.covers("F51")
async def test_an_incident_is_seen(database: Database, shell: Shell) -> None:
    await world(database, line(1), line(2))
    order, other = await place(database, 1), await place(database, 2)
    await acknowledge(database, order)
    await cancel(database, order)
    await cancel(database, other)
    assert shell.run("order", "list", "--incidents").out == "There are no such orders.\n"
    async with database.transaction() as connection:
        await steps.complete(connection, order.order_id, By("provider"), iccid(900), "a-request")
    shown = shell.run("order", "show", order.order_id, columns=80).out
    assert "The provider processed it after the cancel" in " ".join(re.findall(r"[^\s│]+", shown))
    assert "a-request" not in shown
    assert shell.json("order", "show", order.order_id)["incident"]
    assert [found["id"] for found in shell.lines("order", "list", "--incidents")] == [order.order_id]
    assert "(incident)" in shell.run("order", "list").out


async def test_names_of_other_accounts_stay_theirs(database: Database, shell: Shell) -> None:
    await world(database, line(1), line(2, account="Other"))
    shell.run("user", "create", "Secret", "secret@other.example", "--account", "Other")
    order = await place(database)
    async with database.transaction() as connection:
        refused = await steps.acknowledge(connection, order.order_id, By("user:2"))
        assert refused.refusal is not None
        assert refused.refusal.code == "unknown_actor"
        await events.append(connection, 1, (order.order_id,), "user:2", ("order.held", {}))
    (secret,) = [user for user in shell.json("user", "list") if user["name"] == "Secret"]
    assert secret["id"] == 2
    shown = shell.run("order", "show", order.order_id).out
    assert "user:2" in shown
    assert "Secret" not in shown


async def test_success_is_one_line_for_programs(database: Database, shell: Shell) -> None:
    file = shell.folder / "fleet.csv"
    file.write_bytes(as_csv(line(1), line(2)))
    assert len(shell.process("fleet", "import", str(file), columns=40).out.splitlines()) == 1


async def test_the_catalogue_shows_whom_orders_are_sent_to(database: Database, shell: Shell) -> None:
    await world(database, packs=(item(), item("Other", distributor="Mobilis", **_NOBODY)))
    listed = shell.run("catalogue", "list", columns=80).out
    assert "orders@telvia.example" in listed
    assert "none: its orders will be held" in listed
    (first,) = [found for found in shell.json("catalogue", "list") if found["distributor"] == "Telvia"]
    assert [contact["email"] for contact in first["order_contacts"]] == ["orders@telvia.example"]


@pytest.mark.parametrize(
    ("arguments", "more"),
    [(("--language", "fr"), {}), ((), {"LC_ALL": "fr_CA.UTF-8"}), ((), {"LANG": "fr", "LC_ALL": ""})],
)
async def test_a_refusal_is_told_in_the_language_of_the_terminal(
    shell: Shell, arguments: tuple[str, ...], more: dict[str, str]
) -> None:
    shell.more |= {"LC_MESSAGES": "", **more}
    refused = shell.run(*arguments, "order", "list", "--status", "nope", code=2)
    assert refused.err.startswith("Ce statut n’existe pas\u202f; il y a submitted, ")  # noqa: RUF001


async def test_a_language_that_is_not_spoken_is_refused(shell: Shell) -> None:
    refused = shell.run("--language", "tlh", "order", "list", code=2)
    assert refused.err == "There is no such language; there are: en, fr.\n"


@pytest.mark.covers("F22")
async def test_a_cancel_asks_before_it_cannot_be_taken_back(database: Database, shell: Shell) -> None:
    await world(database)
    order = (await place(database)).order_id
    cancel_it = ("order", "cancel", order, "--reason", "wrong phone")
    assert shell.run(*cancel_it, code=2).err == "There is no terminal to confirm at: add --yes.\n"
    told = shell.terminal(*cancel_it, answers=("n",), code=2)
    assert "Switch to eSIM, +33639980001: submitted." in told
    assert "Cancel this order for good? [y/N]: n" in told
    assert told.endswith("Not confirmed; nothing was done.\n")
    assert shell.json("order", "show", order)["status"] == "submitted"
    unknown = shell.run("order", "cancel", "order-aaaaaaaaaaaaaaaa", "--reason", "x", code=2)
    assert unknown.err == "There is no order order-aaaaaaaaaaaaaaaa.\n"
