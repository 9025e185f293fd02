"""The worker process: builds database, mailer, ports and client from the settings, and runs a Temporal
worker.

`esim-worker` runs it until SIGTERM or SIGINT, and then finishes the steps in flight.
"""

import argparse
import asyncio
import gc
import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker, WorkflowRunner

from activities.code_emails import NotificationMails, QrMails
from activities.codes import QrInventorySteps
from activities.failures import SafeFailures
from activities.follow_ups import FollowUps
from activities.heartbeats import Heartbeats
from activities.holds import Holds
from activities.jobs import Jobs
from activities.licences.codes import CodeForAgent
from activities.licences.steps import LicenceMails, NumberCalls, NumberInventory
from activities.mail_again import MailAgain
from activities.not_sent import NotSent
from activities.orders import InventorySteps
from activities.outside import EmailSteps, PortSteps
from activities.retry_held import HeldRetries
from activities.travel.follow_ups import alert_staff
from activities.travel.line_life import LineLife
from activities.travel.mails import TravelMails
from activities.travel.sweep import TravelSweep
from activities.user_mails import UserMails
from activities.webhook_relay import relaying
from activities.webhooks import Webhooks
from mail.errors import MailInvalid
from mail.message import Sender
from mail.smtp import Mailer, SmtpMailer
from models.errors import Refused
from models.networks import parse_networks
from outbox.links import Links
from outbox.people.user_mails import TokenLinks
from outbox.sender import Outbox
from providers.from_stock import FromStock
from providers.registry import PORTS, STOCK
from settings import Settings
from starter import callers
from starter.desks import Desks
from starter.operations.component_checks import introduction
from starter.operations.job_runner import JobRunner
from starter.operations.readiness import readiness
from starter.operations.restart_kinds import request_timeouts
from starter.operations.retry import RetryDesk
from store.events import restored_unannounced
from store.head_revision import head_revision
from store.key_ring import KeyRing
from store.licences.waiting import REQUEST_CODE
from store.orders.mail_again import MAIL_AGAIN
from store.session import Database
from store.travel.stock import ALERT_STAFF
from telemetry.health import health_page
from telemetry.leaving import leave
from telemetry.metrics import gauges
from telemetry.process import run
from temporal.connection import connect, missing_search_attributes
from temporal.travel.alerts import StaffAlerts
from temporal.travel.schedule import keep_sweeping
from temporal.versions import deployment_config, release_of, why_idle
from temporal.workflow_sandbox import workflow_runner
from workflows.codes.messages import QrTimeouts
from workflows.codes.notification import EsimQrNotification, PinnedQrNotification
from workflows.codes.request import EsimQrRequest
from workflows.licences.licence_request import EsimLicenceRequest, PinnedLicenceRequest
from workflows.licences.number_change import EsimNumberChange
from workflows.operations.job import EsimJob, PinnedJob
from workflows.operations.retry_held import RetryHeld
from workflows.operations.webhook import EsimWebhook
from workflows.orders.order import EsimOrder
from workflows.people.user_mail import EsimUserMail, PinnedUserMail
from workflows.step import Steps, activities_of, unimplemented
from workflows.steps import CONTRACTS
from workflows.travel.line_life import EsimLineLife
from workflows.travel.sweep import EsimTravelSweep
from workflows.travel.travel_notice import EsimTravelNotice, PinnedTravelNotice

GRACE = timedelta(seconds=30)
"""How long a worker that is stopped lets the steps in flight continue."""
MARGIN = timedelta(seconds=10)
"""After grace and margin a shutdown is cut off: what stops a container must wait longer than both."""
_ALWAYS: list[type] = [
    EsimOrder,
    EsimQrRequest,
    EsimNumberChange,
    EsimLineLife,
    EsimTravelSweep,
    EsimWebhook,
    RetryHeld,
]
WORKFLOWS: list[type] = [
    *_ALWAYS,
    EsimQrNotification,
    EsimLicenceRequest,
    EsimTravelNotice,
    EsimUserMail,
    EsimJob,
]
VERSIONED: list[type] = [
    *_ALWAYS,
    PinnedQrNotification,
    PinnedLicenceRequest,
    PinnedTravelNotice,
    PinnedUserMail,
    PinnedJob,
]
"""The same for workers with a build id: a worker without one must not declare a versioning behaviour."""
_log = logging.getLogger("worker")


def configured_runner(settings: Settings) -> WorkflowRunner:
    """The runner of workflows: without a sandbox unless `workflow_sandbox` is set, as it costs CPU for each
    order.

    Without it orders share the modules of the workflows; a test checks that no module has state that changes.
    """
    return workflow_runner() if settings.workflow_sandbox else UnsandboxedWorkflowRunner()


