"""What must never happen does not happen, whoever writes to the tables."""

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError

from models.orders.lifecycle import OrderStatus
from store.orders import notes
from store.session import Database, constraint_of
from tests.builders import OPERATOR, acknowledge, cancel, iccid, item, line, place, process, run, world


async def refused(database: Database, statement: str) -> str:
    """What the database says to a statement that it must not take."""
    with pytest.raises(DBAPIError) as failure:
        await run(database, statement)
    return constraint_of(failure.value) or str(failure.value.orig)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET actor = 'nobody'",
        "DELETE FROM events",
        "TRUNCATE events",
        "TRUNCATE orders CASCADE",
    ],
)
async def test_events_are_only_ever_added(database: Database, statement: str) -> None:
    await world(database)
    await place(database)
    assert "is append-only" in await refused(database, statement)
    assert await run(database, "SELECT actor FROM events") != []


@pytest.mark.covers("F21")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sims SET state = 'in_stock', discarded_at = NULL WHERE state = 'discarded'",
        "UPDATE sims SET distributor_id = NULL WHERE state = 'discarded'",
        "DELETE FROM sims WHERE state = 'discarded'",
    ],
)
async def test_a_discard_cannot_be_undone(database: Database, statement: str) -> None:
    desks = await world(database)
    order = await place(database)
    await acknowledge(database, order)
    await process(database, order, iccid(900))
    assert "is discarded, which is final" in await refused(database, statement)
    assert (await desks.fleet.sim(OPERATOR, iccid(1))).state == "discarded"


async def test_a_discarded_sim_gets_into_no_group(database: Database) -> None:
    desks = await world(database)
    order = await place(database)
    await acknowledge(database, order)
    await process(database, order, iccid(900))
    statement = (
        "INSERT INTO sim_groups SELECT sims.id, management_groups.id, 1 FROM sims, management_groups "
        "WHERE state = 'discarded'"
    )
    assert "belongs to no management group" in await refused(database, statement)
    assert (await desks.fleet.sim(OPERATOR, iccid(1))).groups == ()


async def test_a_sim_in_a_group_is_not_discarded(database: Database) -> None:
    await world(database)
    discard = "UPDATE sims SET state = 'discarded', discarded_at = now(), holder = NULL, employee_id = NULL"
    assert "still in a management group" in await refused(database, discard)


@pytest.mark.parametrize("statement", ["DELETE FROM sims", "TRUNCATE sims CASCADE"])
async def test_a_sim_in_use_is_never_deleted(database: Database, statement: str) -> None:
    desks = await world(database)
    await run(database, "DELETE FROM sim_groups")
    await refused(database, statement)
    assert (await desks.fleet.sim(OPERATOR, iccid(1))).state == "active"


ANOTHER_SIM = """
INSERT INTO sims (account_id, iccid, kind, state, provider_id, holder, order_id)
SELECT account_id, '{iccid}', '{kind}', '{state}', provider_id, {line}, {order}
FROM sims WHERE state = 'active'
"""
SIM = {"iccid": iccid(2), "kind": "physical", "state": "active", "line": "holder", "order": "NULL"}


IMPOSSIBLE_SIMS = [
    ({}, "uq_active_sim"),
    ({"iccid": iccid(1), "state": "in_stock", "line": "NULL"}, "uq_sims_iccid"),
    ({"iccid": "123"}, "ck_sims_iccid"),
    ({"state": "temporary", "kind": "esim"}, "ck_sims_temporary_has_order"),
    ({"state": "in_stock"}, "ck_sims_holder_of_active"),
    ({"line": "NULL"}, "ck_sims_holder_of_active"),
    ({"state": "lost", "line": "NULL"}, "ck_sims_state"),
    ({"kind": "nano"}, "ck_sims_kind"),
    ({"state": "discarded", "line": "NULL"}, "ck_sims_discarded_at"),
]


async def test_a_sim_that_cannot_be(database: Database) -> None:
    await world(database)
    for another, constraint in IMPOSSIBLE_SIMS:
        said = await refused(database, ANOTHER_SIM.format(**SIM | another))
        assert (another, said) == (another, constraint)


