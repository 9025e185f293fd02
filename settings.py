"""The only reader of the environment: where the parts are and how long orders may wait.

Every variable starts with `ESIM_` and has the name of its field: `ESIM_DATABASE_URL` is
`database_url`. A value is looked for in the environment first, then in `addresses.json` and `keys.json` of
the data folder (written by `esim-orders up`, so that every command finds a running sandbox by itself), then
here.
"""

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
from models.values import REMINDERS, Duration

ADDRESSES_FILE = "addresses.json"
KEYS_FILE = "keys.json"
HOST_AND_PORT = r"^((\[[0-9a-fA-F:.]+\]|[^\s:/]+):[0-9]{1,5})?$"
"""Nothing, or where to listen: localhost:9464, 0.0.0.0:9464, [::1]:9464."""
BUILD_ID = r"^([A-Za-z0-9][A-Za-z0-9._+-]{0,99})?$"
DEPLOYMENT_NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$"
"""Temporal writes a version as deployment name, dot, build id: so only the latter may have dots."""


def data_dir_from_environment() -> Path:
    """The folder of the sandbox: `ESIM_DATA_DIR`, or `.esim` in the current folder."""
    return Path(os.environ.get("ESIM_DATA_DIR", ".esim"))


def language_from_environment() -> Language:
    """The language of the locale, as gettext finds it; English where we lack it."""
    named = next((text for name in _LOCALE if (text := os.environ.get(name))), "")
    return spoken_language(named) or Language.EN


_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")


class Settings(BaseSettings):
    """All settings of every process. Durations are ISO 8601 (`P2D`, `PT90S`) or seconds."""

    model_config = SettingsConfigDict(env_prefix="ESIM_", extra="ignore", hide_input_in_errors=True)

    data_dir: Path = Field(default_factory=data_dir_from_environment)
    """Folder of the sandbox: database files, mailbox, logs, addresses.json."""

    database_url: str = "postgresql+asyncpg://esim@localhost:5432/esim"
    """SQLAlchemy URL of the inventory (PostgreSQL 15 or later, asyncpg driver)."""
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
    """gRPC compression between our processes and Temporal: gzip or none. auto: none where
    ESIM_TEMPORAL_ADDRESS is a loopback address, gzip elsewhere."""
    temporal_ui_url: str = "http://localhost:8233"
    """Address of the Temporal Web UI, only to print links."""
    task_queue: str = "esim-orders"
    """Task queue that workers poll and orders are started on."""

    smtp_url: str = Field(default="smtp://localhost:1025", repr=False)
    """smtp://[user:password@]host:port (STARTTLS when offered), smtps:// for TLS from the start."""
    smtp_timeout: timedelta = timedelta(seconds=10)
    """How long any one answer of the mail server may take."""
    mail_from: str = "eSIM orders <orders@esim.example>"
    """Sender of all mails."""
    mail_language: Language = Language.EN
    """en or fr: the language of accounts that an import makes. E-mails are in that of their recipient."""

    acknowledgement_reminder_after: Duration = timedelta(days=2)
    """Silence after which the distributor is reminded to acknowledge an order."""
    processing_reminder_after: Duration = timedelta(days=3)
    """Silence after which the distributor is reminded to process an acknowledged order."""
    reminders: Annotated[int, REMINDERS] = 2
    """Reminders sent in each wait before the order is held for a person."""
    notification_given_up_after: Duration = timedelta(days=7)
    """How long an ended order stays open for a mail to people that cannot be sent."""
    answer_timeout: timedelta = timedelta(seconds=20)
    """How long a caller waits for a worker's answer before it is told to ask again."""

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
    """What an operator shows to the portal to have payloads decrypted; at least 32 characters."""

    portal_url: str = "http://localhost:8090"
    """Where people reach the portal: what the links in mails begin with."""
    portal_host: str = "127.0.0.1"
    """Interface that `esim-portal` listens on; 0.0.0.0 for all."""
    portal_port: int = Field(default=8090, ge=1, le=65535)
    """TCP port that `esim-portal` listens on."""

    qr_reminder_after: Duration = timedelta(days=3)
    """Silence after which the distributor is reminded of a QR code."""
    qr_reminders: Annotated[int, REMINDERS] = 1
    """Reminders of a QR code before who asked for it is told and the request is held for a person."""
    qr_requester_notified_after: Duration = timedelta(minutes=15)
    """How long after the import who asked for the code is sent it, where nobody was notified by then."""
    upload_link_expires_after: timedelta = timedelta(days=60)
    """How long a distributor's link takes a QR code; it ends with the request in any case."""
    download_link_expires_after: timedelta = timedelta(days=7)
    """How long the link in a notification shows the QR code."""

    cached_workflows: int = Field(default=500, ge=10)
    """Open orders that a worker keeps in memory; more are read again from their history when they move."""
    workflow_sandbox: bool = False
    """Whether a worker runs workflows in Temporal's sandbox, which fails a workflow task that is not
    deterministic and costs CPU for each order. The tests and every replay run in it."""
    build_id: str = Field(default="", pattern=BUILD_ID)
    """Which build of our workflows a worker runs, for Temporal to send it the orders that are meant for it.
    Empty: workers have no version, and each takes any order."""
    deployment_name: str = Field(default="esim-orders", pattern=DEPLOYMENT_NAME)
    """Name that Temporal knows all versions of our workers by; only with a build id."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """DEBUG, INFO, WARNING or ERROR."""
    log_format: Literal["text", "json"] = "text"
    """text for people; json for a collector: one object a line."""
    metrics_address: str = Field(default="", pattern=HOST_AND_PORT)
    """host:port on which worker and portal serve their metrics to Prometheus. Empty: none."""
    health_address: str = Field(default="", pattern=HOST_AND_PORT)
    """host:port on which a worker says whether it is well; the portal does on its own port. Empty: none."""
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
    """Read the settings; what is given overrules.

    Raises `Refused`, naming the variables that are not valid but not their values.
    """
    try:
        return Settings(**given)
    except (ValidationError, JSONDecodeError) as invalid:
        if isinstance(invalid, JSONDecodeError):
            raise Refused.because("settings_file_damaged", file=str(ADDRESSES_FILE)) from None
        names = ", ".join(f"ESIM_{str(error['loc'][0]).upper()}" for error in invalid.errors())
        raise Refused.because("settings_invalid", settings=names) from None
