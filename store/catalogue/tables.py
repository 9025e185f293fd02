"""The tables of order packs."""

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from store.personal import NAME
from store.row import Row, of_account, own_id, owner


class PackRow(Row):
    __tablename__ = "order_packs"
    id: Mapped[int] = own_id()
    account_id: Mapped[int] = owner()
    distributor_id: Mapped[int]
    name: Mapped[str] = mapped_column(info=NAME)
    available: Mapped[bool] = mapped_column(server_default=text("true"))
    __table_args__ = (
        of_account("distributor_id", "distributors"),
        UniqueConstraint("account_id", "name"),
        UniqueConstraint("id", "account_id"),
    )


class PackItemRow(Row):
    """An item of a pack. A pack has at most one eSIM of a provider, so pack and line determine the item."""

    __tablename__ = "order_pack_items"
    id: Mapped[int] = own_id()
    pack_id: Mapped[int] = mapped_column(ForeignKey("order_packs.id", ondelete="CASCADE"))
    section: Mapped[str] = mapped_column(info=NAME)
    name: Mapped[str] = mapped_column(info=NAME)
    esim: Mapped[bool]
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("providers.id"))
    __table_args__ = (
        UniqueConstraint("pack_id", "section", "name"),
        CheckConstraint("NOT esim OR provider_id IS NOT NULL", name="esim_has_provider"),
        Index("uq_pack_esim", "pack_id", "provider_id", unique=True, postgresql_where=text("esim")),
    )
