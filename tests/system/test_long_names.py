"""The longest and the worst names that imports take: all can be ordered, and operators read it safely."""

import pytest
from temporalio.api.sdk.v1 import WorkflowMetadata

from models.characters import LONGEST_NAME
from tests.builders import OPERATOR, item, line, world
from tests.system.qr_scene import QUENTIN, QrScene, a_code
from tests.system.scene import Scene
from tests.workflows.test_markdown import EVIL, harmless
from workflows.search_attributes import DISTRIBUTOR, PROVIDER

LONGEST = {"ascii": "x", "cjk": "名", "emoji": "\N{SATELLITE}\N{ROCKET}", "backticks": "`", "blanks": "a b"}


def longest(pattern: str, length: int = LONGEST_NAME) -> str:
    return (pattern * length)[: length - 1] + "."


async def labelled(scene: Scene, workflow_id: str) -> tuple[str, str]:
    """The provider and the distributor, as operators filter by them."""
    found = (await scene.temporal.client.get_workflow_handle(workflow_id).describe()).typed_search_attributes
    return found[PROVIDER], found[DISTRIBUTOR]


@pytest.mark.covers("W3")
@pytest.mark.parametrize("pattern", LONGEST.values(), ids=LONGEST)
async def test_an_order_with_the_longest_names_is_placed(scene: Scene, pattern: str) -> None:
    name = longest(pattern)
    named = {"provider": name, "distributor": name}
    await world(scene.database, line() | named, packs=(item(name) | named,))
    order_id = await scene.placed()
    assert all(label and name.startswith(label) for label in await labelled(scene, order_id))
    assert len((await labelled(scene, order_id))[0]) > LONGEST_NAME / 2


@pytest.mark.covers("W3")
async def test_names_that_are_longer_already_do_not_keep_anything_from_being_asked_for(scene: Scene) -> None:
    qr = await QrScene.set_up(scene, line(1, sim_type="esim"), line(2))
    for table in ("providers", "distributors"):
        await scene.sql(f"UPDATE {table} SET name = :name", name=longest("名", 990))
    for workflow_id in (await qr.request(), await scene.placed(2)):
        assert await labelled(scene, workflow_id) == ("名" * LONGEST_NAME, "名" * LONGEST_NAME)


async def read(scene: Scene, workflow_id: str) -> str:
    """All that the Web UI shows of a workflow as Markdown."""
    handle = scene.temporal.client.get_workflow_handle(workflow_id)
    described = await handle.describe()
    metadata: WorkflowMetadata = await handle.query(
        "__temporal_workflow_metadata", result_type=WorkflowMetadata
    )
    texts = (await described.static_summary(), await described.static_details(), metadata.current_details)
    return "\n\n".join(text for text in texts if text)


@pytest.mark.covers("W3")
async def test_operators_read_names_full_of_markdown_as_names(scene: Scene) -> None:
    named = {"provider": EVIL[0], "distributor": EVIL[0]}
    lines = (line(1, sim_type="esim") | named, line(2) | named)
    await world(scene.database, *lines, packs=(item(EVIL[0]) | named,))
    qr = QrScene(scene)
    qr.sim = await qr.sim_of(1)
    await scene.desks.contacts.add_contact(OPERATOR, "Acme", EVIL[0], "Evil", QUENTIN, ("esim_qr_code",))
    request = await qr.request()
    await qr.desk.import_code(await scene.ana(), qr.sim, str(a_code()))
    notification = (await qr.desk.notify(OPERATOR, qr.sim, to="boss@acme.example")).id
    retry = await scene.temporal.client.start_workflow(
        "RetryHeld",
        {"query": "`OrderKind` != 'evil'", "why": EVIL[1]},
        id=f"retry-{scene.settings.task_queue}",
        task_queue=scene.settings.task_queue,
    )
    await retry.result()
    for workflow_id in (await scene.placed(2), request, notification):
        text = await read(scene, workflow_id)
        assert "evil.example" in text
        assert harmless(text), text
    text = await read(scene, retry.id)
    assert "<b>evil" in text
    assert harmless(text), text
