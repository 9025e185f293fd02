"""Mail addresses of internal networks, which the internet does not know, where the operator allows them."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from models.errors import Refused
from models.people.addresses import allow_internal, parse_email, read_address
from settings import load
from store.session import Database
from tests.builders import ACCOUNT, world
from tests.starter.shell import Shell

INTERNAL = ["ana@mail.local", "ana@home.arpa", "ana@nas.home.arpa", "ana@local", "Ana@Mail.LOCAL"]


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    allow_internal(())


@pytest.mark.covers("R16")
@pytest.mark.parametrize("address", INTERNAL)
def test_an_internal_address_is_taken_where_its_domain_is_allowed(address: str) -> None:
    with pytest.raises(ValueError, match="not an e-mail address"):
        parse_email(address)
    load(mail_internal_domains="local, .internal,home.arpa")
    assert parse_email(address).lower() == address.lower()
    assert parse_email(address).endswith(address.rpartition("@")[2].lower())
    load(mail_internal_domains="")
    with pytest.raises(ValueError, match="not an e-mail address"):
        parse_email(address)


@pytest.mark.covers("R16")
@pytest.mark.parametrize(
    "address",
    ["ana@nolocal", "ana@x.home.arpa", "ana@local.", "ana@local.localhost", "@local", "a b@x.local"],
)
def test_no_other_address_is_taken_with_it(address: str) -> None:
    load(mail_internal_domains="local")
    with pytest.raises(ValueError, match="not an e-mail address"):
        parse_email(address)
    assert read_address("ana@esim.example").normalized == "ana@esim.example"
    assert parse_email("ana@corp.internal") == "ana@corp.internal"


@pytest.mark.parametrize("domains", ["local;internal", "ana@local", "-", "lo cal"])
def test_a_list_that_is_none_is_refused(domains: str) -> None:
    with pytest.raises(Refused, match="ESIM_MAIL_INTERNAL_DOMAINS"):
        load(mail_internal_domains=domains)


@pytest.mark.covers("R16")
async def test_a_user_of_an_internal_network_can_be_created(database: Database, shell: Shell) -> None:
    await world(database)
    create = ("user", "create", "Dora", "dora@corp.local", "--account", ACCOUNT, "--role", "viewer")
    refused = shell.run(*create, code=None)
    assert refused.code != 0
    assert "not an e-mail address" in refused.err
    inside = replace(shell, more={"ESIM_MAIL_INTERNAL_DOMAINS": "local,home.arpa"})
    inside.run(*create)
    assert "dora@corp.local" in inside.run("user", "list").out
