"""Rate limits that all processes share: token buckets, each taken from by one statement (S9)."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from sqlalchemy import Float, String, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

_KEPT_FOR = timedelta(days=1)
_TAKE = text(
    """
INSERT INTO rate_buckets AS b (name, "left", allowed, at)
VALUES (:name, CAST(:most AS float) - 1, true, esim_clock())
ON CONFLICT (name) DO UPDATE SET
    "left" = filled - CASE WHEN filled >= 1 THEN 1 ELSE 0 END, allowed = filled >= 1, at = esim_clock()
RETURNING allowed, "left"
""".replace(
        "filled",
        'least(CAST(:most AS float), b."left"'
        " + CAST(:a_second AS float) * greatest(0, extract(epoch FROM esim_clock() - b.at)))",
    )
).bindparams(
    bindparam("name", type_=String), bindparam("most", type_=Float), bindparam("a_second", type_=Float)
)
_GIVE_BACK = text('UPDATE rate_buckets SET "left" = "left" + 1 WHERE name = ANY(:names)')
_FORGET = text("""
DELETE FROM rate_buckets WHERE name IN (
    SELECT name FROM rate_buckets WHERE at < esim_now() - CAST(:kept AS interval)
    LIMIT 20 FOR UPDATE SKIP LOCKED)
""")


@dataclass(frozen=True)
class Bucket:
    """A bucket holds at most `most` attempts, and gets `a_second` new ones every second."""

    about: str
    most: float
    a_second: float

    @property
    def name(self) -> str:
        """What is counted, as it is stored: no address can be read from it."""
        return hashlib.sha256(self.about.encode(errors="replace")).hexdigest()


@dataclass(frozen=True)
class Taken:
    """Whether the attempt is allowed, and how many are left; `wait`: seconds until the next one is."""

    allowed: bool
    left: float
    wait: int


async def take(connection: AsyncConnection, bucket: Bucket) -> Taken:
    """Take one attempt from the bucket."""
    known = {"name": bucket.name, "most": float(bucket.most), "a_second": float(bucket.a_second)}
    row = (await connection.execute(_TAKE, known)).one()
    return Taken(row.allowed, row.left, max(1, ceil((1 - row.left) / bucket.a_second)))


async def give_back(connection: AsyncConnection, *buckets: Bucket) -> None:
    """The attempts were good ones: they do not count."""
    await connection.execute(_GIVE_BACK, {"names": sorted(bucket.name for bucket in buckets)})


async def forget(connection: AsyncConnection) -> None:
    """Delete some buckets that have been full for long."""
    await connection.execute(_FORGET, {"kept": _KEPT_FOR})
