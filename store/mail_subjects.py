"""Recipients of e-mails, and what e-mails are about: an order, a request, a notification or other work."""

from dataclasses import dataclass

from models.events import sim_references
from models.language import Language


@dataclass(frozen=True)
class Person:
    """A recipient of an e-mail. `key` names the record: contact:7, user:3, employee:12, cc:1, manager."""

    key: str
    name: str
    email: str | None
    language: Language
    """The language of their e-mails: their own, else that of their account (F66)."""


@dataclass(frozen=True)
class AboutOrder:
    """E-mails about an order: their events are part of its event log."""

    id: str
    account_id: int


@dataclass(frozen=True)
class AboutRequest:
    """E-mails about a request for the QR code of a SIM: part of the event log of that SIM's code."""

    id: str
    sim_id: int
    account_id: int

    @property
    def references(self) -> tuple[str, ...]:
        """What their events refer to."""
        return sim_references(self.sim_id, request_id=self.id)


@dataclass(frozen=True)
class AboutNotification:
    """The e-mail that notifies of a SIM's QR code: part of the event log of that SIM's code."""

    id: str
    sim_id: int
    account_id: int

    @property
    def references(self) -> tuple[str, ...]:
        """What their events refer to."""
        return sim_references(self.sim_id, notification_id=self.id)


@dataclass(frozen=True)
class AboutWork:
    """E-mails about any other workflow, such as a change of a number: part of the event log of what
    `references` name, the workflow's id first.
    """

    id: str
    account_id: int
    references: tuple[str, ...]


Subject = AboutOrder | AboutRequest | AboutNotification | AboutWork
