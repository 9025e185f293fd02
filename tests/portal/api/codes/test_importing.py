"""A code is imported over HTTP, from a file or as text (A15, F34, F62)."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from starlette.routing import Mount

from models.people.callers import Role
from portal.api.app import PREFIX
from portal.http.forms import Incoming
from portal.http.limits import LARGE, SMALL
from qr import draw
from qr.intake import LARGEST_UPLOAD
from starter.desks import Desks
from tests.builders import OPERATOR
from tests.callers.world import Known
from tests.models.codes.wrappers import ways
from tests.portal.api.keys import Keyring
from tests.qr_world import code

pytestmark = pytest.mark.covers("A15")
_AS_TEXT = "/sims/S-3/qr-code/import"
_AS_FILE = "/sims/S-3/qr-code/import-file"


def _file(content: bytes, name: str = "code.png") -> dict[str, tuple[str, bytes]]:
    return {"file": (name, content)}


async def test_a_code_as_text_becomes_the_code_of_the_sim_and_ends_its_request(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    headers = await keys.of()

    answer = await api.post(_AS_TEXT, json={"activation_code": str(code(3))}, headers=headers)

    assert answer.status_code == 200
    imported = answer.json()
    assert (imported["sim"], imported["changed"], imported["request"]) == ("S-3", True, acme.request)
    assert imported["version"]["number"] == 1
    assert imported["version"]["file_type"] == "typed"
    assert "QR-SECRET" not in answer.text
    request = await api.get(f"/qr-requests/{acme.request}", headers=headers)
    assert request.json()["status"] == "imported"
    again = await api.post(_AS_TEXT, json={"activation_code": str(code(3))}, headers=headers)
    assert again.json()["changed"] is False


async def test_a_new_code_ends_the_links_to_the_one_before(
    api: httpx.AsyncClient, keys: Keyring, acme: Known
) -> None:
    answer = await api.post(
        f"/sims/{acme.esim}/qr-code/import",
        json={"activation_code": str(code(4))},
        headers=await keys.of(),
    )

    imported = answer.json()
    assert (imported["version"]["number"], imported["replaced"], imported["dead_links"]) == (2, 1, 1)


@pytest.mark.covers("F34")
async def test_a_picture_is_read_and_its_code_becomes_that_of_the_sim(
    api: httpx.AsyncClient, keys: Keyring, desks: Desks
) -> None:
    answer = await api.post(_AS_FILE, files=_file(draw.png(code(3))), headers=await keys.of())

    assert answer.status_code == 200, answer.text
    assert answer.json()["version"]["file_type"] == "png"
    assert (await desks.codes.show(OPERATOR, "S-3")).code == code(3)


@pytest.mark.covers("R8")
async def test_the_confirmation_code_comes_with_the_code_and_is_shown_with_it_alone(
    api: httpx.AsyncClient, keys: Keyring
) -> None:
    headers = await keys.of()
    asks = code(3, tail="$$1")

    as_file = await api.post(
        _AS_FILE, files=_file(draw.png(asks)), data={"confirmation_code": "FIRST-4711"}, headers=headers
    )
    shown = await api.post("/sims/S-3/qr-code/show", headers=headers)
    as_text = await api.post(
        _AS_TEXT, json={"activation_code": str(asks), "confirmation_code": "SECOND-0815"}, headers=headers
    )
    later = await api.post("/sims/S-3/qr-code/show", headers=headers)
    wrong = await api.post(
        _AS_TEXT, json={"activation_code": str(asks), "confirmation_code": "9" * 65}, headers=headers
    )

    assert (as_file.status_code, as_text.status_code) == (200, 200), (as_file.text, as_text.text)
    assert shown.json()["confirmation_code_required"] is True
    assert [each.json()["confirmation_code"] for each in (shown, later)] == ["FIRST-4711", "SECOND-0815"]
    assert (wrong.status_code, wrong.json()["code"]) == (422, "confirmation_code_invalid")
    history = await api.get("/sims/S-3/qr-code/history", headers=headers)
    for answer in (as_file, as_text, wrong, history):
        assert not any(secret in answer.text for secret in ("FIRST-4711", "SECOND-0815", "QR-SECRET"))


@pytest.mark.covers("R1", "R2", "R3")
async def test_whatever_text_holds_the_code_is_taken(
    api: httpx.AsyncClient, keys: Keyring, desks: Desks
) -> None:
    headers = await keys.of()
    for number, name in enumerate(sorted(ways(code(3))), 100):
        text = ways(code(number))[name]

        answer = await api.post(_AS_TEXT, json={"activation_code": text}, headers=headers)

        assert answer.status_code == 200, f"{name}: {answer.text}"
        assert answer.json()["warnings"] == [], name
        assert (await desks.codes.show(OPERATOR, "S-3")).code == code(number), name


@pytest.mark.covers("R4", "R5", "F62")
async def test_small_letters_are_warned_of_and_make_no_second_code_of_one(
    api: httpx.AsyncClient, keys: Keyring
) -> None:
    headers = await keys.of()
    small = str(code(3)).replace("QR-SECRET", "qr-secret")

    answer = await api.post(_AS_TEXT, json={"activation_code": small}, headers=headers)
    shown = await api.post("/sims/S-3/qr-code/show", headers=headers)
    elsewhere = await api.post(
        "/sims/S-1/qr-code/import", json={"activation_code": str(code(3))}, headers=headers
    )

    assert [warning for warning in answer.json()["warnings"] if "small letters" in str(warning)]
    assert shown.json()["activation_code"] == small
    assert elsewhere.json()["code"] == "code_on_another_sim"


@pytest.mark.covers("F62")
async def test_a_refused_file_and_the_code_of_another_sim_change_nothing_and_are_noted(
    api: httpx.AsyncClient, keys: Keyring
) -> None:
    headers = await keys.of()

    damaged = await api.post(_AS_FILE, files=_file(b"no picture"), headers=headers)
    others = await api.post(_AS_TEXT, json={"activation_code": str(code(1))}, headers=headers)
    wrong = await api.post(_AS_TEXT, json={"activation_code": "LPA:1$10.0.0.1$SECRET-ID"}, headers=headers)

    assert (damaged.status_code, damaged.json()["code"]) == (422, "file_type_mismatch")
    assert (others.status_code, others.json()["code"]) == (422, "code_on_another_sim")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "activation_code_invalid")
    assert "SECRET" not in wrong.text
    history = (await api.get("/sims/S-3/qr-code/history", headers=headers)).json()
    assert history["versions"] == []
    noted = [event["data"]["codes"] for event in history["events"] if event["type"] == "qr.import_refused"]
    assert noted == [["file_type_mismatch"], ["code_on_another_sim"], ["activation_code_invalid"]]


@pytest.mark.parametrize(
    "sent",
    [
        {"json": {"activation_code": "LPA:1$smdp.example.com$A"}},
        {"files": {"other": ("a.png", b"a")}},
        {"data": {"file": "no file"}},
        {"content": b"a", "headers": {"Content-Type": "image/png"}},
        {"content": b""},
    ],
)
async def test_without_a_file_the_answer_says_how_to_send_one(
    sent: dict[str, dict[str, str]], api: httpx.AsyncClient, keys: Keyring
) -> None:
    headers = await keys.of() | sent.get("headers", {})
    answer = await api.post(_AS_FILE, **sent | {"headers": headers})  # type: ignore[arg-type]

    assert (answer.status_code, answer.json()["code"]) == (422, "file_needed")
    assert "multipart/form-data" in answer.json()["detail"]


async def test_a_broken_form_is_a_problem_and_no_failure(api: httpx.AsyncClient, keys: Keyring) -> None:
    headers = await keys.of() | {"Content-Type": "multipart/form-data; boundary=x"}

    answer = await api.post(_AS_FILE, content=b"--x\r\nno part", headers=headers)

    assert answer.status_code == 422
    assert answer.json()["code"] in {"upload_unreadable", "file_needed"}


@pytest.mark.covers("S3")
async def test_a_file_of_megabytes_is_read_only_for_a_key_that_may_import_it(
    api: httpx.AsyncClient, keys: Keyring
) -> None:
    taken = 0

    async def content() -> AsyncIterator[bytes]:
        nonlocal taken
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
        for _ in range(LARGEST_UPLOAD // SMALL):
            taken += SMALL
            yield b"a" * SMALL
        yield b"\r\n--x--\r\n"

    form = {"Content-Type": "multipart/form-data; boundary=x"}
    without = await api.post(_AS_FILE, content=content(), headers=form)
    viewer = await api.post(_AS_FILE, content=content(), headers=form | await keys.of(Role.VIEWER))
    unknown = await api.post(
        "/sims/S-99/qr-code/import-file", content=content(), headers=form | await keys.of()
    )

    assert [each.status_code for each in (without, viewer, unknown)] == [401, 403, 404]
    assert taken <= 3 * 2 * SMALL
    owner = await api.post(_AS_FILE, content=content(), headers=form | await keys.of(Role.ADMINISTRATOR))
    assert (owner.status_code, owner.json()["code"]) == (422, "file_type_mismatch")


async def test_a_file_above_the_limit_is_refused_as_a_problem(api: httpx.AsyncClient, keys: Keyring) -> None:
    headers = await keys.of()

    large = await api.post(_AS_FILE, files=_file(b"a" * (LARGEST_UPLOAD + 1)), headers=headers)
    larger = await api.post(_AS_FILE, files=_file(b"a" * (LARGEST_UPLOAD * 2)), headers=headers)
    text = await api.post(_AS_TEXT, json={"activation_code": "a" * SMALL}, headers=headers)

    assert (large.status_code, large.json()["code"]) == (422, "file_too_large")
    assert (larger.status_code, text.status_code) == (413, 413)
    for answer in (large, larger, text):
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["request_id"] == answer.headers["Request-Id"]


async def test_a_key_that_sends_too_many_files_at_once_is_asked_to_wait(
    api: httpx.AsyncClient, app: FastAPI, keys: Keyring
) -> None:
    (mounted,) = (each.app for each in app.routes if isinstance(each, Mount) and each.path == PREFIX)
    assert isinstance(mounted, FastAPI)
    mounted.state.incoming = Incoming(most_of_one=0)

    crowded = await api.post(_AS_FILE, files=_file(draw.png(code(3))), headers=await keys.of())

    assert (crowded.status_code, crowded.json()["code"]) == (503, "busy")
    assert int(crowded.headers["Retry-After"]) > 0


def test_the_route_of_files_alone_takes_more_than_a_small_body() -> None:
    assert [path for path in LARGE if path.startswith("/api/v1/sims/")] == [
        "/api/v1/sims/{sim}/qr-code/import-file"
    ]
