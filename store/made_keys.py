"""Records that are made once per idempotency key of a caller: their row has the columns `made_key`, unique
with the account, and `made_as`.

    made = Made.of(account_id, key, {"name": name})
    known = await made.find(connection, AgentRow, AgentRow.account_id == account_id)     # its id, if any
    insert(AgentRow).values(name=name, **made.columns)
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.errors import Refused
from models.identifiers import mark_of_key

MADE_KEY = "a digest of the caller's idempotency key"
MADE_AS = "a digest of the idempotency key with what was made under it"


@dataclass(frozen=True)
class Made:
    """The digests of a key, and of the key with the content: both None where the caller sent no key."""

    key: str | None
    content: str | None

    @classmethod
    def of(cls, account_id: int, key: str | None, content: Mapping[str, Any]) -> "Made":
        """Of a caller's key in this account, and what is to be made."""
        if key is None:
            return cls(None, None)
        text = json.dumps(content, sort_keys=True, default=str)
        return cls(mark_of_key(account_id, key), mark_of_key(account_id, f"{key}\0{text}"))

    @property
    def columns(self) -> dict[str, str | None]:
        """What the record's row has of it."""
        return {"made_key": self.key, "made_as": self.content}

    async def find(self, connection: AsyncConnection, table: Any, *within: Any) -> int | None:
        """The id of the record that was made under the key, among those `within` these conditions. Raises
        `Refused` (`key_reused`) if it was made of something else; that it was changed since does not matter.
        """
        if self.key is None:
            return None
        mine = select(table.id, table.made_as).where(table.made_key == self.key, *within)
        row = (await connection.execute(mine)).one_or_none()
        if row is None:
            return None
        if row.made_as != self.content:
            raise Refused.because("key_reused")
        return int(row.id)
