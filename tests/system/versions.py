"""Workers of several versions around one scene, and the operator who routes orders between them."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue, TaskQueueVersioningInfo
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.service import RPCError

from mail.smtp import SmtpMailer
from sandbox.temporal_server import find_temporal
from settings import Settings
from tests.system.scene import Scene
from tests.temporal_server import eventually
from worker import order_worker
from workflows.codes.notification import PinnedQrNotification
from workflows.codes.request import EsimQrRequest
from workflows.orders.order import EsimOrder


class Versions:
    """The deployment of one test, whose name no other test has on this server."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.name = f"esim-{uuid.uuid4().hex[:8]}"

    def settings(self, build: str) -> Settings:
        return self.scene.settings.model_copy(update={"deployment_name": self.name, "build_id": build})

    @asynccontextmanager
    async def worker(self, build: str, order: type = EsimOrder) -> AsyncIterator[None]:
        """A worker of this version, known to Temporal, perhaps with other orders than ours."""
        settings = self.settings(build)
        workflows = [order, EsimQrRequest, PinnedQrNotification]
        async with (
            SmtpMailer(settings.smtp_url, settings.mail_from) as mailer,
            order_worker(self.scene.temporal.client, self.scene.database, mailer, settings, workflows),
        ):
            yield

    async def make_current(self, build: str) -> None:
        await self.route("set-current-version", "--build-id", build)
        await self.known(lambda routing: routing.current_deployment_version.build_id == build)

    async def ramp(self, build: str, percentage: int) -> None:
        await self.route("set-ramping-version", "--build-id", build, "--percentage", str(percentage))
        await self.known(lambda routing: routing.ramping_version_percentage == percentage)

    async def stop_the_ramp(self, build: str) -> None:
        await self.route("set-ramping-version", "--build-id", build, "--delete")
        await self.known(lambda routing: not routing.ramping_version_percentage)

    async def route(self, command: str, *words: str) -> None:
        """Decide where work goes to."""
        await self.taken("worker", "deployment", command, "--deployment-name", self.name, *words, "--yes")

    async def taken(self, *words: str) -> None:
        """Type the command until it is taken, as the version must have polled."""
        await eventually(lambda: self.temporal(*words), lambda done: done[0] == 0)

    async def known(self, decided: Callable[[TaskQueueVersioningInfo], bool]) -> None:
        """Wait until the queues, of workflows and of their steps, have heard of what was decided."""
        service = self.scene.temporal.client.workflow_service
        queue = TaskQueue(name=self.scene.settings.task_queue)
        for kind in (TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY):
            asked = DescribeTaskQueueRequest(namespace="default", task_queue=queue, task_queue_type=kind)

            async def routing(asked: DescribeTaskQueueRequest = asked) -> TaskQueueVersioningInfo:
                try:
                    return (await service.describe_task_queue(asked)).versioning_info
                except RPCError:  # once in thousands of times the queue is just being moved
                    return TaskQueueVersioningInfo()

            await eventually(routing, decided)

    async def override(self, workflow_id: str, behaviour: str, build: str = "") -> None:
        """Route this workflow otherwise than the rest, as an operator does with all that a query finds; the
        server does one such batch at a time.
        """
        target = ("deployment-name", self.name), ("build-id", build)
        await self.taken(
            *("workflow", "update-options", "--query", f"WorkflowId = '{workflow_id}'", "--yes"),
            *("--versioning-override-behavior", behaviour, "--reason", "drill"),
            *(part for name, value in target if build for part in (f"--versioning-override-{name}", value)),
        )
        handle = self.scene.temporal.client.get_workflow_handle(workflow_id)

        async def overridden() -> bool:
            info = (await handle.describe()).raw_description.workflow_execution_info.versioning_info
            return info.HasField("versioning_override")

        await eventually(overridden, bool)

    async def temporal(self, *words: str) -> tuple[int, str]:
        """What the `temporal` command answers: exit code, and all that it printed."""
        process = await asyncio.create_subprocess_exec(
            *(str(find_temporal()), *words, "--address", self.scene.temporal.address),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        printed, _ = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode is not None
        return process.returncode, printed.decode()

    async def build_of(self, workflow_id: str) -> str:
        """Which build took the workflow's last task."""
        description = await self.scene.temporal.client.get_workflow_handle(workflow_id).describe()
        info = description.raw_description.workflow_execution_info.versioning_info
        assert info.deployment_version.deployment_name in ("", self.name)
        return info.deployment_version.build_id

    async def has_moved_to(self, build: str, workflow_id: str) -> None:
        await eventually(lambda: self.build_of(workflow_id), lambda found: found == build)

    async def stalls(self, *workflow_ids: str) -> None:
        """Wait until the list of workflows with problems, as operators see it, has exactly these of ours."""
        query = f"TemporalReportedProblems IS NOT NULL AND TaskQueue = '{self.scene.settings.task_queue}'"
        client = self.scene.temporal.client

        async def found() -> list[str]:
            return sorted([workflow.id async for workflow in client.list_workflows(query)])

        await eventually(found, lambda ids: ids == sorted(workflow_ids))


@pytest.fixture
def versions(idle_scene: Scene) -> Versions:
    """No worker runs until the test says which."""
    return Versions(idle_scene)
