"""A file of numbers is imported as a whole, once; or every wrong row is named and nothing happens."""

from datetime import timedelta
from typing import Any

import pytest

from models.errors import Refused
from models.imports import ImportReport, RowNote
from models.licences import file
from models.licences.views import AgentView, NumberView
from starter.licences.book import AgentBook, NumberBook
from store.session import Database
from tests.builders import ACCOUNT, OPERATOR, Cells, ana, as_csv, empty_slot, run
from tests.licences_world import ADAM, GINA, accepted, add_licence, assignment, licences_world, number_msisdn
from tests.starter.licences.files import EID, number_row, unused
from tests.starter.shell import Said, Shell

COLUMNS = (*file.COLUMNS, *file.OPTIONAL)


async def take(database: Database, *rows: Cells, dry_run: bool = False) -> ImportReport:
    return await _book(database).import_numbers(OPERATOR, as_csv(*rows, columns=COLUMNS), dry_run)


def _book(database: Database) -> NumberBook:
    return NumberBook(database, timedelta(days=30))


async def numbers(database: Database) -> list[NumberView]:
    return await _book(database).numbers(OPERATOR)


async def agents(database: Database) -> list[AgentView]:
    return await AgentBook(database).agents(OPERATOR)


async def refused(database: Database, *rows: Cells) -> list[list[tuple[str | None, str]]]:
    """Column and code of each problem of each wrong row; and proof that nothing was imported."""
    before = await numbers(database), await agents(database)
    with pytest.raises(Refused) as raised:
        await take(database, *rows)
    assert (await numbers(database), await agents(database)) == before
    notes = [note for note in raised.value.refusals if isinstance(note, RowNote)]
    assert len(notes) == len(raised.value.refusals)
    return [[(problem.column, problem.reason.code) for problem in note.problems] for note in notes]


async def test_numbers_are_imported_with_their_agents(database: Database) -> None:
    await licences_world(database)
    more: dict[str, Any] = {"agent_language": "fr", "agent_eid": EID, "phone_supports_esim": ""}
    report = await take(
        database,
        number_row(1) | more,
        number_row(2, line_type="Shared", provider="SFR", distributor="Autre") | more,
        number_row(3, agent_name="Hugo", agent_email="", phone_supports_esim="yes"),
        unused(4),
    )
    assert report.model_copy(update={"read": None}) == ImportReport(
        rows=4, created={"providers": 1, "distributors": 1, "numbers": 4, "agents": 2}
    )
    first, second, third, fourth = await numbers(database)
    assert (first.msisdn, first.line_type, first.agent) == (number_msisdn(1), "direct", "Gina")
    assert (second.line_type, second.provider, second.distributor) == ("shared", "SFR", "Autre")
    assert (third.agent, fourth.agent) == ("Hugo", None)
    gina, hugo = await agents(database)
    assert (gina.email, gina.language, gina.eid, gina.phone_confirmed_at) == (GINA, "fr", EID, None)
    assert gina.number_ids == (first.id, second.id)
    assert hugo.email is None
    assert hugo.phone_confirmed_at is not None
    history = (await _book(database).number(OPERATOR, f"N-{first.id}")).events
    assert [(event.type, event.actor) for event in history] == [("number.added", "operator")]


async def test_a_second_import_changes_nothing_and_an_edited_one_what_differs(database: Database) -> None:
    await licences_world(database)
    rows = [number_row(1), number_row(2, agent_name="Hugo", agent_email=""), unused(3)]
    await take(database, *rows)
    again = await take(database, *rows)
    assert (again.created, again.changed) == ({}, {})
    rows[0] = number_row(1, line_type="shared", agent_name="Gina B.", agent_email=GINA.upper())
    rows[2] = number_row(3, agent_name="Gina B.")
    before = await numbers(database)
    tried = await take(database, *rows, dry_run=True)
    assert await numbers(database) == before
    edited = await take(database, *rows)
    assert edited.changed == tried.changed == {"numbers": 2, "renamed_agents": 1}
    assert edited.warnings == tried.warnings
    assert [warning.sentence for warning in edited.warnings] == ["Line 2: agent_name: AG-1 is renamed."]
    assert [number.agent for number in await numbers(database)] == ["Gina B.", "Hugo", "Gina B."]


async def test_every_wrong_cell_of_every_row_is_named(database: Database) -> None:
    await licences_world(database)
    wrong = number_row(1, msisdn="0612345678", line_type="both", provider="", agent_email="gina")
    wrong |= {"agent_language": "de", "agent_eid": "1" * 32, "phone_supports_esim": "perhaps"}
    assert await refused(
        database,
        wrong,
        unused(2) | {"agent_eid": EID},
        number_row(3),
        number_row(3, agent_name="Other"),
    ) == [
        [
            ("provider", "cell_empty"),
            ("msisdn", "msisdn_invalid"),
            ("line_type", "cell_no_line_type"),
            ("agent_email", "email_invalid"),
            ("agent_language", "cell_no_language"),
            ("agent_eid", "eid_invalid"),
            ("phone_supports_esim", "cell_not_yes_or_no"),
        ],
        [("agent_name", "agent_without_name")],
        [("msisdn", "same_number_before"), ("agent_name", "other_agent_before")],
    ]


