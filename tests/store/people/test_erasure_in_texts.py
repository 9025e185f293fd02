"""Erasing a person from texts of others: however the name is spelled there, and nothing that is another's."""

import unicodedata

import pytest

from models.errors import NotFound
from starter.people.erasure import erase
from store.session import Database
from tests.builders import OPERATOR, line, place, run, world

ADDRESS = "rx@quill.example"
BLANKS = {
    "two blanks": "  ",
    "a line break": "\n",
    "a line break of Windows": "\r\n",
    "a no-break space": "\u00a0",
    "a narrow no-break space": "\u202f",
    "a tab and a thin space": "\t\u2009",
    "a line separator": "\u2028",
}


async def with_note(database: Database, name: str, note: str) -> None:
    """A fleet with an employee, and a note of another person that an order was cancelled with."""
    await world(database, line(1, employee_name=name, employee_email=ADDRESS), line(2))
    order = (await place(database, 2)).order_id
    await run(database, "UPDATE orders SET status = 'cancelled'")
    values = {"order": order, "note": note}
    await run(
        database, "INSERT INTO order_notes (account_id, order_id, text) VALUES (1, :order, :note)", **values
    )


async def note_left(database: Database) -> str:
    ((left,),) = await run(database, "SELECT text FROM order_notes")
    return str(left)


@pytest.mark.covers("W6")
@pytest.mark.parametrize("blanks", BLANKS.values(), ids=BLANKS)
async def test_a_name_is_erased_whatever_separates_its_words(database: Database, blanks: str) -> None:
    name = f"Zo\u00e9{blanks}Sentinella\u00a0Grandi"
    await with_note(database, "Zo\u00e9 Sentinella Grandi", f"As {name} said, {name}.")
    await erase(OPERATOR, database, ADDRESS)
    assert await note_left(database) == "As erased said, erased."


@pytest.mark.covers("W6")
@pytest.mark.parametrize("form", ["NFC", "NFD"])
async def test_a_name_is_erased_however_its_accents_are_encoded(database: Database, form: str) -> None:
    name = unicodedata.normalize(form, "Zo\u00e9 Guti\u00e9rrez")  # type: ignore[arg-type]
    await with_note(database, "Zo\u00e9 Guti\u00e9rrez", f"As {name} said: no, {name.lower()}.")
    await erase(OPERATOR, database, ADDRESS)
    assert await note_left(database) == "As erased said: no, erased."


@pytest.mark.covers("W6")
async def test_a_name_that_a_no_break_space_joins_is_a_full_name(database: Database) -> None:
    await with_note(database, "Sentinella\u00a0Grandi", "As Sentinella Grandi said: no.")
    await erase(OPERATOR, database, ADDRESS)
    assert await note_left(database) == "As erased said: no."


@pytest.mark.covers("W6")
async def test_a_longer_address_or_name_is_kept(database: Database) -> None:
    others = f"{ADDRESS}.com, {ADDRESS}-2, {ADDRESS}x, a.{ADDRESS}, Ana Grandiosa, Mariana Grandi"
    await with_note(database, "Ana Grandi", f"{others}. {ADDRESS}, <{ADDRESS}>, Ana Grandi. Ask {ADDRESS}.")
    await erase(OPERATOR, database, ADDRESS)
    assert await note_left(database) == f"{others}. erased, <erased>, erased. Ask erased."


@pytest.mark.covers("W6")
async def test_an_erased_user_is_unknown_to_another_erasure(database: Database) -> None:
    await world(database)
    ((user,),) = await run(database, "SELECT id FROM users")
    assert (await erase(OPERATOR, database, f"user:{user}"))["users"] == 1
    for who in ("erased", f"user:{user}", f"erased-user-{user}@erased.invalid"):
        with pytest.raises(NotFound) as unknown:
            await erase(OPERATOR, database, who)
        assert [refusal.code for refusal in unknown.value.refusals] == ["unknown_person"]
    assert await run(database, "SELECT count(*) FROM erasures") == [(1,)]
