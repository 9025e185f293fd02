import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import yaml
from compose_spec import PyCompose, parse_duration
from typer.main import get_command

import worker
from sandbox.up import Plan
from starter.cli.commands import app
from telemetry.watchdog import SECONDS_TO_LOG
from tests.deploy.composition import (
    FILLED_IN,
    ROOT,
    VARIABLE,
    Missing,
    awaited,
    one_shots,
    read,
    services,
)

OURS = {"migrate", "portal", "worker"}
SECRET_NAME = re.compile(r"PASSWORD|_PWD$|SECRET_KEYS|API_KEY|SMTP_URL|DATABASE_URL")


def test_composition_follows_the_compose_specification() -> None:
    filled_in = yaml.safe_load(read(FILLED_IN))
    PyCompose.from_yaml(yaml.safe_dump(filled_in)).validate()


def test_everything_that_is_referred_to_is_defined() -> None:
    filled_in = yaml.safe_load(read(FILLED_IN))
    for service in filled_in["services"].values():
        assert set(service.get("depends_on", {})) <= set(filled_in["services"])
        for mount in service.get("volumes", []):
            source = mount.split(":")[0]
            if source.startswith("."):
                assert (ROOT / source).exists(), source
                assert mount.endswith(":ro"), "what comes from the checkout is only read"
            else:
                assert source in filled_in["volumes"]


@pytest.mark.parametrize("name", FILLED_IN)
def test_it_does_not_start_without_a_password_or_a_mail_server(name: str) -> None:
    with pytest.raises(Missing, match=f"{name}: set it in .env"):
        services({other: value for other, value in FILLED_IN.items() if other != name})


def test_no_password_is_in_the_file() -> None:
    everything_else = services(
        {name: "" if name in FILLED_IN else "x" for name in FILLED_IN} | dict(FILLED_IN)
    )
    for service in everything_else.values():
        for name, value in service.get("environment", {}).items():
            if SECRET_NAME.search(name) and value is not None:
                assert any(secret in value for secret in FILLED_IN.values()), name


def test_images_are_pinned_and_supported() -> None:
    for name, service in services().items():
        image = service["image"]
        repository, _, tag = image.partition(":")
        assert repository != "temporalio/auto-setup", "no longer released"
        assert "." not in repository.split("/")[0], "no registry is named"
        if name not in OURS:
            assert re.search(r"\d", tag), image
    server, tools = services()["temporal"]["image"], services()["temporal-schema"]["image"]
    assert server.partition(":")[2] == tools.partition(":")[2], "the schema is that of the server"


def test_every_service_comes_back_or_runs_once() -> None:
    found = services()
    assert one_shots(found) == {"temporal-schema", "temporal-namespace", "migrate"}
    for name, service in found.items():
        once = name in one_shots(found)
        assert service["restart"] == ("no" if once else "unless-stopped"), name
        assert once == ("healthcheck" not in service), name


@pytest.mark.covers("W8")
def test_a_worker_starts_last_on_migrated_tables_and_a_ready_namespace() -> None:
    found = services()
    assert awaited("worker", found) == {
        "postgres",
        "temporal-schema",
        "temporal",
        "temporal-namespace",
        "migrate",
    }
    for service in found.values():
        for other, wait in service.get("depends_on", {}).items():
            expected = "service_completed_successfully" if other in one_shots(found) else "service_healthy"
            assert wait["condition"] == expected


@pytest.mark.covers("W8")
def test_any_number_of_workers_can_run() -> None:
    assert {"container_name", "ports", "hostname"}.isdisjoint(services()["worker"])


@pytest.mark.covers("W1")
def test_a_stopping_worker_may_finish_its_steps_or_be_ended_by_its_watchdog() -> None:
    longest = worker.GRACE + worker.MARGIN + timedelta(seconds=SECONDS_TO_LOG)
    assert timedelta(seconds=parse_duration(services()["worker"]["stop_grace_period"])) > longest
    assert timedelta(seconds=Plan.worker_stop_seconds) > longest


def test_our_containers_have_no_rights_that_they_do_not_need() -> None:
    for name in OURS:
        service = services()[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]


def test_what_asks_nobody_who_they_are_is_open_to_this_machine_only() -> None:
    for service in services().values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_migrations_run_by_a_command_that_exists() -> None:
    program, *words = services()["migrate"]["command"]
    assert program == "esim-orders"
    found = get_command(app)
    for word in words:
        found = getattr(found, "commands")[word]  # noqa: B009  groups have them, commands do not
    assert found.help


def test_our_services_use_the_databases_that_are_made() -> None:
    made = set(
        re.findall(
            r"^CREATE DATABASE (\w+) OWNER \1;", (ROOT / "deploy/postgres/databases.sql").read_text(), re.M
        )
    )
    found = services()
    temporal = found["temporal"]["environment"]
    inventory = urlsplit(found["worker"]["environment"]["ESIM_DATABASE_URL"])
    assert (temporal["DBNAME"], temporal["VISIBILITY_DBNAME"]) == (
        temporal["POSTGRES_USER"],
        temporal["VISIBILITY_POSTGRES_USER"],
    )
    assert inventory.path == f"/{inventory.username}"
    assert made == {temporal["DBNAME"], temporal["VISIBILITY_DBNAME"], inventory.username}
    assert inventory.hostname == temporal["POSTGRES_SEEDS"]
    assert inventory.hostname in found


def test_variables_are_written_in_a_way_that_every_compose_understands() -> None:
    text = (ROOT / "docker-compose.temporal.yml").read_text()
    assert text.count("${") == len(VARIABLE.findall(text)), "${NAME:-default} or ${NAME:?set it in .env}"


@pytest.mark.covers("W8")
def test_our_containers_are_asked_where_they_answer() -> None:
    found = services()
    environment = found["worker"]["environment"]
    ports = {
        "worker": environment["ESIM_HEALTH_ADDRESS"].split(":")[1],
        "portal": environment["ESIM_PORTAL_PORT"],
    }
    for name, port in ports.items():
        program, option, command = found[name]["healthcheck"]["test"][1:]
        assert (program, option) == ("python", "-c")
        assert f"http://127.0.0.1:{port}/health/ready" in command
