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
_INLINE = re.compile(r"`(esim-orders [^`]+)`")


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


def mentions() -> Iterator[tuple[str, str]]:
    """Every command of ours that a document mentions, in a block or in a sentence, with the document."""
    for block in blocks("sh"):
        for command in block.commands:
            if command.startswith("esim-orders "):
                yield str(block), command
    for path in DOCUMENTS:
        for found in _INLINE.finditer(path.read_text().replace("\n", " ")):
            yield path.relative_to(TOP).as_posix(), found[1]
