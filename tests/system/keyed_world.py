"""An account in which every call of `tests.system.keyed_calls` is accepted."""

from datetime import UTC, datetime

from models.people.callers import Role
from models.people.views import ContactRole
from models.travel.kinds import AddLine, AddPlan
from tests.builders import ACCOUNT, OPERATOR, as_csv, iccid, item, line, place
from tests.licences_world import add_agent, add_licence, add_number, licences_world
from tests.system.scene import Scene
from tests.system.travel.mail_scene import processed
from tests.travel_world import SUE, add_esim_line, add_subscriber, add_travel_plan, assign_plan


async def keyed_world(scene: Scene) -> dict[str, str]:
    """Fill the database; the ids of what the calls name."""
    await _people(scene)
    ids = {f"iccid_{number}": iccid(number) for number in (501, 502)}
    gina = await add_agent(scene.database)
    await add_agent(scene.database, "Hugo", "hugo@acme.example")
    await add_agent(scene.database, "Iris", "iris@acme.example")
    for number in range(1, 5):
        await add_number(scene.database, number, gina)
    licences = [await add_licence(scene.database) for _ in range(5)]
    last = licences[-1]
    ids |= {"licence": f"LI-{last}", "other_licence": f"LI-{last - 1}"}
    ids |= {"bought": f"LI-{last + 1}", "also_bought": f"LI-{last + 2}"}
    return ids | await _mailed(scene) | await _travel(scene)


async def _people(scene: Scene) -> None:
    lines = (*(line(number) for number in (1, 2, 3, 7, 8)), *(line(n, sim_type="esim") for n in (4, 5, 6)))
    desks = await licences_world(scene.database, *lines)
    packs = as_csv(
        item(), item("Sosh pack", provider="Sosh"), item("Orbit pack", provider="Sosh", distributor="Orbit")
    )
    await desks.catalogue.import_catalogue(OPERATOR, packs)
    await desks.users.create_user(OPERATOR, ACCOUNT, "Sue", SUE, role=Role.SUPPORT)
    await desks.profiles.create_profile(OPERATOR, ACCOUNT, "Clerk")
    for name in ("quentin", "rita"):
        address, roles = f"{name}@telvia.example", (ContactRole.ESIM_QR_CODE,)
        await desks.contacts.add_contact(OPERATOR, ACCOUNT, "Telvia", name, address, roles)


async def _mailed(scene: Scene) -> dict[str, str]:
    """Two open orders that were e-mailed to their distributor two minutes ago."""
    waiting, also_waiting = [(await place(scene.database, number)).order_id for number in (7, 8)]
    mailed = (
        "INSERT INTO mails (id, account_id, order_id, template, recipient, message_id, state, updated_at)"
        " SELECT id || '/1', account_id, id, 'switch_to_esim.order', 'contact:1', id, 'sent',"
        " esim_now() - interval '2 minutes' FROM orders WHERE id = :order"
    )
    for order in (waiting, also_waiting):
        await scene.sql(mailed, order=order)
    return {"waiting": waiting, "also_waiting": also_waiting}


async def _travel(scene: Scene) -> dict[str, str]:
    database, now = scene.database, int(datetime.now(UTC).timestamp() * 1000)
    for table in ("esim_lines", "jobs"):  # their workflows have their ids, and tests share a Temporal server
        await scene.sql(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), :first)", first=now)
    rosa, other = await add_subscriber(database), await add_subscriber(database, 2)
    plan = await add_travel_plan(database)
    await add_travel_plan(database, "Euro 2")
    esim_lines = [await add_esim_line(database, rosa, number) for number in (1, 2, 3)]
    order = await processed(scene, AddLine(subscriber_id=rosa, plan_id=plan))
    await scene.sql(
        "UPDATE esim_lines SET order_id = :order WHERE id = :line", order=order, line=esim_lines[0]
    )
    await assign_plan(database, esim_lines[0], plan, order=order)
    further = []
    for name in ("second", "third"):
        added = await processed(scene, AddPlan(esim_line_id=esim_lines[0], plan_id=plan), name)
        await assign_plan(database, esim_lines[0], plan, order=added)
        further.append(added)
    await scene.sql("DELETE FROM follow_ups")  # their e-mails were sent
    return {
        "subscriber": f"SB-{rosa}",
        "other_subscriber": f"SB-{other}",
        "also_confirmed": further[0],
        "lastly_confirmed": further[1],
        **{f"esim_{number}": iccid(70_000 + number) for number in (1, 2, 3)},
        **{f"esim_line_{number}": f"EL-{found}" for number, found in enumerate(esim_lines, 1)},
    }
