"""The first codes of SIMs that an import adds, many at once: encrypted before any lock, then written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ARRAY, LargeBinary, any_, bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.codes.activation import ActivationCode
from models.fleet.inventory import SimState
from store.codes.code_locks import lock_codes
from store.codes.tables import QrVersionRow
from store.fleet.tables import SimRow
from store.key_ring import KeyRing
from store.secrets import code_of, confirmation_code_of

_FIRST = 1
"""The number of a SIM's first version."""
_NEWEST = (
    select(QrVersionRow.code)
    .join(SimRow, SimRow.id == QrVersionRow.sim_id)
    .where(QrVersionRow.current, SimRow.state != SimState.DISCARDED)
    .order_by(QrVersionRow.id.desc())
    .limit(1)
)
_KNOWN = (
    select(QrVersionRow.fingerprint, SimRow.account_id, SimRow.state)
    .join(SimRow, SimRow.id == QrVersionRow.sim_id)
    .where(
        QrVersionRow.current,
        QrVersionRow.fingerprint == any_(bindparam("fingerprints", type_=ARRAY(LargeBinary))),
    )
)
_ADD = insert(QrVersionRow).inline()


@dataclass(frozen=True)
class FirstCode:
    """A code that is to be the first one of a SIM, encrypted."""

    sim_id: int
    encrypted: bytes = field(repr=False)
    fingerprints: tuple[bytes, ...] = field(repr=False)
    """By each key of the ring; the first is stored."""
    confirmation: bytes | None = field(repr=False)
    """The confirmation code that belongs to it, encrypted."""


@dataclass(frozen=True)
class HasCode:
    """The SIM that has a code already."""

    account_id: int
    state: SimState


def encrypted(keys: KeyRing, codes: Mapping[int, tuple[ActivationCode, str | None]]) -> list[FirstCode]:
    """The codes of these SIMs, which need not be there yet, each with its confirmation code."""
    return [_encrypted(keys, sim_id, code, asked) for sim_id, (code, asked) in codes.items()]


def _encrypted(keys: KeyRing, sim_id: int, code: ActivationCode, asked: str | None) -> FirstCode:
    return FirstCode(
        sim_id,
        keys.encrypt(code_of(sim_id, _FIRST), str(code).encode()),
        keys.fingerprints(code.profile),
        None if asked is None else keys.encrypt(confirmation_code_of(sim_id, _FIRST), asked.encode()),
    )


async def taken(connection: AsyncConnection, keys: KeyRing, codes: Sequence[FirstCode]) -> dict[int, HasCode]:
    """Lock all codes; which of these another SIM has already, by the SIM that was to get it (F62). Raises
    `UnknownKey` if this ring cannot read the newest code: then it would not detect that.
    """
    await lock_codes(connection)
    newest = await connection.scalar(_NEWEST)
    if newest is not None:
        keys.require_key_of(newest)
    wanted = {fingerprint: code.sim_id for code in codes for fingerprint in code.fingerprints}
    rows = await connection.execute(_KNOWN, {"fingerprints": list(wanted)})
    return {wanted[row.fingerprint]: HasCode(row.account_id, SimState(row.state)) for row in rows}


async def add(connection: AsyncConnection, account_id: int, codes: Sequence[FirstCode], actor: str) -> None:
    """Write the codes of SIMs that are there now."""
    rows: list[dict[str, Any]] = [
        {
            "account_id": account_id,
            "sim_id": code.sim_id,
            "number": _FIRST,
            "current": True,
            "code": code.encrypted,
            "fingerprint": code.fingerprints[0],
            "confirmation_code": code.confirmation,
            "file_type": "typed",
            "imported_by": actor,
        }
        for code in codes
    ]
    await connection.execute(_ADD, rows)
