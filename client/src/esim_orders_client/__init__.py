"""A client for the HTTP API of eSIM orders: `EsimOrders`, and `AsyncEsimOrders` for asyncio.

from esim_orders_client import EsimOrders

with EsimOrders("https://portal.example", "esim_live_...") as client:
    for line in client.lines.iterate():
        print(line.msisdn)
"""

from esim_orders_client import models, webhooks
from esim_orders_client._async.client import AsyncEsimOrders
from esim_orders_client._sync.client import EsimOrders
from esim_orders_client.calls import OMIT, File, Omit
from esim_orders_client.errors import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    CallTimedOutError,
    ConfigurationError,
    ConflictError,
    ConnectionFailedError,
    EsimOrdersError,
    InvalidField,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    Refusal,
    RefusedError,
    ServerError,
    TooLargeError,
    UnavailableError,
    UnexpectedAnswerError,
    WebhookVerificationError,
)
from esim_orders_client.events import Event, EventData
from esim_orders_client.model import Page
from esim_orders_client.version import __version__

__all__ = [
    "OMIT",
    "ApiError",
    "AsyncEsimOrders",
    "AuthenticationError",
    "BadRequestError",
    "CallTimedOutError",
    "ConfigurationError",
    "ConflictError",
    "ConnectionFailedError",
    "EsimOrders",
    "EsimOrdersError",
    "Event",
    "EventData",
    "File",
    "InvalidField",
    "NotFoundError",
    "Omit",
    "Page",
    "PermissionDeniedError",
    "RateLimitedError",
    "Refusal",
    "RefusedError",
    "ServerError",
    "TooLargeError",
    "UnavailableError",
    "UnexpectedAnswerError",
    "WebhookVerificationError",
    "__version__",
    "models",
    "webhooks",
]
