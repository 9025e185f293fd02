"""One sample call for every public call of every desk, and the permission that it requires."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from models.events import EventView
from models.licences.views import NumberView
from models.orders.kinds import Swap
from models.orders.lifecycle import OrderKind
from models.orders.views import OrderView
from models.people.callers import Caller, LinkBearer
from starter.desks import Desks
from starter.licences.assignments import AssignDraft, ReplaceDraft
from starter.operations.doctor import examine
from starter.orders.drafts import OrderDraft
from starter.people.erasure import erase
from tests.builders import ACCOUNT, as_csv, item, line
from tests.callers.api_samples import API
from tests.callers.code_samples import CODES
from tests.callers.desk_samples import DESK
from tests.callers.inventory_samples import INVENTORY
from tests.callers.licence_samples import LICENCES
from tests.callers.sample import P, Sample
from tests.callers.travel_samples import TRAVEL
from tests.callers.world import Known
from tests.qr_world import code
from tests.starter.licences.files import unused


async def _first(views: Any) -> Any:
    async for view in views:
        return view
    return None


def _draft(known: Known) -> OrderDraft:
    return OrderDraft(kind=OrderKind.SWITCH_TO_ESIM, line=known.line, discard_confirmed=True, key="a")


_WHAT = Swap(kind="switch_to_esim", line_id=99999, pack_id=99999, discard_confirmed=True)
"""By ids: whether the caller's account has these is asked in the step, which is tested beside it."""
_ORDERS: dict[str, Sample] = {
    "place": Sample(lambda d, c, k, _: d.orders.place(c, _draft(k)), P.PLACE_ORDERS),
    "place_order": Sample(
        lambda d, c, _, __: d.orders.place_order(c, _WHAT, "a"), P.PLACE_ORDERS, names_nothing=True
    ),
    "check": Sample(lambda d, c, k, _: d.orders.check(c, _draft(k)), P.PLACE_ORDERS),
    "check_order": Sample(
        lambda d, c, _, __: d.orders.check_order(c, _WHAT, "a"), P.PLACE_ORDERS, names_nothing=True
    ),
    "acknowledge": Sample(lambda d, c, k, _: d.orders.acknowledge(c, k.order), P.ACKNOWLEDGE_ORDERS),
    "enter_iccid": Sample(
        lambda d, c, k, _: d.orders.enter_iccid(c, k.order, "8933010000000000017"), P.ENTER_ICCID
    ),
    "enter_iccid_of_line": Sample(
        lambda d, c, k, _: d.orders.enter_iccid_of_line(c, k.line, "8933010000000000017"), P.ENTER_ICCID
    ),
    "processed": Sample(lambda d, c, k, _: d.orders.processed(c, k.order), P.REPORT_PROCESSED),
    # the sample's order is not acknowledged yet: who may place such an order may cancel it
    "cancel": Sample(lambda d, c, k, _: d.orders.cancel(c, k.order, reason="Ours."), P.CANCEL_ORDERS),
    "retry": Sample(lambda d, c, k, _: d.orders.retry(c, k.order), P.RETRY_WORK),
    "order": Sample(lambda d, c, k, _: d.orders.order(c, k.order), P.VIEW_ORDERS),
    "orders": Sample(lambda d, c, k, a: d.orders.orders(c, account=a, line=k.line), P.VIEW_ORDERS),
    "of_ids": Sample(lambda d, c, k, _: d.orders.of_ids(c, [k.order]), P.VIEW_ORDERS, names_nothing=True),
    "placed": Sample(lambda d, c, k, _: d.orders.placed(c, k.order, OrderKind.SWITCH_TO_ESIM), P.VIEW_ORDERS),
    "people": Sample(lambda d, c, k, _: _people_of_order(d, c, k), P.VIEW_ORDERS),
    "watch": Sample(lambda d, c, k, _: _first(d.orders.watch(c, k.order)), P.VIEW_ORDERS),
}


