"""The connection to Temporal, the same in every process: one data converter, one set of checks."""

import contextlib
import ipaddress
import uuid
from collections.abc import Iterator

from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client, WorkflowExecutionDescription
from temporalio.service import GrpcCompression, RPCError, RPCStatusCode

from models.errors import Unavailable
from settings import Settings
from workflows.search_attributes import NAMES

NO_NAMESPACE = "Temporal has no such namespace; see ESIM_TEMPORAL_NAMESPACE."
_SENTENCES = {
    RPCStatusCode.RESOURCE_EXHAUSTED: "Too many calls wait for this one; it answers when it can.",
    RPCStatusCode.PERMISSION_DENIED: "Temporal refuses the login; see ESIM_TEMPORAL_API_KEY.",
    RPCStatusCode.UNAUTHENTICATED: "Temporal refuses the login; see ESIM_TEMPORAL_API_KEY.",
    RPCStatusCode.NOT_FOUND: NO_NAMESPACE,
}
"""What an operator reads of a status that says more than that Temporal is unavailable."""
_OUR_FAULT = frozenset(
    {
        RPCStatusCode.INVALID_ARGUMENT,
        RPCStatusCode.OUT_OF_RANGE,
        RPCStatusCode.ALREADY_EXISTS,
        RPCStatusCode.FAILED_PRECONDITION,
        RPCStatusCode.UNIMPLEMENTED,
    }
)
"""Temporal answered, and never takes this call, however often it is made."""


async def connect(settings: Settings, *, lazy: bool = False) -> Client:
    """Connect to the configured namespace; `lazy`, only with the first call.

    Raises `Unavailable`, and `Refused` (`keys_invalid`).
    """
    # loaded only where Temporal is called, not for `--help`
    from telemetry.traces import client_interceptors  # noqa: PLC0415
    from temporal.payloads import PayloadKeys, data_converter  # noqa: PLC0415

    try:
        return await Client.connect(
            settings.temporal_address,
            namespace=settings.temporal_namespace,
            api_key=settings.temporal_api_key or None,
            grpc_compression=compression(settings),
            tls=settings.temporal_tls or bool(settings.temporal_api_key),
            data_converter=data_converter(PayloadKeys(settings.payload_keys)),
            lazy=lazy,
            interceptors=client_interceptors(),
            identity=f"esim-orders-{uuid.uuid4().hex[:12]}",  # else the host's name, in every history
        )
    except RPCError as failure:
        raise explained(failure) from None
    except (RuntimeError, OSError, ValueError):  # the last where the address is none
        raise temporal_unavailable() from None


def compression(settings: Settings) -> GrpcCompression:
    """The gRPC compression of the connection: unless a setting says which, none on a loopback address, where
    it costs CPU and saves nothing.
    """
    wanted = settings.temporal_compression
    if wanted == "auto":
        wanted = "none" if _is_loopback(settings.temporal_address) else "gzip"
    return GrpcCompression.NONE if wanted == "none" else GrpcCompression.GZIP


def _is_loopback(address: str) -> bool:
    host = address.rpartition(":")[0].strip("[]").rstrip(".").lower()
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


@contextlib.contextmanager
def reached() -> Iterator[None]:
    """Tell as `Unavailable` that a lazy client could not connect when it was first needed."""
    try:
        yield
    except (RuntimeError, ValueError) as failure:  # the client has no exception of its own for it
        if not str(failure).startswith(("Failed client connect", "invalid target URL")):
            raise
        raise temporal_unavailable() from None


@contextlib.contextmanager
def answered() -> Iterator[None]:
    """Raise what a call of Temporal ends with as `explained`; NOT_FOUND is taken for a missing namespace."""
    try:
        with reached():
            yield
    except RPCError as failure:
        raise explained(failure) from None


def explained(failure: RPCError) -> Exception:
    """What the status of a call means: that Temporal is unavailable and why, or a bug in this application,
    which is returned as it came. Its text is of no use to callers and may hold names: log its type only.
    """
    if failure.status in _OUR_FAULT:
        return failure
    sentence = _SENTENCES.get(failure.status)
    return Unavailable("temporal", sentence) if sentence else temporal_unavailable()


async def described(client: Client, workflow_id: str) -> WorkflowExecutionDescription | None:
    """The workflow as Temporal itself knows it, whose lists lag behind; None where there is none under this
    id. Raises `Unavailable`.
    """
    try:
        with reached():
            return await client.get_workflow_handle(workflow_id).describe()
    except RPCError as failure:
        if failure.status is RPCStatusCode.NOT_FOUND:
            return None
        raise explained(failure) from None


def temporal_unavailable() -> Unavailable:
    """Say that Temporal cannot be reached."""
    return Unavailable("temporal", "The Temporal service does not answer; see ESIM_TEMPORAL_ADDRESS.")


async def missing_search_attributes(client: Client) -> list[str]:
    """The search attributes that are not registered: upserting one would stall every order."""
    with answered():
        known = await client.operator_service.list_search_attributes(
            ListSearchAttributesRequest(namespace=client.namespace)
        )
    return [name for name in NAMES if name not in known.custom_attributes]
