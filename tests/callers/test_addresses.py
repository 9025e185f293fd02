"""Wherever an address can be entered, one that cannot be written to is refused, by the same code."""

import inspect
import re
from collections.abc import Awaitable, Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import BaseModel

from models.catalogue import file
from models.errors import Refused
from models.fleet import file as fleet_file
from models.imports import RowNote
from models.licences import file as number_file
from models.people.addresses import can_be_written_to
from models.people.callers import Caller
from models.travel import subscriber_file
from settings import Settings
from starter.cli.commands import app
from starter.codes.drafts import QrEmailDraft, QrRequestDraft
from starter.desks import Desks
from tests.builders import ACCOUNT, OPERATOR, Cells, as_csv, item, line, run
from tests.callers.test_strangers import FUNCTIONS, _calls, _desks
from tests.callers.walk import answered
from tests.callers.world import KEYS, NO_TEMPORAL, Known, who
from tests.qr_world import codes_of
from tests.starter.licences.files import number_row
from tests.starter.shell import Shell
from worker import _mailer

REFUSED = "email_invalid"
ANA = "ana@acme.example"
ODD = [
    "=?utf-8?q?a=0D=0A?=@b.example",
    "=?utf-8?b?DQo=?=@b.example",
    "a=?b@b.example",
    "nobody",
    "a@",
    "@b.example",
    "a b@b.example",
    '"a b"@b.example',
    "a@b@c.example",
    "a@b.example, c@d.example",
    "A <a@b.example>",
    "a@b.example>",
    "a..b@b.example",
    f"a@{'b' * 64}.example",
    "a@[127.0.0.1]",
    "a@b_c.example",
]
"""What no entry takes, in characters that every surface lets through."""
BREAKING = [
    f"{before}a@b.example{after}"
    for written in ("\r", "\n", "\r\nBcc: c@d.example", "\0", "\x85", "\u2028", "\u202e", "\t", "\ud800")
    for before, after in ((written, ""), ("", written))
]
"""Line breaks and other controls, at either end too."""
ALIKE = re.compile("mail|address|contact|employee|user|^to$|^cc$|^who$|^person$|manager|sender")
"""How an argument is called that may be an address."""

Call = Callable[[Desks, Caller, Known, str], Awaitable[Any]]
WRITTEN_TO: dict[str, Call] = {
    "UserDesk.create_user email": lambda d, c, _, to: d.users.create_user(c, ACCOUNT, "New", to),
    "ContactDesk.add_contact email": lambda d, c, _, to: d.contacts.add_contact(
        c, ACCOUNT, "Telvia", "New", to
    ),
    "ContactDesk.edit_contact email": lambda d, c, k, to: d.contacts.edit_contact(
        c, None, k.contact, email=to
    ),
    "AccountDesk.create contact": lambda d, c, _, to: d.accounts.create(c, "New", contact=to),
    "AccountDesk.set_contact email": lambda d, c, _, to: d.accounts.set_contact(c, ACCOUNT, to),
    "FleetEditDesk.set_employee employee": lambda d, c, k, to: d.edits.set_employee(
        c, [k.line], to, name="New"
    ),
    "QrDesk.notify to": lambda d, c, k, to: d.codes.notify(c, k.esim, to),
    "QrDesk.preview draft.cc": lambda d, c, _, to: d.codes.preview(c, QrRequestDraft(sim="S-3", cc=(to,))),
    "QrDesk.request draft.cc": lambda d, c, _, to: d.codes.request(c, QrRequestDraft(sim="S-3", cc=(to,))),
    "AccountDesk.edit contact_email": lambda d, c, _, to: d.accounts.edit(c, ACCOUNT, contact_email=to),
    "QrDesk.send_again email.cc": lambda d, c, k, to: d.codes.send_again(
        c, k.request, QrEmailDraft(cc=(to,))
    ),
    "AgentDesk.create_agent email": lambda d, c, _, to: d.agents.create_agent(c, ACCOUNT, "New", to),
    "AgentDesk.edit_agent email": lambda d, c, k, to: d.agents.edit_agent(c, k.agent, email=to),
    "EmployeeDesk.add_employee email": lambda d, c, _, to: d.employees.add_employee(c, ACCOUNT, "New", to),
    "EmployeeDesk.edit_employee email": lambda d, c, k, to: d.employees.edit_employee(
        c, k.employee, email=to
    ),
    "SubscriberDesk.add_subscriber email": lambda d, c, _, to: d.subscribers.add_subscriber(
        c, ACCOUNT, "New", "+12125550099", "basic", email=to
    ),
    "SubscriberDesk.edit_subscriber email": lambda d, c, k, to: d.subscribers.edit_subscriber(
        c, k.subscriber, email=to
    ),
}
"""Every argument of a desk that is an address which mails will go to."""
FOUND_BY = {
    "AccountDesk.edit sender_name",
    "ContactDesk.edit_contact contact",
    "UserDesk.set_role user",
    "UserDesk.user user",
    "UserDesk.edit_user user",
    "ApiKeyDesk.create user",
    "ContactDesk.contact contact",
    "ContactDesk.open_links contact",
    "ContactDesk.remove_contact contact",
    "EmployeeDesk.employee employee",
    "EmployeeDesk.edit_employee employee",
    "EmployeeDesk.remove_employee employee",
    "UserDesk.set_user_language user",
    "UserDesk.activate_user user",
    "UserDesk.deactivate_user user",
    "QrDesk.preview draft.contacts",
    "QrDesk.request draft.contacts",
    "QrDesk.send_again email.contacts",
    "erase who",
    "MailLogDesk.mails to",
    "MailedDesk.invite user",
    "MailedDesk.forgot email",
    "SignInDesk.sign_in email",
    "OpenIdDesk.unlink user",
    "InventoryDesk.rows query.employee",
    "InventoryDesk.counted query.employee",
    "InventoryDesk.csv query.employee",
    "InventoryDesk.why_not user",
    "SavedViewDesk.save query.employee",
    "BulkDesk.preview bulk.employee",
    "BulkDesk.confirm bulk.employee",
}
"""Arguments that only name a record which there is, or a name that is shown."""


