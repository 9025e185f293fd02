"""The distributor's contact hands in the confirmation code with the activation code (R8)."""

import pytest

from models.people.callers import LinkBearer
from qr.draw import png
from starter.desks import Desks
from store.session import Database
from tests.builders import OPERATOR
from tests.callers.everything import everything
from tests.callers.world import KEYS, open_desks
from tests.qr_world import QrWorld, code, qr_world

PIN = "CONFIRM-0815"


async def asked(database: Database, url: str) -> tuple[Desks, LinkBearer]:
    """A contact who was asked for the code of S-1."""
    qr: QrWorld = await qr_world(database, keys=KEYS)
    token = await qr.upload_link(await qr.asked())
    return await open_desks(database, url), LinkBearer(token)


@pytest.mark.covers("R8")
@pytest.mark.parametrize("as_file", [True, False], ids=["file", "typed"])
async def test_it_arrives_with_the_code_and_the_contact_sees_it_nowhere(
    database: Database, database_url: str, *, as_file: bool
) -> None:
    desks, bearer = await asked(database, database_url)
    if as_file:
        preview = await desks.links.check(bearer, png(code(1)), "code.png", PIN)
    else:
        preview = await desks.links.check_code(bearer, str(code(1)), PIN)
    sent = await desks.links.send(bearer, preview.upload_id)

    assert preview.has_confirmation_code
    for answer in (preview, sent, await desks.links.over(bearer)):
        assert not any(PIN in text for text in everything(answer))
    shown = await desks.codes.show(OPERATOR, "S-1")
    assert (shown.code, shown.confirmation_code) == (code(1), PIN)


@pytest.mark.covers("R3", "R8")
async def test_a_mail_that_holds_both_is_taken_as_it_is(database: Database, database_url: str) -> None:
    desks, bearer = await asked(database, database_url)
    mail = (
        f"SM-DP+ Address: {code(1).smdp_address}\nActivation Code: {code(1).matching_id}\n"
        f"Confirmation Code: {PIN}\n"
    )
    preview = await desks.links.check_code(bearer, mail)
    await desks.links.send(bearer, preview.upload_id)

    shown = await desks.codes.show(OPERATOR, "S-1")
    assert (shown.code, shown.confirmation_code) == (code(1), PIN)


@pytest.mark.covers("R8")
async def test_without_one_none_is_known(database: Database, database_url: str) -> None:
    desks, bearer = await asked(database, database_url)
    preview = await desks.links.check_code(bearer, str(code(1)))
    await desks.links.send(bearer, preview.upload_id)

    assert not preview.has_confirmation_code
    assert (await desks.codes.show(OPERATOR, "S-1")).confirmation_code is None
