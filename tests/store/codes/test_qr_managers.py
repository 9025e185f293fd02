"""Whom a notification of a code is offered to: the manager (F37, F65)."""

import pytest

from starter.people.accounts import AccountDesk
from starter.people.erasure import erase
from starter.people.users import UserDesk
from store.session import Database
from tests.builders import ACCOUNT, ANA, OPERATOR, run
from tests.qr_world import QrWorld, qr_world

BOSS, ZOE, OFFICE = "boss@acme.example", "zoe@acme.example", "office@acme.example"


@pytest.fixture
async def qr(database: Database) -> QrWorld:
    """Ana asks for codes; Zoe imports them."""
    found = await qr_world(database)
    await UserDesk(database).create_user(OPERATOR, ACCOUNT, "Zoe", ZOE)
    return found


async def imported_by_zoe(qr: QrWorld, number: int = 1) -> str | None:
    (zoe,) = await run(qr.database, "SELECT id FROM users WHERE email = :zoe", zoe=ZOE)
    return (await qr.take(number=number, actor=f"user:{zoe.id}")).manager


@pytest.mark.covers("F37", "F65")
async def test_who_requested_the_code_is_the_manager(qr: QrWorld) -> None:
    await AccountDesk(qr.database).set_contact(OPERATOR, None, OFFICE)
    await qr.asked()
    assert await imported_by_zoe(qr) == ANA
    assert await imported_by_zoe(qr, 2) == ANA, "whose request was the last, though it has ended"


@pytest.mark.covers("F65")
async def test_the_last_of_several_requests_counts(qr: QrWorld) -> None:
    (zoe,) = await run(qr.database, "SELECT id FROM users WHERE email = :zoe", zoe=ZOE)
    await qr.withdraw(await qr.asked(key="a", user_id=zoe.id))
    await qr.withdraw(await qr.asked(key="b"))
    assert await imported_by_zoe(qr) == ANA


@pytest.mark.covers("F65")
async def test_where_nobody_requested_it_the_account_s_contact_address_is(qr: QrWorld) -> None:
    assert (await AccountDesk(qr.database).set_contact(OPERATOR, None, f" {OFFICE} ")).contact_email == OFFICE
    assert await imported_by_zoe(qr) == OFFICE
    assert (await qr.take(sim=2, number=2, actor="operator")).manager == OFFICE


@pytest.mark.covers("F65")
async def test_else_who_imported_it_is_and_for_an_operator_nobody(qr: QrWorld) -> None:
    assert await imported_by_zoe(qr) == ZOE
    assert (await qr.take(sim=2, number=2, actor="operator")).manager is None


async def test_a_request_that_was_refused_makes_no_manager(qr: QrWorld) -> None:
    await run(qr.database, "DELETE FROM contact_roles WHERE role = 'esim_qr_code'")
    assert (await qr.ask()).refusals
    assert await imported_by_zoe(qr) == ZOE


async def test_nobody_who_was_erased_is_a_manager(qr: QrWorld) -> None:
    await qr.withdraw(await qr.asked())
    await AccountDesk(qr.database).set_contact(OPERATOR, None, OFFICE)
    await erase(OPERATOR, qr.database, ANA)
    assert await imported_by_zoe(qr) == OFFICE
    counts = await erase(OPERATOR, qr.database, OFFICE)
    assert counts["accounts"] == 1
    assert await imported_by_zoe(qr, 2) == ZOE
