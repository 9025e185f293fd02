"""What the e-mail of a notice says, and to whom it goes, as it is now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, false, func, literal, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from models.errors import EsimError
from models.language import Language
from models.people.callers import PERMISSIONS, USER_ROLES, Permission
from models.travel.profiles import Notice
from store.fleet.tables import SimRow
from store.mail_subjects import AboutWork, Person
from store.people.languages import language_of
from store.people.tables import AccountRow, UserRow
from store.row import now
from store.travel.line_tables import EsimLineRow, PlanAssignmentRow, TravelNoticeRow, TravelOrderRow
from store.travel.recipients import SUBSCRIBER, NoSubscriberAddress, person
from store.travel.settling import FREE
from store.travel.tables import SubscriberRow, TravelPlanRow, TravelProfileRow, TravelStockRow

TO_STAFF = frozenset({Notice.STOCK_LOW, Notice.ORDER_WAITS})
"""The notices to the account's staff; all others go to a subscriber."""
_STAFF = sorted(role for role in USER_ROLES if Permission.MANAGE_TRAVEL in PERMISSIONS[role])


class NoStaff(EsimError):
    """The account has no active user who manages travel eSIMs."""

    def __init__(self) -> None:
        super().__init__("The account has no active user who manages travel eSIMs.")


@dataclass(frozen=True)
class NoticeFacts:
    """What a notice says. What is not about its kind is None or empty."""

    about: AboutWork
    notice: Notice
    account: str
    recipients: tuple[Person, ...]
    line_name: str | None = None
    plan: str | None = None
    countries: tuple[str, ...] = ()
    data_bytes: int | None = None
    ends_at: datetime | None = None
    lapses_at: datetime | None = None
    """When the plan lapses; of a line, the first of those that are queued."""
    plans: str | None = None
    """The queued plans on the line."""
    install_by: datetime | None = None
    withdrawn: str | None = None
    """The name of the line, where its eSIM was withdrawn."""
    profile: int | None = None
    free: int | None = None
    threshold: int | None = None
    waiting: int | None = None
    waiting_since: datetime | None = None


_OVER = case(
    (
        TravelNoticeRow.notice == Notice.USED_80,
        or_(PlanAssignmentRow.depleted_at.is_not(None), PlanAssignmentRow.ends_at <= now()),
    ),
    (
        TravelNoticeRow.notice == Notice.LAPSES_SOON,
        or_(
            PlanAssignmentRow.started_at.is_not(None),
            PlanAssignmentRow.revoked_at.is_not(None),
            PlanAssignmentRow.lapses_at <= now(),
        ),
    ),
    (
        TravelNoticeRow.notice == Notice.INSTALL_SOON,
        or_(
            EsimLineRow.installed_at.is_not(None),
            EsimLineRow.ended_at.is_not(None),
            EsimLineRow.esim_since > TravelNoticeRow.due_since,
        ),
    ),
    (TravelNoticeRow.notice == Notice.NOT_INSTALLED, EsimLineRow.ended_at.is_(None)),
    else_=false(),
)
"""Whether a notice of a line is not needed any more, such as that the eSIM was installed."""


def _of_lines() -> Select[*tuple[Any, ...]]:
    queued, its_plan = aliased(PlanAssignmentRow), aliased(TravelPlanRow)
    comma: Any = aggregate_order_by(literal(", "), queued.id)
    names, first = (
        select(found)
        .select_from(queued)
        .join(its_plan, its_plan.id == queued.plan_id)
        .where(
            queued.esim_line_id == EsimLineRow.id,
            queued.started_at.is_(None),
            queued.revoked_at.is_(None),
            queued.lapses_at > now(),
        )
        .correlate(EsimLineRow)
        .scalar_subquery()
        for found in (func.string_agg(its_plan.name, comma), func.min(queued.lapses_at))
    )
    return (
        select(
            TravelNoticeRow.notice,
            TravelNoticeRow.account_id,
            AccountRow.name.label("account"),
            EsimLineRow.subject,
            EsimLineRow.name.label("line_name"),
            TravelPlanRow.name.label("plan"),
            PlanAssignmentRow.id.label("assignment_id"),
            PlanAssignmentRow.countries,
            PlanAssignmentRow.data_bytes,
            PlanAssignmentRow.ends_at,
            func.coalesce(PlanAssignmentRow.lapses_at, first).label("lapses_at"),
            names.label("plans"),
            TravelNoticeRow.install_by,
            case((EsimLineRow.ended_at.is_not(None), EsimLineRow.name)).label("withdrawn"),
            _OVER.label("over"),
            *SUBSCRIBER,
        )
        .join(AccountRow, AccountRow.id == TravelNoticeRow.account_id)
        .join(EsimLineRow, EsimLineRow.id == TravelNoticeRow.esim_line_id)
        .join(SubscriberRow, SubscriberRow.id == EsimLineRow.subscriber_id)
        .outerjoin(PlanAssignmentRow, PlanAssignmentRow.id == TravelNoticeRow.assignment_id)
        .outerjoin(TravelPlanRow, TravelPlanRow.id == PlanAssignmentRow.plan_id)
        .where(TravelNoticeRow.id == bindparam("of_notice"), TravelNoticeRow.done_at.is_(None))
    )


