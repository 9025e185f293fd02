"""What a demonstration that stays says last: where the pages are, who can sign in, and what each may try."""

from collections.abc import Collection

from models.people.callers import Role
from sandbox.demo.open_work import NUMBER, OpenWork
from sandbox.demo.scene import OPERATOR, Scene
from sandbox.demo.travel import ROSA
from settings import sandbox_clock
from starter.operations.clock import ClockDesk
from starter.people.sandbox_people import written
from starter.people.users import UserDesk

_TO_TRY: tuple[tuple[str, str | None, str], ...] = (
    (Role.OWNER, None, "Dashboard: what waits and what was done. Administration: all that is set up"),
    (Role.OWNER, "licences", "Licences: what was bought, the charges; Requests: buy the two that are wanted"),
    (Role.ADMINISTRATOR, None, "Administration: a profile with its nine switches, an API key, a webhook"),
    (Role.ADMINISTRATOR, None, "Imports, and People, who are invited by e-mail"),
    (Role.ADMINISTRATOR, "licences", "Numbers: {number}, its tab Integrations with the open order"),
    (Role.MANAGER, None, "Inventory, a physical SIM, Switch to eSIM of {distributor}"),
    (Role.MANAGER, None, "once it is processed: Inventory, the eSIM, Generate an eSIM QR code"),
    (Role.VIEWER, None, "the same pages, and may change nothing"),
    (Role.SUPPORT, None, "Inventory and Orders; may order and request QR codes"),
    (
        Role.SUPPORT,
        "travel",
        "Travel: {subscriber}, the line France, Add plan; Luc Morel, Add line; eSIM list",
    ),
    (
        Role.PROVIDER_DESK,
        None,
        "of {distributor}. Desk: Acknowledge, ICCID, Processed, Cancel; Steps by file",
    ),
)
"""Role, the chapter that must have been played, and what to look at."""
_MAILED = """
The order contact of {distributor} needs no sign-in: the link in an order's e-mail opens that order:
  {link}
E-mails are not sent away: esim-orders mail list, esim-orders mail show NUMBER"""
_AHEAD = """
The clock of this sandbox is {days} days ahead, as if today were {today:%-d %B %Y}: pages show its time,
and the list of e-mails when they were really sent."""


async def way_in(scene: Scene, work: OpenWork, played: Collection[str]) -> str:
    """Everything that a visitor of the pages needs to know."""
    settings, folder = scene.qr_desk.settings, scene.folder.path
    desk = next(one for one in work.people if one.role == Role.PROVIDER_DESK)
    distributor = (await UserDesk(scene.desk.database).user(OPERATOR, desk.address)).distributor
    clock = ClockDesk(scene.client, scene.desk.database, settings)
    now = await clock.show(OPERATOR, sandbox_clock(folder))
    lines = [f"Pages: {settings.portal_url}/sign-in", written(list(work.people)), "", "Sign in and try:"]
    lines += [
        f"  {role:13}  {text.format(distributor=distributor, number=NUMBER, subscriber=ROSA)}"
        for role, chapter, text in _TO_TRY
        if chapter is None or chapter in played
    ]
    lines.append(_MAILED.format(distributor=distributor, link=work.link))
    if days := now.ahead.days:
        lines.append(_AHEAD.format(days=days, today=now.now))
    return "\n".join(lines)
