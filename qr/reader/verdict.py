"""The reason for refusing a file, as the child process reports it."""


class Unreadable(Exception):
    """The file is refused for this reason: a code of `qr.refusals`, without data from the file."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
