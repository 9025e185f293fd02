"""The one error of this room.

SandboxError: the sandbox cannot do what was asked; its text is a sentence for the person at the terminal.
"""


class SandboxError(Exception):
    """Says in one sentence, for a person, why the sandbox cannot go on and where to look."""
