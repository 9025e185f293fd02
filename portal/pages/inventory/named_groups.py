"""Management groups as a form names them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from models.errors import Refused
from models.fleet.edits import GroupsMode, parse_groups


def names_of(text: str) -> tuple[str, ...]:
    """The names that are separated by semicolons."""
    return tuple(filter(None, map(str.strip, text.split(";"))))


@contextmanager
def naming(names: Sequence[str]) -> Iterator[None]:
    """Says which of these groups do not exist: a desk says only where they stand among them, since what it
    refuses may be stored.
    """
    try:
        yield
    except Refused as refused:
        places = next((each.parameters for each in refused.refusals if each.code == "unknown_group"), None)
        if places is None:
            raise
        known = dict(enumerate(parse_groups(names, GroupsMode.SET), 1))
        unknown = [known[int(place)] for place in str(places["places"]).split(", ")]
        raise Refused.because("groups_unknown", groups=", ".join(unknown)) from refused
