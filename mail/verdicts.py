"""What a refusal of the mail server means, and whose fault it is: one table, of which the first row that fits
counts.

A row names the stages of the SMTP dialogue, the codes, and words of the answer only where servers give
one code to different refusals: Postfix refuses our HELO name, our sender, relaying and the recipient all in
its answer to RCPT; Exim sends no enhanced codes (RFC 3463) unless told to. Codes are compared as
`550 5.7.60`, or `550 ` where there is no enhanced code. The text of an answer is never kept: it often
repeats an address.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from mail.errors import ConnectionLost, MailAmbiguous, MailError, MailRefusedUs, MailRejected, MailUnavailable

ENHANCED_CODE = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")


class Stage(StrEnum):
    """Where in the dialogue the server answers, as it is named in sentences."""

    GREETING = "our connection"
    HELLO = "our host name"
    TLS = "TLS"
    LOGIN = "our login"
    SENDER = "the sender"
    RECIPIENT = "the recipient"
    DATA = "the start of the content"
    CONTENT = "the content"


ANY = frozenset(Stage)
OPENING = frozenset({Stage.GREETING, Stage.HELLO, Stage.TLS, Stage.LOGIN, Stage.SENDER})
"""5xx here is about us, whatever the words: the recipient was not named yet."""


@dataclass(frozen=True)
class Rule:
    """One row: what an answer with these codes and words means at these stages."""

    stages: frozenset[Stage]
    codes: str
    words: str
    meaning: type[MailError]
    sentence: str = "The mail server refused {stage} ({codes})."

    def fits(self, stage: Stage, codes: str, text: str) -> bool:
        """Whether the row is about this answer."""
        return (
            stage in self.stages
            and re.match(self.codes, codes) is not None
            and (not self.words or re.search(self.words, text) is not None)
        )


_LATER = "The mail server does not take {stage} now ({codes})."
_CREDENTIALS = "The mail server wants other credentials ({codes})."
_ENCRYPTION = "The mail server wants other encryption ({codes})."
_RELAY = "The mail server does not relay for us ({codes})."
_SENDER = "The mail server does not let us send as this sender ({codes})."
_HELLO = "The mail server does not accept our host name ({codes}); see ESIM_SMTP_HELO_NAME."
_BLOCKED = "The mail server blocks our address or domain ({codes})."
_LIMIT = "The mail server takes no more e-mails of this sender ({codes}): a limit is reached."
_SIZE = "The mail server finds the e-mail too big ({codes})."

RULES: tuple[Rule, ...] = (
    # The connection ends.
    Rule(ANY, r"421 4\.7\.66", "", MailRefusedUs, _ENCRYPTION),  # Microsoft: TLS 1.0 and 1.1
    Rule(
        frozenset({Stage.CONTENT}),
        r"421|[^45]",
        "",
        MailAmbiguous,
        "The mail server gave an unclear answer to the content ({codes}).",
    ),
    Rule(ANY, r"421", "", ConnectionLost, "The mail server closed the connection ({codes})."),
    # Our credentials and encryption: RFC 4954, RFC 5248, Microsoft 5.7.3, 5.7.57 and 5.7.139.
    Rule(ANY, r"530 5\.7\.0", "starttls", MailRefusedUs, _ENCRYPTION),
    Rule(ANY, r"(530|534|535|538) ", "", MailRefusedUs, _CREDENTIALS),
    Rule(ANY, r"5\d\d 5\.7\.(3|8|9|13|14|57|139)$|432 4\.7\.12$", "", MailRefusedUs, _CREDENTIALS),
    Rule(ANY, r"5\d\d 5\.7\.1[01]$", "", MailRefusedUs, _ENCRYPTION),
    # Restrictions that the recipient made (Microsoft 5.7.12, 5.7.1xx), or that it moved (RFC 7293).
    Rule(ANY, r"5\d\d 5\.7\.(2|12|1\d\d|17|18)$", "", MailRejected),
    # Our sender: RFC 3463, Microsoft 5.7.60 and 5.2.252 (after the content).
    Rule(ANY, r"5\d\d (5\.1\.[78]|5\.7\.60|5\.2\.252)$", "", MailRefusedUs, _SENDER),
    # Limits of our own mailbox: Gmail 5.4.5, Microsoft 5.1.90 and 5.2.25x.
    Rule(ANY, r"5\d\d (5\.4\.5|5\.1\.90|5\.2\.25[1-5])$", "", MailRefusedUs, _LIMIT),
    Rule(ANY, r"5", r"submissionquotaexceeded|(daily|sending) .{0,20}(limit|quota)", MailRefusedUs, _LIMIT),
    # Our address or domain: SPF, DKIM, DMARC, reverse DNS, block lists (RFC 7372, Gmail, Microsoft).
    Rule(ANY, r"5\d\d 5\.7\.2\d$|5\d\d 5\.7\.(5\d\d|6\d\d|7\d\d)$", "", MailRefusedUs, _BLOCKED),
    # Relaying: Microsoft 5.7.54 and 5.7.64; in words at RCPT, also as 454 (Postfix, unless told otherwise).
    Rule(ANY, r"5\d\d 5\.7\.(54|64)$", "", MailRefusedUs, _RELAY),
    Rule(
        ANY,
        r"[45]",
        r"relay(ing)? .{0,12}(denied|not permitted|not allowed|prohibited)"
        r"|(unable|not (permitted|allowed)) to relay|do(es)? not relay|(cannot|can't|won't) relay",
        MailRefusedUs,
        _RELAY,
    ),
    Rule(
        ANY,
        r"5",
        r"authenticat(ion|e) (is )?(required|first)|not authenticated",
        MailRefusedUs,
        _CREDENTIALS,
    ),
    # Our host name, which Postfix and Exim refuse as late as at RCPT.
    Rule(
        ANY,
        r"[45]",
        r"(helo|ehlo) command rejected|invalid (helo|ehlo|domain name)|need fully-qualified hostname"
        r"|(helo|ehlo) (name|host).{0,40}(invalid|rejected|denied|not)",
        MailRefusedUs,
        _HELLO,
    ),
    Rule(
        ANY,
        r"[45]",
        r"sender address rejected|sender (verify|verification) failed|sendasdenied"
        r"|(permissions?|not allowed) to send as|sender .{0,40}not (allowed|permitted|owned)|not owned by",
        MailRefusedUs,
        _SENDER,
    ),
    Rule(
        ANY,
        r"[45]",
        r"cannot find your (reverse )?hostname|reverse (dns|hostname)|\bptr\b",
        MailRefusedUs,
        _BLOCKED,
    ),
    # Everything else that is temporary: greylisting, throttling, connection limits, a full mailbox.
    Rule(ANY, r"4", "", MailUnavailable, _LATER),
    Rule(
        ANY - {Stage.CONTENT},
        r"5",
        r"client host .{0,80}(rejected|blocked)|block ?list|blacklist|dnsbl|blocked using|spamhaus",
        MailRefusedUs,
        _BLOCKED,
    ),
    # This one e-mail: it is too big, whenever the server finds out.
    Rule(ANY, r"552 (5\.3\.4|5\.2\.3)?$|5\d\d 5\.(3\.4|2\.3)$", "", MailRejected, _SIZE),
    Rule(OPENING, r"5", "", MailRefusedUs),
    # The recipient, in words first, as 5.7.1 and 504 are used for both sides.
    Rule(
        frozenset({Stage.RECIPIENT}),
        r"5",
        r"recipient .{0,60}(rejected|unknown|not found|disabled)|unknown user"
        r"|(user|mailbox|address).{0,60}(unknown|not found|full|disabled|does not exist)"
        r"|no such|not accepting|fully-qualified address",
        MailRejected,
    ),
    Rule(frozenset({Stage.RECIPIENT, Stage.DATA}), r"5\d\d 5\.7\.|50[34] ", "", MailRefusedUs),
    Rule(ANY, r"5", "", MailRejected),
    # No answer that belongs to this stage.
    Rule(ANY, r"", "", MailUnavailable, _LATER),
)


def refusal(stage: Stage, code: int, text: str) -> MailError:
    """The error for an answer that refuses. It has the codes, not the words of the server."""
    enhanced = ENHANCED_CODE.match(text)
    codes = f"{code} {enhanced.group() if enhanced else ''}"
    said = text.lower()
    rule = next(rule for rule in RULES if rule.fits(stage, codes, said))
    return rule.meaning(rule.sentence.format(stage=stage, codes=codes.strip()), code)
