"""API keys for tests: a service user of each role, and its key."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial

from models.people.api_keys import Mode
from models.people.callers import Caller, Role, UserKind
from starter.desks import Desks
from tests.builders import ACCOUNT, run
from tests.databases import filled

USED = "UPDATE api_keys SET last_used_at = esim_now() + interval '1 day' WHERE last_used_at IS NULL"
"""A key writes its use once in a minute. One whose use is known leaves a database as it was, which then
serves the next test.
"""


@dataclass
class Keyring:
    """Makes keys; each method answers the headers of a call with it."""

    desks: Desks
    operator: Caller

    async def of(
        self, role: Role = Role.OWNER, account: str = ACCOUNT, permissions: Collection[str] | None = None
    ) -> dict[str, str]:
        """The key of a new service user with this role."""
        said = f"{role} {account} {permissions} {self.desks.settings.secret_keys}"
        make = partial(self._made, role, account, permissions)
        return bearer(await filled(self.desks.database, said.encode(), make))

    async def _made(self, role: Role, account: str, permissions: Collection[str] | None) -> str:
        address = f"bot-{role}-{account}@bots.example".lower()
        distributor = "Telvia" if role is Role.PROVIDER_DESK else None
        await self.desks.users.create_user(
            self.operator, account, "Bot", address, role=role, kind=UserKind.SERVICE, distributor=distributor
        )
        made = await self.desks.api_keys.create(self.operator, "test", user=address, permissions=permissions)
        await run(self.desks.database, USED)
        return made.key.text

    async def of_platform(self, mode: Mode = Mode.LIVE, **named: str) -> dict[str, str]:
        """A platform key; `account`, `user`: named by the call."""
        made = await self.desks.api_keys.create_platform_key(self.operator, "platform", mode)
        return bearer(made.key.text) | {f"Esim-{name.title()}": value for name, value in named.items()}


def bearer(key: str) -> dict[str, str]:
    """The header that sends a key."""
    return {"Authorization": f"Bearer {key}"}
