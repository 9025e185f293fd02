"""Names that look alike are one name, wherever they are typed (R11)."""

import pytest

from models.errors import Refused
from starter.people.accounts import AccountDesk
from starter.people.contacts import ContactDesk
from starter.people.groups import GroupDesk
from store.session import Database
from tests.builders import OPERATOR, line, world

pytestmark = pytest.mark.covers("R11")
ALIKE = ["Ac\u200bme", "\ufeffAcme", "Acme\u00a0", "\u202aAcme\u202c"]


@pytest.mark.parametrize("name", ALIKE)
async def test_an_account_that_looks_like_another_is_not_created_and_is_found(
    database: Database, name: str
) -> None:
    await world(database, line())
    desk = AccountDesk(database)
    with pytest.raises(Refused) as refused:
        await desk.create(OPERATOR, name)
    assert [refusal.code for refusal in refused.value.refusals] == ["name_in_use"]
    assert (await desk.account(OPERATOR, name)).name == "Acme"


async def test_a_group_that_looks_like_another_is_that_one(database: Database) -> None:
    await world(database, line(management_groups="Entrepôt"))
    desk = GroupDesk(database)
    made = await desk.create_group(OPERATOR, "Acme", "Entrepo\u0302t\u200b")
    assert (made.name, made.lines) == ("Entrepôt", 1)
    assert await desk.group(OPERATOR, "Entrep\u2060ôt") == made


async def test_a_distributor_is_found_however_its_name_was_copied(database: Database) -> None:
    await world(database, line())
    desk = ContactDesk(database)
    made = await desk.add_contact(
        OPERATOR, "Acme", "Tel\u200bvia\u00a0", "Zoe\u0308 \u202eÇelik", "zoe@telvia.example", ["order"]
    )
    assert (made.distributor, made.name) == ("Telvia", "Zoë Çelik")
