"""Check the components around orders: clocks, mail server, portal, keys, collector of traces."""

import asyncio
import http.client
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from mail.check import try_out
from mail.errors import MailError, MailInvalid
from mail.server import Introduction
from models.errors import EsimError, Refused, Unavailable
from settings import Settings
from starter.operations.readiness import ANSWERS_WITHIN, Check, within
from store.clock import ClockState, read_clock
from store.key_ring import KeyRing
from store.operations import checks
from store.operations.key_checks import KeysInUse, keys_in_use
from store.session import Database

ALLOWED_SKEW = timedelta(seconds=5)
KEYS_WITHIN = 10.0
"""Seconds for the look at all encrypted codes and files."""
MAIL_WITHIN = 10.0
"""Seconds for the mail server: TLS and a login take several round trips."""

_DATABASE_NO_ANSWER = "Not known, as the database does not answer."


async def clock(database: Database, mark: str | None) -> Check:
    """Whether the clocks of this machine and the database agree: links expire by one, timeouts use both.

    `mark`: that of a sandbox with a clock, which may be ahead.
    """
    own: list[ClockState] = []

    async def ask() -> timedelta:
        async with database.reading() as connection:  # so that connecting is not measured
            own.append(await read_clock(connection))
            await checks.clock(connection)
            before = datetime.now(UTC)
            there = await checks.clock(connection)
            after = datetime.now(UTC)
        return there - before if there < before else max(there - after, timedelta())

    skew, unavailable = await within(ask, _DATABASE_NO_ANSWER)
    if skew is None:
        return Check("clock", ok=False, sentence=unavailable)
    ahead, is_sandbox = own[0].ahead, mark is not None and own[0].mark == mark
    skew -= ahead
    if ahead and not is_sandbox:
        sentence = (
            f"esim_now() is {abs(ahead)} off, though this is no sandbox with a clock; see docs/operations.md."
        )
        return Check("clock", ok=False, sentence=sentence)
    if abs(skew) > ALLOWED_SKEW:
        behind = "behind" if skew < timedelta() else "ahead of"
        sentence = (
            f"The database's clock is {abs(skew).total_seconds():.0f} s {behind} this machine's; set both."
        )
        return Check("clock", ok=False, sentence=sentence)
    sentence = "The clocks of this machine and the database agree."
    if is_sandbox:
        sentence += f" This sandbox has a clock of its own, {abs(ahead)} ahead."
    return Check("clock", ok=True, sentence=sentence)


def introduction(settings: Settings) -> Introduction:
    """How worker and doctor introduce themselves to the mail server."""
    return Introduction(
        helo_name=settings.smtp_helo_name,
        ca_file=settings.smtp_ca_file,
        client_certificate=settings.smtp_client_certificate,
        client_key=settings.smtp_client_key,
    )


async def mail_server(settings: Settings) -> Check:
    """Whether the mail server would accept our e-mails. None is sent."""
    see = "see ESIM_SMTP_URL, ESIM_MAIL_FROM."
    try:
        async with asyncio.timeout(MAIL_WITHIN):
            login = await try_out(
                settings.smtp_url, settings.mail_from, settings.smtp_timeout, introduction(settings)
            )
    except TimeoutError:
        return Check("mail", ok=False, sentence=f"The mail server does not answer; {see}")
    except (MailError, MailInvalid, ValueError) as failure:
        return Check("mail", ok=False, sentence=f"{str(failure).rstrip('.')}; {see}")
    accepted = " and accepts our login" if login else ""
    return Check("mail", ok=True, sentence=f"The mail server answers{accepted}.")


async def portal(url: str) -> Check:
    """Whether the portal answers at the address that links in e-mails lead to."""
    see = "start esim-portal, or see ESIM_PORTAL_URL."
    try:
        async with asyncio.timeout(ANSWERS_WITHIN + 1):
            status = await asyncio.to_thread(_status, url)
    except (TimeoutError, OSError, http.client.HTTPException, ValueError):
        return Check(
            "portal", ok=False, sentence=f"The portal does not answer where links in mails lead; {see}"
        )
    if status != http.HTTPStatus.OK:
        return Check("portal", ok=False, sentence=f"What answers for the portal says {status}; {see}")
    return Check("portal", ok=True, sentence="The portal answers.")


def _status(url: str) -> int:
    place = urlsplit(url)
    kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
    if place.scheme not in kinds or not place.hostname:
        raise ValueError("no address of a portal")
    connection = kinds[place.scheme](place.hostname, place.port, timeout=ANSWERS_WITHIN)
    try:
        connection.request("GET", f"{place.path.rstrip('/')}/health/live")
        return int(connection.getresponse().status)
    finally:
        connection.close()


