"""Format facts about QR codes for a terminal, wide or narrow. No table contains a code."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from models.codes.requests import NotificationView, QrHistory, QrRequestView, QrVersionView, RequestStatus
from models.fleet.inventory import SimState, SimView
from models.identifiers import reference
from starter.cli.codes.history import Happening, timeline
from starter.cli.language import held as hold_sentence
from starter.cli.language import not_sent_reason, request_status, why_not, worded
from starter.cli.operations import not_sent
from starter.cli.orders.tables import who
from starter.cli.output import column_time, full_time, is_wide, print_facts, print_table, say, short_time

ACCEPTED = "PNG, JPG/JPEG, SVG, TIFF or PDF"
"""The file types that `qr import` accepts (F34)."""
_TYPES = {"png": "PNG", "jpeg": "JPEG", "svg": "SVG", "tiff": "TIFF", "pdf": "PDF"}


def came_as(version: QrVersionView) -> str:
    """How a version was imported."""
    kind = _TYPES.get(version.file_type)
    if kind is None:
        return worded("typed in")
    if kind == "SVG":
        return worded("from an {kind} file", kind=kind)
    return worded("from a {kind} file", kind=kind)


def print_history(history: QrHistory, people: Mapping[str, str]) -> None:
    """Print versions, requests, notifications and links, newest first, and all events."""
    sim = reference("S", history.sim_id)
    if not history.events and not history.versions and not history.requests:
        say(f"{sim} never had a QR code, and none was requested.")
        return
    _print_versions(history, people)
    for request in history.requests:
        _print_request(request, people)
    _print_notifications(history)
    _print_links(history, people)
    _print_timeline(timeline(history, people))


def _print_timeline(happenings: Sequence[Happening]) -> None:
    rows = []
    for happened in happenings:
        again = (
            f" ({happened.times} times, last {short_time(happened.last)} UTC)" if happened.times > 1 else ""
        )
        moment = column_time(happened.at) if is_wide() else short_time(happened.at)
        rows.append((moment, happened.who, happened.what + again))
    print_table("What happened", ("when (UTC)", "who", "what"), rows, whole=("when (UTC)",))


def _print_versions(history: QrHistory, people: Mapping[str, str]) -> None:
    rows = [
        (
            version.number,
            "yes" if version.current else "no",
            column_time(version.imported_at) if is_wide() else short_time(version.imported_at),
            who(version.imported_by, people),
            came_as(version),
        )
        for version in history.versions
    ]
    title = f"QR code of {reference('S', history.sim_id)}"
    if rows:
        print_table(title, ("version", "current", "since (UTC)", "by", "came"), rows, whole=("since (UTC)",))
    else:
        say(f"{reference('S', history.sim_id)} has no QR code yet.")


def _print_request(request: QrRequestView, people: Mapping[str, str]) -> None:
    held = None
    if request.held_reason:
        held = f"since {full_time(request.held_since)}. {hold_sentence(request.held_reason)}"
    sent_to = [people.get(person, person) for person in request.recipients if not person.startswith("cc:")]
    copied = request.rounds[-1].cc if request.rounds else ()
    facts = [
        ("status", f"{request_status(request.status)} since {full_time(request.status_since)}"),
        ("requested", f"{full_time(request.requested_at)}, by {who(f'user:{request.requested_by}', people)}"),
        ("sent", f"{request.round} times" if request.round > 1 else None),
        ("to", ", ".join(sent_to) or None),
        ("copied to", ", ".join(copied) or None),
        ("held", held),
        *not_sent.rows(request.not_sent, people),
        *(("refused", why_not(refusal)) for refusal in request.refusals),
    ]
    print_facts(request.id, [fact for fact in facts if fact[1]])


def _print_notifications(history: QrHistory) -> None:
    if not is_wide():
        for notification in history.notifications:
            _print_notification(notification)
        return
    rows = [
        (
            notification.id,
            notification.version,
            notification.address,
            _state(notification),
            *map(short_time, _moments(notification)),
        )
        for notification in history.notifications
    ]
    columns = ("notification", "version", "to", "state", "at (UTC)", "expires (UTC)")
    if rows:
        print_table("Notifications", columns, rows, whole=("notification", "at (UTC)", "expires (UTC)"))


def _print_links(history: QrHistory, people: Mapping[str, str]) -> None:
    """Print the mailed links by the ids of `qr revoke`; in a wide terminal with what each was sent for."""
    wide = is_wide()
    addresses = {notification.id: notification.address for notification in history.notifications}
    rows = []
    for link in history.links:
        if link.notification_id is None:
            to = people.get(link.recipient or "", link.recipient or "")
        else:
            to = addresses.get(link.notification_id, link.notification_id)
        sent_for = (link.request_id or link.notification_id or "",) if wide else ()
        rows.append((f"link:{link.id}", to, *sent_for, link.state, short_time(link.expires_at)))
    columns = ("link", "sent to", *(("for",) if wide else ()), "state", "expires (UTC)")
    if rows:
        print_table("Links", columns, rows, whole=("link", "expires (UTC)"))


def _print_notification(notification: NotificationView) -> None:
    made, expires = _moments(notification)
    facts = [
        ("to", notification.address),
        ("version", notification.version),
        ("state", _state(notification)),
        *not_sent.rows(notification.not_sent, {"manager": notification.address}),
        ("at", full_time(made)),
        ("link expires", full_time(expires)),
    ]
    print_facts(notification.id, facts)


def _moments(notification: NotificationView) -> tuple[datetime, datetime | None]:
    return notification.created_at, notification.link_expires_at


def _state(notification: NotificationView) -> str:
    state = notification.state.replace("_", " ")
    if notification.held_reason:
        return f"{state}: {hold_sentence(notification.held_reason)}"
    return state + "".join(f": {not_sent_reason(unsent.reason)}" for unsent in notification.not_sent)


def print_section(sim: SimView, history: QrHistory, people: Mapping[str, str]) -> None:
    """Print the section "QR code" of a SIM's detail: its version, or how to import one (F32, F33)."""
    name = reference("S", sim.id)
    current = next((version for version in history.versions if version.current), None)
    asked = next((found for found in history.requests if found.status is RequestStatus.REQUESTED), None)
    facts: list[tuple[str, str]] = []
    if current is None:
        facts.append(("version", "none yet"))
    else:
        facts.append(("version", f"{current.number}, {came_as(current)}"))
        facts.append(("since", f"{full_time(current.imported_at)}, by {who(current.imported_by, people)}"))
        facts.append(("show", f"esim-orders qr show {name}"))
    if asked is not None:
        facts.append(("requested", f"{asked.id}, {full_time(asked.requested_at)}"))
    if sim.state is SimState.ACTIVE:
        facts.append(("import", f"esim-orders qr import {name} FILE --user USER"))
        facts.append(("FILE", ACCEPTED))
        if current is None and asked is None:
            facts.append(("request", f"esim-orders qr request {name} --user USER"))
    facts.append(("history", f"esim-orders qr history {name}"))
    print_facts("QR code", facts)
