"""The commands that the documents show, as they stand there.

A block that no test runs is marked on the line before it, with the reason:

    <!-- not run by the tests: it needs a container engine -->
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).parents[2]
DOCUMENTS = (TOP / "README.md", *sorted((TOP / "docs").glob("*.md")))

_BLOCK = re.compile(
    r"(?:^[ ]*<!-- not run by the tests: (?P<reason>.+?) -->\n)?"
    r"^(?P<indent>[ ]*)```(?P<language>\w*)\n(?P<content>.*?)^[ ]*```$",
    re.M | re.S,
)
_INLINE = re.compile(r"`([^`]+)`")
_FENCE = re.compile(r"^[ >]*(?P<fence>```+|~~~+)(?P<language>.*)$")
_FENCED_COMMANDS = re.compile(r"^[ ]*```sh$")
PROGRAMS = ("esim-orders", "esim-portal", "temporal", "docker", "make", "python", "pg_dump", "pg_restore")
"""What the documents show how to run. A line of code that begins with one of these is a command."""
_COMMAND = re.compile(rf"^[ \t>]*(?:\$ )?(?:{'|'.join(map(re.escape, PROGRAMS))})(?= |$)")
_INDENTED = re.compile(r"^(?: {4}|\t)")


@dataclass(frozen=True)
class Block:
    """A block of a document; `line` is where it begins."""

    document: str
    line: int
    language: str
    content: str
    reason: str | None
    """Why no test runs it."""

    @property
    def commands(self) -> tuple[str, ...]:
        """What is typed, one command after another; a comment belongs to its command."""
        lines = self.content.replace("\\\n", " ").splitlines()
        return tuple(line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#"))

    def __str__(self) -> str:
        return f"{self.document}:{self.line}"


def blocks(*languages: str) -> Iterator[Block]:
    """All blocks in these languages, in the order in which they stand."""
    for path in DOCUMENTS:
        text = path.read_text()
        for found in _BLOCK.finditer(text):
            if found["language"] in languages:
                indent = len(found["indent"])
                yield Block(
                    document=path.relative_to(TOP).as_posix(),
                    line=text[: found.start("content")].count("\n"),
                    language=found["language"],
                    content="".join(line[indent:] for line in found["content"].splitlines(keepends=True)),
                    reason=found["reason"],
                )


def unseen_commands(text: str) -> Iterator[int]:
    """The lines of a document whose command is in no block that the tests read: one that is indented only, or
    has no label or another one than `sh`.
    """
    fence, commands = "", False
    for number, line in enumerate(text.splitlines(), 1):
        found = _FENCE.match(line)
        if found and not fence:
            fence, commands = found["fence"], bool(_FENCED_COMMANDS.match(line))
        elif found and found["fence"].startswith(fence) and not found["language"].strip():
            fence = ""
        elif (
            _COMMAND.match(line) and not commands if fence else _INDENTED.match(line) and _COMMAND.match(line)
        ):
            yield number


def mentions(*first: str) -> Iterator[tuple[str, str]]:
    """Every command in a document, in a block or in a sentence, that begins with one of these words, with the
    document.
    """
    for block in blocks("sh"):
        for command in block.commands:
            if command.split()[0] in first:
                yield str(block), command
    for path in DOCUMENTS:
        sentences = _BLOCK.sub("", path.read_text()).replace("\n", " ")
        for found in _INLINE.finditer(sentences):
            words = found[1].split()
            if len(words) > 1 and words[0] in first:
                yield path.relative_to(TOP).as_posix(), found[1]
