"""What the kinds of order of these tests have in common: entries in dictionaries, e-mails, and SQL."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import MetaData, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.language import Language
from models.orders.kinds import KINDS
from models.orders.lifecycle import OrderStatus
from outbox.emails import Email
from outbox.sender import Outgoing
from store.mail_subjects import Person
from store.row import Row, among
from store.session import Database


class TestRow(Row):
    """A table that only tests have: the product's migrations make none of these."""

    __abstract__ = True
    __test__ = False
    metadata = MetaData()


@contextmanager
def entries(*additions: tuple[dict[str, Any], Mapping[str, Any]]) -> Iterator[None]:
    """Each dictionary has its further entries until the end of the block."""
    for dictionary, more in additions:
        assert not dictionary.keys() & more.keys()
        dictionary.update(more)
    try:
        yield
    finally:
        for dictionary, more in additions:
            for name in more:
                del dictionary[name]


async def migrate(database: Database, *statements: str) -> None:
    """What the migration of a kind does: its tables, and one more kind that `orders` takes."""
    relaxed = (
        "ALTER TABLE orders DROP CONSTRAINT ck_orders_kind",
        f"ALTER TABLE orders ADD CONSTRAINT ck_orders_kind CHECK ({among('kind', KINDS)})",
    )
    async with database.transaction() as connection:
        for statement in (*relaxed, *statements):
            await connection.execute(text(statement))


@dataclass(frozen=True)
class Facts:
    """What the e-mails of these kinds say."""

    order_id: str
    account_id: int
    status: OrderStatus
    requester: Person
    about: str
    keeper: Person | None = None


_REQUESTER = """
SELECT orders.account_id, orders.status, users.id, users.name, users.email,
       coalesce(users.language, accounts.language) AS language
FROM orders
JOIN users ON users.id = orders.placed_by
JOIN accounts ON accounts.id = orders.account_id
WHERE orders.id = :order
"""


async def requester_of(connection: AsyncConnection, order_id: str) -> Facts:
    row = (await connection.execute(text(_REQUESTER), {"order": order_id})).one()
    requester = Person(f"user:{row.id}", row.name, row.email, Language(row.language))
    return Facts(order_id, row.account_id, OrderStatus(row.status), requester, "")


@dataclass(frozen=True, kw_only=True, repr=False)
class KindEmail(Email):
    """An e-mail of these kinds: a class with its facts, a text in each language, and an entry of its kind."""

    rows: ClassVar[tuple[str, ...]] = ("about",)
    order_id: str
    about: str
    status: str


TEXTS = Path(__file__).parent
"""Where the texts of these e-mails are."""


def outgoing(facts: Facts, email: type[KindEmail], to: Person) -> Outgoing:
    return Outgoing(email(order_id=facts.order_id, about=facts.about, status=facts.status.label), to)


async def answers_at_once(database: Database, order_id: str) -> bool:
    """Whether the provider of the test answers this order by itself."""
    async with database.reading() as connection:
        found = await connection.execute(
            text("SELECT (what->>'answered')::boolean FROM orders WHERE id = :order"), {"order": order_id}
        )
        return bool(found.scalar_one())
