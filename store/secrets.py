"""What codes and files of SIMs are encrypted as: a value moved to another record is not decrypted there.

Each function names a use for `store.key_ring.KeyRing`.
"""


def code_of(sim_id: int, version: int) -> str:
    """The use of a version's code."""
    return f"code of S-{sim_id}, version {version}"


def file_of(sim_id: int, version: int) -> str:
    """The use of the file that a version's code was read from."""
    return f"file of S-{sim_id}, version {version}"


def uploaded(upload_id: str, what: str) -> str:
    """The use of a code or file that was checked and is not sent yet."""
    return f"{what} of upload {upload_id}"