def _of_profiles() -> Select[*tuple[Any, ...]]:
    staff = aliased(UserRow)
    each: Any = aggregate_order_by(
        func.jsonb_build_array(staff.id, staff.name, staff.email, language_of(staff)), staff.id
    )
    recipients = select(func.jsonb_agg(each)).where(
        staff.account_id == TravelNoticeRow.account_id,
        staff.role.in_(_STAFF),
        staff.deactivated_at.is_(None),
    )
    free = (
        select(func.count())
        .select_from(TravelStockRow)
        .join(SimRow, SimRow.id == TravelStockRow.sim_id)
        .where(
            TravelStockRow.account_id == TravelNoticeRow.account_id,
            TravelStockRow.profile == TravelNoticeRow.profile,
            FREE,
        )
    )
    waits = (
        TravelOrderRow.account_id == TravelNoticeRow.account_id,
        TravelOrderRow.profile == TravelNoticeRow.profile,
        TravelOrderRow.waiting_since.is_not(None),
    )
    waiting, since = (
        select(found).select_from(TravelOrderRow).where(*waits)
        for found in (func.count(), func.min(TravelOrderRow.waiting_since))
    )
    of_profile = and_(
        TravelProfileRow.account_id == TravelNoticeRow.account_id,
        TravelProfileRow.profile == TravelNoticeRow.profile,
    )
    return (
        select(
            TravelNoticeRow.notice,
            TravelNoticeRow.account_id,
            TravelNoticeRow.profile,
            AccountRow.name.label("account"),
            TravelProfileRow.threshold,
            TravelProfileRow.low_since,
            recipients.correlate(TravelNoticeRow, AccountRow).scalar_subquery().label("staff"),
            free.correlate(TravelNoticeRow).scalar_subquery().label("free"),
            waiting.correlate(TravelNoticeRow).scalar_subquery().label("waiting"),
            since.correlate(TravelNoticeRow).scalar_subquery().label("waiting_since"),
        )
        .join(AccountRow, AccountRow.id == TravelNoticeRow.account_id)
        .join(TravelProfileRow, of_profile)
        .where(TravelNoticeRow.id == bindparam("of_notice"), TravelNoticeRow.done_at.is_(None))
    )


_WANTED = (
    select(TravelNoticeRow.id)
    .where(TravelNoticeRow.id == bindparam("of_notice"), TravelNoticeRow.done_at.is_(None))
    .with_for_update(read=True)
)
_OF_LINE = _of_lines()
_OF_PROFILE = _of_profiles()


async def is_wanted(connection: AsyncConnection, notice_id: str) -> bool:
    """Whether the notice is still to be sent. It stays so until the end of the transaction (FOR SHARE)."""
    return await connection.scalar(_WANTED, {"of_notice": notice_id}) is not None


async def read(connection: AsyncConnection, notice_id: str) -> NoticeFacts | None:
    """The facts of a notice; None if it was sent or is not needed any more. Raises `NoSubscriberAddress`,
    `NoStaff`.
    """
    known = {"of_notice": notice_id}
    row = (await connection.execute(_OF_LINE, known)).one_or_none()
    if row is not None:
        return _to_subscriber(notice_id, row)
    row = (await connection.execute(_OF_PROFILE, known)).one_or_none()
    return None if row is None else _to_staff(notice_id, row)


def _to_subscriber(notice_id: str, row: Any) -> NoticeFacts | None:
    notice, to = Notice(row.notice), person(row)
    if row.over:
        return None
    if not to.email:
        raise NoSubscriberAddress
    return NoticeFacts(
        about=AboutWork(notice_id, row.account_id, (notice_id, row.subject)),
        notice=notice,
        account=row.account,
        recipients=(to,),
        line_name=row.line_name,
        plan=row.plan,
        countries=tuple(row.countries or ()),
        data_bytes=row.data_bytes,
        ends_at=row.ends_at,
        lapses_at=row.lapses_at,
        plans=row.plans,
        install_by=row.install_by,
        withdrawn=row.withdrawn,
    )


def _to_staff(notice_id: str, row: Any) -> NoticeFacts | None:
    notice = Notice(row.notice)
    over = row.low_since is None if notice is Notice.STOCK_LOW else row.waiting == 0
    if over:
        return None
    if not row.staff:
        raise NoStaff
    return NoticeFacts(
        about=AboutWork(notice_id, row.account_id, (notice_id,)),
        notice=notice,
        account=row.account,
        recipients=tuple(
            Person(f"user:{id_}", name, email, Language(language)) for id_, name, email, language in row.staff
        ),
        profile=row.profile,
        free=row.free,
        threshold=row.threshold,
        waiting=row.waiting,
        waiting_since=row.waiting_since,
    )
