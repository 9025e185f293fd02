"""What the client does when calls are lost, refused or too many (A4, A8)."""

import asyncio
import time
from collections.abc import Callable

import pytest

from esim_orders_client import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    CallTimedOutError,
    ConfigurationError,
    ConnectionFailedError,
    EsimOrders,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    RefusedError,
    ServerError,
    UnavailableError,
    UnexpectedAnswerError,
    models,
)
from models.people.callers import Role
from tests.callers.world import BOLT, Known
from tests.client.conftest import Here, text_of
from tests.client.faults import LOST, RESET, refused
from tests.portal.api.keys import Keyring

pytestmark = pytest.mark.covers("W4")
WAIT = refused(503, "Retry-After: 0")


def contact(client: EsimOrders, name: str, key: str | None = None) -> models.Contact:
    return client.contacts.add(
        name=name, email="desk@telvia.example", distributor="Telvia", roles=["esim_qr_code"], key=key
    )


@pytest.mark.parametrize(
    "fault",
    [RESET, LOST, WAIT, refused(429, "Retry-After: 0"), refused(502), refused(504)],
    ids=["reset", "lost", "503", "429", "502", "504"],
)
async def test_a_call_that_is_lost_is_repeated_with_its_key_and_done_once(
    here: Here, fault: str | bytes
) -> None:
    here.between.faults = [fault, fault]
    made = await here.waits(lambda client: contact(client, "Desk"))
    assert len(here.between.heads) == 3
    sent = here.between.sent("idempotency-key")
    assert len(sent) == 3
    assert len(set(sent)) == 1
    found = await here.waits(
        lambda client: [each for each in client.contacts.iterate() if each.id == made.id]
    )
    assert [each.email for each in found] == ["desk@telvia.example"]


async def test_asyncio_repeats_too(here: Here) -> None:
    here.between.faults = [RESET, LOST, WAIT]
    async with here.asynchronous() as client:
        made = await client.contacts.add(
            name="Desk",
            email="desk@telvia.example",
            distributor="Telvia",
            roles=["esim_qr_code"],
            key="desk-1",
        )
        again = await client.contacts.add(
            name="Desk",
            email="desk@telvia.example",
            distributor="Telvia",
            roles=["esim_qr_code"],
            key="desk-1",
        )
    assert made == again
    assert here.between.sent("idempotency-key") == ["desk-1"] * 5


async def test_a_secret_is_not_rotated_twice_for_a_lost_answer(here: Here) -> None:
    """It is repeated with the same key: what did not arrive is done, and what was done is refused."""
    made = await here.waits(lambda client: client.webhooks.make(url="https://1.1.1.1/hooks"))
    here.between.faults = [RESET, refused(503, "Retry-After: 0")]
    rotated = await here.waits(lambda client: client.webhooks.rotate(made.id, key="rotate-1"))
    assert rotated.secret != made.secret
    assert rotated.secret not in repr(rotated)
    here.between.faults = [LOST]
    with pytest.raises(RefusedError) as refusal:
        await here.waits(lambda client: client.webhooks.rotate(made.id, key="rotate-2"))
    assert refusal.value.code == "webhook_rotated"
    assert here.between.sent("idempotency-key")[1:] == ["rotate-1"] * 3 + ["rotate-2"] * 2
    events = await here.waits(lambda client: list(client.events.iterate(type=["webhook.rotated"])))
    assert len(events) == 2


async def test_a_deletion_whose_answer_is_lost_is_done(here: Here) -> None:
    """The second try finds nothing to delete: the first has deleted it."""

    def delete(name: str, *faults: str | bytes) -> Callable[[EsimOrders], None]:
        def ask(client: EsimOrders) -> None:
            made = client.groups.create(name=name)
            here.between.faults = list(faults)
            client.groups.delete(made.id)
            assert made.id not in [each.id for each in client.groups.iterate()]

        return ask

    await here.waits(delete("Lost", LOST))
    await here.waits(delete("Lost twice", LOST, refused(503, "Retry-After: 0"), LOST))
    async with here.asynchronous() as client:
        made = await client.groups.create(name="Also lost")
        here.between.faults = [LOST]
        await client.groups.delete(made.id)


@pytest.mark.parametrize("before", [None, refused(429, "Retry-After: 0")], ids=["at once", "after a 429"])
async def test_a_deletion_of_what_is_not_there_is_an_error(here: Here, before: bytes | None) -> None:
    here.between.faults = [before] if before else []
    with pytest.raises(NotFoundError):
        await here.waits(lambda client: client.groups.delete("G-999"))
    here.between.faults = [LOST, refused(404, body="<html>")]  # of a proxy, that knows nothing of groups
    with pytest.raises(NotFoundError):
        await here.waits(lambda client: client.groups.delete("G-999"))


async def test_two_calls_have_two_keys_and_a_dry_run_none(here: Here) -> None:
    def ask(client: EsimOrders) -> None:
        for name in ("One", "Two"):
            client.agents.create(name=name, email=f"{name}@acme.example")
        order = models.SwapBody(kind="switch_to_esim", line="+33639980002", discard_confirmed=True)
        assert client.orders.place(order, dry_run=True) == models.Accepted(accepted=True)

    await here.waits(ask)
    assert len(set(here.between.sent("idempotency-key"))) == 2
    assert len(here.between.heads) == 3


async def test_retry_after_is_kept(here: Here) -> None:
    here.between.faults = [refused(503, "Retry-After: 1")]
    began = time.monotonic()
    await here.waits(lambda client: client.account.get())
    assert time.monotonic() - began > 1