_EVENT = EventView(at=datetime.now(UTC), actor="user:1", type="order.submitted", data={})
_ASKED: dict[str, Any] = {"events": (_EVENT,)}


async def _people_of_order(desks: Desks, caller: Caller, known: Known) -> Any:
    return await desks.orders.people(caller, OrderView.model_construct(None, **_ASKED, id=known.order))


async def _people_of_number(desks: Desks, caller: Caller, known: Known) -> Any:
    number_id = int(known.number.removeprefix("N-"))
    return await desks.numbers.people(caller, NumberView.model_construct(None, **_ASKED, id=number_id))


_FLEET: dict[str, Sample] = {
    "import_fleet": Sample(
        lambda d, c, _, a: d.fleet.import_fleet(c, as_csv(line(50, account=a)), dry_run=True),
        P.IMPORT_INVENTORY,
    ),
    "lines": Sample(lambda d, c, _, a: d.fleet.lines(c, a), P.VIEW_INVENTORY),
    "line": Sample(lambda d, c, k, _: d.fleet.line(c, k.line), P.VIEW_INVENTORY),
    "sim": Sample(lambda d, c, k, _: d.fleet.sim(c, k.sim), P.VIEW_INVENTORY),
    "actions": Sample(lambda d, c, k, _: d.fleet.actions(c, k.sim), P.VIEW_INVENTORY),
}

_CATALOGUE: dict[str, Sample] = {
    "import_catalogue": Sample(
        lambda d, c, _, a: d.catalogue.import_catalogue(c, as_csv(item(account=a)), dry_run=True),
        P.EDIT_CATALOGUE,
    ),
    "shop": Sample(lambda d, c, k, _: d.catalogue.shop(c, k.line), P.PLACE_ORDERS),
    "catalogue": Sample(lambda d, c, _, a: d.catalogue.catalogue(c, a), P.VIEW_CATALOGUE),
}

_PROFILES: dict[str, Sample] = {
    "profiles": Sample(lambda d, c, _, a: d.profiles.profiles(c, a), P.VIEW_PEOPLE),
    "profile": Sample(lambda d, c, _, a: d.profiles.profile(c, a, "Clerk"), P.VIEW_PEOPLE),
    "create_profile": Sample(lambda d, c, _, a: d.profiles.create_profile(c, a, "New"), P.MANAGE_PROFILES),
    "enable": Sample(lambda d, c, _, a: d.profiles.enable(c, a, "Clerk", ["all"]), P.MANAGE_PROFILES),
    "disable": Sample(lambda d, c, _, a: d.profiles.disable(c, a, "Clerk", ["all"]), P.MANAGE_PROFILES),
    "edit_profile": Sample(
        lambda d, c, _, a: d.profiles.edit_profile(c, a, "Clerk", targets=[]), P.MANAGE_PROFILES
    ),
    "delete_profile": Sample(
        lambda d, c, k, a: d.profiles.delete_profile(c, a, k.profile, replacement="Default"),
        P.MANAGE_PROFILES,
    ),
}

_USERS: dict[str, Sample] = {
    "users": Sample(lambda d, c, _, a: d.users.users(c, a), P.VIEW_PEOPLE),
    "create_user": Sample(
        lambda d, c, _, a: d.users.create_user(c, a, "New", "new@acme.example"), P.MANAGE_USERS
    ),
    "set_user_language": Sample(
        lambda d, c, k, _: d.users.set_user_language(c, k.user, "fr"), P.MANAGE_USERS
    ),
    "set_role": Sample(lambda d, c, k, _: d.users.set_role(c, k.user, "viewer"), P.MANAGE_USERS),
    "deactivate_user": Sample(lambda d, c, k, _: d.users.deactivate_user(c, k.user), P.MANAGE_USERS),
    "activate_user": Sample(lambda d, c, k, _: d.users.activate_user(c, k.user), P.MANAGE_USERS),
}