def _arguments() -> Iterator[str]:
    """Each argument of each call of a desk that may be an address; of a draft each of its fields."""
    desks = _desks().items()
    calls = {f"{desk_name}.{name}": call for desk_name, desk in desks for name, call in _calls(desk).items()}
    for name, call in (calls | FUNCTIONS).items():
        for argument in inspect.signature(call).parameters.values():
            kind = argument.annotation
            if inspect.isclass(kind) and issubclass(kind, BaseModel) and kind is not Settings:
                fields = (field for field in kind.model_fields if ALIKE.search(field))
                yield from (f"{name} {argument.name}.{field}" for field in fields)
            elif "str" in str(kind) and ALIKE.search(argument.name):
                yield f"{name} {argument.name}"


@pytest.mark.covers("S2")
def test_every_argument_of_a_desk_that_may_be_an_address_is_known_here() -> None:
    found = set(_arguments())
    assert found == set(WRITTEN_TO) | FOUND_BY
    assert len(WRITTEN_TO) == 17


@pytest.mark.covers("S2", "F29", "F56")
async def test_no_desk_takes_an_address_that_cannot_be_written_to(desks: Desks, acme: Known) -> None:
    for name, call in WRITTEN_TO.items():
        caller = await who(desks.database, ANA) if name.startswith("QrDesk.") else OPERATOR
        for odd in (*ODD, *BREAKING):
            with pytest.raises(Refused) as refused:
                await call(desks, caller, acme, odd)
            assert REFUSED in _reasons(refused.value), (name, odd)
        _, said = await answered(call(desks, caller, acme, "new.person@client.example"))
        assert REFUSED not in said, name


def _reasons(refused: Refused) -> set[str]:
    """The codes of all reasons, and of the problems of a record's fields."""
    notes = [refusal for refusal in refused.refusals if isinstance(refusal, RowNote)]
    return {refusal.code for refusal in refused.refusals} | {
        problem.reason.code for note in notes for problem in note.problems
    }


@pytest.mark.covers("S2")
@pytest.mark.parametrize("odd", [*ODD, *BREAKING])
def test_what_no_entry_takes_no_mail_is_sent_to(odd: str) -> None:
    assert not can_be_written_to(odd)


FILES: dict[Callable[..., Any], tuple[tuple[str, ...], Callable[..., Cells]]] = {
    fleet_file.parse_fleet: ((*fleet_file.COLUMNS, *fleet_file.OPTIONAL), line),
    number_file.parse_numbers: ((*number_file.COLUMNS, *number_file.OPTIONAL), number_row),
    file.parse_catalogue: ((*file.COLUMNS, *file.OPTIONAL), item),
    subscriber_file.parse_subscribers: (
        (*subscriber_file.COLUMNS, *subscriber_file.OPTIONAL),
        lambda **changes: {"name": "Rosa", "phone": "+12125550001", "plan": "basic", **changes},
    ),
}


@pytest.mark.covers("S2")
@pytest.mark.parametrize("parse", FILES)
def test_no_column_takes_an_address_that_cannot_be_written_to(parse: Callable[..., Any]) -> None:
    columns, row = FILES[parse]
    found = [column for column in columns if "mail" in column or "address" in column]
    assert found
    for column, odd in product(found, ODD):
        with pytest.raises(Refused) as refused:
            parse(as_csv(row(**{column: odd})))
        (note,) = refused.value.refusals
        assert isinstance(note, RowNote)
        assert [(problem.column, problem.reason.code) for problem in note.problems] == [(column, REFUSED)]