async def test_a_temporary_sim_is_an_esim(database: Database) -> None:
    await world(database)
    order = await place(database)
    temporary = SIM | {"state": "temporary", "order": f"'{order.order_id}'"}
    assert await refused(database, ANOTHER_SIM.format(**temporary)) == "ck_sims_temporary_is_esim"


async def test_one_temporary_esim_a_line(database: Database) -> None:
    await world(database)
    cancelled = await place(database)
    await cancel(database, cancelled)
    order = await place(database)
    await acknowledge(database, order)
    another = ANOTHER_SIM.format(
        **SIM | {"state": "temporary", "kind": "esim", "order": f"'{cancelled.order_id}'"}
    )
    assert await refused(database, another) == "uq_temporary_sim"


@pytest.mark.covers("F46", "F47")
async def test_one_open_order_a_line_but_one_a_slot(database: Database) -> None:
    await world(database, line(1, device="Phone"), line(2, device="Phone", slot=2))
    first = await place(database, 1)
    second = await place(database, 1)
    assert second.status is OrderStatus.REFUSED
    assert [refusal.code for refusal in second.refusals] == ["open_order"]
    assert first.order_id in second.refusals[0].sentence
    other_slot = await place(database, 2)
    assert other_slot.status is OrderStatus.SUBMITTED
    both = f"UPDATE orders SET subject = 'line:1' WHERE id = '{other_slot.order_id}'"
    assert await refused(database, both) == "uq_open_order"


# fmt: off
IMPOSSIBLE = [
        ("UPDATE lines SET slot = 4", "ck_lines_slot"),
        ("UPDATE lines SET msisdn = '0612345678'", "ck_lines_msisdn"),
        (("INSERT INTO lines (account_id, device_id, slot, msisdn, provider_id) "
         "SELECT account_id, device_id, slot, '+33639989999', provider_id FROM lines"),
         "uq_lines_device_id_slot"),
        (("INSERT INTO lines (account_id, device_id, slot, msisdn, provider_id) "
         "SELECT account_id, device_id, 2, msisdn, provider_id FROM lines"), "uq_lines_msisdn"),
        ("INSERT INTO providers (name) VALUES ('ORANGE')", "uq_providers_name"),
        ("INSERT INTO distributors (account_id, name) SELECT id, 'TELVIA' FROM accounts",
         "uq_distributors_name"),
        (("INSERT INTO users (account_id, name, email, profile_id) "
         "SELECT account_id, name, upper(email), profile_id FROM users"), "uq_users_email"),
        ("UPDATE users SET role = 'operator'", "ck_users_role_known"),
        ("UPDATE users SET role = 'provider_desk'", "ck_users_distributor_of_desk"),
        ("UPDATE users SET distributor_id = (SELECT min(id) FROM distributors)",
         "ck_users_distributor_of_desk"),
        ("UPDATE users SET kind = 'robot'", "ck_users_kind_known"),
        (("INSERT INTO order_pack_items (pack_id, section, name, esim, provider_id) "
         "SELECT pack_id, section, 'Another', true, provider_id FROM order_pack_items"), "uq_pack_esim"),
        ("UPDATE order_pack_items SET provider_id = NULL", "ck_order_pack_items_esim_has_provider"),
        ("UPDATE accounts SET language = 'de'", "ck_accounts_language"),
        ("UPDATE users SET language = ''", "ck_users_language"),
        ("UPDATE employees SET language = 'EN'", "ck_employees_language"),
        ("UPDATE contacts SET language = 'fr-CA'", "ck_contacts_language"),
        ("UPDATE contact_roles SET role = 'friend'", "ck_contact_roles_role_known"),
        ("INSERT INTO profile_targets SELECT id, 'switch_to_esim:4' FROM authorised_actions_profiles",
         "ck_profile_targets_target_known"),
        (("INSERT INTO authorised_actions_profiles (account_id, name, is_default) "
         "SELECT id, 'Second', true FROM accounts"), "uq_default_profile"),
        ("UPDATE orders SET status = 'refused'", "ck_orders_status"),
        ("UPDATE orders SET status = 'lost'", "ck_orders_status"),
        (("INSERT INTO orders (id, account_id, kind, status, subject, placed_by, what) "
         "SELECT 'order-two', account_id, kind, status, subject, placed_by, what FROM orders"),
         "uq_open_order"),
        ("INSERT INTO events (about, type, actor, audience) VALUES ('{}', 'mail.sent', 'system', 'account')",
         "ck_events_about_something"),
        ("INSERT INTO events (about, type, actor, audience) VALUES ('{sim:1}', 'mail.sent', 'system', 'all')",
         "ck_events_audience"),
        ("INSERT INTO feed_epoch (one, cluster) VALUES (false, '1')", "ck_feed_epoch_one"),
        ("INSERT INTO feed_epoch (cluster) VALUES ('1')", "pk_feed_epoch"),
    ]
