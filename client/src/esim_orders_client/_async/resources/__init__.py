"""All calls of the API, by subject."""

# Written by `make client` from docs/openapi.json; changes here are lost.

from esim_orders_client._async.connection import AsyncConnection
from esim_orders_client._async.resources.account import AsyncAccountApi
from esim_orders_client._async.resources.accounts import AsyncAccountsApi
from esim_orders_client._async.resources.add_ons import AsyncAddOnsApi
from esim_orders_client._async.resources.agents import AsyncAgentsApi
from esim_orders_client._async.resources.api_keys import AsyncApiKeysApi
from esim_orders_client._async.resources.assigned_plans import AsyncAssignedPlansApi
from esim_orders_client._async.resources.audit import AsyncAuditApi
from esim_orders_client._async.resources.catalogue import AsyncCatalogueApi
from esim_orders_client._async.resources.contacts import AsyncContactsApi
from esim_orders_client._async.resources.devices import AsyncDevicesApi
from esim_orders_client._async.resources.distributors import AsyncDistributorsApi
from esim_orders_client._async.resources.employees import AsyncEmployeesApi
from esim_orders_client._async.resources.esim_lines import AsyncEsimLinesApi
from esim_orders_client._async.resources.event_types import AsyncEventTypesApi
from esim_orders_client._async.resources.events import AsyncEventsApi
from esim_orders_client._async.resources.groups import AsyncGroupsApi
from esim_orders_client._async.resources.held import AsyncHeldApi
from esim_orders_client._async.resources.import_mappings import AsyncImportMappingsApi
from esim_orders_client._async.resources.inventory import AsyncInventoryApi
from esim_orders_client._async.resources.jobs import AsyncJobsApi
from esim_orders_client._async.resources.licence_billing import AsyncLicenceBillingApi
from esim_orders_client._async.resources.licence_charges import AsyncLicenceChargesApi
from esim_orders_client._async.resources.licence_prices import AsyncLicencePricesApi
from esim_orders_client._async.resources.licence_purchases import AsyncLicencePurchasesApi
from esim_orders_client._async.resources.licence_requests import AsyncLicenceRequestsApi
from esim_orders_client._async.resources.licences import AsyncLicencesApi
from esim_orders_client._async.resources.lines import AsyncLinesApi
from esim_orders_client._async.resources.numbers import AsyncNumbersApi
from esim_orders_client._async.resources.orders import AsyncOrdersApi
from esim_orders_client._async.resources.profiles import AsyncProfilesApi
from esim_orders_client._async.resources.qr_links import AsyncQrLinksApi
from esim_orders_client._async.resources.qr_notifications import AsyncQrNotificationsApi
from esim_orders_client._async.resources.qr_requests import AsyncQrRequestsApi
from esim_orders_client._async.resources.sims import AsyncSimsApi
from esim_orders_client._async.resources.subscribers import AsyncSubscribersApi
from esim_orders_client._async.resources.travel_offers import AsyncTravelOffersApi
from esim_orders_client._async.resources.travel_plans import AsyncTravelPlansApi
from esim_orders_client._async.resources.travel_profiles import AsyncTravelProfilesApi
from esim_orders_client._async.resources.travel_stock import AsyncTravelStockApi
from esim_orders_client._async.resources.users import AsyncUsersApi
from esim_orders_client._async.resources.webhooks import AsyncWebhooksApi


class AsyncResources:
    """The attributes of a client."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.orders = AsyncOrdersApi(connection)
        self.sims = AsyncSimsApi(connection)
        self.qr_requests = AsyncQrRequestsApi(connection)
        self.qr_notifications = AsyncQrNotificationsApi(connection)
        self.qr_links = AsyncQrLinksApi(connection)
        self.inventory = AsyncInventoryApi(connection)
        self.lines = AsyncLinesApi(connection)
        self.devices = AsyncDevicesApi(connection)
        self.catalogue = AsyncCatalogueApi(connection)
        self.accounts = AsyncAccountsApi(connection)
        self.account = AsyncAccountApi(connection)
        self.users = AsyncUsersApi(connection)
        self.profiles = AsyncProfilesApi(connection)
        self.distributors = AsyncDistributorsApi(connection)
        self.contacts = AsyncContactsApi(connection)
        self.employees = AsyncEmployeesApi(connection)
        self.groups = AsyncGroupsApi(connection)
        self.api_keys = AsyncApiKeysApi(connection)
        self.numbers = AsyncNumbersApi(connection)
        self.agents = AsyncAgentsApi(connection)
        self.add_ons = AsyncAddOnsApi(connection)
        self.licences = AsyncLicencesApi(connection)
        self.licence_purchases = AsyncLicencePurchasesApi(connection)
        self.licence_charges = AsyncLicenceChargesApi(connection)
        self.licence_prices = AsyncLicencePricesApi(connection)
        self.licence_billing = AsyncLicenceBillingApi(connection)
        self.licence_requests = AsyncLicenceRequestsApi(connection)
        self.subscribers = AsyncSubscribersApi(connection)
        self.travel_plans = AsyncTravelPlansApi(connection)
        self.travel_offers = AsyncTravelOffersApi(connection)
        self.travel_stock = AsyncTravelStockApi(connection)
        self.travel_profiles = AsyncTravelProfilesApi(connection)
        self.esim_lines = AsyncEsimLinesApi(connection)
        self.assigned_plans = AsyncAssignedPlansApi(connection)
        self.webhooks = AsyncWebhooksApi(connection)
        self.jobs = AsyncJobsApi(connection)
        self.import_mappings = AsyncImportMappingsApi(connection)
        self.event_types = AsyncEventTypesApi(connection)
        self.events = AsyncEventsApi(connection)
        self.held = AsyncHeldApi(connection)
        self.audit = AsyncAuditApi(connection)
