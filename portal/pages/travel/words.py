"""What the pages of travel eSIMs say of amounts, countries, plans, and of what happened to an eSIM line."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from models.language import Language
from models.paging import counted_up
from models.travel.line_views import LineMoment
from models.travel.plan_views import PlanDetails
from models.travel.profiles import Outcome, PlanState, Reported
from models.travel.reports import ReportView
from models.travel.stock_views import MOST_FREE
from models.travel.subscriber_views import PlanOnLine
from models.travel.volumes import MB
from portal.pages.orders.timeline import Happened, who
from wording import dates, facts, history, numbers
from wording.pages import page_texts

_STATES: Mapping[Outcome | str, str] = {
    Outcome.NOTED: "processed",
    Outcome.STARTED: "active",
    Outcome.COVERED: "done",
    Outcome.NOT_COVERED: "overdue",
    "esim_line.suspended": "held",
    "esim_line.resumed": "active",
    "esim_line.ended": "discarded",
    "sim.discarded": "discarded",
    "esim.temporary_created": "temporary",
    "order.submitted": "submitted",
    "order.processed": "processed",
    "order.cancelled": "cancelled",
    "order.refused": "refused",
    "plan.revoked": "cancelled",
    "plan.lapsed": "overdue",
    "plan.depleted": "overdue",
    "travel_notice.recorded": "accepted",
}
"""A key of the template's states, by what happened."""
_LATE = timedelta(minutes=5)
"""A report that arrives later than this says when it was received."""


class Said:
    """Words in the reader's language, for a view and its template."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._texts: Mapping[str, Any] = page_texts(language)["travel_words"]

    def money(self, amount: Decimal, currency: str) -> str:
        """An amount with its currency."""
        return numbers.money(amount, currency, self._language)

    def per_mb(self, amount: Decimal, currency: str) -> str:
        """What a megabyte costs, with all of its decimals."""
        return f"{numbers.decimal(amount, self._language)}\u00a0{currency}"

    def volume(self, in_bytes: int) -> str:
        """A data volume."""
        return facts.Volume(in_bytes).words(self._language)

    def megabytes(self, data_mb: int) -> str:
        """The data volume of a plan."""
        return self.volume(data_mb * MB)

    def used(self, plan: PlanOnLine) -> str:
        """How much of its data a plan has used."""
        used, whole = self.volume(plan.used_bytes), self.volume(plan.data_bytes)
        return str(self._texts["used_of"]).format(used=used, whole=whole)

    def day(self, when: date) -> str:
        """A date."""
        return dates.day(when, self._language)

    def countries(self, codes: Iterable[str]) -> str:
        """The names of countries, sorted."""
        return facts.Countries(tuple(codes)).words(self._language)

    def country(self, code: str) -> str:
        """The name of a country."""
        return facts.country(code, self._language)

    def free(self, number: int) -> str:
        """How many eSIMs are free: from a hundred on they are not counted."""
        return counted_up(number, MOST_FREE)

    def until(self, plan: PlanOnLine) -> str:
        """Until when a plan runs, or can be used first; when it ended."""
        when = {
            PlanState.QUEUED: plan.lapses_at,
            PlanState.ACTIVE: plan.ends_at,
            PlanState.EXPIRED: plan.ends_at,
            PlanState.DEPLETED: plan.depleted_at,
            PlanState.LAPSED: plan.lapses_at,
        }.get(plan.state)
        if when is None:
            return ""
        return str(self._texts["until"][plan.state]).format(moment=dates.moment(when, self._language))

    def why_profile(self, plan: PlanDetails) -> str:
        """Why a plan has its profile, or has none (T15, T27)."""
        covering = plan.covering
        return str(self._texts["reasons"][plan.reason]).format(
            computed=plan.computed_profile,
            number=len(covering),
            other=covering[1].profile if len(covering) > 1 else "",
        )

    def happened(self, moment: LineMoment, plans: Mapping[int, str]) -> Happened:
        """An entry of a line's timeline; `plans`: the names of its plans, by id."""
        plan = plans.get(moment.assignment_id or 0, "")
        if moment.report is not None:
            what = self._reported(moment.report, plan)
            state = _STATES.get(moment.report.outcome, "neutral")
            return Happened(what, moment.at, "", state, self._times(moment.report))
        event = str(moment.event)
        told = self._texts["history"].get(event)
        what = told.format(plan=plan) if told else history.sentence(event, self._language)
        if moment.notice is not None and event == "travel_notice.recorded":
            what = str(self._texts["notices"].get(moment.notice, moment.notice)).format(plan=plan)
        people = {moment.actor: moment.actor_name} if moment.actor_name else {}
        by = who(moment.actor, people, self._language)
        by_order = " · ".join(filter(None, (by, moment.order)))
        return Happened(what, moment.at, by_order, _STATES.get(event, "neutral"), moment.note or "")

    def _reported(self, report: ReportView, plan: str) -> str:
        """What a network or a phone reported, and what it led to (T21, T29, T30)."""
        where = self.country(report.country) if report.country else ""
        used = self.volume(report.used_bytes) if report.used_bytes is not None else ""
        if report.report is Reported.INSTALLED:
            return str(self._texts["installed"])
        told = self._texts[report.report.value]
        return str(told[report.outcome.value]).format(country=where, plan=plan, used=used)

    def _times(self, report: ReportView) -> str:
        """The time that was reported where it could not be believed, and a late arrival (T31)."""
        said = []
        if report.reported_at is not None and report.reported_at > report.received_at:
            at = dates.moment(report.reported_at, self._language)
            said.append(str(self._texts["from_the_future"]).format(moment=at))
        if report.received_at - report.at > _LATE:
            at = dates.moment(report.received_at, self._language)
            said.append(str(self._texts["came_late"]).format(moment=at))
        return " ".join(said)
