"""The connection to Temporal: every process uses the same data converter and the same errors."""

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
"""The sentence of a status that says more than that Temporal is unavailable."""
_OUR_FAULT = frozenset(
    {
        RPCStatusCode.INVALID_ARGUMENT,
        RPCStatusCode.OUT_OF_RANGE,
        RPCStatusCode.ALREADY_EXISTS,
        RPCStatusCode.FAILED_PRECONDITION,
        RPCStatusCode.UNIMPLEMENTED,
    }
)
"""Temporal answered, and a retry would fail again: a bug in this application."""


async def connect(settings: Settings, *, lazy: bool = False) -> Client:
    """Connect to the configured namespace; with `lazy` only at the first call.

    Raises `Unavailable`, and `Refused` (`keys_invalid`).
    """
    # imported only where Temporal is called, not for `--help`, since it takes long
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
            identity=f"esim-orders-{uuid.uuid4().hex[:12]}",  # else the host name is stored in every history
        )
    except RPCError as failure:
        raise explained(failure) from None
    except (RuntimeError, OSError, ValueError):  # ValueError: the address is not valid
        raise temporal_unavailable() from None


def compression(settings: Settings) -> GrpcCompression:
    """The gRPC compression of the connection. `auto`: none on a loopback address, where it costs CPU and
    saves nothing, else gzip.
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
    """Raise `Unavailable` where a lazy client cannot connect at its first call."""
    try:
        yield
    except (RuntimeError, ValueError) as failure:  # the client has no exception class for it
        if not str(failure).startswith(("Failed client connect", "invalid target URL")):
            raise
        raise temporal_unavailable() from None


@contextlib.contextmanager
def answered() -> Iterator[None]:
    """Raise the errors of a call as `explained` returns them; NOT_FOUND counts as a missing namespace."""
    try:
        with reached():
            yield
    except RPCError as failure:
        raise explained(failure) from None


def explained(failure: RPCError) -> Exception:
    """The error for the status of a call: `Unavailable` with the reason, or the failure itself where it is a
    bug in this application. Its text does not help callers and may hold names: log its type only.
    """
    if failure.status in _OUR_FAULT:
        return failure
    sentence = _SENTENCES.get(failure.status)
    return Unavailable("temporal", sentence) if sentence else temporal_unavailable()


async def described(client: Client, workflow_id: str) -> WorkflowExecutionDescription | None:
    """Describe a workflow; unlike Temporal's lists this is consistent. None where there is no workflow under
    this id. Raises `Unavailable`.
    """
    try:
        with reached():
            return await client.get_workflow_handle(workflow_id).describe()
    except RPCError as failure:
        if failure.status is RPCStatusCode.NOT_FOUND:
            return None
        raise explained(failure) from None


def temporal_unavailable() -> Unavailable:
    """The error where Temporal cannot be reached."""
    return Unavailable("temporal", "The Temporal service does not answer; see ESIM_TEMPORAL_ADDRESS.")


async def missing_search_attributes(client: Client) -> list[str]:
    """The search attributes that are not registered: the upsert of one would block every order."""
    with answered():
        known = await client.operator_service.list_search_attributes(
            ListSearchAttributesRequest(namespace=client.namespace)
        )
    return [name for name in NAMES if name not in known.custom_attributes]