@pytest.mark.covers("S2")
@pytest.mark.parametrize("odd", [odd for odd in (*ODD, *BREAKING) if "<" not in odd])
def test_no_worker_starts_with_a_sender_that_cannot_be_written_to(odd: str) -> None:
    for written in (odd, f"eSIM orders <{odd}>"):
        with pytest.raises(Refused) as refused:
            _mailer(Settings(mail_from=written))
        assert codes_of(refused) == ["mail_settings_invalid"]
        assert "b.example" not in str(refused.value)


ACME = ("--account", ACCOUNT)
COMMANDS: dict[str, tuple[str, ...]] = {
    "account create --contact": ("account", "create", "New", "--contact", "{}"),
    "account set-contact email": ("account", "set-contact", ACCOUNT, "{}"),
    "fleet set-employee --employee": ("fleet", "set-employee", "L-1", "--employee", "{}", "--name", "New"),
    "user create email": ("user", "create", "New", "{}", *ACME),
    "contact add email": ("contact", "add", "New", "{}", *ACME, "--distributor", "Telvia"),
    "contact edit --email": ("contact", "edit", "C-1", "--email", "{}"),
    "qr request --cc": ("qr", "request", "S-3", "--user", ANA, "--cc", "{}", "--yes"),
    "qr import --notify": ("qr", "import", "S-1", "no-such.png", "--notify", "{}"),
    "qr notify --to": ("qr", "notify", "S-1", "--to", "{}"),
    "agent create --email": ("agent", "create", "New", "--email", "{}", *ACME),
    "agent edit --email": ("agent", "edit", "AG-1", "--email", "{}"),
    "travel subscriber add --email": (
        *("travel", "subscriber", "add", "New", "--phone", "+12125550099", "--plan", "basic"),
        *("--email", "{}", *ACME),
    ),
    "travel subscriber edit --email": ("travel", "subscriber", "edit", "SB-1", "--email", "{}"),
}
"""Every argument and option of the command line that is an address which mails will go to."""
CHOOSES = {
    *("audit --about", "audit --actor", "audit --address"),
    *("qr request --to", "contact edit contact", "person erase who", "fleet set-employee --name"),
    *("agent edit agent", "agent deactivate agent", "agent activate agent"),
    *("number list --agent", "number change-user agent"),
    *("travel subscriber list find", "travel subscriber show subscriber", "travel find --subscriber"),
    "travel subscriber edit subscriber",
    *("travel add-line subscriber", "travel lines --subscriber"),
}
"""Those that only name a record, or whom an address belongs to; so does every argument `user`."""


def _parameters(command: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Each argument and option of each command that may be an address."""
    if group := getattr(command, "commands", None):
        for name, below in group.items():
            yield from _parameters(below, (*path, name))
        return
    for parameter in command.params:
        told = f"{parameter.name} {parameter.metavar} {getattr(parameter, 'help', '')}"
        if parameter.name != "user" and re.search(r"(?i)\baddress|\bemail\b|e-mail address", told):
            yield " ".join((*path, parameter.opts[0]))


@pytest.mark.covers("S2")
def test_every_option_of_the_command_line_that_may_be_an_address_is_known_here() -> None:
    found = set(_parameters(typer.main.get_command(app)))
    assert found - set(COMMANDS) - CHOOSES == set()
    assert set(COMMANDS) | CHOOSES <= found


@pytest.fixture
def shell(database_url: str, tmp_path: Path) -> Shell:
    """With keys for codes, and without Temporal."""
    return Shell(tmp_path, database_url, {"ESIM_SECRET_KEYS": KEYS, "ESIM_TEMPORAL_ADDRESS": NO_TEMPORAL})


@pytest.mark.covers("S2")
@pytest.mark.parametrize("name", COMMANDS)
async def test_no_command_takes_an_address_that_cannot_be_written_to(
    name: str, desks: Desks, shell: Shell
) -> None:
    before = await _addresses(desks)
    for odd in ODD[:4]:
        said = shell.run(*(word.replace("{}", odd) for word in COMMANDS[name]), code=2)
        assert "This is not an e-mail address." in said.err
        assert odd not in said.out + said.err, "no refusal repeats what was entered"
    assert await _addresses(desks) == before


async def _addresses(desks: Desks) -> list[Any]:
    """Every address that is stored."""
    columns = [
        ("users", "email"),
        ("contacts", "email"),
        ("employees", "email"),
        ("accounts", "contact_email"),
        ("agents", "email"),
        ("subscribers", "email"),
    ]
    columns += [("qr_notifications", "address"), ("qr_email_texts", "array_to_string(cc, ' ')")]
    found = []
    for table, column in columns:
        found += [str(row[0]) for row in await run(desks.database, f"SELECT {column} FROM {table}")]
    return sorted(found)
