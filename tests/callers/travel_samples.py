"""A sample of each call of the desks of travel eSIMs."""

from models.people.callers import Caller
from models.travel.sending import SentAgain
from starter.desks import Desks
from starter.travel.line_orders import AddLineDraft, AddPlanDraft, ReplaceEsimDraft
from tests.callers.sample import P, Sample
from tests.callers.world import Known
from tests.starter.travel.files import esim, stock_file

_SENDING: dict[str, Sample] = {
    "resend": Sample(lambda d, c, k, _: d.sending.resend(c, k.esim_line, SentAgain.QR_CODE), P.SELL_TRAVEL),
}


async def _csv(desks: Desks, caller: Caller, account: str) -> str:
    """The whole file."""
    return "".join([part async for part in await desks.stock.csv(caller, account)])


_STOCK: dict[str, Sample] = {
    "import_stock": Sample(
        lambda d, c, _, a: d.stock.import_stock(c, a, stock_file(esim()), dry_run=True), P.MANAGE_TRAVEL
    ),
    "esims": Sample(lambda d, c, _, a: d.stock.esims(c, a), P.VIEW_TRAVEL),
    "csv": Sample(lambda d, c, _, a: _csv(d, c, a), P.VIEW_TRAVEL),
    "esim": Sample(lambda d, c, k, _: d.stock.esim(c, k.stock), P.VIEW_TRAVEL),
    "profiles": Sample(lambda d, c, _, a: d.stock.profiles(c, a), P.VIEW_TRAVEL),
    "discard": Sample(lambda d, c, k, _: d.stock.discard(c, k.stock), P.MANAGE_TRAVEL),
    "check_discard": Sample(lambda d, c, k, _: d.stock.check_discard(c, k.stock), P.MANAGE_TRAVEL),
    "set_threshold": Sample(lambda d, c, _, a: d.stock.set_threshold(c, a, 2, 1), P.MANAGE_TRAVEL),
}

_PLANS_FILE = b"name,countries,data,price,currency\nEuro 2,France,1 GB,9.90,USD\n"
_RATES_FILE = b"country,network,imsi,data\nFrance,Telco,7,$0.004\n"
_SUBSCRIBERS_FILE = b"name,phone,plan\nRosa,+12125550099,basic\n"
_TRAVEL_PLANS: dict[str, Sample] = {
    "plans": Sample(lambda d, c, _, a: d.travel_plans.plans(c, a), P.VIEW_TRAVEL),
    "plan": Sample(lambda d, c, k, _: d.travel_plans.plan(c, k.travel_plan), P.VIEW_TRAVEL),
    "find": Sample(lambda d, c, k, _: d.travel_plans.find(c, ["FR"], k.subscriber), P.VIEW_TRAVEL),
    "import_rates": Sample(
        lambda d, c, _, a: d.travel_plans.import_rates(c, a, _RATES_FILE), P.MANAGE_TRAVEL
    ),
    "import_plans": Sample(
        lambda d, c, _, a: d.travel_plans.import_plans(c, a, _PLANS_FILE), P.MANAGE_TRAVEL
    ),
    "create_plan": Sample(
        lambda d, c, _, a: d.travel_plans.create_plan(
            c, a, "New", countries=["FR"], data="1 GB", price="9.90", currency="USD"
        ),
        P.MANAGE_TRAVEL,
    ),
    "edit_plan": Sample(
        lambda d, c, k, _: d.travel_plans.edit_plan(c, k.travel_plan, data="2 GB"), P.MANAGE_TRAVEL
    ),
    "pin_plan": Sample(lambda d, c, k, _: d.travel_plans.pin_plan(c, k.travel_plan, 2), P.MANAGE_TRAVEL),
    "withdraw_plan": Sample(
        lambda d, c, k, _: d.travel_plans.withdraw_plan(c, k.travel_plan), P.MANAGE_TRAVEL
    ),
}

