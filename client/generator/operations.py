"""The operations of the document, each with the name of its method."""

import keyword
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from client.generator.schemas import Schema

JSON = "application/json"
FORM = "multipart/form-data"
EVENTS = "text/event-stream"
NAMES = {
    "list_sim_actions": "actions",
    "list_line_actions": "actions",
    "enter_iccid": "enter_iccid",
    "report_processed": "processed",
    "enter_iccid_of_line": "enter_iccid",
    "set_employee": "set_employee",
    "set_groups": "set_groups",
    "set_reminders": "set_reminders",
    "show_qr_history": "qr_code_history",
    "import_qr_code": "import_qr_code",
    "import_qr_code_file": "import_qr_code_file",
    "show_qr_code": "show_qr_code",
    "notify_of_qr_code": "notify_of_qr_code",
    "give_licences_back": "give_back_many",
    "retry_held": "retry_many",
    "report_connection": "report_connection",
    "report_usage": "report_usage",
    "report_installation": "report_installation",
}
"""The methods whose names do not follow from method and path."""
_OF_METHODS = {"delete": "delete"}


@dataclass(frozen=True)
class Operation:
    """One operation of one resource."""

    method: str
    path: str
    about: Mapping[str, Any]
    parameters: list[Schema]

    @property
    def resource(self) -> str:
        """The attribute of the client: the first part of the path."""
        return self.path.split("/")[1].replace("-", "_")

    @property
    def id(self) -> str:
        """The id in the document."""
        return str(self.about["operationId"])

    @property
    def name(self) -> str:
        """The name of the method: `list`, `get`, the verb of what makes or changes, the path's last part."""
        parts = self.path.split("/")[2:]
        actions = [part for part in parts if not part.startswith("{")]
        if self.streams:
            return "stream"
        if self.id in NAMES:
            return NAMES[self.id]
        if actions:
            return "_".join(actions).replace("-", "_")
        if self.method == "get":
            return "list" if self.lists else "get"
        return _OF_METHODS.get(self.method, self.id.split("_")[0])

    @property
    def answers(self) -> dict[str, Schema]:
        """What success answers, by media type; nothing where it has no content."""
        for status, answer in self.about["responses"].items():
            if status.startswith("2") and answer.get("content"):
                return {kind: content.get("schema", {}) for kind, content in answer["content"].items()}
        return {}

    @property
    def lists(self) -> bool:
        """Whether it answers a list."""
        return "ListOf_" in self.answers.get(JSON, {}).get("$ref", "") or (
            not self.streams and "after" in self.query
        )

    @property
    def streams(self) -> bool:
        """Whether it answers a stream of events."""
        return EVENTS in self.answers

    @property
    def bodies(self) -> dict[str, Schema]:
        """What can be sent, by media type."""
        contents = self.about.get("requestBody", {}).get("content", {})
        return {kind: content["schema"] for kind, content in contents.items()}

    @property
    def keyed(self) -> bool:
        """Whether it takes an idempotency key."""
        return any(each["name"] == "Idempotency-Key" for each in self.parameters)

    @property
    def query(self) -> dict[str, Schema]:
        """The parameters of the query."""
        return {each["name"]: each for each in self.parameters if each["in"] == "query"}

    @property
    def names(self) -> dict[str, Schema]:
        """The parameters of the path."""
        return {each["name"]: each for each in self.parameters if each["in"] == "path"}


def operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    """All operations, in the sequence of the document."""
    shared = document["components"].get("parameters", {})
    for path, item in document["paths"].items():
        for method, about in item.items():
            parameters = [
                shared[each["$ref"].rpartition("/")[2]] if "$ref" in each else each
                for each in about.get("parameters", [])
            ]
            yield Operation(method, path, about, parameters)


def argument(name: str) -> str:
    """A parameter's name in Python."""
    return f"{name}_" if keyword.iskeyword(name) else name.replace("-", "_").lower()