# fmt: on


async def test_rows_that_cannot_be(database: Database) -> None:
    await world(database)
    await place(database)
    for statement, constraint in IMPOSSIBLE:
        assert (statement, await refused(database, statement)) == (statement, constraint)


OTHERS = "(SELECT min(id) FROM {table} WHERE account_id = (SELECT id FROM accounts WHERE name = 'Other'))"
OURS = "account_id = (SELECT id FROM accounts WHERE name = 'Acme')"
REFERENCES = [
    ("lines", "device_id", "devices"),
    ("users", "profile_id", "authorised_actions_profiles"),
    ("order_packs", "distributor_id", "distributors"),
    ("sims", "distributor_id", "distributors"),
    ("sims", "employee_id", "employees"),
    ("sims", "holder", "subjects"),
    ("orders", "subject", "subjects"),
    ("orders", "distributor_id", "distributors"),
    ("orders", "placed_by", "users"),
    ("swap_orders", "line_id", "lines"),
    ("swap_orders", "pack_id", "order_packs"),
    ("swap_orders", "sim_in_place_id", "sims"),
    ("line_groups", "line_id", "lines"),
    ("line_groups", "group_id", "management_groups"),
    ("sim_groups", "sim_id", "sims"),
    ("sim_groups", "group_id", "management_groups"),
]


async def test_nothing_refers_to_a_record_of_another_account(database: Database) -> None:
    desks = await world(
        database,
        line(1, management_groups="Sales"),
        line(2, account="Other", slot=2),
        packs=(item(), item("Theirs", account="Other")),
    )
    await desks.users.create_user(OPERATOR, "Other", "Zoe", "zoe@other.example")
    await place(database)
    # SIMs of different lines are told apart by an index of their own
    await run(
        database, "UPDATE sims SET state = 'in_stock', holder = NULL WHERE iccid = :known", known=iccid(2)
    )
    await run(database, "DELETE FROM line_groups WHERE line_id = 2")
    await run(database, "DELETE FROM sim_groups WHERE sim_id = 2")
    for table, column, target in REFERENCES:
        steal = f"UPDATE {table} SET {column} = {OTHERS.format(table=target)} WHERE {OURS}"
        said = await refused(database, steal)
        assert (steal, said) == (steal, f"fk_{table}_{column}_account_id")


async def test_a_record_stays_with_its_account_while_something_refers_to_it(database: Database) -> None:
    await world(database, line(1), line(2, account="Other"))
    await place(database)
    for table in ("lines", "sims", "users", "order_packs", "distributors", "employees", "management_groups"):
        give_away = (
            f"UPDATE {table} SET account_id = (SELECT id FROM accounts WHERE name = 'Other') WHERE {OURS}"
        )
        with pytest.raises(IntegrityError):
            await run(database, give_away)


async def test_an_order_names_a_note_of_its_own(database: Database) -> None:
    await world(database, line(1), line(2))
    first, second = await place(database, 1), await place(database, 2)
    async with database.transaction() as connection:
        note = await notes.add_note(connection, second.order_id, "Ours.")
    taken = f"UPDATE orders SET cancel_note_id = {note} WHERE id = '{first.order_id}'"
    assert await refused(database, taken) == "fk_orders_cancel_note_id_id"
    await run(database, f"UPDATE orders SET cancel_note_id = {note} WHERE id = '{second.order_id}'")
