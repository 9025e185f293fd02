"""The one error of this package."""


class SandboxError(Exception):
    """The sandbox cannot do what was asked; its message says in one sentence why, and where to look."""
