"""Mails on their way out of the house, each recorded before and after the mail server is asked.

Raises, once every mail has had its chance, so that one recipient's failure touches no other:

    MailUnavailable, MailAmbiguous   worth trying again
    MailUncertain                    twice unknown: a person decides
    MailRejected, MailRefusedUs      see `mail.errors`
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from mail.compose import OrderFacts, Template, compose
from mail.errors import MailAmbiguous, MailError, MailRefusedUs, MailRejected, MailUnavailable
from mail.message import Mail, message_id
from mail.smtp import Mailer
from models.lifecycle import OrderStatus
from store import mails
from store.mails import Letter, OrderLetterFacts, Outcome, Person
from store.session import Database


class MailUncertain(MailError):
    """The mail may have been delivered twice already; only a person sends it again."""


@dataclass(frozen=True)
class Draft:
    """One mail to write: which, to whom, and for a reminder its number."""

    template: Template
    to: Person
    number: int = 0


_GRAVEST_LAST: tuple[type[MailError], ...] = (
    MailRejected,
    MailUncertain,
    MailRefusedUs,
    MailUnavailable,
    MailAmbiguous,
)


class Outbox:
    """Sends the mails of orders. `domain` is the right-hand side of every Message-ID."""

    def __init__(self, database: Database, mailer: Mailer, domain: str, language: str) -> None:
        self._database = database
        self._mailer = mailer
        self._domain = domain
        self._language = language

    async def send(
        self,
        facts: OrderLetterFacts,
        drafts: Sequence[Draft],
        retries: int,
        only_in: Collection[OrderStatus] = frozenset(OrderStatus),
    ) -> None:
        """Send those of these mails that have not gone out yet; none, once the order is in a status that
        is not among `only_in`.
        """
        letters = {self._letter(facts, draft): draft for draft in drafts if draft.to.email}
        async with self._database.transaction() as connection:
            if len(only_in) < len(OrderStatus) and not await mails.is_in(connection, facts.order_id, only_in):
                return
            claims = await mails.claim(connection, list(letters), retries)
        failures = [failure for claim in claims.values() if (failure := _past_failure(claim))]
        delivered = await asyncio.gather(
            *(
                self._deliver(replace(letter, message_id=claims[letter.id].message_id), draft, facts)
                for letter, draft in letters.items()
                if claims[letter.id].may_send
            )
        )
        outcomes = [outcome for outcome, _ in delivered]
        failures += [failure for _, failure in delivered if failure]
        if outcomes:
            async with self._database.transaction() as connection:
                await mails.record(connection, facts.order_id, outcomes, retries)
        if failures:
            raise max(failures, key=_weight)

    async def _deliver(
        self, letter: Letter, draft: Draft, facts: OrderLetterFacts
    ) -> tuple[Outcome, MailError | None]:
        content = compose(draft.template, _order_facts(facts, draft), self._language)
        try:
            await self._mailer.send(
                Mail(
                    to=draft.to.email or "",
                    subject=content.subject,
                    text=content.text,
                    html=content.html,
                    message_id=letter.message_id,
                )
            )
        except MailAmbiguous as failure:
            return Outcome(letter, "sending", str(failure)), failure
        except MailRejected as failure:
            return Outcome(letter, "failed", str(failure)), failure
        except MailError as failure:
            return Outcome(letter, "unsent", str(failure)), failure
        return Outcome(letter, "sent"), None

    def _letter(self, facts: OrderLetterFacts, draft: Draft) -> Letter:
        again = f"/{draft.number}" if draft.number else ""
        reference = f"{facts.order_id}/{draft.template}{again}/{draft.to.key}"
        return Letter(
            id=reference,
            order_id=facts.order_id,
            template=draft.template,
            recipient=draft.to.key,
            message_id=message_id(reference, self._domain),
        )


def _past_failure(claim: mails.Claim) -> MailError | None:
    if claim.uncertain:
        return MailUncertain("A mail may have been delivered twice; a person decides what to do.")
    return MailRejected(claim.failure) if claim.failure else None


def _weight(failure: MailError) -> int:
    return next(place for place, kind in enumerate(_GRAVEST_LAST) if isinstance(failure, kind))


def _order_facts(facts: OrderLetterFacts, draft: Draft) -> OrderFacts:
    return OrderFacts(
        order_id=facts.order_id,
        kind=facts.kind.value,
        account=facts.account,
        provider=facts.provider,
        distributor=facts.distributor,
        pack=facts.pack,
        item=facts.item,
        quantity=1,
        msisdn=facts.msisdn,
        device=facts.device,
        slot=facts.slot,
        iccid_in_place=facts.iccid_in_place,
        iccid=facts.iccid,
        requester_name=facts.requester.name,
        employee_name=facts.employee.name if facts.employee else None,
        recipient_name=draft.to.name,
        cancel_reason=facts.cancel_reason,
        reminder_number=draft.number,
        waiting_since=facts.status_since,
    )
