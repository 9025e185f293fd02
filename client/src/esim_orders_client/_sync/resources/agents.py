"""Agents: `client.agents`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from collections.abc import Iterator

from esim_orders_client._sync.connection import Connection
from esim_orders_client.calls import OMIT, Call, Omit, body_of, new_key, path_of
from esim_orders_client.model import Page
from esim_orders_client.models import Agent


class AgentsApi:
    """Agents."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, *, limit: int | None = None, cursor: str | None = None) -> Page[Agent]:
        """List agents.

        The agents of the account by name, with the numbers that they use; deactivated ones too.

        Needs the permission `view_licences`.
        """
        return self._connection.ask(
            Page[Agent], Call("GET", path_of("agents"), query={"limit": limit, "cursor": cursor})
        )

    def iterate(self, *, limit: int = 100) -> Iterator[Agent]:
        """List agents: the records of all pages, one after another."""
        return self._connection.iterate(lambda cursor: self.list(limit=limit, cursor=cursor))

    def create(
        self,
        *,
        name: str,
        email: str | Omit | None = OMIT,
        language: str | Omit | None = OMIT,
        eid: str | Omit | None = OMIT,
        phone_confirmed: bool | Omit = OMIT,
        key: str | None = None,
    ) -> Agent:
        """Create an agent.

        Create an agent. Give them a number with `POST /numbers/{number}/change-user`.

        Needs the permission `manage_numbers`.

        email: Where the agent's eSIMs are sent.
        language: The account's if left out. More values may be added: `en`, `fr`.
        eid: 32 digits.
        phone_confirmed: The phone was found to support eSIM.
        key: your idempotency key, one for each thing that is to be done; else a new one.
        """
        return self._connection.ask(
            Agent,
            Call(
                "POST",
                path_of("agents"),
                body=body_of(
                    {
                        "name": name,
                        "email": email,
                        "language": language,
                        "eid": eid,
                        "phone_confirmed": phone_confirmed,
                    }
                ),
                key=new_key(key),
            ),
        )

    def get(self, agent: str) -> Agent:
        """Show an agent.

        One agent, by the address or the id (`AG-4`); also one who is deactivated.

        Needs the permission `view_licences`.
        """
        return self._connection.ask(Agent, Call("GET", path_of("agents", "{agent}", agent=agent)))

    def edit(
        self,
        agent: str,
        *,
        name: str | Omit = OMIT,
        email: str | Omit = OMIT,
        language: str | Omit | None = OMIT,
        eid: str | Omit | None = OMIT,
        phone_confirmed: bool | Omit = OMIT,
    ) -> Agent:
        """Edit an agent.

        Orders that are held for the agent's address continue with one. At a new address the links of
        e-mails to the one before end, and they are sent again.

        Needs the permission `manage_numbers`.

        email: A new address; it cannot be removed.
        """
        return self._connection.ask(
            Agent,
            Call(
                "PATCH",
                path_of("agents", "{agent}", agent=agent),
                body=body_of(
                    {
                        "name": name,
                        "email": email,
                        "language": language,
                        "eid": eid,
                        "phone_confirmed": phone_confirmed,
                    }
                ),
            ),
        )

    def deactivate(self, agent: str) -> Agent:
        """Deactivate an agent.

        The agent leaves all numbers, and their eSIMs stop at once. Idempotent.

        Needs the permission `manage_numbers`.
        """
        return self._connection.ask(
            Agent, Call("POST", path_of("agents", "{agent}", "deactivate", agent=agent))
        )

    def activate(self, agent: str) -> Agent:
        """Activate an agent.

        Activate a deactivated agent, who uses no number then. Idempotent.

        Needs the permission `manage_numbers`.
        """
        return self._connection.ask(
            Agent, Call("POST", path_of("agents", "{agent}", "activate", agent=agent))
        )
