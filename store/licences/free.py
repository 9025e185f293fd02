"""Free licences of an add-on: one is chosen where an administrator names the add-on alone (L18)."""

from collections.abc import Collection

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.licences.add_ons import AddOn
from store.licences.billing_tables import BillingRow
from store.licences.facts import TODAY, add_on_today
from store.licences.tables import LicenceRow


async def choose(
    connection: AsyncConnection,
    account_id: int,
    add_on: AddOn,
    *,
    but: Collection[int] = (),
    kept_by: int | None = None,
) -> int:
    """A free licence of the account, the oldest first and given-back ones last; `but` are left out. One that
    the number `kept_by` has kept without an eSIM comes first.

    Nothing is locked: it may be taken before the order is accepted, which is then refused. Raises `Refused`
    (`no_free_licence`).
    """
    usable = (
        LicenceRow.account_id == account_id,
        or_(LicenceRow.usable_until.is_(None), LicenceRow.usable_until >= TODAY),
        add_on_today == add_on.value,
    )
    own = LicenceRow.number_id == kept_by
    of = (BillingRow, BillingRow.account_id == LicenceRow.account_id)
    free = (
        select(LicenceRow.id)
        .outerjoin(*of)
        .where(*usable, or_(LicenceRow.number_id.is_(None), own), LicenceRow.id.not_in(but))
        .order_by(own.desc().nulls_last(), LicenceRow.usable_until.desc().nulls_first(), LicenceRow.id)
        .limit(1)
    )
    found = await connection.scalar(free)
    if found is not None:
        return int(found)
    counts = select(func.count(), func.count(LicenceRow.number_id)).select_from(LicenceRow).outerjoin(*of)
    bought, used = (await connection.execute(counts.where(*usable))).one()
    raise Refused.because("no_free_licence", add_on=add_on.label, used=used, bought=bought)
