"""All settings: addresses of components, timeouts, keys. The only reader of the environment.

Every variable starts with `ESIM_` and has the name of its field: `ESIM_DATABASE_URL` is `database_url`. A
value is read from the environment, else from `addresses.json` and `keys.json` of the data folder (written by
`esim-orders up`, so that every command finds a running sandbox without settings), else it is the default
here.
"""

import json
import os
from datetime import timedelta
from json import JSONDecodeError
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    JsonConfigSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from models.errors import Refused
from models.language import Language, spoken_language
from models.networks import Networks
from models.people import addresses
from models.people.api_keys import Mode
from models.values import REMINDERS, Duration

ADDRESSES_FILE = "addresses.json"
KEYS_FILE = "keys.json"
CLOCK_FILE = "clock.json"
HOST_AND_PORT = r"^((\[[0-9a-fA-F:.]+\]|[^\s:/]+):[0-9]{1,5})?$"
"""Empty, or an address to listen on: localhost:9464, 0.0.0.0:9464, [::1]:9464."""
BUILD_ID = r"^([A-Za-z0-9][A-Za-z0-9._+-]{0,99})?$"
INTERNAL_DOMAINS = r"^( *\.?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])? *(, *|$))*$"
"""Empty, or domains separated by commas, each with or without a dot in front."""
DEPLOYMENT_NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$"
"""Without dots: Temporal writes a version as deployment name, dot, build id."""


def data_dir_from_environment() -> Path:
    """The folder of the sandbox: `ESIM_DATA_DIR`, or `.esim` in the current folder."""
    return Path(os.environ.get("ESIM_DATA_DIR", ".esim"))


