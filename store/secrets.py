"""The associated data of encrypted codes and files: the `use` of `store.key_ring.KeyRing`.

It names the record, so a value that is copied to another record cannot be decrypted there.
"""


def code_of(sim_id: int, version: int) -> str:
    """The use of a version's code."""
    return f"code of S-{sim_id}, version {version}"


def file_of(sim_id: int, version: int) -> str:
    """The use of the file that a version's code was read from."""
    return f"file of S-{sim_id}, version {version}"


UPLOADED = {"code": "code", "confirmation_code": "confirmation code", "original": "file"}
"""The encrypted columns of an upload that was checked and is not submitted yet, and what they hold."""


def upload_use(upload_id: str, column: str) -> str:
    """The use of such a column."""
    return f"{UPLOADED[column]} of upload {upload_id}"


def input_of(job_id: int) -> str:
    """The use of the file or the rows of a job."""
    return f"input of J-{job_id}"


def confirmation_code_of(sim_id: int, version: int) -> str:
    """The use of the confirmation code that belongs to a version's code."""
    return f"confirmation code of S-{sim_id}, version {version}"


def signing_secret_of(webhook_id: int) -> str:
    """The use of the secret that the requests to an endpoint are signed with."""
    return f"secret of WH-{webhook_id}"
