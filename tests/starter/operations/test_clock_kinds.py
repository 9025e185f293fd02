"""Whatever waits for a time can be woken by the clock of a sandbox."""

from starter.operations.clock import ONLY_SENDS
from store.operations.hold_subjects import KINDS
from worker import WORKFLOWS


def test_each_kind_of_work_that_waits_for_a_time_has_the_signal_look() -> None:
    workflows = {kind.__name__: kind for kind in WORKFLOWS}
    looks = {kind.name for kind in KINDS.values() if hasattr(workflows[kind.workflow_type], "look")}
    assert looks == {kind.name for kind in KINDS.values()} - ONLY_SENDS
