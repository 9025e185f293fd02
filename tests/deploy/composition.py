"""The composition as `docker compose` would read it, and the other files that an operator is given."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
COMPOSE_FILE = ROOT / "docker-compose.temporal.yml"
ENV_EXAMPLE = ROOT / ".env.example"

FILLED_IN = {
    "POSTGRES_PASSWORD": "first",
    "TEMPORAL_PASSWORD": "second",
    "VISIBILITY_PASSWORD": "third",
    "INVENTORY_PASSWORD": "fourth",
    "ESIM_SMTP_URL": "smtp://orders:fifth@mail.example:587",
    "ESIM_MAIL_FROM": "Orders <orders@shop.example>",
    "ESIM_SECRET_KEYS": "sixth",
}
"""What .env must hold; everything else has a default."""

VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<text>[^}]*))?\}")


class Missing(Exception):
    """A required value is not in .env."""


def read(values: Mapping[str, str]) -> str:
    """The composition with the values of .env filled in. Raises `Missing`."""

    def value(found: re.Match[str]) -> str:
        name, kind, text = found["name"], found["kind"], found["text"]
        if values.get(name):
            return values[name]
        if kind == "-":
            return text
        raise Missing(f"{name}: {text}")

    return VARIABLE.sub(value, COMPOSE_FILE.read_text())


def services(values: Mapping[str, str] = FILLED_IN) -> dict[str, dict[str, Any]]:
    """The services, by name."""
    found: dict[str, dict[str, Any]] = yaml.safe_load(read(values))["services"]
    return found


def awaited(name: str, all_services: dict[str, dict[str, Any]]) -> set[str]:
    """Every service that must have started, or ended well, before this one starts."""
    direct = set(all_services[name].get("depends_on", {}))
    return direct.union(*(awaited(other, all_services) for other in direct))


def one_shots(all_services: dict[str, dict[str, Any]]) -> set[str]:
    """Services whose end others wait for."""
    return {
        name
        for service in all_services.values()
        for name, wait in service.get("depends_on", {}).items()
        if wait["condition"] == "service_completed_successfully"
    }
