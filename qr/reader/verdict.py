"""Why a file cannot be read, as the child process says it. The sentences are in `qr.refusals`."""


class Unreadable(Exception):
    """The file is refused for this reason: a code of `qr.refusals`, nothing of the file."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