def implementations(
    client: Client, database: Database, mailer: Mailer, settings: Settings
) -> tuple[Steps, ...]:
    """The implementations of all sets of steps. A new set is added here."""
    outbox = Outbox(database, mailer, Sender.parse(settings.mail_from).domain)
    given_up_after = settings.notification_given_up_after
    alerts = StaffAlerts(client, database, settings.task_queue, given_up_after)
    links = Links(
        settings.portal_url,
        settings.upload_link_expires_after,
        settings.download_link_expires_after,
        settings.order_link_expires_after,
    )
    ports = {name: port(database, outbox, links) for name, port in PORTS.items()}
    ports[STOCK] = FromStock(database, outbox, links, alerts)
    keys = KeyRing(settings.secret_keys)
    return (
        InventorySteps(database),
        Holds(database),
        FollowUps(
            database,
            client,
            {
                REQUEST_CODE: CodeForAgent(_of_agents(settings)),
                ALERT_STAFF: alert_staff(alerts),
                MAIL_AGAIN: MailAgain(ports),
            },
        ),
        PortSteps(database, ports),
        EmailSteps(database, outbox, NotificationMails(database, outbox, links, keys)),
        QrInventorySteps(database),
        QrMails(database, outbox, links, keys),
        NumberInventory(database, settings.number_recoverable_for),
        NumberCalls(database, client, outbox),
        LicenceMails(database, outbox),
        TravelMails(database, outbox),
        UserMails(database, outbox, TokenLinks(settings.portal_url)),
        LineLife(database),
        TravelSweep(database, client, alerts, settings.travel_install_within, given_up_after),
        HeldRetries(RetryDesk(client, database, settings), callers.operator()),
        Jobs(JobRunner(Desks.of(client, database, settings))),
        Webhooks(
            *(database, outbox, keys),
            loopback=settings.webhooks_to_loopback,
            refused=parse_networks(settings.webhooks_refused_networks),
        ),
    )


def _of_agents(settings: Settings) -> QrTimeouts:
    """The timeouts of the request for the code of an agent's eSIM: the agent is notified of it at once."""
    return request_timeouts(settings).model_copy(update={"requester_notified_after": timedelta(seconds=1)})


def order_worker(
    client: Client,
    database: Database,
    mailer: Mailer,
    settings: Settings,
    workflows: Sequence[type] = (),
    *,
    eager: bool = False,
) -> Worker:
    """A worker for orders on the configured task queue; with a build id, one of that version.

    `eager`: a worker gets an activity in the response to the workflow task that scheduled it, which saves a
    poll. A worker that is stopped at just that moment may never end its shutdown, so this is only for
    processes with a watchdog.
    """
    activities = activities_of(*implementations(client, database, mailer, settings))
    assert not unimplemented(CONTRACTS, activities)  # noqa: S101  every declared step has an activity
    return Worker(
        client,
        task_queue=settings.task_queue,
        workflows=workflows or (VERSIONED if settings.build_id else WORKFLOWS),
        activities=activities,
        interceptors=[SafeFailures(), NotSent(database), Heartbeats()],
        workflow_runner=configured_runner(settings),
        disable_eager_activity_execution=not eager,
        graceful_shutdown_timeout=GRACE,
        max_cached_workflows=settings.cached_workflows,
        build_id=release_of(settings),
        deployment_config=deployment_config(settings),
    )


async def check(client: Client, database: Database) -> None:
    """Refuse to start where orders would be blocked. Raises `Refused` with what to do."""
    missing = await missing_search_attributes(client)
    if missing:
        options = " ".join(f"--name {name} --type Keyword" for name in missing)
        raise Refused.because("search_attributes_missing", options=options)
    found = await database.revision()
    if found != head_revision():
        raise Refused.because("database_not_at_head", found=str(found), needed=str(head_revision()))
    async with database.reading() as connection:
        if await restored_unannounced(connection):
            raise Refused.because("restore_unannounced")


def _mailer(settings: Settings) -> SmtpMailer:
    try:
        return SmtpMailer(
            settings.smtp_url,
            settings.mail_from,
            timeout=settings.smtp_timeout,
            connections=settings.smtp_connections,
            introduction=introduction(settings),
        )
    except (ValueError, MailInvalid) as invalid:
        raise Refused.because("mail_settings_invalid", reason=str(invalid)) from None


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    """Run a worker until `stop` is set."""
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url, settings.database_pool_size)
        stack.push_async_callback(database.close)
        mailer = await stack.enter_async_context(_mailer(settings))
        client = await connect(settings)
        await check(client, database)
        await stack.enter_async_context(gauges(settings, database))
        await keep_sweeping(client, settings)
        ready = partial(readiness, database, client)
        await stack.enter_async_context(health_page(settings.health_address, ready))
        settle_memory()
        await stack.enter_async_context(order_worker(client, database, mailer, settings, eager=True))
        await stack.enter_async_context(relaying(client, database, settings.task_queue))
        stack.callback(stop.set)  # whatever ends this block, the watchdog counts from now on
        _log.info("The worker polls %s at %s.", settings.task_queue, settings.temporal_address)
        idle = await why_idle(client, settings)
        if idle:
            _log.warning("%s", idle)
        await stop.wait()
        _log.info("The worker stops: steps in flight are finished first.")


def settle_memory() -> None:
    """Exclude the objects that are loaded so far from garbage collection (`gc.freeze`): they stay until the
    end.

    Each order's workflow leaves reference cycles, so collections are frequent, and one that includes the
    objects of all libraries stops every order for a tenth of a second.
    """
    gc.collect()
    gc.freeze()


def main() -> None:
    """Run `esim-worker`."""
    parser = argparse.ArgumentParser(
        prog="esim-worker",
        description="Execute the steps of orders until SIGTERM; see docs/configuration.md.",
    )
    parser.add_argument(
        "--build-id",
        metavar="ID",
        help="which build of the workflows this is (ESIM_BUILD_ID): Temporal gives it the work of this "
        "version; see docs/versions.md",
    )
    given = {name: value for name, value in vars(parser.parse_args()).items() if value is not None}
    leave(run("worker", serve, GRACE + MARGIN, **given))


if __name__ == "__main__":
    main()
