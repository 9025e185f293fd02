"""The names that the inventory's filters offer, in one statement of index lookups."""

from sqlalchemy import BigInteger, Integer, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from models.fleet.rows import Choices
from models.people.callers import OfAccount

MOST = 50
"""Names of each kind that are offered; any other can be typed."""
_NAMES = text("""
WITH RECURSIVE present AS (
    (SELECT by_provider, provider_id FROM inventory_rows
     WHERE account_id = :account AND NOT discarded ORDER BY by_provider LIMIT 1)
    UNION ALL
    (SELECT following.by_provider, following.provider_id FROM present CROSS JOIN LATERAL (
        SELECT by_provider, provider_id FROM inventory_rows
        WHERE account_id = :account AND NOT discarded AND by_provider > present.by_provider
        ORDER BY by_provider LIMIT 1
    ) AS following)
)
(SELECT 'providers' AS kind, providers.name FROM present JOIN providers ON providers.id = present.provider_id
 ORDER BY present.by_provider LIMIT :most)
UNION ALL
(SELECT 'groups', name FROM management_groups WHERE account_id = :account ORDER BY name LIMIT :most)
UNION ALL
(SELECT 'distributors', name FROM distributors WHERE account_id = :account ORDER BY lower(name) LIMIT :most)
""").bindparams(bindparam("account", type_=BigInteger), bindparam("most", type_=Integer))
"""A step of `present` is one lookup in the index of the sort by provider: the next name after the last."""


async def choices(connection: AsyncConnection, scope: OfAccount) -> Choices:
    """The providers of the account's lines and SIMs, its management groups and its distributors."""
    found: dict[str, list[str]] = {}
    for kind, name in await connection.execute(_NAMES, {"account": scope.account_id, "most": MOST}):
        found.setdefault(kind, []).append(name)
    return Choices(**{kind: tuple(names) for kind, names in found.items()})
