"""The methods of resources, written for asyncio."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from client.generator.operations import EVENTS, FORM, JSON, Operation, argument
from client.generator.schemas import Schema, Schemas, docstring

_LARGEST_PAGE = 100
_OF_ACCOUNT = len(["", "events", "stream"])


@dataclass
class Method:
    """One method, while it is put together."""

    operation: Operation
    schemas: Schemas
    name: str
    positional: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    """What the arguments mean."""

    @property
    def class_name(self) -> str:
        """The beginning of the names of classes that this method needs."""
        return "".join(map(str.capitalize, f"{self.operation.resource}_{self.name}".split("_")))

    def text(self) -> str:
        """The method of an operation that answers JSON, or nothing."""
        operation = self.operation
        self._path()
        query = self._query(without={"dry_run", "format", "limit", "cursor", "after"})
        if operation.streams:
            return self._stream(query)
        query |= self._paging()
        sent = self._body()
        if operation.keyed:
            self.named.append("key: str | None = None")
        dry = "dry_run" in operation.query
        query |= {"dry_run": "dry_run or None"} if dry else {}
        key = f"new_key(key{', dry_run=dry_run' if dry else ''})" if operation.keyed else ""
        call = self._call(query, sent, key)
        answer, checked = self._answers()
        if not answer:
            return f"{self._head('None')}\n        await self._connection.content({call})"
        if checked != answer:
            return self._overloaded(answer, checked, call)
        self.named += ["dry_run: bool = False"] if dry else []
        made = f"{self._head(answer)}\n        return await self._connection.ask({answer}, {call})"
        return made + (self._iterate(answer, query) if {"cursor", "after"} & query.keys() else "")

    def other_format(self) -> str:
        """The method that answers another form than JSON, such as a picture."""
        self._path()
        query = self._query(without={"format"}) | {"format": "format"}
        kinds = [kind for kind in self.operation.answers if kind != JSON]
        self.named.append("format: str")
        self.told.append(f"`format` is one of those of the API: {', '.join(kinds)}.")
        call = self._call(query, {}, "", accept="*/*")
        return f"{self._head('bytes')}\n        return await self._connection.content({call})"

    def _path(self) -> None:
        for name, parameter in self.operation.names.items():
            kind = self.schemas.type_of(parameter["schema"], name="")
            self.positional.append(f"{argument(name)}: {kind}")

    def _query(self, without: set[str]) -> dict[str, str]:
        used = {}
        for name, parameter in self.operation.query.items():
            if name in without:
                continue
            kind = self.schemas.type_of(parameter["schema"], name="", many="Sequence")
            needed = parameter.get("required")
            self.named.append(f"{argument(name)}: {_optional(kind) if not needed else kind}")
            self._tell(name, parameter)
            used[name] = argument(name)
        return used

    def _paging(self) -> dict[str, str]:
        used: dict[str, str] = {}
        for name in ("limit", "cursor", "after"):
            if name in self.operation.query:
                kind = "int" if name == "limit" else "str"
                self.named.append(f"{name}: {kind} | None = None")
                used[name] = name
        return used

    def _body(self) -> dict[str, str]:
        """The arguments of `Call` for what is sent."""
        bodies = self.operation.bodies
        if self.name.endswith("_file"):
            return {"form": self._fields(bodies[FORM])}
        if JSON not in bodies:
            return {}
        schema = _not_null(bodies[JSON])
        if "oneOf" in schema:
            kind = self.schemas.type_of(self.schemas.named_variants(schema), name=self.class_name)
            self.positional.append(f"body: {kind}")
            return {"body": "to_json(body)"}
        referred = self.schemas.referred(schema)
        fields = self._fields(self.schemas.known[referred] if referred else schema)
        required = self.operation.about["requestBody"].get("required", False)
        return {"body": f"body_of({fields}{'' if required else ', required=False'})"}

    def _fields(self, schema: Schema) -> str:
        fields = []
        required, optional = [], []
        for name, each in schema["properties"].items():
            kind = self.schemas.type_of(each, name=f"{self.class_name}Item", many="Sequence")
            if name in schema.get("required", ()):
                required.append(f"{argument(name)}: {kind}")
            else:
                optional.append(f"{argument(name)}: {_omittable(kind)} = OMIT")
            fields.append(f"{json.dumps(name)}: {argument(name)}")
            self._tell(name, each)
        self.named += required + optional
        return "{" + ", ".join(fields) + "}"

    def _tell(self, name: str, each: Schema) -> None:
        told = each.get("description", "")
        if told and not told.startswith(("Only those with this", "The record")):
            self.told.append(f"{argument(name)}: {told}")

    def _call(self, query: Mapping[str, str], sent: Mapping[str, str], key: str, accept: str = "") -> str:
        parts = [json.dumps(part) for part in self.operation.path.split("/")[1:]]
        names = [f"{argument(name)}={argument(name)}" for name in self.operation.names]
        arguments = [json.dumps(self.operation.method.upper()), f"path_of({', '.join([*parts, *names])})"]
        if query:
            arguments.append(
                "query={" + ", ".join(f"{json.dumps(name)}: {value}" for name, value in query.items()) + "}"
            )
        arguments += [f"{name}={value}" for name, value in sent.items()]
        arguments += [f"key={key}"] if key else []
        arguments += [f'accept="{accept}"'] if accept else []
        return f"Call({', '.join(arguments)})"

    def _answers(self) -> tuple[str, str]:
        """The type of the answer, and that of the answer of a dry run."""
        schema = self.operation.answers.get(JSON)
        if schema is None:
            return "", ""
        first, *others = schema.get("anyOf", [schema])
        answer, *checks = [
            self.schemas.type_of(each, name=f"{self.class_name}Answer") for each in (first, *others)
        ]
        return answer, " | ".join(checks) or answer

    def _signature(self, answer: str, *, last: str = "", a: str = "async ") -> str:
        named = sorted([*self.named, *([last] if last else [])], key=lambda each: " = " in each)
        arguments = ["self", *self.positional, *(["*", *named] if named else [])]
        return f"    {a}def {self.name}({', '.join(arguments)}) -> {answer}:"

    def _head(self, answer: str, *, a: str = "async ") -> str:
        return f"{self._signature(answer, a=a)}\n{self._docstring()}"

    def _docstring(self) -> str:
        about = self.operation.about
        needed = [name for each in about.get("security", []) for names in each.values() for name in names]
        parts = [
            f"{about['summary']}.",
            *about.get("description", "").split("\n\n"),
            f"Needs the permission `{', '.join(needed)}`." if needed else "",
        ]
        told = [*self.told]
        if self.operation.keyed:
            told.append("key: your idempotency key, one for each thing that is to be done; else a new one.")
        return docstring([part for part in parts if part.strip(".")], 8, told)

    def _overloaded(self, answer: str, checked: str, call: str) -> str:
        """A method whose dry run answers something else."""
        both = f"{answer} | {checked}"
        return "\n".join([
            "    @overload",
            f"{self._signature(answer, last='dry_run: Literal[False] = False')} ...",
            "    @overload",
            f"{self._signature(checked, last='dry_run: Literal[True]')} ...",
            self._signature(both, last="dry_run: bool = False"),
            self._docstring(),
            f"        call = {call}",
            "        if dry_run:",
            f"            return await self._connection.ask({_as_type(checked)}, call)",
            f"        return await self._connection.ask({answer}, call)",
        ])  # fmt: skip

    def _iterate(self, answer: str, query: Mapping[str, str]) -> str:
        record = answer.removeprefix("Page[").removesuffix("]")
        name = "iterate" if self.name == "list" else f"iterate_{self.name}"
        filters = [each for each in self.named if not each.startswith(("limit:", "cursor:"))]
        limit = [f"limit: int = {_LARGEST_PAGE}"] if "limit" in query else []
        arguments = ["self", *self.positional, *(["*", *filters, *limit] if filters or limit else [])]
        passed = [each.split(":")[0] for each in self.positional]
        passed += [f"{value}={value}" for value in query.values() if value not in ("cursor", "after")]
        passed.append("after=cursor or after" if "after" in query else "cursor=cursor")
        told = docstring(
            [f"{self.operation.about['summary']}: the records of all pages, one after another."], 8
        )
        return (
            f"\n\n    def {name}({', '.join(arguments)}) -> AsyncIterator[{record}]:\n{told}\n"
            f"        return self._connection.iterate(lambda cursor: self.{self.name}({', '.join(passed)}))"
        )

    def _stream(self, query: Mapping[str, str]) -> str:
        self.named += ["after: str | None = None", "timeout: float | None = None"]
        self.told.append("after: the id of the last event that you have; the stream continues behind it.")
        self.told.append("timeout: after so many seconds TimeoutError is raised.")
        call = self._call(query, {}, "", accept=EVENTS)
        head = self._head("AsyncGenerator[Event, None]", a="")
        arguments = [call, "after", "timeout"]
        if len(self.operation.path.split("/")) == _OF_ACCOUNT:  # from now on: the place is asked for first
            place = f'path_of("{self.operation.resource}")'
            arguments.append(f'Call("GET", {place}, query={{"after": "now", "limit": 1}})')
        return f"{head}\n        return self._connection.stream({', '.join(arguments)})"


def _as_type(kind: str) -> str:
    return f'cast("type[{kind}]", {kind})' if "|" in kind else kind


def _not_null(schema: Schema) -> Schema:
    """A body that may be left out, as the schema of one that is sent."""
    given = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    return given[0] if len(given) == 1 else schema


def _omittable(kind: str) -> str:
    kinds = [*(each for each in kind.split(" | ") if each != "None"), "Omit"]
    return " | ".join([*kinds, "None"] if "None" in kind.split(" | ") else kinds)


def _optional(kind: str) -> str:
    return f"{kind} = None" if "None" in kind.split(" | ") else f"{kind} | None = None"
