"""eSIM lines: `client.assigned_plans`."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from esim_orders_client._async.connection import AsyncConnection
from esim_orders_client.calls import Call, path_of
from esim_orders_client.models import EsimLine


class AsyncAssignedPlansApi:
    """eSIM lines."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def revoke(self, plan: str) -> EsimLine:
        """Revoke a plan of an eSIM line.

        Revoke a queued plan; one that was used is refused (`plan_not_queued`). Answers the line.

        Idempotent: a revoked plan stays as it is.

        Needs the permission `sell_travel`.
        """
        return await self._connection.ask(
            EsimLine, Call("POST", path_of("assigned-plans", "{plan}", "revoke", plan=plan))
        )