async def uploaded_files() -> Check:
    """Whether the process that reads uploaded files has every confinement that this machine can give."""
    from qr.process import missing_protections  # noqa: PLC0415  few commands need it

    try:
        missing = await missing_protections()
    except Unavailable as unavailable:
        return Check("uploads", ok=False, sentence=str(unavailable))
    if not missing:
        return Check(
            "uploads", ok=True, sentence="Uploaded files are read in a process that can do nothing else."
        )
    lacking = f"the process that reads uploaded files lacks: {', '.join(missing)}."
    if sys.platform != "linux":  # a developer's machine: it has no such confinement
        return Check("uploads", ok=True, sentence=f"On this system {lacking} Run the portal on Linux.")
    return Check("uploads", ok=False, sentence=f"On this kernel {lacking} See docs/operations.md.")


async def secret_keys(keys: str, database: Database) -> Check:
    """Whether stored codes and files can be decrypted, each with its key."""
    try:
        ring = KeyRing(keys)
    except Refused as invalid:
        return Check("secret_keys", ok=False, sentence=str(invalid))

    async def ask() -> KeysInUse:
        try:
            async with database.reading() as connection:
                return await keys_in_use(connection, ring)
        except Unavailable:
            raise TimeoutError from None  # the keys are not at fault

    found, why_not = await within(ask, _DATABASE_NO_ANSWER, KEYS_WITHIN)
    if found is None:
        known = why_not == _DATABASE_NO_ANSWER or "ESIM_SECRET_KEYS" in why_not
        return Check("secret_keys", ok=False, sentence=why_not + ("" if known else " See ESIM_SECRET_KEYS."))
    if found.missing:
        lacking = _lacking(sorted(found.missing))
        return Check("secret_keys", ok=False, sentence=lacking, ids=tuple(sorted(found.missing)))
    dead = [
        key for secret_key, keys_ in found.api_keys.items() if secret_key not in ring.ids for key in keys_
    ]
    if dead:
        return Check("secret_keys", ok=False, sentence=_REFUSED.format(_first(dead)), ids=tuple(dead))
    if found.used:
        sentence = "The keys of all QR codes and files are there."
    else:
        there = "The keys are valid" if keys else "ESIM_SECRET_KEYS is not set"
        sentence = f"{there}; no QR code is kept yet."
    old = [key for keys_ in found.api_keys.values() for key in keys_]
    return Check("secret_keys", ok=True, sentence=sentence + depend_on_old_keys(old), ids=tuple(old))


_REFUSED = (
    "API keys depend on a key that ESIM_SECRET_KEYS lacks, and are refused: {}; add it until each was used, "
    "or revoke them."
)
_NAMED = 10


def depend_on_old_keys(api_keys: Sequence[str]) -> str:
    """How many API keys depend on a key that is not the first; nothing where there are none."""
    if not api_keys:
        return ""
    return (
        f" API keys that depend on an older key until they are used: {len(api_keys)} ({_first(api_keys)}); "
        "keep it."
    )


def _first(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (", ..." if len(names) > _NAMED else "")


def _lacking(missing: list[str]) -> str:
    keys, them = ("the key", "it") if len(missing) == 1 else ("the keys", "them")
    return (
        f"QR codes, files or secrets of webhooks are encrypted with {keys} {', '.join(missing)}, which "
        f"ESIM_SECRET_KEYS lacks: add {them} in every process and restart; remove a key "
        "only after `esim-orders keys reencrypt`."
    )


def payload_keys(keys: str) -> Check:
    """Whether payloads in Temporal can be encrypted as configured."""
    from temporal.payloads import PayloadKeys  # noqa: PLC0415  takes long to load, and few commands need it

    try:
        ring = PayloadKeys(keys)
    except EsimError as invalid:
        return Check("payload_keys", ok=False, sentence=str(invalid))
    sentence = (
        "Payloads in Temporal are encrypted."
        if ring.encrypts
        else "Payloads in Temporal are not encrypted, as configured."
    )
    return Check("payload_keys", ok=True, sentence=sentence)


async def openid(settings: Settings) -> Check:
    """Whether the OpenID provider answers, and is the one that is configured."""
    from starter.people.openid_provider import OpenIdProvider  # noqa: PLC0415  only where it is configured

    try:
        provider = OpenIdProvider.configured(settings)
        if provider is not None:
            async with asyncio.timeout(ANSWERS_WITHIN + 1):
                await provider.check()
    except TimeoutError:
        return Check(
            "openid", ok=False, sentence="The OpenID provider does not answer; see ESIM_OPENID_ISSUER."
        )
    except (Unavailable, Refused) as failure:
        return Check("openid", ok=False, sentence=f"{failure} See ESIM_OPENID_ISSUER.")
    return Check("openid", ok=True, sentence="The OpenID provider answers.")


async def traces(endpoint: str) -> Check:
    """Whether the collector of traces answers."""
    unavailable = "No collector of traces answers; see ESIM_OTLP_ENDPOINT. Orders do not need it."
    try:
        place = urlsplit(endpoint)
        port = place.port or (443 if place.scheme == "https" else 80)
        async with asyncio.timeout(ANSWERS_WITHIN):
            _, writer = await asyncio.open_connection(place.hostname, port)
        writer.close()
        await writer.wait_closed()
    except (TimeoutError, OSError, ValueError):
        return Check("traces", ok=False, sentence=unavailable)
    return Check("traces", ok=True, sentence="The collector of traces answers.")
