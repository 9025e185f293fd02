"""Authorised actions profiles as they are read, and parsing of targets, roles and names."""

from collections.abc import Iterable

from pydantic import Field

from models.characters import LONGEST_NAME, UNPRINTABLE, visible
from models.errors import Refused
from models.orders.rules import SLOTS, TARGETS, Action, target
from models.people.views import ContactRole
from models.values import View

DEFAULT_PROFILE = "Default"
ALL_TARGETS = "all"


class ProfileView(View):
    """A profile and its enabled targets, in the order of `TARGETS`."""

    id: int
    account: str
    name: str
    is_default: bool
    users: int
    enabled: tuple[str, ...]
    replayed: bool = Field(default=False, exclude=True)
    """The profile was created before under the key of this call."""

    def enables(self, action: Action, slot: int) -> bool:
        """Whether users with this profile may take the action on the line or SIM of this slot."""
        return target(action, slot) in self.enabled


def parse_targets(spelled: Iterable[str]) -> tuple[str, ...]:
    """Parse targets such as `switch_to_esim:2`; an action alone means its three slots, `all` means all nine.

    Raises `Refused` (`unknown_target`).
    """
    chosen: set[str] = set()
    for text in spelled:
        name = text.strip().lower()
        if name == ALL_TARGETS:
            chosen.update(TARGETS)
        elif name in list(Action):
            chosen.update(target(Action(name), slot) for slot in SLOTS)
        elif name in TARGETS:
            chosen.add(name)
        else:
            raise Refused.because("unknown_target", actions=", ".join(Action), example=TARGETS[1])
    return tuple(known for known in TARGETS if known in chosen)


def parse_roles(spelled: Iterable[str]) -> tuple[ContactRole, ...]:
    """Parse a contact's roles such as `esim_qr_code`, also spelled `eSIM QR Code`.

    Raises `Refused` (`unknown_role`).
    """
    chosen = {"_".join(text.lower().replace("-", " ").split()) for text in spelled}
    if not chosen <= set(ContactRole):
        raise Refused.because("unknown_role", roles=", ".join(ContactRole))
    return tuple(role for role in ContactRole if role in chosen)


def parse_name(text: str) -> str:
    """Parse the name of a new record, so that it looks like no other name (R11). Raises `Refused`
    (`name_invalid`).
    """
    name = visible(text).strip()
    if not name or len(name) > LONGEST_NAME or UNPRINTABLE.search(name):
        raise Refused.because("name_invalid", characters=LONGEST_NAME)
    return " ".join(name.split())
