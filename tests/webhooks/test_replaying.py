"""What a receiver gets of a replay: the same ids and bodies. Of what is skipped it gets nothing (A11)."""

from collections import Counter

import pytest

from tests.builders import OPERATOR, run
from tests.system.scene import Scene
from tests.webhooks.hooked import Hooked, hooked
from tests.webhooks.receiver import Received

pytestmark = pytest.mark.covers("A11")
TYPE = "line.groups_changed"
_DUE = "UPDATE webhook_attempts SET next_attempt_at = esim_now() WHERE next_attempt_at IS NOT NULL"
_WAITING = "SELECT count(*) AS number FROM webhook_attempts WHERE next_attempt_at IS NOT NULL"


async def _all_sent(hook: Hooked) -> list[Received]:
    """Deliver until nothing is due; what came in since the last call."""
    hook.receiver.requests.clear()
    for _ in range(5):
        if await hook.relay.look():
            await hook.until(woken_until=None)
    assert (await run(hook.scene.database, _WAITING))[0].number == 0
    return list(hook.receiver.requests)


def _sent(requests: list[Received]) -> Counter[tuple[str, bytes]]:
    return Counter((one.id, one.body) for one in requests)


async def test_one_event_is_sent_again_under_its_id_and_no_other(idle_scene: Scene) -> None:
    async with hooked(idle_scene, TYPE, relayed=False) as hook:
        await hook.happens(4)
        first = await _all_sent(hook)
        assert len(first) == 4

        replayed = await hook.desk.replay(OPERATOR, hook.id, event=first[2].id)
        assert replayed.events == 1
        again = await _all_sent(hook)
        assert _sent(again) == _sent([first[2]])
        again[0].verified(hook.made.secret)
        assert await _all_sent(hook) == [], "once"


async def test_a_span_of_time_is_sent_again_and_what_happens_meanwhile_once(idle_scene: Scene) -> None:
    async with hooked(idle_scene, TYPE, relayed=False) as hook:
        await hook.happens(2)
        earlier = await _all_sent(hook)
        (row,) = await run(hook.scene.database, "SELECT esim_now() AS now")
        await hook.happens(7)
        first = await _all_sent(hook)
        (end,) = await run(hook.scene.database, "SELECT esim_now() AS now")

        replayed = await hook.desk.replay(OPERATOR, hook.id, since=row.now, until=end.now)
        assert replayed.events == 7
        await hook.happens(3)
        again = _sent(await _all_sent(hook))
        assert again & _sent(first) == _sent(first)
        new = again - _sent(first)
        assert len(new) == new.total() == 3
        assert not new & _sent(earlier)


async def test_a_replay_that_fails_is_tried_again_under_the_same_id(idle_scene: Scene) -> None:
    async with hooked(idle_scene, TYPE, relayed=False) as hook:
        await hook.happens(1)
        (first,) = await _all_sent(hook)
        await hook.desk.replay(OPERATOR, hook.id, event=first.id)
        hook.receiver.requests.clear()
        hook.receiver.always(500)
        await hook.relay.look()
        await hook.until(woken_until=None, failures=1)
        await run(hook.scene.database, _DUE)
        hook.receiver.always(200)
        again = await _all_sent(hook)
        assert _sent(again) == _sent([first])


async def test_what_was_missed_is_not_sent_where_it_is_skipped_and_what_follows_is(idle_scene: Scene) -> None:
    async with hooked(idle_scene, TYPE, relayed=False) as hook:
        hook.receiver.always(500)
        await hook.happens(1)
        await hook.relay.look()
        await hook.until(woken_until=None, failures=1)
        await hook.desk.disable(OPERATOR, hook.id)
        await hook.happens(3)
        hook.receiver.always(200)
        await hook.desk.enable(OPERATOR, hook.id, skip_missed=True)
        assert await _all_sent(hook) == []

        await hook.happens(2)
        followed = await _all_sent(hook)
        assert len({one.id for one in followed}) == len(followed) == 2
