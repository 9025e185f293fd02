"""All calls of the API, by subject."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from esim_orders_client._sync.connection import Connection
from esim_orders_client._sync.resources.account import AccountApi
from esim_orders_client._sync.resources.accounts import AccountsApi
from esim_orders_client._sync.resources.add_ons import AddOnsApi
from esim_orders_client._sync.resources.agents import AgentsApi
from esim_orders_client._sync.resources.api_keys import ApiKeysApi
from esim_orders_client._sync.resources.assigned_plans import AssignedPlansApi
from esim_orders_client._sync.resources.audit import AuditApi
from esim_orders_client._sync.resources.catalogue import CatalogueApi
from esim_orders_client._sync.resources.contacts import ContactsApi
from esim_orders_client._sync.resources.devices import DevicesApi
from esim_orders_client._sync.resources.distributors import DistributorsApi
from esim_orders_client._sync.resources.employees import EmployeesApi
from esim_orders_client._sync.resources.esim_lines import EsimLinesApi
from esim_orders_client._sync.resources.event_types import EventTypesApi
from esim_orders_client._sync.resources.events import EventsApi
from esim_orders_client._sync.resources.groups import GroupsApi
from esim_orders_client._sync.resources.held import HeldApi
from esim_orders_client._sync.resources.import_mappings import ImportMappingsApi
from esim_orders_client._sync.resources.inventory import InventoryApi
from esim_orders_client._sync.resources.jobs import JobsApi
from esim_orders_client._sync.resources.licence_billing import LicenceBillingApi
from esim_orders_client._sync.resources.licence_charges import LicenceChargesApi
from esim_orders_client._sync.resources.licence_prices import LicencePricesApi
from esim_orders_client._sync.resources.licence_purchases import LicencePurchasesApi
from esim_orders_client._sync.resources.licence_requests import LicenceRequestsApi
from esim_orders_client._sync.resources.licences import LicencesApi
from esim_orders_client._sync.resources.lines import LinesApi
from esim_orders_client._sync.resources.numbers import NumbersApi
from esim_orders_client._sync.resources.orders import OrdersApi
from esim_orders_client._sync.resources.profiles import ProfilesApi
from esim_orders_client._sync.resources.qr_links import QrLinksApi
from esim_orders_client._sync.resources.qr_notifications import QrNotificationsApi
from esim_orders_client._sync.resources.qr_requests import QrRequestsApi
from esim_orders_client._sync.resources.sims import SimsApi
from esim_orders_client._sync.resources.subscribers import SubscribersApi
from esim_orders_client._sync.resources.travel_offers import TravelOffersApi
from esim_orders_client._sync.resources.travel_plans import TravelPlansApi
from esim_orders_client._sync.resources.travel_profiles import TravelProfilesApi
from esim_orders_client._sync.resources.travel_stock import TravelStockApi
from esim_orders_client._sync.resources.users import UsersApi
from esim_orders_client._sync.resources.webhooks import WebhooksApi


class Resources:
    """The attributes of a client."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.orders = OrdersApi(connection)
        self.sims = SimsApi(connection)
        self.qr_requests = QrRequestsApi(connection)
        self.qr_notifications = QrNotificationsApi(connection)
        self.qr_links = QrLinksApi(connection)
        self.inventory = InventoryApi(connection)
        self.lines = LinesApi(connection)
        self.devices = DevicesApi(connection)
        self.catalogue = CatalogueApi(connection)
        self.accounts = AccountsApi(connection)
        self.account = AccountApi(connection)
        self.users = UsersApi(connection)
        self.profiles = ProfilesApi(connection)
        self.distributors = DistributorsApi(connection)
        self.contacts = ContactsApi(connection)
        self.employees = EmployeesApi(connection)
        self.groups = GroupsApi(connection)
        self.api_keys = ApiKeysApi(connection)
        self.numbers = NumbersApi(connection)
        self.agents = AgentsApi(connection)
        self.add_ons = AddOnsApi(connection)
        self.licences = LicencesApi(connection)
        self.licence_purchases = LicencePurchasesApi(connection)
        self.licence_charges = LicenceChargesApi(connection)
        self.licence_prices = LicencePricesApi(connection)
        self.licence_billing = LicenceBillingApi(connection)
        self.licence_requests = LicenceRequestsApi(connection)
        self.subscribers = SubscribersApi(connection)
        self.travel_plans = TravelPlansApi(connection)
        self.travel_offers = TravelOffersApi(connection)
        self.travel_stock = TravelStockApi(connection)
        self.travel_profiles = TravelProfilesApi(connection)
        self.esim_lines = EsimLinesApi(connection)
        self.assigned_plans = AssignedPlansApi(connection)
        self.webhooks = WebhooksApi(connection)
        self.jobs = JobsApi(connection)
        self.import_mappings = ImportMappingsApi(connection)
        self.event_types = EventTypesApi(connection)
        self.events = EventsApi(connection)
        self.held = HeldApi(connection)
        self.audit = AuditApi(connection)
