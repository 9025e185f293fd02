"""What an order costs the database: the statements of each of its steps, and the transactions of all."""

from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from activities.orders import InventorySteps
from activities.outside import PortSteps
from models.orders.lifecycle import OrderStatus
from models.orders.placement import Placement
from outbox.swaps import PEOPLE
from providers.registry import BY_MAIL
from store.session import Database
from tests.activities.scene import Post, email_steps
from tests.builders import iccid, placement, run, world
from workflows.orders.messages import AcknowledgeInput, EmailInput, ProcessedInput, ProviderInput

AT_MOST = {"accept": 4, "submit": 3, "acknowledge": 5, "complete": 6, "notify": 3}
TRANSACTIONS = 7
"""One a step of the database, and one before and after the mail server is asked. Reads alone need none."""


@dataclass
class Cost:
    """The statements of each step, in their sequence, and how many transactions were committed."""

    transactions: int = 0
    steps: dict[str, list[str]] = field(default_factory=dict)

    def __str__(self) -> str:
        each = (f"{name}: {len(done)}\n  " + "\n  ".join(done) for name, done in self.steps.items())
        return f"{self.transactions} transactions\n" + "\n".join(each)


@contextmanager
def counting(database: Database) -> Iterator[Cost]:
    """The statements and commits of this database, from now on; `steps` gets a list for each step."""
    cost = Cost()
    engine = database._engine.sync_engine

    def executed(_: Any, __: Any, statement: str, *___: Any) -> None:
        list(cost.steps.values())[-1].append(" ".join(statement.split()))

    def committed(connection: Any) -> None:
        cost.transactions += connection.get_isolation_level() != "AUTOCOMMIT"

    event.listen(engine, "before_cursor_execute", executed)
    event.listen(engine, "commit", committed)
    try:
        yield cost
    finally:
        event.remove(engine, "before_cursor_execute", executed)
        event.remove(engine, "commit", committed)


async def a_switch(database: Database, cost: Cost, asked: Placement) -> Post:
    """One order from placing to the last e-mail, by the steps that the workflow schedules; its e-mails."""
    post = Post(database)
    steps, people = InventorySteps(database), email_steps(database, post.outbox)
    provider = PortSteps(database, {BY_MAIL: post.provider})
    order, kind = asked.order_id, asked.kind
    way: dict[str, Awaitable[object]] = {
        "accept": steps.accept_order(asked),
        "submit": provider.submit_to_provider(ProviderInput(order_id=order, kind=kind)),
        "acknowledge": steps.acknowledge_order(
            AcknowledgeInput(order_id=order, kind=kind, actor="contact:1")
        ),
        "complete": steps.complete_order(
            ProcessedInput(order_id=order, kind=kind, actor="contact:1", iccid=iccid(900), request="once")
        ),
        "notify": people.send_email(EmailInput(order_id=order, kind=kind, email=PEOPLE)),
    }
    for name, step in way.items():
        cost.steps[name] = []
        await step
    assert len(post.mailer.to()) == 3, "the distributor, who placed the order, and the employee"
    return post


async def test_an_order_costs_the_database_no_more_statements_than_it_needs(database: Database) -> None:
    await world(database)
    asked = await placement(database)
    with counting(database) as cost:
        await a_switch(database, cost, asked)
    ((status,),) = await run(database, "SELECT status FROM orders")
    assert status == OrderStatus.PROCESSED
    print(cost)  # where it has grown, pytest shows what grew
    assert {name: len(done) for name, done in cost.steps.items() if len(done) > AT_MOST[name]} == {}
    assert cost.transactions <= TRANSACTIONS
