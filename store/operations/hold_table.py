"""The table of what waits for a person."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from store.row import Row, now, owner


class HoldRow(Row):
    """Why and since when a step of a workflow waits for a person. A workflow may be held for several."""

    __tablename__ = "holds"
    workflow_id: Mapped[str] = mapped_column(primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = owner()
    reason: Mapped[str]
    since: Mapped[datetime] = mapped_column(server_default=now())
