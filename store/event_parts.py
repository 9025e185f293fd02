"""Events written as a part of the statement that makes them true, without a round trip of their own.

_MOVE = update(...).add_cte(appended())
await connection.execute(_MOVE, {**known, **happened(account_id, about, by, happenings)})
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    String,
    bindparam,
    column,
    func,
    insert,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.selectable import CTE, ScalarSelect

from models.people.callers import By
from store.event_table import EventRow
from store.events import Happening, row_of

_HAPPENED = func.jsonb_to_recordset(bindparam("happened", type_=JSONB)).table_valued(
    column("place", BigInteger),
    column("about", ARRAY(String)),
    column("type", String),
    column("data", JSONB),
    column("audience", String),
)
_COLUMNS = ("account_id", "about", "actor", "origin_id", "type", "data", "audience")


def appended(*earlier: Select[Any], also_about: ScalarSelect[str] | None = None) -> CTE:
    """Append the events of `happened`, in their sequence.

    `earlier`: events that the statement itself finds, by what another part of it returns; they come first.
    Their columns are `place` (below 1), `about`, `type`, `data` and `audience`.
    `also_about`: what all refer to besides, where the statement finds any.
    """
    given = _HAPPENED.render_derived(name="given", with_types=True)
    each = union_all(*earlier, select(*given.c)).subquery("each")
    who = (bindparam("actor", type_=String), bindparam("origin", type_=BigInteger))
    about: ColumnElement[Any] = each.c.about
    if also_about is not None:
        about = func.array_remove(func.array_append(about, also_about), None)
    rows = select(
        bindparam("of_account", type_=BigInteger),
        about,
        *who,
        each.c.type,
        each.c.data,
        each.c.audience,
    ).order_by(each.c.place)
    return insert(EventRow).from_select(_COLUMNS, rows, include_defaults=False).cte("appended")


def happened(
    account_id: int | None, about: tuple[str, ...], by: By, happenings: Sequence[Happening]
) -> dict[str, Any]:
    """The parameters of `appended`. Raises `LookupError` where a type is not declared in `models.events`."""
    each = [{"place": place, **row_of(about, one)} for place, one in enumerate(happenings, start=1)]
    return {"of_account": account_id, "actor": by.actor, "origin": by.origin_id, "happened": each}
