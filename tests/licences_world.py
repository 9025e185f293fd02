"""Worlds with agents, their numbers and licences, in the account of `tests.builders`: rows as an import and a
purchase leave them, an owner and an administrator.
"""

from itertools import count

from models.identifiers import order_id
from models.licences.add_ons import AddOn
from models.licences.numbers import LineType, ReplaceReason
from models.orders.placement import Acceptance, Placement
from models.people.callers import Role
from store.orders import acceptance
from store.session import Database
from tests.builders import ACCOUNT, OPERATOR, Cells, DataDesks, run, world

OLGA = "olga@acme.example"
"""The owner: buys licences."""
ADAM = "adam@acme.example"
"""The administrator: assigns them."""
GINA = "gina@acme.example"
"""The agent of number 1 where a test does not say otherwise."""
_keys = count()


async def licences_world(database: Database, *lines: Cells) -> DataDesks:
    """The world of `tests.builders` with an owner and an administrator; no agents, numbers or licences."""
    desks = await world(database, *lines)
    await desks.users.create_user(OPERATOR, ACCOUNT, "Olga", OLGA, role=Role.OWNER)
    await desks.users.create_user(OPERATOR, ACCOUNT, "Adam", ADAM, role=Role.ADMINISTRATOR)
    return desks


async def add_agent(
    database: Database,
    name: str = "Gina",
    email: str | None = GINA,
    *,
    language: str | None = None,
    phone_confirmed: bool = True,
) -> int:
    """An agent; its id."""
    rows = await run(
        database,
        "INSERT INTO agents (account_id, name, email, language, phone_confirmed_at)"
        " SELECT id, :name, :email, :language, CASE WHEN :confirmed THEN esim_now() END"
        " FROM accounts WHERE name = :account RETURNING id",
        name=name,
        email=email,
        language=language,
        confirmed=phone_confirmed,
        account=ACCOUNT,
    )
    return int(rows[0].id)


def number_msisdn(number: int = 1) -> str:
    """A French mobile number, the same for the same number."""
    return f"+33612{number:06d}"


async def add_number(
    database: Database,
    number: int = 1,
    agent_id: int | None = None,
    *,
    msisdn: str | None = None,
    line_type: LineType = LineType.DIRECT,
) -> int:
    """A number of this agent at Orange, whose distributor is Telvia; its id."""
    rows = await run(
        database,
        "INSERT INTO numbers (account_id, msisdn, line_type, provider_id, distributor_id, agent_id)"
        " SELECT accounts.id, :msisdn, :line_type, providers.id, distributors.id, :agent"
        " FROM accounts JOIN distributors ON distributors.account_id = accounts.id"
        " JOIN providers ON providers.name = 'Orange'"
        " WHERE accounts.name = :account AND distributors.name = 'Telvia' RETURNING id",
        msisdn=msisdn or number_msisdn(number),
        line_type=line_type.value,
        agent=agent_id,
        account=ACCOUNT,
    )
    return int(rows[0].id)


async def add_licence(database: Database, add_on: AddOn = AddOn.VOICE_SMS_DATA) -> int:
    """A licence of the account that no number uses; its id."""
    rows = await run(
        database,
        "INSERT INTO licences (account_id, add_on) SELECT id, :add_on FROM accounts WHERE name = :account"
        " RETURNING id",
        add_on=add_on.value,
        account=ACCOUNT,
    )
    return int(rows[0].id)


async def assignment(database: Database, number_id: int, licence_id: int, *, user: str = ADAM) -> Placement:
    """Adam's order to assign this licence to this number, before it is accepted."""
    what = {"kind": "assign_licence", "number_id": number_id, "licence_id": licence_id}
    return await _placement(database, user, what)


async def replacement(
    database: Database, number_id: int, reason: ReplaceReason = ReplaceReason.NEW_PHONE, *, user: str = ADAM
) -> Placement:
    """Adam's order to replace the eSIM of this number, before it is accepted."""
    return await _placement(
        database, user, {"kind": "replace_licence_esim", "number_id": number_id, "reason": reason.value}
    )


async def accepted(database: Database, placement: Placement) -> Acceptance:
    """The answer to this order."""
    async with database.transaction() as connection:
        return await acceptance.accept(connection, placement)


async def _placement(database: Database, user: str, what: dict[str, object]) -> Placement:
    (row,) = await run(database, "SELECT id, account_id FROM users WHERE email = :user", user=user)
    return Placement.model_validate(
        {
            "order_id": order_id(row.account_id, f"licence {next(_keys)}"),
            "account_id": row.account_id,
            "user_id": row.id,
            "what": what,
        }
    )