_SUBSCRIBERS: dict[str, Sample] = {
    "subscribers": Sample(lambda d, c, _, a: d.subscribers.subscribers(c, a), P.VIEW_TRAVEL),
    "subscriber": Sample(lambda d, c, k, _: d.subscribers.subscriber(c, k.subscriber), P.VIEW_TRAVEL),
    "add_subscriber": Sample(
        lambda d, c, _, a: d.subscribers.add_subscriber(c, a, "Rosa", "+12125550099", "basic"),
        P.MANAGE_TRAVEL,
    ),
    "edit_subscriber": Sample(
        lambda d, c, k, _: d.subscribers.edit_subscriber(c, k.subscriber, bundles=2), P.MANAGE_TRAVEL
    ),
    "import_subscribers": Sample(
        lambda d, c, _, a: d.subscribers.import_subscribers(c, a, _SUBSCRIBERS_FILE), P.MANAGE_TRAVEL
    ),
}

_REPORTS: dict[str, Sample] = {
    "connect": Sample(lambda d, c, k, _: d.reports.connect(c, k.esim_line, "JP"), P.REPORT_TRAVEL),
    "usage": Sample(lambda d, c, k, _: d.reports.usage(c, k.esim_line, "JP", 1, "used"), P.REPORT_TRAVEL),
    "installed": Sample(lambda d, c, k, _: d.reports.installed(c, k.esim_line), P.REPORT_TRAVEL),
    "reports": Sample(lambda d, c, k, _: d.reports.reports(c, k.esim_line), P.VIEW_TRAVEL),
}

_LINE_CHANGES: dict[str, Sample] = {
    "revoke": Sample(lambda d, c, k, _: d.line_changes.revoke(c, k.assignment), P.SELL_TRAVEL),
    "suspend": Sample(lambda d, c, k, _: d.line_changes.suspend(c, k.esim_line, "Lost."), P.SELL_TRAVEL),
    "resume": Sample(lambda d, c, k, _: d.line_changes.resume(c, k.esim_line), P.SELL_TRAVEL),
}


def _new_line(k: Known) -> AddLineDraft:
    return AddLineDraft(subscriber=k.subscriber, plan=k.travel_plan)


def _more(k: Known) -> AddPlanDraft:
    return AddPlanDraft(line=k.esim_line, plan=k.travel_plan)


def _new_esim(k: Known) -> ReplaceEsimDraft:
    return ReplaceEsimDraft(line=k.esim_line, reason="deleted")


_LINE_ORDERS: dict[str, Sample] = {
    "add_line": Sample(lambda d, c, k, _: d.line_orders.add_line(c, _new_line(k)), P.SELL_TRAVEL),
    "preview_line": Sample(lambda d, c, k, _: d.line_orders.preview_line(c, _new_line(k)), P.SELL_TRAVEL),
    "add_plan": Sample(lambda d, c, k, _: d.line_orders.add_plan(c, _more(k)), P.SELL_TRAVEL),
    "preview_plan": Sample(lambda d, c, k, _: d.line_orders.preview_plan(c, _more(k)), P.SELL_TRAVEL),
    "replace": Sample(lambda d, c, k, _: d.line_orders.replace(c, _new_esim(k)), P.SELL_TRAVEL),
    "preview_replace": Sample(
        lambda d, c, k, _: d.line_orders.preview_replace(c, _new_esim(k)), P.SELL_TRAVEL
    ),
}

_LINE_BOOK: dict[str, Sample] = {
    "lines": Sample(lambda d, c, k, _: d.line_book.lines(c, subscriber=k.subscriber), P.VIEW_TRAVEL),
    "line": Sample(lambda d, c, k, _: d.line_book.line(c, k.esim_line), P.VIEW_TRAVEL),
    "history": Sample(lambda d, c, k, _: d.line_book.history(c, k.esim_line), P.VIEW_TRAVEL),
}

TRAVEL: dict[str, Sample] = {
    **{f"SendingDesk.{name}": sample for name, sample in _SENDING.items()},
    **{f"StockDesk.{name}": sample for name, sample in _STOCK.items()},
    **{f"PlanDesk.{name}": sample for name, sample in _TRAVEL_PLANS.items()},
    **{f"SubscriberDesk.{name}": sample for name, sample in _SUBSCRIBERS.items()},
    **{f"ReportDesk.{name}": sample for name, sample in _REPORTS.items()},
    **{f"LineDesk.{name}": sample for name, sample in _LINE_CHANGES.items()},
    **{f"LineOrderDesk.{name}": sample for name, sample in _LINE_ORDERS.items()},
    **{f"LineBook.{name}": sample for name, sample in _LINE_BOOK.items()},
}
