"""The table of what was erased."""

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from store.personal import REFERENCE, not_personal
from store.row import Row, clock, own_id


class ErasureRow(Row):
    """That somebody's data was erased: numbers of records and counts, never what was in them."""

    __tablename__ = "erasures"
    id: Mapped[int] = own_id()
    at: Mapped[datetime] = mapped_column(server_default=clock())
    actor: Mapped[str] = mapped_column(info=REFERENCE)
    data: Mapped[dict[str, Any]] = mapped_column(
        server_default=text("'{}'"), info=not_personal("numbers of records and counts")
    )