async def test_a_client_gives_up_after_its_retries(here: Here) -> None:
    here.between.faults = [WAIT] * 2
    with pytest.raises(UnavailableError) as error:
        await here.waits(lambda client: client.account.get(), max_retries=1)
    assert error.value.status == 503
    assert error.value.retry_after == 0
    assert len(here.between.heads) == 2
    here.between.faults = [RESET]
    with pytest.raises(ConnectionFailedError):
        await here.waits(lambda client: client.account.get(), max_retries=0)


async def test_a_long_wait_is_left_to_the_caller(here: Here) -> None:
    here.between.faults = [refused(429, "Retry-After: 3600")]
    with pytest.raises(RateLimitedError) as error:
        await here.waits(lambda client: client.account.get())
    assert error.value.retry_after == 3600


async def test_an_answer_that_does_not_come_times_out() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    with (
        EsimOrders(address, "esim_test_x", timeout=0.2, max_retries=0) as client,
        pytest.raises(CallTimedOutError),
    ):
        await asyncio.to_thread(client.account.get)
    server.close()
    await server.wait_closed()


async def test_other_refusals_are_not_repeated(here: Here) -> None:
    for status, kind in ((500, ServerError), (405, ApiError)):
        here.between.faults = [refused(status, body="<html>")]
        with pytest.raises(kind) as error:
            await here.waits(lambda client: client.account.get())
        assert f"{status}" in str(error.value)
    here.between.faults = [refused(200, body="<html>")]
    with pytest.raises(UnexpectedAnswerError):
        await here.waits(lambda client: client.account.get())
    assert len(here.between.heads) == 3


async def test_each_refusal_has_its_class_and_says_why(here: Here, keys: Keyring, acme: Known) -> None:
    viewer = text_of(await keys.of(Role.VIEWER))

    def ask(client: EsimOrders) -> None:
        with pytest.raises(NotFoundError) as missing:
            client.lines.get("L-999")
        assert missing.value.codes == ["unknown_line"]
        assert missing.value.type.endswith("/problems/unknown_line")
        assert missing.value.request_id is not None
        assert missing.value.request_id in str(missing.value)
        with pytest.raises(BadRequestError) as bad:
            client.lines.list(cursor="x")
        assert bad.value.code == "page_cursor_invalid"
        with pytest.raises(RefusedError) as field:
            client.users.create(name="", email="x@acme.example")
        assert field.value.pointers == ["/name"]
        assert field.value.title
        with pytest.raises(RefusedError) as rule:
            client.contacts.add(name="A", email="no address", distributor="Telvia", roles=["order"])
        assert rule.value.refusals[0].sentence
        with pytest.raises(AuthenticationError), EsimOrders(here.address, "esim_test_unknown") as other:
            other.account.get()
        with pytest.raises(PermissionDeniedError) as denied, EsimOrders(here.address, viewer) as other:
            other.api_keys.list()
        assert denied.value.refusals[0].parameters

    await here.waits(ask)


async def test_sentences_are_in_the_language_of_the_client(here: Here) -> None:
    for language, word in (("en", "line"), ("fr", "ligne")):
        with pytest.raises(NotFoundError) as missing:
            await here.waits(lambda client: client.lines.get("L-999"), language=language)
        assert word in missing.value.detail


async def test_a_platform_key_names_the_account_for_each_client(here: Here, keys: Keyring) -> None:
    platform = text_of(await keys.of_platform())

    def ask() -> list[str]:
        with EsimOrders(here.address, platform, account="A-1", remember=10) as client:
            other = client.on_behalf_of(BOLT)
            return [each.account.get().name for each in (client, other, client)]

    first, second, third = await asyncio.to_thread(ask)
    assert (second, third) == (BOLT, first)
    assert first != BOLT


def test_a_client_needs_an_address_and_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("ESIM_ORDERS_URL", "ESIM_ORDERS_API_KEY"):
        monkeypatch.delenv(variable, raising=False)
    for arguments in (("https://portal.example",), (None, "key"), ("portal.example", "key")):
        with pytest.raises(ConfigurationError):
            EsimOrders(*arguments)
    monkeypatch.setenv("ESIM_ORDERS_URL", "https://portal.example/")
    monkeypatch.setenv("ESIM_ORDERS_API_KEY", "esim_live_secret")
    with EsimOrders() as client:
        shown = repr(client)
    assert "https://portal.example/api/v1" in shown
    assert "secret" not in shown


@pytest.mark.parametrize(
    "address",
    [
        "http://portal.example",
        "http://127.0.0.1.example:8090",
        "https://",
        "https:///api/v1",
        "https://portal.example:port",
        "https://[::1",
        "ftp://portal.example",
        "https://ana:sentinel@portal.example",
        "https://sentinel@portal.example",
        "https://portal.example/?sentinel",
        "https://portal.example/#sentinel",
    ],
)
def test_a_key_is_not_sent_to_what_is_no_portal_nor_in_clear(address: str) -> None:
    """Nor is the address repeated in the error, which is logged: a password may be in it."""
    with pytest.raises(ConfigurationError) as error:
        EsimOrders(address, "key")
    assert "sentinel" not in str(error.value)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_a_portal_of_this_machine_may_be_called_without_tls(host: str) -> None:
    with EsimOrders(f"http://{host}:8090", "key") as client:
        assert f"http://{host}:8090/api/v1" in repr(client)
    with EsimOrders("http://portal.mesh", "key", allow_http=True) as client:
        assert "http://portal.mesh/api/v1" in repr(client)


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_a_name_that_leads_to_another_path_is_not_sent(name: str) -> None:
    with EsimOrders("https://portal.example", "k") as client, pytest.raises(ValueError, match="order"):
        client.orders.get(name)
