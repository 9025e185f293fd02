"""Where one is in the inventory: filter, sort, columns and page, which are all in the address."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from models.errors import Refused
from models.fleet.grid import SHIPPED, SHOWN, Column, InventoryQuery, Sort
from models.fleet.rows import GridRow, SavedView
from models.identifiers import reference
from models.paging import Position
from portal.http.cursors import closed, opened

ALL = "view=all"
"""The query string of all rows: without any, the inventory opens with the user's default view."""
LIST = "list"
"""The parameter by which a page knows the list that one came from."""
_LONGEST = 3_000
_RULE = re.compile(r" \([a-z_]+\)")
"""The name of pydantic's rule, which says nothing to people."""
_OWN = ("view", "cursor")
_SORTS = {
    Column.DEVICE: Sort.DEVICE,
    Column.MSISDN: Sort.NUMBER,
    Column.ICCID: Sort.ICCID,
    Column.EMPLOYEE_NAME: Sort.EMPLOYEE,
    Column.PROVIDER: Sort.PROVIDER,
}
KINDS = {
    **dict.fromkeys((Column.ICCID, Column.TEMPORARY_ICCID), "mono"),
    **dict.fromkeys((Column.MSISDN, Column.SLOT, Column.STATE, Column.ORDER, Column.ORDER_STATUS), "nowrap"),
    **dict.fromkeys((Column.SIM_TYPE, Column.QR_CODE, Column.PROVIDER), "nowrap"),
    **dict.fromkeys((Column.EMPLOYEE_NAME, Column.EMPLOYEE_EMAIL, Column.MANAGEMENT_GROUPS), "short"),
}
"""How the cells of a column are set."""


@dataclass(frozen=True)
class Listed:
    """A list as its address says."""

    query: InventoryQuery
    cursor: str = ""

    @classmethod
    def of(cls, parameters: QueryParams) -> "Listed":
        """The list of this query string. Raises `Refused` (`list_invalid`)."""
        given = {name: value for name, value in parameters.items() if name not in _OWN}
        if chosen := [name for name in parameters.getlist("columns") if name]:
            given["columns"] = ",".join(chosen)
        try:
            query = InventoryQuery.given(given)
        except Refused as invalid:
            fields = str(invalid.refusals[0].parameters["fields"])
            raise Refused.because("list_invalid", fields=_RULE.sub("", fields)) from invalid
        return cls(query, parameters.get("cursor", ""))

    @classmethod
    def came_from(cls, parameters: QueryParams | Mapping[str, str]) -> "Listed":
        """The list that one came from: all rows where the address does not say, or says what is no list."""
        try:
            return Listed.of(QueryParams(parameters.get(LIST, "")[:_LONGEST]))
        except Refused:
            return cls(InventoryQuery())

    @property
    def after(self) -> Position | None:
        """Where the page begins. Raises `Refused` (`page_cursor_invalid`)."""
        return opened(self.cursor, self.query.address()) if self.cursor else None

    def at(self, position: Position | None) -> str:
        """The address of the page that begins there; "" for none."""
        if position is None:
            return ""
        return Listed(self.query, closed(position, self.query.address())).address

    @property
    def address(self) -> str:
        """The path and the query string of this list."""
        items = self.query.address() or ALL
        return f"/inventory?{items}" + (f"&{urlencode({'cursor': self.cursor})}" if self.cursor else "")

    @property
    def begun(self) -> str:
        """The first page of this list."""
        return Listed(self.query).address

    @cached_property
    def here(self) -> str:
        """The query string, for the parameter `list` of another page's address."""
        return self.address.partition("?")[2]

    def chips(self) -> list[tuple[str, object, str]]:
        """Each condition with its value, and the list without it."""
        return [
            (name, value, Listed(self.query.without(name)).address)
            for name, value in self.query.conditions.items()
        ]

    @property
    def cleared(self) -> str:
        """The list without conditions."""
        return Listed(InventoryQuery(sort=self.query.sort, columns=self.query.columns)).address

    def heads(self) -> list[tuple[Column, str, str]]:
        """Each column with the address that sorts by it ("" for none), and how it is sorted."""
        found, sort = [], self.query.sort
        for column in self.query.columns:
            key = _SORTS.get(column)
            by = sort.turned if key is sort.key else key
            href = Listed(self.query.model_copy(update={"sort": by})).address if by else ""
            now = ("descending" if sort.descending else "ascending") if key is sort.key and by else ""
            found.append((column, href, now))
        return found

    def columns(self) -> list[Column]:
        """All columns, those that are shown first and in their sequence."""
        return list(dict.fromkeys((*self.query.columns, *SHOWN, *Column)))

    def detail(self, row: GridRow) -> str:
        """The address of a row's detail, from which one comes back to this list."""
        came_from = self._came_from
        if row.device_id is None:
            return f"/inventory/sims/{reference('S', row.sim_id or 0)}?{came_from}"
        return f"/inventory/{reference('D', row.device_id)}?slot={row.slot}&{came_from}"

    @cached_property
    def _came_from(self) -> str:
        return urlencode({LIST: self.here})

    def tabs(self, saved: Sequence[SavedView]) -> list[tuple[str, str, str, bool]]:
        """The views: a key of the texts or "", the name of a saved one, its address, whether it is this."""
        now = self.query.address()
        shipped = [("all", "", ""), *((name, "", query.address()) for name, query in SHIPPED.items())]
        views = [*shipped, *(("", view.name, view.query) for view in saved)]
        return [(key, name, f"/inventory?{query or ALL}", query == now) for key, name, query in views]
