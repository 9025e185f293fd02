"""The desk that the portal's tests stand on is the real one's equal."""

import inspect

from starter.codes.link_desk import LinkDesk
from tests.portal.desk import InventedDesk


def test_the_invented_desk_answers_every_call_of_the_real_one_itself() -> None:
    calls = {name for name, _ in inspect.getmembers(LinkDesk, inspect.iscoroutinefunction) if name[0] != "_"}
    assert len(calls) == 9
    assert calls <= set(vars(InventedDesk))