_CONTACTS: dict[str, Sample] = {
    "contacts": Sample(lambda d, c, _, a: d.contacts.contacts(c, a), P.VIEW_PEOPLE),
    "distributors": Sample(lambda d, c, _, a: d.contacts.distributors(c, a), P.VIEW_PEOPLE),
    "add_contact": Sample(
        lambda d, c, _, a: d.contacts.add_contact(c, a, "Telvia", "New", "new@telvia.example"),
        P.MANAGE_CONTACTS,
    ),
    "edit_contact": Sample(
        lambda d, c, k, _: d.contacts.edit_contact(c, None, k.contact, name="New"), P.MANAGE_CONTACTS
    ),
    "open_links": Sample(lambda d, c, k, _: d.contacts.open_links(c, k.contact), P.VIEW_PEOPLE),
    "overview": Sample(lambda d, c, _, __: d.contacts.overview(c), P.VIEW_PEOPLE, names_nothing=True),
    "remove_contact": Sample(lambda d, c, k, _: d.contacts.remove_contact(c, k.contact), P.MANAGE_CONTACTS),
}


_ACCOUNTS: dict[str, Sample] = {
    "accounts": Sample(lambda d, c, _, __: d.accounts.accounts(c), P.VIEW_PEOPLE, names_nothing=True),
    "account": Sample(lambda d, c, _, a: d.accounts.account(c, a), P.VIEW_PEOPLE),
    "create": Sample(lambda d, c, _, __: d.accounts.create(c, "New"), P.MANAGE_ACCOUNTS, names_nothing=True),
    "rename": Sample(lambda d, c, _, a: d.accounts.rename(c, a, ACCOUNT), P.MANAGE_ACCOUNTS),
    "set_language": Sample(lambda d, c, _, a: d.accounts.set_language(c, a, "fr"), P.MANAGE_USERS),
    "reminders": Sample(lambda d, c, _, a: d.accounts.reminders(c, a), P.VIEW_PEOPLE),
    "set_reminders": Sample(
        lambda d, c, _, a: d.accounts.set_reminders(c, a, {"qr_code_days": 5}), P.MANAGE_USERS
    ),
    "set_contact": Sample(lambda d, c, _, a: d.accounts.set_contact(c, a, None), P.MANAGE_USERS),
    "close": Sample(lambda d, c, _, a: d.accounts.close(c, a), P.MANAGE_ACCOUNTS),
    "reopen": Sample(lambda d, c, _, a: d.accounts.reopen(c, a), P.MANAGE_ACCOUNTS),
}

_EDITS: dict[str, Sample] = {
    "set_employee": Sample(lambda d, c, k, _: d.edits.set_employee(c, [k.line], None), P.EDIT_INVENTORY),
    "edit_line": Sample(lambda d, c, k, _: d.edits.edit_line(c, k.line, groups=[]), P.EDIT_INVENTORY),
    "set_groups": Sample(lambda d, c, k, _: d.edits.set_groups(c, [k.line], []), P.EDIT_INVENTORY),
}

_LICENCES: dict[str, Sample] = {
    "licences": Sample(lambda d, c, _, a: d.licences.licences(c, a), P.VIEW_LICENCES),
    "buy": Sample(lambda d, c, _, a: d.licences.buy(c, a, "voice_sms", 1), P.BUY_LICENCES),
    "give_back": Sample(lambda d, c, k, _: d.licences.give_back(c, k.licence), P.BUY_LICENCES),
    "change": Sample(lambda d, c, k, _: d.licences.change(c, k.licence, "voice_sms"), P.BUY_LICENCES),
    "charges": Sample(lambda d, c, _, a: d.licences.charges(c, a), P.VIEW_LICENCES),
    "prices": Sample(lambda d, c, _, a: d.licences.prices(c, a), P.VIEW_LICENCES),
    "set_price": Sample(
        lambda d, c, _, a: d.licences.set_price(c, a, "voice_sms_data", "16.00"), P.MANAGE_ACCOUNTS
    ),
    "check_price": Sample(
        lambda d, c, _, a: d.licences.check_price(c, a, "voice_sms_data", "16.00"), P.MANAGE_ACCOUNTS
    ),
    "billing": Sample(lambda d, c, _, a: d.licences.billing(c, a), P.VIEW_LICENCES),
    "set_billing": Sample(lambda d, c, _, a: d.licences.set_billing(c, a, cycle_day=5), P.BUY_LICENCES),
}

