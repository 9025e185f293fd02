"""`esim-orders webhook ...`: the endpoints that events of an account are sent to (A11)."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from models.operations.webhooks import AttemptView, NewWebhook, Tested, WebhookState, WebhookView
from starter.cli.language import headings, worded
from starter.cli.operations.webhook_words import DISABLED_FOR, OUTCOMES, STATES
from starter.cli.output import (
    JsonFlag,
    between_commas,
    full_time,
    how_many,
    print_facts,
    print_json,
    print_list,
    print_table,
    say,
    short_time,
    tell,
    warn,
)
from starter.cli.session import run_at, settings
from starter.cli.times import time_option

if TYPE_CHECKING:
    from starter.operations.webhooks import WebhookDesk
    from store.session import Database

app = typer.Typer(help="Send events of an account to other systems.", no_args_is_help=True)
Webhook = Annotated[str, typer.Argument(metavar="WEBHOOK", help="Its id: WH-7.")]
Types = Annotated[
    list[str] | None,
    typer.Option(
        "--type",
        metavar="TYPE",
        help="Types of events: `order.processed`, or `order` for all of these that there are now; with "
        "commas, or repeated.",
        callback=between_commas,
    ),
]
Description = Annotated[str | None, typer.Option("--description", help="What it is for.")]
Account = Annotated[str | None, typer.Option("--account", help="Name of the account.")]

_SENT_AGAIN = {
    0: "{webhook}: no event is sent again.",
    1: "{webhook}: 1 event is sent again.",
}
"""By how many events; more are a sentence with their number."""


def _desk(database: "Database") -> "WebhookDesk":
    from starter.operations.webhooks import WebhookDesk  # noqa: PLC0415

    return WebhookDesk(database, settings())


@app.command()
def create(
    url: Annotated[str, typer.Argument(metavar="URL", help="Where events are sent: https://...")],
    types: Types = None,
    description: Description = None,
    account: Account = None,
    json: JsonFlag = False,
) -> None:
    """Send what happens from now on to an address. The secret that signs the requests is shown this once."""
    made = run_at(
        _desk,
        lambda desk, who: desk.create(who, url, types=types, description=description or "", account=account),
    )
    _show_new(made, json=json)


@app.command(name="list")
def list_webhooks(account: Account = None, json: JsonFlag = False) -> None:
    """List webhooks, newest first."""
    found = run_at(_desk, lambda desk, who: desk.webhooks(who, account))
    if json:
        print_json(list(found))
    elif found:
        rows = [(one.webhook_id, one.url, _types(one), _state(one), one.description or None) for one in found]
        columns = headings("webhook", "address", "events", "state", "description")
        print_list(worded("Webhooks"), columns, rows)
    else:
        say(worded("There are no webhooks."))


@app.command()
def show(webhook: Webhook, json: JsonFlag = False) -> None:
    """Show a webhook."""
    _show(run_at(_desk, lambda desk, who: desk.webhook(who, webhook)), json=json)


@app.command()
def edit(  # noqa: PLR0917  options of a command
    webhook: Webhook,
    url: Annotated[str | None, typer.Option("--url", help="Where events are sent from now on.")] = None,
    types: Types = None,
    all_types: Annotated[bool, typer.Option("--all-types", help="Send events of all types.")] = False,
    description: Description = None,
    json: JsonFlag = False,
) -> None:
    """Change the address, the types or the description of a webhook."""
    chosen = [] if all_types else types
    changed = run_at(
        _desk,
        lambda desk, who: desk.edit(who, webhook, url=url, types=chosen, description=description),
    )
    _show(changed, json=json)


@app.command(name="test")
def try_receiver(webhook: Webhook, json: JsonFlag = False) -> None:
    """Send webhook.ping at once, and say what the receiver answers."""
    tested = run_at(_desk, lambda desk, who: desk.test(who, webhook))
    if json:
        print_json(_answered(tested))
    else:
        answer = tested.answer
        said = worded(
            "{webhook}: {outcome}, {milliseconds} ms.",
            webhook=tested.webhook.webhook_id,
            outcome=_outcome(answer.outcome.value, answer.status),
            milliseconds=str(answer.milliseconds),
        )
        say(said)
        if answer.text:
            say(answer.text)
    if not tested.answer.ok:
        raise typer.Exit(1)


@app.command()
def replay(
    webhook: Webhook,
    event: Annotated[str | None, typer.Option("--event", help="The webhook-id of one event.")] = None,
    since: Annotated[
        datetime | None, time_option("--from", explained="What happened from then on (UTC).")
    ] = None,
    until: Annotated[
        datetime | None, time_option("--to", explained="And before then (UTC); now if left out.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Send one event again, or what happened in a span of time, under the same ids."""
    sent = run_at(_desk, lambda desk, who: desk.replay(who, webhook, event=event, since=since, until=until))
    if json:
        print_json({"webhook": sent.webhook.webhook_id, "events": sent.events})
    else:
        facts = {"webhook": sent.webhook.webhook_id, "number": str(sent.events)}
        say(worded(_SENT_AGAIN.get(sent.events, "{webhook}: {number} events are sent again."), **facts))
        if sent.waits_until_enabled:
            say(worded("It is disabled: nothing is sent until it is enabled."))


