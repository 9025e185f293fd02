"""The connection to Temporal, the same in every process: one data converter, one set of checks."""

import contextlib
import logging
import os
import sys
import uuid
from collections.abc import Iterator
from typing import NoReturn

from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.service import RPCError

from models.errors import PartAway
from settings import Settings
from workflows.search_attributes import NAMES


async def connect(settings: Settings, *, lazy: bool = False) -> Client:
    """Connect to the configured namespace; `lazy`, only with the first call.

    Raises `PartAway`, and `Refused` (`payload_keys_invalid`).
    """
    # loaded only where Temporal is called, not for `--help`
    from telemetry.traces import client_interceptors  # noqa: PLC0415
    from temporal.payloads import PayloadKeys, data_converter  # noqa: PLC0415

    try:
        return await Client.connect(
            settings.temporal_address,
            namespace=settings.temporal_namespace,
            api_key=settings.temporal_api_key or None,
            tls=settings.temporal_tls or bool(settings.temporal_api_key),
            data_converter=data_converter(PayloadKeys(settings.payload_keys)),
            lazy=lazy,
            interceptors=client_interceptors(),
            identity=f"esim-orders-{uuid.uuid4().hex[:12]}",  # else the host's name, in every history
        )
    except (RPCError, RuntimeError, OSError, ValueError):  # the last where the address is none
        raise temporal_away() from None


@contextlib.contextmanager
def reached() -> Iterator[None]:
    """Tell as `PartAway` that a lazy client could not connect when it was first needed."""
    try:
        yield
    except (RuntimeError, ValueError) as failure:  # the client has no exception of its own for it
        if not str(failure).startswith(("Failed client connect", "invalid target URL")):
            raise
        raise temporal_away() from None


def temporal_away() -> PartAway:
    """Say that Temporal cannot be reached."""
    return PartAway("temporal", "The Temporal service does not answer; see ESIM_TEMPORAL_ADDRESS.")


async def missing_search_attributes(client: Client) -> list[str]:
    """The search attributes that are not registered: upserting one would stall every order."""
    try:
        known = await client.operator_service.list_search_attributes(
            ListSearchAttributesRequest(namespace=client.namespace)
        )
    except RPCError:
        raise temporal_away() from None
    return [name for name in NAMES if name not in known.custom_attributes]


def leave(code: int) -> NoReturn:
    """End the process at once, with everything printed, and without Python's own finalization.

    Threads of the Temporal client may still be ending then, and one that comes back into a finalizing
    interpreter aborts the process: a command that was refused would end with SIGABRT instead of 2.
    """
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # nobody may be listening any more
            stream.flush()
    os._exit(code)