_LICENCE_REQUESTS: dict[str, Sample] = {
    "request": Sample(lambda d, c, _, a: d.licence_requests.request(c, a, "voice_sms", 1), P.ASSIGN_LICENCES),
    "requests": Sample(lambda d, c, _, a: d.licence_requests.requests(c, a), P.VIEW_LICENCES),
}

_RETRY: dict[str, Sample] = {
    "resume": Sample(lambda d, c, k, _: d.retry.resume(c, k.order), P.RETRY_WORK),
    "one": Sample(lambda d, c, k, _: d.retry.one(c, k.order), P.RETRY_WORK),
    "select": Sample(lambda d, c, _, __: d.retry.select(c), P.RETRY_WORK, names_nothing=True),
    "many": Sample(lambda d, c, _, __: d.retry.many(c, []), P.RETRY_WORK, names_nothing=True),
}

_RECOVERY: dict[str, Sample] = {
    "find": Sample(lambda d, c, _, __: d.recovery.find(c), P.RETRY_WORK, names_nothing=True),
    "start": Sample(lambda d, c, _, __: d.recovery.start(c, []), P.RETRY_WORK, names_nothing=True),
}

_CLOCK: dict[str, Sample] = {
    "show": Sample(lambda d, c, _, __: d.clock.show(c, None), P.SEE_OPERATIONS, names_nothing=True),
    "advance": Sample(
        lambda d, c, _, __: d.clock.advance(c, None, timedelta(days=1)), P.SEE_OPERATIONS, names_nothing=True
    ),
}

_NUMBERS: dict[str, Sample] = {
    "import_numbers": Sample(
        lambda d, c, _, a: d.numbers.import_numbers(c, as_csv(unused(50, account=a)), dry_run=True),
        P.MANAGE_NUMBERS,
    ),
    "numbers": Sample(lambda d, c, _, a: d.numbers.numbers(c, a), P.VIEW_LICENCES),
    "number": Sample(lambda d, c, k, _: d.numbers.number(c, k.number), P.VIEW_LICENCES),
    "held": Sample(lambda d, c, _, __: d.numbers.held(c), P.VIEW_LICENCES, names_nothing=True),
    "people": Sample(lambda d, c, k, _: _people_of_number(d, c, k), P.VIEW_LICENCES),
    "change_user": Sample(lambda d, c, k, _: d.numbers.change_user(c, k.number, None), P.MANAGE_NUMBERS),
    "convert": Sample(lambda d, c, k, _: d.numbers.convert(c, k.number, "shared"), P.MANAGE_NUMBERS),
    "suspend": Sample(lambda d, c, k, _: d.numbers.suspend(c, k.number, "Lost."), P.MANAGE_NUMBERS),
    "resume": Sample(lambda d, c, k, _: d.numbers.resume(c, k.number), P.MANAGE_NUMBERS),
    "stop_esim": Sample(lambda d, c, k, _: d.numbers.stop_esim(c, k.number, "lost"), P.MANAGE_NUMBERS),
    "delete": Sample(lambda d, c, k, _: d.numbers.delete(c, k.number), P.MANAGE_NUMBERS),
    "recover": Sample(lambda d, c, k, _: d.numbers.recover(c, k.number), P.MANAGE_NUMBERS),
}

_AGENTS: dict[str, Sample] = {
    "agents": Sample(lambda d, c, _, a: d.agents.agents(c, a), P.VIEW_LICENCES),
    "create_agent": Sample(lambda d, c, _, a: d.agents.create_agent(c, a, "New"), P.MANAGE_NUMBERS),
    "edit_agent": Sample(lambda d, c, k, _: d.agents.edit_agent(c, k.agent, name="New"), P.MANAGE_NUMBERS),
    "deactivate_agent": Sample(lambda d, c, k, _: d.agents.deactivate_agent(c, k.agent), P.MANAGE_NUMBERS),
    "activate_agent": Sample(lambda d, c, k, _: d.agents.activate_agent(c, k.agent), P.MANAGE_NUMBERS),
}


