"""`esim-orders contact ...`: the contacts of distributors, to whom e-mails are sent (F42)."""

from typing import Annotated

import typer

from models.errors import NotFound, Refused
from models.identifiers import reference
from models.people.profiles import parse_roles
from models.people.views import ContactDetails, ContactRole
from starter.cli.output import JsonFlag, is_wide, print_json, print_table, say, warn
from starter.cli.questions import answer, at_terminal
from starter.cli.session import open_desk, run

app = typer.Typer(help="List, add and edit the contacts of distributors.", no_args_is_help=True)

_ROLES = ", ".join(ContactRole)

Language = Annotated[
    str | None,
    typer.Option("--language", metavar="en|fr", help="Of e-mails to it; the account's if never set."),
]
OneAccount = Annotated[
    str | None, typer.Option("--account", help="Name of the account; not needed if there is only one.")
]


@app.command(name="list")
def list_contacts(
    account: Annotated[str | None, typer.Option("--account", help="Name of the account.")] = None,
    distributor: Annotated[str | None, typer.Option("--distributor", help="Only its contacts.")] = None,
    role: Annotated[
        str | None, typer.Option("--role", metavar="ROLE", help=f"Only who has it: {_ROLES}.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """List contacts of distributors with their roles."""
    from starter.people.contacts import ContactDesk  # noqa: PLC0415

    async def read() -> list[ContactDetails]:
        async with open_desk(ContactDesk) as (contacts, caller):
            return await contacts.contacts(caller, account, distributor, role)

    found = run(read)
    if not found and not json:
        say("There are no such contacts." if account or distributor or role else "There are no contacts.")
    elif json:
        print_json(found)
    else:
        _print(found)


@app.command(short_help="Add a contact of a distributor.")
def add(  # noqa: PLR0917  options of a command
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the contact.")],
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="E-mail address; once a distributor.")],
    distributor: Annotated[str, typer.Option("--distributor", help="Name of the contact's distributor.")],
    account: OneAccount = None,
    role: Annotated[
        list[str] | None, typer.Option("--role", metavar="ROLE", help=f"{_ROLES}; may be repeated.")
    ] = None,
    language: Language = None,
    json: JsonFlag = False,
) -> None:
    """Add a contact; its roles are given here, at the question that follows, or later with `edit`.
    Requests for QR codes go to contacts with the role esim_qr_code ("eSIM QR Code"), orders to those with
    the role order. The import of a catalogue decides who has the role order: it removes the role from
    contacts of a distributor in the file that the file does not name.
    """
    from starter.people.contacts import ContactDesk  # noqa: PLC0415

    async def call() -> ContactDetails:
        async with open_desk(ContactDesk) as (contacts, caller):
            try:
                return await contacts.add_contact(
                    caller, account, distributor, name, email, role or (), language=language
                )
            except NotFound as unknown:
                if unknown.refusals[0].code == "unknown_distributor":
                    names = ", ".join(await contacts.distributors(caller, account)) or "none"
                    unknown.add_note(f"The account's distributors: {names}.")
                raise

    created = run(call)
    if json:
        print_json(created)
        return
    if not created.roles and at_terminal():
        say(f"{reference('C', created.id)} is created.")
        created = _second_step(created)
    _print([created])
    if not created.roles:
        say(f"To give it a role: esim-orders contact edit {reference('C', created.id)} --role esim_qr_code")


def _second_step(created: ContactDetails) -> ContactDetails:
    """Ask for the roles of a contact that was created, until all typed roles exist."""
    from starter.people.contacts import ContactDesk  # noqa: PLC0415

    while True:
        typed = answer(f"Roles ({_ROLES}; Enter for none)")
        try:
            roles = parse_roles(filter(str.strip, typed.split(",")))
            break
        except Refused as unknown:
            warn(str(unknown))
    if not roles:
        return created

    async def call() -> ContactDetails:
        async with open_desk(ContactDesk) as (contacts, caller):
            return await contacts.edit_contact(
                caller, created.account, reference("C", created.id), add_roles=roles
            )

    return run(call)


@app.command(short_help="Edit a contact, add or remove roles.")
def edit(  # noqa: PLR0917  options of a command
    contact: Annotated[str, typer.Argument(metavar="CONTACT", help="Id (C-7) or e-mail address.")],
    account: Annotated[str | None, typer.Option("--account", help="Name of the contact's account.")] = None,
    name: Annotated[str | None, typer.Option("--name", help="Its new name.")] = None,
    email: Annotated[str | None, typer.Option("--email", help="Its new address.")] = None,
    role: Annotated[
        list[str] | None, typer.Option("--role", metavar="ROLE", help=f"Add it: {_ROLES}; may be repeated.")
    ] = None,
    no_role: Annotated[
        list[str] | None, typer.Option("--no-role", metavar="ROLE", help="Remove it; may be repeated.")
    ] = None,
    language: Language = None,
    json: JsonFlag = False,
) -> None:
    """Edit a contact's name, address or language, add or remove roles.
    E-mails that were sent stay as they are, but without the role eSIM QR Code, or at another address, the
    upload links of a contact stop working: `qr request SIM --again` sends the request again. The import of a
    catalogue decides who has the role order, and may remove it or add it again.
    """
    from starter.people.contacts import ContactDesk  # noqa: PLC0415

    if name is None and email is None and language is None and not role and not no_role:
        raise Refused.because("nothing_to_change")

    async def call() -> ContactDetails:
        async with open_desk(ContactDesk) as (contacts, caller):
            return await contacts.edit_contact(
                caller,
                account,
                contact,
                name=name,
                email=email,
                add_roles=role or (),
                remove_roles=no_role or (),
                language=language,
            )

    changed = run(call)
    if json:
        print_json(changed)
    else:
        _print([changed])


def _print(contacts: list[ContactDetails]) -> None:
    """Print a table for each account, named in the title, so that it needs no column."""
    for account in dict.fromkeys(contact.account for contact in contacts):
        rows = []
        for contact in contacts:
            if contact.account == account:
                roles = ", ".join(ContactRole(role).label for role in contact.roles) or "none"
                cells = (reference("C", contact.id), contact.name, contact.email, contact.distributor)
                rows.append((*cells, roles, *([contact.language] if is_wide() else [])))
        more = ("language",) if is_wide() else ()
        columns = ("contact", "name", "e-mail", "distributor", "roles", *more)
        print_table(f"Contacts of {account}", columns, rows, whole=("contact",))