def sandbox_clock(folder: Path) -> str | None:
    """The mark of a sandbox whose clock can be advanced, from its data folder; None for any other folder."""
    try:
        mark = json.loads((folder / CLOCK_FILE).read_text())["mark"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return mark if isinstance(mark, str) else None


def language_from_environment() -> Language:
    """The language of the locale, as gettext finds it; English where there are no texts in it."""
    named = next((text for name in _LOCALE if (text := os.environ.get(name))), "")
    return spoken_language(named) or Language.EN


_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")


class Settings(BaseSettings):
    """All settings of every process. Durations are ISO 8601 (`P2D`, `PT90S`) or seconds."""

    model_config = SettingsConfigDict(env_prefix="ESIM_", extra="ignore", hide_input_in_errors=True)

    data_dir: Path = Field(default_factory=data_dir_from_environment)
    """Folder of the sandbox: database files, mailbox, logs, addresses.json."""

    database_url: str = Field(default="postgresql://esim@localhost:5432/esim", repr=False)
    """URL of the inventory (PostgreSQL 15 or later), with libpq's parameters: `?sslmode=verify-full`, say."""
    database_pool_size: int = Field(default=10, ge=1)
    """Connections that one process keeps to the database."""

    temporal_address: str = "localhost:7233"
    """host:port of the Temporal frontend."""
    temporal_namespace: str = "default"
    """Temporal namespace of all orders."""
    temporal_api_key: str = Field(default="", repr=False)
    """API key of a hosted Temporal service; switches TLS on. Empty: none."""
    temporal_tls: bool = False
    """TLS to the Temporal frontend without an API key."""
    temporal_compression: Literal["auto", "gzip", "none"] = "auto"
    """gRPC compression between these processes and Temporal: gzip or none. auto: none where
    ESIM_TEMPORAL_ADDRESS is a loopback address, gzip elsewhere."""
    temporal_ui_url: str = "http://localhost:8233"
    """Address of the Temporal Web UI, only to print links."""
    task_queue: str = "esim-orders"
    """Task queue that workers poll and orders are started on."""

    smtp_url: str = Field(default="smtp://localhost:1025", repr=False)
    """smtp://[user:password@]host:port (STARTTLS when offered), smtps:// for TLS from the start."""
    smtp_timeout: timedelta = timedelta(seconds=10)
    """Timeout of each answer of the mail server."""
    smtp_connections: int = Field(default=3, ge=1, le=100)
    """Connections that one worker has to the mail server at once. Microsoft 365 takes three of a mailbox."""
    smtp_helo_name: str = Field(default="", max_length=255)
    """Name for HELO and EHLO: a host name with its domain, or [an address]. Empty: this machine's full name,
    else its address."""
    smtp_ca_file: str = ""
    """PEM file of the certificate authorities that the mail server's certificate must come from. Empty: those
    of the system, and none for a server on this machine."""
    smtp_client_certificate: str = ""
    """PEM file of the certificate that the mail server knows us by, in TLS. Empty: none."""
    smtp_client_key: str = Field(default="", repr=False)
    """PEM file of its key, without a password. Empty: it is in the file of the certificate."""
    mail_from: str = "eSIM orders <orders@esim.example>"
    """Sender of all e-mails. An account may have another name beside the address."""
    mail_language: Language = Language.EN
    """en or fr: the language of accounts that an import creates. E-mails are in that of their recipient."""

    mail_internal_domains: str = Field(default="", pattern=INTERNAL_DOMAINS)
    """Domains of internal networks that addresses may be in, with all below them, separated by commas: local,
    internal,home.arpa, say. Empty: an address needs a domain of the internet."""

    acknowledgement_reminder_after: Duration = timedelta(days=2)
    """How long after an order, or its last reminder, the distributor is reminded to acknowledge it."""
    processing_reminder_after: Duration = timedelta(days=3)
    """How long after the acknowledgement, or the last reminder, the distributor is reminded to process it."""
    reminders: Annotated[int, REMINDERS] = 2
    """Reminders sent in each of the two waits before the order is held."""
    notification_given_up_after: Duration = timedelta(days=7)
    """How long the workflow of an ended order is held for an e-mail to people that cannot be sent."""
    answer_timeout: timedelta = timedelta(seconds=20)
    """How long a caller waits for a worker's answer before the call ends as unavailable."""

    secret_keys: str = Field(default="", repr=False)
    """AES-256 keys that QR codes and their files are encrypted with, `id:base64` each, newest first,
    separated by commas. The first encrypts; all decrypt. Empty: no code can be imported or shown."""

    payload_keys: str = Field(default="", repr=False)
    """AES-256 keys that everything in Temporal is encrypted with, `id:base64` each, newest first,
    separated by commas; `plain` in front: encrypt nothing, decrypt all. Empty: nothing is encrypted."""
    codec_origin: str = ""
    """The one origin (`https://host[:port]`) whose pages may have payloads decrypted by the portal: that of
    the Temporal Web UI. Empty: none may."""
    codec_token: str = Field(default="", repr=False)
    """Token with which an operator has the portal decrypt payloads; at least 32 characters."""

    portal_url: str = "http://localhost:8090"
    """Address of the portal for people: the links in e-mails begin with it."""
    portal_host: str = "127.0.0.1"
    """Interface that `esim-portal` listens on; 0.0.0.0 for all."""
    portal_port: int = Field(default=8090, ge=1, le=65535)
    """TCP port that `esim-portal` listens on."""
    openid_issuer: str = ""
    """Issuer of the OpenID provider where people may sign in: https://id.example.com, exactly as the provider
    names itself. Empty: people sign in with a password only."""
    openid_client_id: str = ""
    """Client id of the portal at the OpenID provider."""
    openid_client_secret: str = Field(default="", repr=False)
    """Client secret of the portal at the OpenID provider."""
    openid_name: str = Field(default="", max_length=60)
    """Name of the OpenID provider on the sign-in page. Empty: the host of the issuer."""
    openid_scopes: str = "openid email"
    """Scopes that the OpenID provider is asked for, separated by spaces; openid is among them. The verified
    e-mail address is needed once for each user."""
    trusted_proxies: str = ""
    """Addresses or networks (`10.0.0.0/8`) of the proxies in front of `esim-portal`, separated by commas:
    X-Forwarded-For is believed from these only. Empty: from none, and all clients of a proxy count as one."""

    api_calls_a_second: float = Field(default=50, gt=0, le=10_000)
    """Calls of one API key that each portal process answers per second, averaged over ten seconds."""
    streams_per_caller: int = Field(default=20, ge=1, le=100_000)
    """Event streams that one API key may have open at once in each portal process."""
    account_mode: Mode = Mode.LIVE
    """live or test: of accounts that an import creates. Only API keys of the same mode reach them."""

    webhooks_per_account: int = Field(default=20, ge=0, le=1000)
    """Endpoints of webhooks that an account may have."""
    webhooks_to_loopback: bool = False
    """Whether webhooks may be sent to this machine, over http too: for a sandbox and for tests."""
    webhooks_refused_networks: Networks = ""
    """Public networks and addresses that no webhook is sent to, separated by commas: those of the
    installation itself, `203.0.113.0/24, 2001:db8::1`, say. What is not public is refused in any case.
    Empty: none."""

    qr_reminder_after: Duration = timedelta(days=3)
    """How long after a request for a QR code, or its last reminder, the distributor is reminded."""
    qr_reminders: Annotated[int, REMINDERS] = 1
    """Reminders of a QR code before the requester is notified that none came and the request is held."""
    qr_requester_notified_after: Duration = timedelta(minutes=15)
    """How long after the import the requester is notified, where no notification was sent by then."""
    upload_link_expires_after: timedelta = timedelta(days=60)
    """How long a distributor's upload link is valid; it ends with the request in any case."""
    download_link_expires_after: timedelta = timedelta(days=7)
    """How long the link in a notification shows the QR code."""
    order_link_expires_after: timedelta = timedelta(days=90)
    """How long the link in an e-mail to an order contact opens the order; it ends with the order."""
    number_recoverable_for: Duration = timedelta(days=30)
    """How long a deleted number can be recovered."""

    travel_sweep_every: Duration = timedelta(hours=1)
    """How often travel eSIMs are searched for what is due by date: plans that lapse, stock that has ended."""
    travel_install_within: Duration = timedelta(days=90)
    """How long an eSIM may stay uninstalled: after that it goes back to stock or is discarded, and its plans
    wait for another one.
    """

    cached_workflows: int = Field(default=500, ge=10)
    """Workflows that a worker caches in memory; others are replayed from their history when they continue."""
    workflow_sandbox: bool = False
    """Whether a worker runs workflows in Temporal's sandbox, which fails a workflow task that is not
    deterministic and costs CPU for each order. The tests and every replay run in it."""
    build_id: str = Field(default="", pattern=BUILD_ID)
    """Which build of the workflows a worker runs, so that Temporal gives it the orders of this version.
    Empty: workers have no version, and each gets any order."""
    deployment_name: str = Field(default="esim-orders", pattern=DEPLOYMENT_NAME)
    """Deployment name of all worker versions in Temporal; only with a build id."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """DEBUG, INFO, WARNING or ERROR."""
    log_format: Literal["text", "json"] = "text"
    """text for people; json for a collector: one object a line."""
    metrics_address: str = Field(default="", pattern=HOST_AND_PORT)
    """host:port on which worker and portal serve their metrics to Prometheus. Empty: none."""
    health_address: str = Field(default="", pattern=HOST_AND_PORT)
    """host:port of a worker's health page; that of the portal is on its own port. Empty: none."""
    otlp_endpoint: str = Field(default="", pattern=r"^(https?://\S+)?$", repr=False)
    """Where traces are sent, by OTLP over HTTP: http://collector:4318, say. Empty: none are taken."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        folder = data_dir_from_environment()
        addresses = JsonConfigSettingsSource(settings_cls, json_file=folder / ADDRESSES_FILE)
        keys = JsonConfigSettingsSource(settings_cls, json_file=folder / KEYS_FILE)
        return init_settings, env_settings, addresses, keys


def load(**given: Any) -> Settings:
    """Read the settings; those that are given take precedence. The internal domains hold for this process.

    Raises `Refused`, which names the invalid variables, but not their values.
    """
    try:
        chosen = Settings(**given)
    except (ValidationError, JSONDecodeError) as invalid:
        if isinstance(invalid, JSONDecodeError):
            raise Refused.because("settings_file_damaged", file=str(ADDRESSES_FILE)) from None
        names = ", ".join(f"ESIM_{str(error['loc'][0]).upper()}" for error in invalid.errors())
        raise Refused.because("settings_invalid", settings=names) from None
    addresses.allow_internal(chosen.mail_internal_domains.split(","))
    return chosen
