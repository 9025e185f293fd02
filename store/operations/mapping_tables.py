"""The table of saved mappings."""

from datetime import datetime

from sqlalchemy import ARRAY, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from store.personal import CODE, not_personal
from store.row import Row, now


class ImportMappingRow(Row):
    """What the headings of an account's files of a kind mean, kept for later files (R12)."""

    __tablename__ = "import_mappings"
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True, info=CODE)
    entries: Mapped[list[str]] = mapped_column(
        ARRAY(String),
        info=not_personal("headings of files, and values of columns that tell of no person"),
    )
    saved_at: Mapped[datetime] = mapped_column(server_default=now())
