"""The cells of the grid as HTML. As macros of Jinja they took most of the time of a page."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from markupsafe import Markup, escape

from models.fleet.grid import Column
from models.fleet.rows import GridRow
from portal.links.pages import plain


class Shape(NamedTuple):
    """How the cells of a column are set, as `ui/tables` writes them."""

    column: Column
    begins: Markup
    """`<td` with its attributes, open: a title may follow."""
    blank: Markup
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
        self._shapes = [Shape(*shape) for shape in shapes]
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
        called = row.msisdn or row.iccid or row.name
        first = self._first.replace("%row%", row.name).replace("%href%", escape(href))
        first = first.replace("%called%", called).replace(
            "%words%", escape(plain(self.said(row, column) or called))
        )
        return Markup("\n".join([first, *self._cells(row, href)]))  # noqa: S704  all of it is escaped

    def said(self, row: GridRow, column: Column) -> str:
        """What a cell says, as plain words; "" for nothing."""
        value: Any = getattr(row, column.value)
        if column is Column.MANAGEMENT_GROUPS:
            return ", ".join(value)
        if value is None:
            return ""
        words = self._words.get(column)
        return str(value if words is None else words[value])

    def _cells(self, row: GridRow, href: str) -> Iterator[str]:
        for column, begins, blank, short in self._shapes:
            content = self._content(row, column, href)
            if not content:
                yield blank
                continue
            title = f' title="{content}"' if short else ""
            yield f"{begins}{title}>{content}</td>"

    def _content(self, row: GridRow, column: Column, href: str) -> Markup:
        if column is Column.STATE:
            return self._once(self._marks.state, row.state, row.mark)
        if column is Column.QR_CODE and row.qr_code:
            return self._once(self._marks.code, row.qr_code)
        if column is Column.ORDER_STATUS and row.order_status:
            return self._once(self._marks.order, row.order_status)
        said = escape(plain(self.said(row, column)))
        if column is Column.ICCID and said:
            return _link(href, said)
        if column is Column.ORDER and said:
            return _link(f"{self._base}/orders/{quote(row.open_order or '')}", said)
        return said


def _link(href: str, said: Markup) -> Markup:
    return Markup(f'<a href="{escape(href)}">{said}</a>')  # noqa: S704  both are escaped