@app.command()
def rotate(
    webhook: Webhook,
    keep_hours: Annotated[
        int, typer.Option("--keep-hours", min=0, max=720, help="How long the secret before signs, too.")
    ] = 24,
    json: JsonFlag = False,
) -> None:
    """Make another secret; for a day each request is signed with both."""
    keep = timedelta(hours=keep_hours)
    _show_new(run_at(_desk, lambda desk, who: desk.rotate(who, webhook, keep=keep)), json=json)


@app.command()
def enable(
    webhook: Webhook,
    skip_missed: Annotated[
        bool, typer.Option("--skip-missed", help="Leave out what was not delivered until now.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Deliver again, from where it stopped. A failing receiver is tried at once."""
    _show(run_at(_desk, lambda desk, who: desk.enable(who, webhook, skip_missed=skip_missed)), json=json)


@app.command()
def disable(webhook: Webhook, json: JsonFlag = False) -> None:
    """Deliver nothing until it is enabled."""
    _show(run_at(_desk, lambda desk, who: desk.disable(who, webhook)), json=json)


@app.command()
def delete(webhook: Webhook, json: JsonFlag = False) -> None:
    """Delete a webhook: what was not delivered yet never is."""
    run_at(_desk, lambda desk, who: desk.delete(who, webhook))
    tell(worded("{webhook} is deleted.", webhook=webhook), json=json, webhook=webhook, deleted=True)


@app.command()
def attempts(
    webhook: Webhook,
    waiting: Annotated[bool, typer.Option("--waiting", help="Only what is still to be delivered.")] = False,
    limit: Annotated[int, how_many("The most attempts to list.")] = 50,
    json: JsonFlag = False,
) -> None:
    """List the attempts to deliver that failed, newest first."""
    found = run_at(_desk, lambda desk, who: desk.attempts(who, webhook, waiting=waiting, limit=limit))
    if json:
        print_json(list(found))
    elif found:
        rows = [
            (
                one.event,
                one.type,
                one.number,
                short_time(one.at),
                _result(one),
                _follows(one),
            )
            for one in found
        ]
        columns = headings("event", "type", "attempt", "at (UTC)", "result", "what follows")
        print_table(worded("Failed attempts"), columns, rows, whole=(columns[0],))
    else:
        say(worded("There are no failed attempts."))


def _show_new(made: NewWebhook, *, json: bool) -> None:
    if json:
        print_json(made.view.model_dump(mode="json") | {"secret": made.secret})
        return
    say(made.secret, whole=True)
    warn(worded("{webhook}: this is the only time that the secret is shown.", webhook=made.view.webhook_id))


def _show(view: WebhookView, *, json: bool) -> None:
    if json:
        print_json(view)
        return
    facts = (
        ("account", view.account),
        ("address", view.url),
        ("events", _types(view)),
        ("description", view.description or None),
        ("state", _state(view)),
        ("failures in a row", view.failures),
        ("failing since", full_time(view.failing_since)),
        ("next attempt", full_time(view.next_attempt_at)),
        ("earlier secrets sign until", full_time(view.secret_rotates_until)),
        ("made", full_time(view.created_at)),
    )
    print_facts(view.webhook_id, [(worded(label), fact) for label, fact in facts])


def _types(view: WebhookView) -> str:
    return ", ".join(view.types) or worded("all")


def _state(view: WebhookView) -> str:
    if view.state is WebhookState.DISABLED and view.disabled_for is not None:
        return worded(DISABLED_FOR[view.disabled_for])
    return worded(STATES[view.state])


_REPLAYS = {"to_be_sent": "to be sent again", "sent_again": "sent again", "not_sent": "not sent"}


def _result(one: AttemptView) -> str:
    if one.outcome is not None:
        return _outcome(one.outcome.value, one.status)
    return worded(_REPLAYS[one.replay])


def _outcome(outcome: str, status: int | None) -> str:
    if outcome != "status" or status is None:
        return worded(OUTCOMES[outcome])
    redirected = 300 <= status < 400
    return worded(
        "status {status}, and redirects are not followed" if redirected else "status {status}", status=status
    )


def _follows(one: AttemptView) -> str:
    if one.next_attempt_at is not None:
        return worded("again at {time}", time=short_time(one.next_attempt_at))
    if one.delivered_at is not None:
        return worded("delivered")
    return worded("given up") if one.given_up_at is not None else worded("tried again")


def _answered(tested: Tested) -> dict[str, Any]:
    answer = tested.answer
    return {
        "webhook": tested.webhook.webhook_id,
        "delivered": answer.ok,
        "outcome": answer.outcome.value,
        "status": answer.status,
        "answer": answer.text,
        "milliseconds": answer.milliseconds,
    }
