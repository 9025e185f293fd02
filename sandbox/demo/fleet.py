"""The demonstration's first and last chapters: importing the fleet, and checking all of it at the end."""

from models.people.api_keys import Mode
from models.people.views import UserView
from sandbox.demo.scene import FILES, OPERATOR, Scene
from sandbox.mails import list_mails
from sandbox.stage import Timeline
from starter.catalogue.desk import CatalogueDesk
from starter.fleet.desk import FleetDesk
from starter.people.users import UserDesk
from store.session import Database


async def imported(timeline: Timeline, database: Database) -> UserView:
    """Import fleet and catalogue, and create the user who orders."""
    timeline.chapter("A fleet and its catalogue are imported")
    fleet = FleetDesk(database, mode=Mode.TEST)
    report = await fleet.import_fleet(OPERATOR, (FILES / "fleet.csv").read_bytes())
    timeline.says(f"{report.rows} lines imported from sandbox/fleet.csv")
    await CatalogueDesk(database).import_catalogue(OPERATOR, (FILES / "catalogue.csv").read_bytes())
    again = await fleet.import_fleet(OPERATOR, (FILES / "fleet.csv").read_bytes())
    timeline.check("Importing the same file again changes nothing", right=again.changes == 0)
    user = await UserDesk(database).create_user(
        OPERATOR, "Acme Logistics", "Ana Ruiz", "ana.ruiz@acme.example"
    )
    timeline.says("Ana may order: the default profile has all nine actions enabled")
    return user


async def look_at_everything(scene: Scene) -> None:
    """Check that no temporary eSIM and no open order is left, and that every order was mailed."""
    scene.timeline.chapter("The whole fleet")
    lines = await scene.fleet.lines(OPERATOR)
    mails = list_mails(scene.folder.mailbox)
    scene.timeline.says(f"{len(lines)} lines, {len(mails)} mails in the mailbox")
    scene.timeline.check("No temporary eSIM is left", right=all(line.temporary is None for line in lines))
    scene.timeline.check("No order is open", right=all(line.open_order is None for line in lines))
    orders = [order for order in await scene.desk.orders(OPERATOR) if order.distributor is not None]
    mailed = {order.id: sum(order.id in mail.subject for mail in mails) for order in orders}
    scene.timeline.check(
        "Every accepted order was mailed to its distributor and its end to people",
        right=all(mailed[order.id] >= 2 for order in orders),
    )
