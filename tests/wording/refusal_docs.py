"""Writes docs/refusals.md from the declarations: `python -m tests.wording.refusal_docs`."""

from pathlib import Path

from models.refusals import SUBJECTS

PAGE = Path(__file__).parents[2] / "docs" / "refusals.md"

_HEAD = """# Refusals

A refusal is a stable code with parameters. The sentence is made in the reader's language, English or French;
a program reads `code` and `parameters`. The status is that of its problem details (RFC 9457) over HTTP.

The CLI prints refusals, warnings and statuses in the language of `--language en|fr`, else of `LC_ALL`,
`LC_MESSAGES` or `LANG`. The option stands before the command: `esim-orders --language fr order list`. The
exit code of a refused command is 2.

From Temporal, a refused update fails with an `ApplicationError`: its message is the English sentences, its
type the first reason's code, and its details are all reasons, each as `{"code", "parameters"}`. A code that a
reader does not know is one of another version, and is shown by its name.

No parameter holds a name, an e-mail address or a phone number of a person.

This page is written by `python -m tests.wording.refusal_docs`.
"""


def page() -> str:
    """The page as it should be."""
    parts = [_HEAD]
    for subject, declared in SUBJECTS.items():
        rows = [f"| `{code}` | {told.status} | {_cell(told.sentence)} |" for code, told in declared.items()]
        parts.append(
            "\n".join([f"## {subject}", "", "| code | status | sentence |", "|---|---|---|", *rows]) + "\n"
        )
    return "\n".join(parts)


def _cell(sentence: str) -> str:
    return sentence.replace(":,}", "}").replace(":countries}", "}").replace(":more}", "}").replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page())