def _assign(known: Known) -> AssignDraft:
    return AssignDraft(number=known.number, licence=known.licence, key="b")


def _replace(known: Known) -> ReplaceDraft:
    return ReplaceDraft(number=known.number, reason="lost", key="c")


_ASSIGNMENTS: dict[str, Sample] = {
    "resend": Sample(lambda d, c, k, _: d.assignments.resend(c, k.number), P.ASSIGN_LICENCES),
    "assign": Sample(lambda d, c, k, _: d.assignments.assign(c, _assign(k)), P.ASSIGN_LICENCES),
    "check_assign": Sample(lambda d, c, k, _: d.assignments.check_assign(c, _assign(k)), P.ASSIGN_LICENCES),
    "replace": Sample(lambda d, c, k, _: d.assignments.replace(c, _replace(k)), P.ASSIGN_LICENCES),
    "check_replace": Sample(
        lambda d, c, k, _: d.assignments.check_replace(c, _replace(k)), P.ASSIGN_LICENCES
    ),
}

SAMPLES: dict[str, Sample] = {
    **{f"OrderDesk.{name}": sample for name, sample in _ORDERS.items()},
    **{f"FleetDesk.{name}": sample for name, sample in _FLEET.items()},
    **{f"CatalogueDesk.{name}": sample for name, sample in _CATALOGUE.items()},
    **{f"ProfileDesk.{name}": sample for name, sample in _PROFILES.items()},
    **{f"UserDesk.{name}": sample for name, sample in _USERS.items()},
    **{f"ContactDesk.{name}": sample for name, sample in _CONTACTS.items()},
    **{f"AccountDesk.{name}": sample for name, sample in _ACCOUNTS.items()},
    **{f"FleetEditDesk.{name}": sample for name, sample in _EDITS.items()},
    **{f"LicenceDesk.{name}": sample for name, sample in _LICENCES.items()},
    **{f"LicenceRequestDesk.{name}": sample for name, sample in _LICENCE_REQUESTS.items()},
    **{f"RetryDesk.{name}": sample for name, sample in _RETRY.items()},
    **{f"RecoveryDesk.{name}": sample for name, sample in _RECOVERY.items()},
    **{f"NumberDesk.{name}": sample for name, sample in _NUMBERS.items()},
    **{f"AgentDesk.{name}": sample for name, sample in _AGENTS.items()},
    **{f"AssignmentDesk.{name}": sample for name, sample in _ASSIGNMENTS.items()},
    **LICENCES,
    **TRAVEL,
    **API,
    **INVENTORY,
    **CODES,
    **DESK,
    **{f"ClockDesk.{name}": sample for name, sample in _CLOCK.items()},
    "erase": Sample(
        lambda d, c, k, _: erase(c, d.database, "zed@acme.example", only_look=True), P.ERASE_PEOPLE, True
    ),
    "examine": Sample(lambda d, c, _, __: examine(c, d.settings), P.SEE_OPERATIONS, True),
}

LINKS: dict[str, Callable[[Desks, LinkBearer], Awaitable[Any]]] = {
    "upload_page": lambda d, b: d.links.upload_page(b),
    "over": lambda d, b: d.links.over(b),
    "check": lambda d, b: d.links.check(b, b"no file", "a.png"),
    "check_code": lambda d, b: d.links.check_code(b, str(code(9))),
    "send": lambda d, b: d.links.send(b, "upload"),
    "notify_manager": lambda d, b: d.links.notify_manager(b),
    "download_page": lambda d, b: d.links.download_page(b),
    "reveal": lambda d, b: d.links.reveal(b),
    "download": lambda d, b: d.links.download(b),
}
"""The calls that a mailed link allows; its bearer has no account."""
