"""The code of a number's eSIM is the agent's: to whom it may be sent, and what they are sent."""

from datetime import timedelta

import pytest

from models.errors import Refused, Unavailable
from outbox import codes as outbox
from outbox.codes import ManagerNotified
from outbox.emails import Email
from outbox.licences.orders import AgentEsim
from outbox.links import Links
from starter.desks import Desks
from store.codes import notification_emails
from tests.builders import OPERATOR, run
from tests.callers.old_codes import OTHERS, OldCode, old_code
from tests.callers.world import Known, who
from tests.licences_world import ADAM, GINA
from tests.qr_world import codes_of

NEWEST = "SELECT address FROM qr_notifications ORDER BY created_at DESC, id LIMIT 1"


@pytest.fixture
async def old(desks: Desks, acme: Known) -> OldCode:
    return await old_code(desks, acme)


async def _sent(old: OldCode, caller: str, to: str | None) -> list[str] | str:
    """The reasons why this user may not notify the address, or the address that is notified."""
    desks = old.desks
    who_calls = await who(desks.database, caller) if caller else OPERATOR
    before = len(await run(desks.database, "SELECT 1 FROM qr_notifications"))
    try:
        await desks.codes.notify(who_calls, f"S-{old.sim_id}", to)
    except Refused as refused:
        return [reason.code for reason in refused.refusals]
    except Unavailable:  # Temporal: what it sends is recorded
        pass
    assert len(await run(desks.database, "SELECT 1 FROM qr_notifications")) == before + 1
    ((address,),) = await run(desks.database, NEWEST)
    return str(address)


@pytest.mark.covers("L9", "L21")
async def test_only_who_may_assign_sends_an_agents_code_to_another_address(old: OldCode) -> None:
    for role in ("manager", "support"):
        user = f"{role}@acme.example"
        assert await _sent(old, user, "typo@acme.example") == ["not_permitted"]
        assert await _sent(old, user, "GINA@acme.example") == "GINA@acme.example"
        assert await _sent(old, user, None) == GINA
    assert await _sent(old, "viewer@acme.example", GINA) == ["not_permitted"]
    for user in (ADAM, ""):
        assert await _sent(old, user, "boss2@acme.example") == "boss2@acme.example"
    # of a line's eSIM, as before
    manager = await who(old.desks.database, "manager@acme.example")
    with pytest.raises(Unavailable):
        await old.desks.codes.notify(manager, "S-1", "typo@acme.example")


@pytest.mark.covers("L9")
async def test_only_the_agents_own_address_gets_the_code_itself(old: OldCode) -> None:
    links = Links("https://portal.example", timedelta(days=1), timedelta(days=1), timedelta(days=1))
    sent: dict[str, type[Email]] = {}
    codes = {}
    for notification in old.notifications:
        async with old.desks.database.reading() as connection:
            found = await notification_emails.notification_mail(connection, notification)

        async def no_code(*_: object) -> None:
            """It is not asked for here."""

        (outgoing,) = outbox.notification(found, links, no_code)  # type: ignore[arg-type]
        sent[outgoing.to.email or ""] = type(outgoing.email)
        codes[outgoing.to.email] = outgoing.code
    assert sent == {GINA: AgentEsim, OTHERS: ManagerNotified}
    assert codes[OTHERS] is None
    assert codes[GINA] is not None


@pytest.mark.covers("L25")
async def test_a_number_names_its_esim_by_the_phone_number(old: OldCode) -> None:
    by_phone = await old.desks.codes.show(OPERATOR, "+33612000001")
    assert by_phone.version.sim_id == old.sim_id
    assert (await old.desks.code_book.history(OPERATOR, "+33612000001")).sim_id == old.sim_id
    await run(old.desks.database, "UPDATE lines SET msisdn = '+33612000001' WHERE id = 1")
    assert (await old.desks.code_book.history(OPERATOR, "+33612000001")).sim_id == 1, "a line's comes first"


@pytest.mark.covers("L25")
async def test_a_code_is_not_shown_once_its_number_is_changing_hands(old: OldCode) -> None:
    await run(old.desks.database, "UPDATE numbers SET suspended_at = now() WHERE id = :id", id=old.number_id)
    await run(old.desks.database, "UPDATE sims SET state = 'suspended' WHERE id = :id", id=old.sim_id)
    owner = await who(old.desks.database, "owner@acme.example")
    with pytest.raises(Refused) as refused:
        await old.desks.codes.show(owner, f"S-{old.sim_id}")
    assert codes_of(refused) == ["sim_suspended"]
    assert (await old.desks.codes.show(OPERATOR, f"S-{old.sim_id}")).version.current
