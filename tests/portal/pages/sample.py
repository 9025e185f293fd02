"""What a sample of a page is; the samples are in the modules beside this one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.callers.world import Known
from tests.portal.pages.people import ANA


@dataclass(frozen=True)
class PageSample:
    """What is filled into the path, of these known records, and the fields of the form."""

    path: Callable[[Known], Mapping[str, str]] = lambda _: {}
    form: Callable[[Known], Mapping[str, str]] = lambda _: {}
    names_nothing: bool = False
    """It is about the signed-in user alone: no id of another account can be named."""
    ends_session: bool = False
    owner: str = ANA
    """Whose record it is, where each user has their own."""
    answers: tuple[int, ...] = ()
    """What it may answer besides: 200 with the next screen, 503 as Temporal is unavailable in these tests."""
