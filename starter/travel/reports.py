"""Report what networks and phones say of eSIM lines: connections, usage, installations (T4, T22, T30, T31).

Every report is decided and recorded at once, in the database alone, so a worker need not run. A plan that it
starts ends at its time in every list; the workflow of the line, which records that, is woken afterwards.
"""

import logging
from dataclasses import replace
from datetime import UTC, datetime

from models.errors import Refused, Unavailable
from models.paging import Page, Position, Wanted
from models.people.callers import Caller, Permission
from models.travel.countries import parse_country
from models.travel.profiles import Reported
from models.travel.reports import AT_SEA, MOST_BYTES, ReportView
from starter.connected import ConnectedDesk
from starter.keys import checked_key
from starter.travel.waking import LineWaking
from store.travel import reports
from store.travel.lookups import EsimLineKey, find_esim_line, find_reported_line
from store.travel.reports import Reporting

_log = logging.getLogger(__name__)


class ReportDesk(ConnectedDesk):
    """Takes reports of eSIM lines, and lists them. A line is named by its id (`EL-9`) or its eSIM's ICCID."""

    async def connect(
        self,
        caller: Caller,
        line: str,
        country: str,
        key: str | None = None,
        at: datetime | None = None,
    ) -> ReportView:
        """The phone has connected to a network in this country (code, name, or 901 for at sea or in the air),
        at this time or now; once per key. The answer says whether a plan was started by it.

        Raises `Refused`: `country_unknown`, `time_without_zone`, `key_used_for_report`, `esim_left_line`.
        """
        reported = Reporting(Reported.CONNECTION, _key(key, at), _moment(at), _place(country))
        return await self._report(caller, line, reported)

    async def usage(  # noqa: PLR0917  what a report has
        self,
        caller: Caller,
        line: str,
        country: str,
        used_bytes: int,
        key: str | None = None,
        at: datetime | None = None,
    ) -> ReportView:
        """The phone has used so much data in this country since the report before. It is counted on the plan
        that runs there, which ends when its volume is used up (T29); once per key, or without one once per
        time, country and volume. Without a key and a time, a repeat could not be recognised.

        Raises `Refused` as `connect`, and `data_volume_invalid`, `usage_without_key`.
        """
        if not 0 <= used_bytes <= MOST_BYTES:
            raise Refused.because("data_volume_invalid", most=MOST_BYTES)
        if not key and at is None:
            raise Refused.because("usage_without_key")
        reported = Reporting(Reported.USAGE, _key(key, at), _moment(at), _place(country), used_bytes)
        return await self._report(caller, line, reported)

    async def installed(
        self, caller: Caller, line: str, key: str | None = None, at: datetime | None = None
    ) -> ReportView:
        """A phone has downloaded the eSIM of the line; once per key."""
        return await self._report(caller, line, Reporting(Reported.INSTALLED, _key(key, at), _moment(at)))

    async def reports(
        self, caller: Caller, line: str, *, limit: int | None = None, after: Position | None = None
    ) -> Page[ReportView]:
        """What was reported of an eSIM line, the latest first: also what led to nothing (T30)."""
        async with self._database.reading() as connection:
            found = await find_esim_line(connection, caller.scope, line)
            caller.require(Permission.VIEW_TRAVEL)
            return await reports.reports(connection, caller.scope, found.id, Wanted(limit, after))

    async def _report(self, caller: Caller, line: str, reported: Reporting) -> ReportView:
        async with self._database.transaction() as connection:
            about = await find_reported_line(connection, caller.scope, line)
            caller.require(Permission.REPORT_TRAVEL)
            found = about.line
            named = reported if reported.key else replace(reported, key=_key_of(found, reported))
            recorded = await reports.report(connection, found, named, caller.by, until=about.until)
        if recorded.wake_for is not None:
            waking = LineWaking(self._calls, self._database, self._settings)
            try:
                await waking.wake(found, recorded.wake_for)
            except Unavailable as unavailable:  # the report is recorded; the sweep wakes the line
                _log.warning("EL-%d could not be woken: %s is unavailable.", found.id, unavailable.component)
        return recorded.report


def _key(key: str | None, at: datetime | None) -> str:
    """The key of a report; empty where its time and what it says identify it."""
    return "" if not key and at is not None else checked_key(key)


def _key_of(line: EsimLineKey, reported: Reporting) -> str:
    """Without a key, the same line, time, country and volume are the same report: typed twice, it counts
    once.
    """
    return f"{line.subject} {reported.what} {reported.at} {reported.country} {reported.used_bytes}"


def _place(country: str) -> str | None:
    return None if country.strip() == AT_SEA else parse_country(country)


def _moment(at: datetime | None) -> datetime | None:
    """The time in UTC: in a zone with summer time, 30 days later would be another number of hours."""
    if at is None:
        return None
    if at.tzinfo is None:
        raise Refused.because("time_without_zone")
    return at.astimezone(UTC)
