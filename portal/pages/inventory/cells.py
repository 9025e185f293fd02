"""The cells of the grid as HTML. As macros of Jinja they took most of the time of a page."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from markupsafe import Markup

from models.fleet.grid import Column
from models.fleet.rows import GridRow
from portal.links.templates import shown


class Shape(NamedTuple):
    """How the cells of a column are set, as `ui/tables` writes them."""

    column: Column
    begins: str
    """`<td` with its attributes, open: a title may follow."""
    blank: str
    """The whole cell where there is nothing to say."""
    short: bool
    """Whether long text is cut, and said whole in the title."""


class Cells:
    """The cells of one list.

    `first`: what of a row comes before them, with `%row%`, `%called%`, `%words%` and `%href%` in place of its
    name, what it is called, what its first cell says, and its detail. `marks`: macros that draw states;
    `once`: draws each once; `t`: the texts.
    """

    def __init__(
        self,
        first: Markup,
        shapes: Sequence[Sequence[Any]],
        *,
        marks: Any,
        once: Callable[..., Markup],
        t: Mapping[str, Any],
        base: str,
    ) -> None:
        self._first = str(first)
        self._shapes = [Shape(of, str(begins), str(blank), short) for of, begins, blank, short in shapes]
        self._marks = marks
        self._once = once
        words = t["grid_words"]
        self._words: dict[Column, Mapping[str, str]] = {
            Column.SIM_TYPE: words["kinds"],
            Column.STATE: words["states"],
            Column.ORDER_STATUS: words["orders"],
            Column.QR_CODE: words["codes"],
        }
        self._base = base

    def of(self, row: GridRow, href: str, column: Column) -> Markup:
        """A row whose first cell says what it has in this column; `href`: its detail."""
        address, called = shown(href), row.msisdn or row.iccid or row.name
        first = self._first.replace("%row%", row.name).replace("%href%", address).replace("%called%", called)
        first = first.replace("%words%", shown(self.said(row, column) or called))
        return Markup("\n".join([first, *self._cells(row, address)]))  # noqa: S704  all of it is escaped

    def said(self, row: GridRow, column: Column) -> str:
        """What a cell says, as plain words; "" for nothing."""
        value: Any = getattr(row, column.value)
        if column is Column.MANAGEMENT_GROUPS:
            return ", ".join(value)
        if value is None:
            return ""
        words = self._words.get(column)
        return str(value if words is None else words[value])

    def _cells(self, row: GridRow, address: str) -> Iterator[str]:
        for column, begins, blank, short in self._shapes:
            content = self._content(row, column, address)
            if not content:
                yield blank
            elif short:
                yield f'{begins} title="{content}">{content}</td>'
            else:
                yield f"{begins}>{content}</td>"

    def _content(self, row: GridRow, column: Column, address: str) -> str:
        if column is Column.STATE:
            return self._once(self._marks.state, row.state, row.mark)
        if column is Column.QR_CODE and row.qr_code:
            return self._once(self._marks.code, row.qr_code)
        if column is Column.ORDER_STATUS and row.order_status:
            return self._once(self._marks.order, row.order_status)
        said = shown(self.said(row, column))
        if column is Column.ICCID and said:
            return f'<a href="{address}">{said}</a>'
        if column is Column.ORDER and said:
            return f'<a href="{shown(self._base)}/orders/{quote(row.open_order or "")}">{said}</a>'
        return said
