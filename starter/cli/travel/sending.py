"""`esim-orders travel resend`: one of the e-mails of an eSIM line's order, once more."""

from typing import Annotated

import typer

from models.errors import Refused
from models.travel.sending import Resent, SentAgain
from starter.cli.language import worded
from starter.cli.output import JsonFlag, key_of, print_json, say
from starter.cli.session import caller, run, settings
from starter.cli.travel.app import app


@app.command()
def resend(  # noqa: PLR0917  options of a command
    line: Annotated[str, typer.Argument(metavar="LINE", help="Id (EL-9) or ICCID of an eSIM line.")],
    qr_code: Annotated[bool, typer.Option("--qr-code", help="The e-mail with the QR code.")] = False,
    confirmation: Annotated[
        bool, typer.Option("--confirmation", help="The confirmation of the order that added the line.")
    ] = False,
    order: Annotated[
        str | None,
        typer.Option("--order", metavar="ORDER", help="The confirmation of this order for the line instead."),
    ] = None,
    key: Annotated[str | None, key_of("e-mail")] = None,
    json: JsonFlag = False,
) -> None:
    """Send the subscriber the QR code or the confirmation again, at the present address."""
    if qr_code == confirmation or (qr_code and order is not None):
        raise Refused.because("email_not_chosen")
    what = SentAgain.QR_CODE if qr_code else SentAgain.CONFIRMATION
    sent = run(lambda: _resent(line, what, order, key))
    if json:
        print_json(sent)
    else:
        say(f"{sent.line}, {sent.id}: {_sent(what)}")


def _sent(what: SentAgain) -> str:
    if what is SentAgain.QR_CODE:
        return worded("the subscriber gets the QR code again; the links of earlier e-mails have ended.")
    return worded("the subscriber gets the confirmation again.")


async def _resent(line: str, what: SentAgain, order: str | None, key: str | None) -> Resent:
    from starter.travel.sending import SendingDesk  # noqa: PLC0415  no other command needs it

    async with SendingDesk.open(settings()) as desk:
        return await desk.resend(await caller(desk.database), line, what, order=order, key=key)
