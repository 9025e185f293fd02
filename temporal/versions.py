"""Worker versions: which one this worker is, and whether Temporal gives it work.

A version is a deployment name and a build id. Temporal gives work to the version that an operator has made
current (or is ramping), so a new version is idle beside the old one until an operator makes it current:
docs/versions.md.
"""

from importlib.metadata import PackageNotFoundError, version

from temporalio.api.deployment.v1 import RoutingConfig, WorkerDeploymentVersion
from temporalio.api.workflowservice.v1 import DescribeWorkerDeploymentRequest
from temporalio.client import Client
from temporalio.common import VersioningBehavior
from temporalio.common import WorkerDeploymentVersion as Version
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import WorkerDeploymentConfig

from settings import Settings


def deployment_config(settings: Settings) -> WorkerDeploymentConfig | None:
    """The worker's deployment configuration; None without a build id.

    Workflows that declare no versioning behaviour continue on the current version: orders wait for weeks, and
    no old worker should have to be kept for them.
    """
    if not settings.build_id:
        return None
    return WorkerDeploymentConfig(
        version=Version(deployment_name=settings.deployment_name, build_id=settings.build_id),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
    )


def release_of(settings: Settings) -> str | None:
    """The release that a worker without a build id names in histories; None with one. Without a name
    Temporal's SDK makes one of the bytecode of all modules, which takes half a second of every start.
    """
    if settings.build_id:
        return None
    try:
        return version("esim-orders")
    except PackageNotFoundError:
        return "not installed"


async def why_idle(client: Client, settings: Settings) -> str | None:
    """Why a worker of this version gets no work, with the command that changes it; None where it does."""
    if not settings.build_id:
        return None
    mine = f"{settings.deployment_name}.{settings.build_id}"
    try:
        routing = await _routing(client, settings)
    except RPCError:
        return f"Whether {mine} is the current version is not known, as Temporal does not say."
    current = _shown(routing.current_deployment_version)
    ramping = _shown(routing.ramping_deployment_version)
    if current == mine or (ramping == mine and routing.ramping_version_percentage > 0):
        return None
    now = f"{current} is current" if current else "no version is current"
    return (
        f"This worker gets no new work: it is version {mine}, and {now}. To make it current: "
        f"temporal worker deployment set-current-version --deployment-name {settings.deployment_name} "
        f"--build-id {settings.build_id} --address {settings.temporal_address} "
        f"--namespace {settings.temporal_namespace} --yes"
    )


async def _routing(client: Client, settings: Settings) -> RoutingConfig:
    """The deployment's current and ramping versions; empty before Temporal knows its first worker."""
    try:
        answer = await client.workflow_service.describe_worker_deployment(
            DescribeWorkerDeploymentRequest(
                namespace=client.namespace, deployment_name=settings.deployment_name
            )
        )
    except RPCError as failure:
        if failure.status is RPCStatusCode.NOT_FOUND:
            return RoutingConfig()
        raise
    return answer.worker_deployment_info.routing_config


def _shown(known: WorkerDeploymentVersion) -> str:
    return f"{known.deployment_name}.{known.build_id}" if known.build_id else ""
