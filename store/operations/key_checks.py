"""The query of `doctor` about keys: whether the key ring can decrypt all that is stored encrypted.

The id of its key stands in front of each encrypted value (`store.key_ring`), so the beginnings of all values
show every key that is still in use. One value of each key and column is decrypted.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store.key_ring import LONGEST_HEADER, KeyRing
from store.people.api_keys import depending
from store.secrets import code_of, confirmation_code_of, file_of, input_of, signing_secret_of, upload_use

ENCRYPTED: Mapping[tuple[str, str], Callable[[Any], str]] = {
    ("qr_versions", "code"): lambda row: code_of(row.sim_id, row.number),
    ("qr_versions", "original"): lambda row: file_of(row.sim_id, row.number),
    ("qr_uploads", "code"): lambda row: upload_use(row.id, "code"),
    ("qr_uploads", "confirmation_code"): lambda row: upload_use(row.id, "confirmation_code"),
    ("qr_uploads", "original"): lambda row: upload_use(row.id, "original"),
    ("qr_versions", "confirmation_code"): lambda row: confirmation_code_of(row.sim_id, row.number),
    ("jobs", "input"): lambda row: input_of(row.id),
    ("webhooks", "secret"): lambda row: signing_secret_of(row.id),
    ("webhook_earlier_secrets", "secret"): lambda row: signing_secret_of(row.webhook_id),
}
"""Every column with encrypted values, and the use that a row's value is encrypted for."""

# slices, so that of a file only the beginning is read
_NEWEST_OF_EACH_KEY = """
SELECT header, max(id) AS id FROM (
    SELECT id, substring(head FROM 1 FOR 6 + CASE WHEN length(head) > 1 THEN get_byte(head, 1) ELSE 0 END)
        AS header
    FROM (SELECT id, substring({column} FROM 1 FOR {longest}) AS head FROM {table}
          WHERE {column} IS NOT NULL) AS heads
) AS headers GROUP BY header
"""


@dataclass(frozen=True)
class KeysInUse:
    """The ids of the keys that stored codes and files are encrypted with, and of those the ring lacks."""

    used: frozenset[str]
    missing: frozenset[str]
    api_keys: Mapping[str, Sequence[str]]
    """The API keys (`K-7`) that depend on a key which is not the first, by the id of that."""


async def keys_in_use(connection: AsyncConnection, keys: KeyRing) -> KeysInUse:
    """Which keys are in use; if the ring has all, one value of each key and column is decrypted.

    Raises `DecryptionFailed` (`UnknownKey` for another key under the same id), and `Refused`
    (`secret_keys_missing`).
    """
    used: set[str] = set()
    newest: list[tuple[str, str, Any]] = []
    for table, column in ENCRYPTED:
        query = _NEWEST_OF_EACH_KEY.format(table=table, column=column, longest=LONGEST_HEADER)
        for row in await connection.execute(text(query)):
            used.add(keys.id_of_key(row.header))
            newest.append((table, column, row.id))
    missing = used.difference(keys.ids)
    if not missing:
        for table, column, row_id in newest:
            await _decrypt(connection, keys, (table, column), row_id)
    old = await depending(connection, keys)
    return KeysInUse(frozenset(used), frozenset(missing), old)


async def _decrypt(connection: AsyncConnection, keys: KeyRing, of: tuple[str, str], row_id: Any) -> None:
    """Decrypt one value. A row that was deleted since is as good as decrypted."""
    table, column = of
    query = f"SELECT *, {column} AS encrypted FROM {table} WHERE id = :id"  # noqa: S608  names of our own
    row = (await connection.execute(text(query), {"id": row_id})).one_or_none()
    if row is not None:
        keys.decrypt(ENCRYPTED[of](row), row.encrypted)
