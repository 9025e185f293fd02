"""`esim-orders doctor`: check every configured component, and everything that waits for a person.

All checks run at once, each with a short timeout of its own: an unavailable component gets its own red line,
and the other checks answer all the same.
"""

import asyncio
from collections.abc import Awaitable

from models.errors import EsimError, Refused
from models.people.callers import Caller, Permission
from settings import Settings, sandbox_clock
from starter.operations.component_checks import (
    clock,
    mail_server,
    openid,
    payload_keys,
    portal,
    secret_keys,
    traces,
    uploaded_files,
)
from starter.operations.readiness import Check, readiness
from starter.operations.sweep_check import travel_sweep
from starter.operations.webhook_check import webhooks
from starter.operations.work_checks import failing, held, not_sent, pending, unsent_notifications, workflows
from starter.operations.worker_checks import workers
from store.session import Database
from temporal.connection import connect


async def examine(caller: Caller, settings: Settings) -> list[Check]:
    """Run all checks; the result is in the order in which to look for a fault.

    Only for the platform's operators: raises `Refused` (`not_permitted`). What a check finds never raises.
    """
    caller.require(Permission.SEE_OPERATIONS)
    keys, client_settings = payload_keys(settings.payload_keys), settings
    if not keys.ok:
        client_settings = settings.model_copy(update={"payload_keys": ""})
    try:
        database = Database(settings.database_url)
    except EsimError as invalid:
        return [Check("database", ok=False, sentence=str(invalid)), keys]
    try:
        client = await connect(client_settings, lazy=True)
        looks: list[Awaitable[list[Check]]] = [
            readiness(database, client),
            _alone(clock(database, sandbox_clock(settings.data_dir))),
            workers(client, settings.task_queue),
            _alone(mail_server(settings)),
            _alone(portal(settings.portal_url)),
            _alone(uploaded_files()),
            _alone(secret_keys(settings.secret_keys, database)),
            _alone(_ready(keys)),
            workflows(client, database),
            _alone(travel_sweep(client, settings.travel_sweep_every)),
            _alone(failing(client, settings.task_queue)),
            _alone(held(database)),
            _alone(not_sent(database)),
            _alone(pending(database)),
            _alone(unsent_notifications(database)),
            _alone(webhooks(database)),
        ]
        if settings.openid_issuer:
            looks.append(_alone(openid(settings)))
        if settings.otlp_endpoint:
            looks.append(_alone(traces(settings.otlp_endpoint)))
        return [check for found in await asyncio.gather(*looks) for check in found]
    except Refused as invalid:
        return [Check("settings", ok=False, sentence=str(invalid))]
    finally:
        await database.close()


async def _alone(look: Awaitable[Check]) -> list[Check]:
    return [await look]


async def _ready(check: Check) -> Check:
    return check
