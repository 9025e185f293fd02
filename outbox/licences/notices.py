"""The e-mails about changes of numbers, to the eSIM's distributor, and about requests for licences, to the
owners; their texts are in `wording/licences/changes`.

The distributor does not learn who uses the number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from mail.message import reply_address
from models.licences.numbers import Notice
from outbox.emails import Email
from outbox.sender import Outgoing
from store.licences.change_rows import NoticeFacts
from store.licences.requests import RequestFacts


@dataclass(frozen=True, kw_only=True, repr=False)
class LicenceNotice(Email):
    """`reference` is the id of the change or the request."""

    texts: ClassVar[str] = "number_changes"
    reference: str
    account: str


@dataclass(frozen=True, kw_only=True, repr=False)
class ProviderAsked(LicenceNotice):
    """What an order contact of the distributor is asked to do with an eSIM; `msisdn` is E.164."""

    rows: ClassVar[tuple[str, ...]] = ("reference", "account", "provider", "msisdn", "iccid")
    provider: str
    msisdn: str
    iccid: str | None


@dataclass(frozen=True, kw_only=True, repr=False)
class ProviderStopEsim(ProviderAsked):
    """Stop the eSIM for good, at once."""

    name: ClassVar[str] = "provider_stop_esim"


@dataclass(frozen=True, kw_only=True, repr=False)
class ProviderSuspendEsim(ProviderAsked):
    """Suspend the eSIM."""

    name: ClassVar[str] = "provider_suspend_esim"


@dataclass(frozen=True, kw_only=True, repr=False)
class ProviderResumeEsim(ProviderAsked):
    """Resume the eSIM."""

    name: ClassVar[str] = "provider_resume_esim"


@dataclass(frozen=True, kw_only=True, repr=False)
class OwnerLicencesRequested(LicenceNotice):
    """To an owner: an administrator requests licences."""

    name: ClassVar[str] = "owner_licences_requested"
    rows: ClassVar[tuple[str, ...]] = (
        *("reference", "account", "add_on", "quantity", "requester_name", "note"),
    )
    add_on: str
    quantity: int
    requester_name: str
    note: str | None


TO_PROVIDER: Mapping[Notice, type[ProviderAsked]] = {
    Notice.STOP: ProviderStopEsim,
    Notice.SUSPEND: ProviderSuspendEsim,
    Notice.RESUME: ProviderResumeEsim,
}
"""The e-mail for each thing that a provider is asked to do."""


def to_provider(facts: NoticeFacts) -> list[Outgoing]:
    """The e-mail to each order contact of the eSIM's distributor."""
    email = TO_PROVIDER[facts.notice].of({**vars(facts), "reference": facts.about.id})
    return [Outgoing(email, contact) for contact in facts.contacts]


def to_owners(facts: RequestFacts) -> list[Outgoing]:
    """The e-mail to each owner of the account; a reply goes to the administrator."""
    known = {**vars(facts), "reference": facts.about.id, "add_on": facts.add_on.label}
    email = OwnerLicencesRequested.of(known)
    reply_to = reply_address(facts.requester_email)
    return [Outgoing(email, owner, reply_to=reply_to) for owner in facts.owners]