async def test_an_import_says_whom_it_renames(database: Database, shell: Shell) -> None:
    await licences_world(database)
    file = shell.folder / "numbers.csv"

    def typed(*rows: Cells, language: str = "en") -> Said:
        file.write_bytes(as_csv(*rows, columns=COLUMNS))
        return shell.run("--language", language, "number", "import", str(file))

    hugo = number_row(3, agent_name="Hugo", agent_email="hugo@acme.example")
    assert typed(number_row(1), number_row(2), hugo).err == ""
    gina = [number_row(number, agent_name="Gina Blanc", agent_email=GINA.upper()) for number in (1, 2)]
    said = typed(*gina, hugo | {"agent_language": "fr"})
    assert said.out == "3 rows read; changed: 1 agent, 1 agent renamed.\n"
    assert said.err == "Line 2: agent_name: AG-1 is renamed.\n"
    assert "est renommé" in typed(number_row(1), number_row(2), hugo, language="fr").err
    again = typed(number_row(1), number_row(2), hugo)
    assert (again.out, again.err) == ("3 rows read; nothing is new or different.\n", "")


@pytest.mark.covers("L5")
@pytest.mark.parametrize("written", ["+337001234567890", "+33 700 12 34 56 78 90", "+33 (0)700.1234.5678-90"])
async def test_the_number_of_a_machine_is_of_a_kind_that_gets_no_licence(
    database: Database, written: str
) -> None:
    await licences_world(database)
    assert await refused(database, number_row(1, msisdn=written)) == [[("msisdn", "not_french_mobile")]]
    for wrong in (written[:-1], f"{written}1", written.replace("7", "6", 1)):
        assert await refused(database, number_row(1, msisdn=wrong)) == [[("msisdn", "msisdn_invalid")]]
    assert await refused(database, number_row(1, msisdn=written[1:])) in (
        [[("msisdn", "msisdn_without_plus")]],
        [[("msisdn", "msisdn_invalid")]],
    )


async def test_an_import_changes_neither_the_user_nor_a_deleted_number(database: Database) -> None:
    desks = await licences_world(database)
    await take(database, number_row(1), number_row(2), unused(3))
    await run(
        database, "UPDATE numbers SET deleted_at = esim_now() WHERE msisdn = :msisdn", msisdn=number_msisdn(3)
    )
    await desks.fleet.import_fleet(OPERATOR, as_csv(empty_slot(90, account="Bolt")))
    await run(
        database,
        "INSERT INTO agents (account_id, name, email, deactivated_at)"
        " SELECT id, 'Ines', 'ines@acme.example', esim_now() FROM accounts WHERE name = 'Acme'",
    )
    assert await refused(
        database,
        number_row(1, agent_name="Hugo", agent_email="hugo@acme.example"),
        unused(2),
        unused(3),
        unused(4, account="Nowhere"),
        number_row(5, agent_name="Ines", agent_email="ines@acme.example"),
    ) == [
        [("agent_name", "number_other_agent")],
        [("agent_name", "number_other_agent")],
        [("msisdn", "number_not_recovered")],
        [("account", "unknown_account")],
        [("agent_name", "agent_deactivated")],
    ]
    assert await refused(database, number_row(1, account="Bolt")) == [[("msisdn", "number_of_other_account")]]


@pytest.mark.covers("L6")
async def test_a_number_with_an_order_keeps_its_distributor_and_stays_a_direct_number(
    database: Database,
) -> None:
    await licences_world(database)
    await take(database, number_row(1, phone_supports_esim="yes"))
    (number,) = await numbers(database)
    assert (
        await accepted(database, await assignment(database, number.id, await add_licence(database)))
    ).accepted
    for change in ({"provider": "SFR"}, {"distributor": "Autre"}, {"line_type": "shared"}):
        assert await refused(database, number_row(1, **change)) == [[("msisdn", "number_served")]]
    report = await take(database, number_row(1, agent_name="Gina B."))
    assert report.changed == {"renamed_agents": 1}


async def test_an_account_imports_its_own_numbers_alone(database: Database) -> None:
    await licences_world(database)
    adam = await ana(database, ADAM)
    with pytest.raises(Refused) as raised:
        await _book(database).import_numbers(adam, as_csv(unused(1, account="Bolt")))
    assert [refusal.sentence for refusal in raised.value.refusals] == [
        (
            "Line 2: account: it is not the account that the file is imported for; the mapping account= "
            "leaves this column out."
        )
    ]
    with pytest.raises(Refused) as raised:
        await _book(database).import_numbers(await ana(database), as_csv(unused(1)))
    assert [refusal.code for refusal in raised.value.refusals] == ["not_permitted"]
    assert (await _book(database).import_numbers(adam, as_csv(unused(1)))).created == {"numbers": 1}
    assert (await numbers(database))[0].account == ACCOUNT
