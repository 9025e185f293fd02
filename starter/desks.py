"""All desks of one process, over one database and one Temporal client: what a portal or a backend needs.

async with Desks.open(settings) as desks:
    placed = await desks.orders.place(caller, OrderDraft(...))
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from temporalio.client import Client

from settings import Settings
from starter.catalogue.desk import CatalogueDesk
from starter.codes.book import CodeBook
from starter.codes.desk import QrDesk
from starter.codes.link_desk import LinkDesk
from starter.fleet.bulk import BulkDesk
from starter.fleet.desk import FleetDesk
from starter.fleet.edits import FleetEditDesk
from starter.fleet.inventory import InventoryDesk
from starter.fleet.saved_views import SavedViewDesk
from starter.licences.agents import AgentDesk
from starter.licences.assignments import AssignmentDesk
from starter.licences.licences import LicenceDesk
from starter.licences.numbers import NumberDesk
from starter.licences.plan import LicencePlanDesk
from starter.licences.requests import LicenceRequestDesk
from starter.operations.audit import AuditDesk
from starter.operations.clock import ClockDesk
from starter.operations.dashboard import DashboardDesk
from starter.operations.feed import FeedDesk
from starter.operations.jobs import JobDesk
from starter.operations.mail_log import MailLogDesk
from starter.operations.mappings import MappingDesk
from starter.operations.recovery import RecoveryDesk
from starter.operations.retry import RetryDesk
from starter.operations.webhooks import WebhookDesk
from starter.orders.desk import OrderDesk
from starter.orders.many_steps import OrderStepsDesk
from starter.orders.order_links import OrderLinkDesk
from starter.people.accounts import AccountDesk
from starter.people.api_keys import ApiKeyDesk
from starter.people.book import PeopleBook
from starter.people.contacts import ContactDesk
from starter.people.employees import EmployeeDesk
from starter.people.groups import GroupDesk
from starter.people.mailed import MailedDesk
from starter.people.openid import OpenIdDesk
from starter.people.profiles import ProfileDesk
from starter.people.sign_in import SignInDesk
from starter.people.users import UserDesk
from starter.travel.line_changes import LineDesk
from starter.travel.line_orders import LineOrderDesk
from starter.travel.lines import LineBook
from starter.travel.plans import PlanDesk
from starter.travel.reports import ReportDesk
from starter.travel.sending import SendingDesk
from starter.travel.stock import StockDesk
from starter.travel.subscribers import SubscriberDesk
from store.session import Database
from temporal.connection import connect


@dataclass(frozen=True)
class Desks:
    """Every desk, by subject. Safe for concurrent use."""

    client: Client
    database: Database
    settings: Settings
    orders: OrderDesk
    order_steps: OrderStepsDesk
    order_links: OrderLinkDesk
    fleet: FleetDesk
    edits: FleetEditDesk
    inventory: InventoryDesk
    saved_views: SavedViewDesk
    bulk: BulkDesk
    catalogue: CatalogueDesk
    users: UserDesk
    people: PeopleBook
    employees: EmployeeDesk
    groups: GroupDesk
    profiles: ProfileDesk
    contacts: ContactDesk
    accounts: AccountDesk
    api_keys: ApiKeyDesk
    sign_in: SignInDesk
    openid: OpenIdDesk
    mailed: MailedDesk
    code_book: CodeBook
    codes: QrDesk
    links: LinkDesk
    licences: LicenceDesk
    licence_plan: LicencePlanDesk
    licence_requests: LicenceRequestDesk
    audit: AuditDesk
    mail_log: MailLogDesk
    dashboard: DashboardDesk
    feed: FeedDesk
    jobs: JobDesk
    mappings: MappingDesk
    webhooks: WebhookDesk
    retry: RetryDesk
    recovery: RecoveryDesk
    numbers: NumberDesk
    agents: AgentDesk
    assignments: AssignmentDesk
    sending: SendingDesk
    stock: StockDesk
    travel_plans: PlanDesk
    subscribers: SubscriberDesk
    clock: ClockDesk
    reports: ReportDesk
    line_changes: LineDesk
    line_orders: LineOrderDesk
    line_book: LineBook

    @classmethod
    def of(cls, client: Client, database: Database, settings: Settings) -> "Desks":
        """All desks over this client and database. Raises `Refused` where a setting is invalid."""
        connected = (client, database, settings)
        codes = QrDesk(*connected)
        sign_in = SignInDesk(database)
        return cls(
            client=client,
            database=database,
            settings=settings,
            orders=OrderDesk(*connected),
            order_steps=OrderStepsDesk(*connected),
            order_links=OrderLinkDesk(client, database, settings),
            fleet=FleetDesk(database, settings.mail_language, settings.account_mode),
            edits=FleetEditDesk(database),
            inventory=InventoryDesk(database),
            saved_views=SavedViewDesk(database),
            bulk=BulkDesk(*connected),
            catalogue=CatalogueDesk(database),
            users=UserDesk(database),
            people=PeopleBook(database),
            employees=EmployeeDesk(database),
            groups=GroupDesk(database),
            profiles=ProfileDesk(database),
            contacts=ContactDesk(database),
            accounts=AccountDesk(database, settings.mail_language),
            api_keys=ApiKeyDesk(database, settings),
            sign_in=sign_in,
            openid=OpenIdDesk(database, settings),
            mailed=MailedDesk(*connected, sign_in.hasher),
            code_book=CodeBook(database),
            codes=codes,
            links=LinkDesk(codes),
            licences=LicenceDesk(database),
            licence_plan=LicencePlanDesk(database),
            licence_requests=LicenceRequestDesk(*connected),
            audit=AuditDesk(database),
            mail_log=MailLogDesk(database),
            dashboard=DashboardDesk(database, settings),
            feed=FeedDesk(database),
            jobs=JobDesk(*connected),
            mappings=MappingDesk(database),
            webhooks=WebhookDesk(database, settings),
            retry=RetryDesk(*connected),
            recovery=RecoveryDesk(*connected),
            numbers=NumberDesk(*connected),
            agents=AgentDesk(*connected),
            assignments=AssignmentDesk(*connected),
            sending=SendingDesk(*connected),
            stock=StockDesk(*connected),
            travel_plans=PlanDesk(database),
            subscribers=SubscriberDesk(*connected),
            clock=ClockDesk(*connected),
            reports=ReportDesk(*connected),
            line_changes=LineDesk(*connected),
            line_orders=LineOrderDesk(*connected),
            line_book=LineBook(database),
        )

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: Settings) -> AsyncIterator["Desks"]:
        """Open the configured database and Temporal service; each connects at its first call."""
        database = Database(settings.database_url, settings.database_pool_size)
        try:
            yield Desks.of(await connect(settings, lazy=True), database, settings)
        finally:
            await database.close()
