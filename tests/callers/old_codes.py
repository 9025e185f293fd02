"""An agent's number whose eSIM has a code, all ways to that code or to its confirmation code, and everything
that ends both.

The ways are found by walking: every call of every desk, as every role; every route of the portal, with every
token that was ever mailed; every command of `qr` and `number`; every route of the API, with a key of every
role (`tests.callers.old_codes_over_http`).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
from fastapi.routing import iter_route_contexts

from models.errors import EsimError
from models.identifiers import reference
from models.licences.numbers import Change, ReplaceReason
from models.people.callers import USER_ROLES, Caller, LinkBearer, Role
from portal.app import create_app
from settings import Settings
from starter.desks import Desks
from store.key_ring import KeyRing
from tests.builders import ACCOUNT, ANA, OPERATOR, run
from tests.callers.everything import everything
from tests.callers.samples import LINKS, SAMPLES
from tests.callers.world import CLEO, KEYS, NO_TEMPORAL, Known, who
from tests.licences_world import ADAM, GINA, accepted, add_agent, number_msisdn, replacement
from tests.qr_world import QrWorld, code
from tests.starter.shell import Shell
from tests.starter.test_every_command import COMMANDS
from tests.store.licences.number_ways import change
from tests.store.licences.order_ways import NEW, OLD, assigned, step

OLD_CODE = code(77)
CONFIRMATION_CODE = "CONFIRM-0815"
AND_CONFIRMATION = " yields the confirmation code"
"""How the name of a way ends that yields the confirmation code, too."""
_SECRETS = {"": OLD_CODE.matching_id, AND_CONFIRMATION: CONFIRMATION_CODE}
OTHERS = "boss@acme.example"
PORTAL = "https://portal.example"
ROLES = {role.value: f"{role}@acme.example" for role in USER_ROLES}
_GROUPS = ("qr", "number")
_FILE = "code.png"


@dataclass(frozen=True)
class OldCode:
    """The number and its eSIM, as people name them, and everything that was ever made about its code."""

    desks: Desks
    number_id: int
    sim_id: int
    requests: tuple[str, ...]
    notifications: tuple[str, ...]
    tokens: tuple[str, ...]
    acme: Known

    @property
    def known(self) -> list[Known]:
        """What a caller names, in the words that there are for it."""
        names = (reference("S", self.sim_id), OLD, number_msisdn(1))
        return [
            replace(
                self.acme,
                sim=name,
                esim=name,
                number=number_msisdn(1) if name == OLD else reference("N", self.number_id),
                request=self.requests[place % len(self.requests)],
                notification=self.notifications[place % len(self.notifications)],
            )
            for place, name in enumerate(names)
        ]


async def old_code(desks: Desks, acme: Known) -> OldCode:
    """Give Gina's number an eSIM and a code, which a contact uploaded; notify Gina and another address of it;
    and request it once more.
    """
    database, number_id = desks.database, int(acme.number.removeprefix("N-"))
    await desks.users.create_user(OPERATOR, ACCOUNT, "Adam", ADAM, role=Role.ADMINISTRATOR)
    await assigned(database, number_id)
    (sim,) = await run(database, "SELECT id, account_id FROM sims WHERE iccid = :iccid", iccid=OLD)
    contacts = await run(database, "SELECT contact_id FROM contact_roles WHERE role = 'esim_qr_code'")
    qr = QrWorld(database, KeyRing(KEYS), sim.account_id, 1, (contacts[0][0], contacts[1][0]), 0)
    first = await qr.asked(sim.id, "old")
    uploads = [await qr.upload_link(first, sim.id)]
    taken = await qr.take_by_link(uploads[0], 77, confirmation_code=CONFIRMATION_CODE)
    version = taken.version.id
    sent = [await qr.notify(version, sim.id, key, to) for key, to in (("gina", GINA), ("boss", OTHERS))]
    downloads = [await qr.download_link(one, version) for one in sent]
    second = await qr.asked(sim.id, "once more")
    uploads.append(await qr.upload_link(second, sim.id))
    return OldCode(
        desks,
        number_id,
        sim.id,
        (first, second),
        tuple(one.id for one in sent),
        (*uploads, *downloads),
        acme,
    )


# --- what ends it ---------------------------------------------------------------------------------------


async def nothing(_: OldCode) -> None:
    """The eSIM stays."""


async def change_of_user(old: OldCode) -> None:
    theo = await add_agent(old.desks.database, "Theo", "theo@acme.example")
    await change(old.desks.database, old.number_id, Change.CHANGE_USER, agent_id=theo)


async def deactivation(old: OldCode) -> None:
    await change(old.desks.database, old.number_id, Change.CHANGE_USER)
    await old.desks.agents.deactivate_agent(OPERATOR, GINA)


async def deletion(old: OldCode) -> None:
    await change(old.desks.database, old.number_id, Change.DELETE)


async def recovery(old: OldCode) -> None:
    await deletion(old)
    await change(old.desks.database, old.number_id, Change.RECOVER)


async def replaced(old: OldCode) -> None:
    """A new phone: the new eSIM has a code of its own."""
    database = old.desks.database
    order = await accepted(database, await replacement(database, old.number_id))
    await step(database, "acknowledge", order)
    await step(database, "complete", order, NEW, "test")
    new = await old.desks.fleet.sim(OPERATOR, NEW)
    await old.desks.codes.import_code(OPERATOR, reference("S", new.id), str(code(78)))


async def lost(old: OldCode) -> None:
    """A lost phone: the eSIM stops when the replacement is ordered."""
    database = old.desks.database
    await accepted(database, await replacement(database, old.number_id, ReplaceReason.LOST))


ENDS: dict[str, Callable[[OldCode], Awaitable[None]]] = {
    end.__name__: end for end in (change_of_user, deactivation, deletion, recovery, replaced, lost)
}

# --- the ways -------------------------------------------------------------------------------------------


def told(way: str, answer: Any) -> set[str]:
    """The way, if the answer holds the code; and the way to the confirmation code, if it holds that."""
    texts = list(everything(answer))
    return {way + which for which, secret in _SECRETS.items() if any(secret in text for text in texts)}


async def _answered(call: Awaitable[Any]) -> Any:
    try:
        return await call
    except EsimError as failure:
        return failure


async def by_links(old: OldCode) -> set[str]:
    """The calls that yield the code to the bearer of a link."""
    return {
        way
        for name, call in LINKS.items()
        for token in old.tokens
        for way in told(f"LinkDesk.{name}", await _answered(call(old.desks, LinkBearer(token))))
    }


async def by_pages(old: OldCode) -> set[str]:
    """The routes of the portal that yield the code."""
    app = create_app(old.desks.links, Settings(portal_url=PORTAL))
    routes = [
        (method, str(context.path))
        for context in iter_route_contexts(app.routes)
        for method in sorted(context.methods or ())
    ]
    assert {"/u/{token}", "/q/{token}", "/q/{token}/png"} <= {path for _, path in routes}
    form = {"upload_id": "upload", "code": str(code(9))}
    found: set[str] = set()
    transport = httpx.ASGITransport(app)
    for accepts in ("text/html", "application/json"):
        headers = {"Accept": accepts, "Origin": PORTAL}
        async with httpx.AsyncClient(transport=transport, base_url=PORTAL, headers=headers) as browser:
            for method, path in routes:
                for token in old.tokens if "{token}" in path else old.tokens[:1]:
                    body = form if method == "POST" else None
                    filled = path.replace(":path}", "}")
                    answer = await browser.request(
                        method, filled.format(token=token, name="portal.css", code="link_expired"), data=body
                    )
                    assert answer.status_code < 500 or answer.status_code == 503, (
                        f"{method} {path}: {answer.text}"
                    )
                    found |= told(f"{method} {path}", [answer.text, answer.content, dict(answer.headers)])
    return found


async def callers(old: OldCode) -> dict[str, Caller]:
    """The operator, a user with every role, and the owner of another account."""
    database = old.desks.database
    of_roles = {name: await who(database, address) for name, address in ROLES.items()}
    return {**of_roles, "another account": await who(database, CLEO), "operator": OPERATOR}


async def by_calls(old: OldCode, turn: int | None, *, every: bool) -> set[str]:
    """The calls of desks that yield the code, and to whom; with `every` name for the eSIM, or one each. In a
    `turn` a sixth of the callers and the operator call, in six turns all.
    """
    return {
        way
        for place, (role, caller) in enumerate((await callers(old)).items())
        if every or turn is None or place % 6 == turn % 6 or caller is OPERATOR
        for known in (old.known if every else [old.known[place % len(old.known)]])
        for name, sample in SAMPLES.items()
        for way in told(f"{name} as {role}", await _answered(sample.call(old.desks, caller, known, ACCOUNT)))
    }


def _commands() -> Iterator[str]:
    return (name for name in COMMANDS if name.split()[0] in _GROUPS)


def _typed(name: str, known: Known, user: str, folder: Path) -> list[str]:
    """The command about this eSIM and number. A new argument is to be named here."""
    values = {
        "sim": known.sim,
        "number": known.number,
        "file": str(folder / "no-such-file"),
        "request_id": known.request,
        "ids": known.request,
        "notification": known.notification,
        "agent": GINA,
        "user": user,
        "to": "direct",
        "reason": "lost",
    }
    arguments = name.split()
    for parameter in COMMANDS[name].params:
        if parameter.param_type_name == "argument":
            arguments.append(values[parameter.name])
        elif parameter.required:
            arguments += [parameter.opts[0], values[parameter.name]]
        elif parameter.name == "yes":
            arguments.append("--yes")
    return arguments


async def by_commands(old: OldCode, folder: Path, *, every: bool) -> set[str]:
    """The commands that yield the code, in what they print or in the file that they write, and to whom: to
    `every` caller with every name for the eSIM, or to the operator, who may do everything.
    """
    more = {"ESIM_SECRET_KEYS": KEYS, "ESIM_TEMPORAL_ADDRESS": NO_TEMPORAL}
    shell = Shell(folder, old.desks.settings.database_url, more)
    addresses: dict[str, str | None] = {**ROLES, "another account": CLEO, "operator": None}
    if not every:
        addresses = {"operator": None}
    assert {"qr show", "qr history", "number show", "number resend"} <= set(_commands())
    return {
        way
        for role, address in addresses.items()
        for known in (old.known if every else old.known[:1])
        for name in _commands()
        for way in told(f"{name} as {role}", await asyncio.to_thread(_said, shell, address, name, known))
    }


def _said(shell: Shell, address: str | None, name: str, known: Known) -> list[Any]:
    acting = [] if address is None else ["--user", address]
    typed = [*acting, *_typed(name, known, address or ANA, shell.folder)]
    said = [shell.run(*typed, *_output(name, shell.folder), code=None)]
    if _has(name, "--json"):
        said.append(shell.run(*typed, "--json", code=None))
    written = [file.read_bytes() for file in shell.folder.glob(_FILE)]
    for file in shell.folder.glob(_FILE):
        file.unlink()
    return [said, written]


def _has(name: str, option: str) -> bool:
    return any(option in getattr(parameter, "opts", ()) for parameter in COMMANDS[name].params)


def _output(name: str, folder: Path) -> list[str]:
    return ["--output", str(folder / _FILE)] if _has(name, "--output") else []
